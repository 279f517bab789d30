"""Takes secrets out of texts, addresses and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from mockserver.pointers import parts
from mockserver.redaction.decoding import QUICK, TooDeep, decoded, traced
from mockserver.redaction.names import any_secret, is_secret
from mockserver.redaction.patterns import MASK, SHORT, Pattern, forms, literal
from mockserver.redaction.urls import any_in_urls, in_urls

REMEMBERED, MOST = 200, 1_000
"""Letters of the longest text that is remembered, and how many of them."""
LONG = 2048
"""Letters of the longest token that is looked for as it is: a longer one is nobody's."""

Shown = Collection[tuple[str, str]]
"""Names and texts of members."""


class Redactor:
    """Takes secrets out of texts, addresses and JSON.

    `names` are the members that hold secrets, as the contract spells them; `urls` says whether
    those in URLs are taken out.
    """

    def __init__(
        self, names: frozenset[str], patterns: Sequence[Pattern], *, urls: bool = True
    ) -> None:
        self._names, self._urls = names, urls
        self._patterns = (*patterns, *(in_urls(names) if urls else ()))
        self._known: dict[str, str] = {}
        needles = [pattern.needle for pattern in patterns]
        written = [quote_plus(needle) for needle in needles]  # as links hold them
        self._needles = tuple(text.encode() for text in dict.fromkeys((*needles, *written)))
        self._brackets = any("[" in needle or "]" in needle for needle in needles)
        every = "|".join(sorted(re.escape(name).replace("\\-", "[-_]") for name in names))
        self._named = re.compile(f'"(?:{every})"\\s*:'.encode()) if names else None

    def text(self, text: str) -> str:
        """A text, a path or a query without secrets, be they percent-encoded.

        What holds none stays as it is. Short texts come again and again (types, agents, paths), so
        they are remembered.
        """
        if len(text) > REMEMBERED:
            return self._clean(text)
        clean = self._known.get(text)
        if clean is None:
            if len(self._known) >= MOST:
                self._known.clear()
            clean = self._known[text] = self._clean(text)
        return clean

    def query(self, text: str) -> str:
        """The query of a request, without the `?` before it."""
        return self.text(f"?{text}")[1:]

    def _clean(self, text: str) -> str:
        text = self._plain(text)
        if not (self._patterns and _ENCODED.search(text)):
            return text
        try:
            data = text.encode("utf-8", "surrogatepass")
            holds = self._within(data) or any(map(self._within, decoded(data)))
        except TooDeep:
            return MASK
        return self._encoded(text) if holds else text

    def _plain(self, text: str) -> str:
        for pattern in self._patterns:
            if pattern.needle in text:
                text = pattern.find.sub(pattern.put, text)
        return text

    def _encoded(self, text: str) -> str:
        """A text without what its decoded form tells; all around it stays encoded as it is."""
        forms = list(traced(text)) or [(text, range(len(text) + 1))]
        for pattern in self._patterns:
            for depth in range(QUICK + 1):
                for spaced in (False, True):
                    if depth < len(forms):
                        before, text = text, _taken(pattern, text, *forms[depth], spaced)
                        forms = forms if text is before else list(traced(text))
        return text

    def body(
        self, body: bytes, *, named: bool = True, ours: bool = False, shown: Shown = frozenset()
    ) -> bytes:
        """A JSON text without secrets; parsed only where one may be in it.

        `named` False: the contract lists no secret member here. `ours`: we have written it, so
        nothing hides behind an escape, and no name is misspelt. `shown`: as in `value`.
        """
        told = named and self._named is not None and self._named.search(body) is not None
        try:
            holds = told or self._holds(body, ours)
        except TooDeep:
            return json.dumps(MASK).encode()
        if not holds and (ours or not self._hides(body)):
            return body
        return json.dumps(self.value(json.loads(body), shown), ensure_ascii=False).encode("utf-8")

    def _holds(self, body: bytes, ours: bool) -> bool:
        """Whether a needle is in a text, be it encoded; our links have brackets that are."""
        if self._within(body):
            return True
        if b"%" not in body:
            return False
        if ours and not self._brackets:
            links = body.count(b"%5B") + body.count(b"%5D")
            if links == body.count(b"%"):
                return False
        return any(map(self._within, decoded(body)))

    def _within(self, plain: bytes) -> bool:
        """Whether a needle is in a text, or a URL that holds a secret."""
        if self._urls and any_in_urls(plain, self._names):
            return True
        forms = (plain, plain.replace(b"+", b" ")) if b"+" in plain else (plain,)
        return any(needle in form for form in forms for needle in self._needles)

    def _hides(self, body: bytes) -> bool:
        return b"\\" in body or any_secret(body, self._names)

    def value(self, value: Any, shown: Shown = frozenset()) -> Any:
        """A JSON value without secrets. `shown`: members that are none, though their names say so."""
        if isinstance(value, dict):
            return {
                self.text(name): self._member(name, item, shown) for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.value(item, shown) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, item: Any, shown: Shown) -> Any:
        told = (
            item is None or _is_linkage(item) or (isinstance(item, str) and (name, item) in shown)
        )
        if told or not is_secret(name, self._names):
            return self.value(item, shown)
        return MASK

    def members(self, value: Any) -> Iterator[tuple[str, str]]:
        """The texts in a JSON value that stand under the name of a secret, each with that name."""
        for name, item in value.items() if isinstance(value, dict) else ():
            if isinstance(item, str) and name in self._names:
                yield name, item
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from self.members(item)


