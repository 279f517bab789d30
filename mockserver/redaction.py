"""No secret in what is kept and told: the one redaction of journal, log, recordings and reports.

They differ in what they know: a world's journal knows the key that all its tokens begin with,
`record` what it has seen pass, a report the token it ran with. That is a list of `Pattern`s. Where
a secret hides is the same for all, and stands here: percent-encoded in a path or query, behind an
escape in JSON, under its own member's name or a misspelt one. (What quotes a value cuts no word in
two: see `brief` in the contract's explanations.)

Below every room, for all of them keep or tell something; it imports none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, unquote_to_bytes

from mockserver.pointers import escape, parts

MASK = "[secret]"
SHORT = 8
"""Letters below which a bare key is a name rather than a secret."""
LIKE = 0.8
"""How much a member's name is like a secret one's for its value to be masked (difflib's ratio):
`valeu` is, `valid` is not."""
LONG = 40
"""Letters of the longest name that may be a misspelt one."""
REMEMBERED, MOST = 200, 1_000
"""Letters of the longest text that is remembered, and how many of them."""
DECODED = 3
"""How often a word is decoded to find what was encoded more than once."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is taken out of a text: `find` is looked for where `needle` is, `put` stands there then."""

    needle: str
    find: re.Pattern[str]
    put: str | Callable[[re.Match[str]], str] = MASK


TOKEN = Pattern("atlasv1", re.compile(r"(?<![\w-])[\w-]++\.atlasv1\.[\w.~+/=-]+"))
"""A token as the vendor's look, e.g. `xxxxx.atlasv1.yyyyy`."""
PRESIGNED = Pattern("/v1/object/", re.compile(r"(?<=/v1/object/)[^\s/?#&\"'\\<>]+"))
"""The end of a presigned URL of the vendor's object store: who has it needs no token."""
EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]{1,63}(?:\.[\w-]{1,63})+")
"""Both begin at a word's start alone and take it whole: a long text is read once."""


def literal(secret: str) -> list[Pattern]:
    """What finds one secret. A short one is found as a whole word, a long one inside a word too."""
    word = r"(?<![\w-])%s(?![\w-])" if len(secret) < SHORT else "%s"
    return [Pattern(form, re.compile(word % re.escape(form))) for form in forms(secret)]


def forms(secret: str) -> list[str]:
    """How a secret is written: as it is, with the space that a `+` in a query stands for, as JSON
    quotes it, and in a JSON pointer (RFC 6901)."""
    if not secret.strip("+ "):
        return []
    quoted = json.dumps(secret, ensure_ascii=False)[1:-1]
    return list(dict.fromkeys((secret, secret.replace("+", " "), quoted, escape(secret))))