def _is_linkage(item: Any) -> bool:
    """Whether a member is a relationship, which names records or where they are: the `ssh-key` of a
    workspace is one, that of a token is a text.
    """
    if not isinstance(item, dict) or not item or item.keys() - {"data", "links"}:
        return False
    data = item.get("data")
    named = data if isinstance(data, list) else [] if data is None else [data]
    return all(map(_is_identifier, named)) and _are_links(item.get("links", {}))


def _is_identifier(data: Any) -> bool:
    if not isinstance(data, dict) or data.keys() != {"type", "id"}:
        return False
    return all(isinstance(text, str) for text in data.values())


def _are_links(links: Any) -> bool:
    """Whether they are paths of the API or URLs: what else is sent in their place may be a secret."""
    return isinstance(links, dict) and all(
        link is None
        or (isinstance(link, str) and link.startswith(("/api/", "http://", "https://")))
        for link in links.values()
    )


def _taken(pattern: Pattern, text: str, plain: str, at: Sequence[int], spaced: bool) -> str:
    """A text without what a pattern finds as it is decoded. `at`: where the letters of `plain` stood.
    `spaced`: a plus is a space."""
    told = plain.replace("+", " ") if spaced else plain
    parts, end = list[str](), 0
    for found in pattern.find.finditer(told) if pattern.needle in told else ():
        put = found.expand(pattern.put) if isinstance(pattern.put, str) else pattern.put(found)
        if put != found[0]:
            parts += [text[end : at[found.start()]], put]
            end = at[found.end()]
    return "".join((*parts, text[end:])) if parts else text


_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|\+")
"""What decoding changes."""


def redactor(
    secrets: frozenset[str], token: str | None, control_token: str | None = None
) -> Redactor:
    """The redactor of a world: of its edition's secret members, of every token that begins with the
    key of the token that a request carried, and of the server's control token. Made once."""
    if token and len(token) > LONG:  # its key may be that of a world all the same
        token = token.partition(".")[0][:LONG]
    return _redactor(secrets, token, control_token)


@lru_cache(maxsize=1024)
def _redactor(secrets: frozenset[str], token: str | None, control_token: str | None) -> Redactor:
    patterns = literal(control_token) if control_token else []
    if token and "." in token:
        patterns += literal(token)
    if key := (token or "").partition(".")[0]:
        for form in forms(key):
            begin, bare = re.escape(form), "?" if len(form) >= SHORT else ""
            # up to where it stands again: `KEY.ann=KEY.ann` is two tokens
            rest = rf"(?:\.(?:(?!{begin})[A-Za-z0-9._~+/=-])+){bare}"
            patterns.append(Pattern(form, re.compile(begin + rest)))
    return Redactor(secrets, patterns)


def masked(body: bytes, pointers: Iterable[str]) -> bytes:
    """A JSON text without what stands at the pointers; without everything where one leads nowhere."""
    whole = {"": json.loads(body)}
    try:
        for pointer in pointers:
            _mask(whole, ["", *parts(pointer)])
    except (KeyError, IndexError, ValueError):  # a token in a member's name was masked before
        whole = {"": MASK}
    return json.dumps(whole[""], ensure_ascii=False).encode("utf-8")


def _mask(holder: Any, way: list[str]) -> None:
    for part in way[:-1]:
        holder = holder[int(part) if isinstance(holder, list) else part]
        if holder == MASK:
            return
    last = int(way[-1]) if isinstance(holder, list) else way[-1]
    if isinstance(holder, dict) and last not in holder:
        raise KeyError(last)
    holder[last] = MASK