class Redactor:
    """Takes secrets out of texts, addresses and JSON.

    `names` are the members that hold secrets, as the contract spells them.
    """

    def __init__(self, names: frozenset[str], patterns: Sequence[Pattern]) -> None:
        self._names, self._patterns = names, tuple(patterns)
        self._known: dict[str, str] = {}
        needles = [pattern.needle for pattern in patterns]
        written = [quote_plus(needle) for needle in needles]  # as links hold them
        self._needles = tuple(text.encode() for text in dict.fromkeys((*needles, *written)))
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

    def _clean(self, text: str) -> str:
        text = self._plain(text)
        if not self._encodes(text):
            return text
        words = _BETWEEN.split(text)
        return "".join(self._word(word) if _ENCODED.search(word) else word for word in words)

    def _encodes(self, text: str) -> bool:
        """Whether a needle is in a text as often decoded as a word of it is: all of it at once, for
        a long text has a million words."""
        for _ in range(DECODED):
            if not _ENCODED.search(text):
                return False
            plain = unquote(text)
            for decoded in (plain, unquote_plus(text)):
                if any(pattern.needle in decoded for pattern in self._patterns):
                    return True
            text = plain
        return False

    def _plain(self, text: str) -> str:
        for pattern in self._patterns:
            if pattern.needle in text:
                text = pattern.find.sub(pattern.put, text)
        return text

    def _word(self, word: str) -> str:
        plain = word
        for _ in range(DECODED):
            for decoded in (unquote(plain), unquote_plus(plain)):
                if (clean := self._plain(decoded)) != decoded:
                    return re.sub(r"[%&#+\s]", lambda found: quote(found[0]), clean)
            if (decoded := unquote(plain)) == plain:
                break
            plain = decoded
        return word

    def body(self, body: bytes, *, named: bool = True, ours: bool = False) -> bytes:
        """A JSON text without secrets; parsed only where one may be in it.

        `named` False: the contract lists no secret member here. `ours`: we have written it, so
        nothing hides behind an escape, and no name is misspelt.
        """
        told = named and self._named is not None and self._named.search(body) is not None
        holds = told or self._holds(body, b"%25" if ours else b"%")
        if not holds and (ours or not self._hides(body)):
            return body
        return json.dumps(self.value(json.loads(body)), ensure_ascii=False).encode("utf-8")

    def _holds(self, body: bytes, escape: bytes) -> bool:
        """Whether a needle is in a text, as often decoded as a word of it is; `escape` is how that
        begins which could hide one."""
        if any(needle in body for needle in self._needles):
            return True
        at = body.find(b"%")  # found at once, where a longer text takes a hundred times as long
        if at < 0 or escape not in body[at:]:
            return False
        for _ in range(DECODED):
            if not _ENCODED_BYTES.search(body):
                return False
            body = unquote_to_bytes(body)
            if any(needle in body for needle in self._needles):
                return True
        return False

    def _hides(self, body: bytes) -> bool:
        return b"\\" in body or _misspelt(*_MEMBER.findall(body), names=self._names)

    def value(self, value: Any) -> Any:
        """A JSON value without secrets."""
        if isinstance(value, dict):
            return {self.text(name): self._member(name, item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, item: Any) -> Any:
        if item is None or _is_linkage(item) or not is_secret(name, self._names):
            return self.value(item)
        return MASK


def _is_linkage(item: Any) -> bool:
    """Whether a member names a record: the `ssh-key` of a workspace is one, that of a token is a text."""
    if not isinstance(item, dict) or item.keys() - {"data", "links"} or "data" not in item:
        return False
    data = item["data"]
    return data is None or (isinstance(data, dict) and data.keys() == {"type", "id"})


_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|\+")
"""What decoding changes."""
_ENCODED_BYTES = re.compile(rb"%[0-9A-Fa-f]{2}")
_BETWEEN = re.compile(r"([\s&\"'<>]+)")
"""What stands between the words of a text, and between the parts of a query."""
_MEMBER = re.compile(rb'"([\w-]{1,%d})"\s*:' % LONG)


def is_secret(name: str, names: frozenset[str]) -> bool:
    """Whether a member of that name holds a secret: it is one of `names`, or one of them misspelt."""
    return len(name) <= LONG and _is_secret(name, names)


@lru_cache(maxsize=1024)
def _misspelt(*members: bytes, names: frozenset[str]) -> bool:
    """Whether one of these members holds a secret; clients send the same ones again and again."""
    return any(is_secret(name.decode(), names) for name in set(members))


@lru_cache(maxsize=4096)
def _is_secret(name: str, names: frozenset[str]) -> bool:
    spelled = name.casefold().replace("_", "-")
    return spelled in names or any(
        abs(len(spelled) - len(known)) < len(known) / 2
        and SequenceMatcher(None, spelled, known).ratio() >= LIKE
        for known in names
    )


@lru_cache(maxsize=1024)
def redactor(
    secrets: frozenset[str], token: str | None, control_token: str | None = None
) -> Redactor:
    """The redactor of a world: of its edition's secret members, of every token that begins with the
    key of the token that a request carried, and of the server's control token. Made once."""
    patterns = literal(control_token) if control_token else []
    if token and "." in token:
        patterns += literal(token)
    if key := (token or "").partition(".")[0]:
        for form in forms(key):
            begin, bare = re.escape(form), "?" if len(key) >= SHORT else ""
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


_WORD = re.compile(r"[^\s/?&=#\"'<>%]+")


def mask_strangers(text: str, known: Callable[[str], bool]) -> str:
    """A text without the tokens of any world, for a request that has reached none.

    `known` says whether a key is that of a world.
    """

    def told(found: re.Match[str]) -> str:
        key, dot, _ = found[0].partition(".")
        return MASK if (dot or len(key) >= SHORT) and known(key) else found[0]

    return Redactor(frozenset(), [Pattern("", _WORD, told)]).text(text)
