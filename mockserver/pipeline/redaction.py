"""What is kept of a request: no secret, ever.

A secret is the value of a member that the contract marks `x-secret`, wherever it stands, and every
token of the world, wherever it is repeated: they all begin with its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

MASK = "[secret]"
SHORT = 8
"""A bare key below this length is a name rather than a secret, and stays."""


class Redactor:
    """Takes the secrets of one world out of texts and JSON bodies.

    `secrets` are member names as the contract spells them, `token` is what the request carried.
    """

    def __init__(self, secrets: frozenset[str], token: str | None) -> None:
        names = "|".join(sorted(re.escape(name).replace("\\-", "[-_]") for name in secrets))
        self._names = re.compile(f"(?:{names})", re.ASCII) if names else None
        self._named = re.compile(f'"(?:{names})"\\s*:'.encode()) if names else None
        key = (token or "").partition(".")[0]
        rest = r"\.[A-Za-z0-9._~+/=-]+"
        pattern = re.escape(key) + (f"(?:{rest})?" if len(key) >= SHORT else rest)
        whole = [re.escape(token)] if token and "." in token else []
        self._token = re.compile("|".join([*whole, pattern])) if key else None
        self._key, self._start = key.encode(), key

    def text(self, text: str) -> str:
        """A text without tokens."""
        return self._token.sub(MASK, text) if self._token and self._start in text else text

    def body(self, body: bytes, *, named: bool = True, ours: bool = False) -> bytes:
        """A JSON text without secrets; parsed only where one may be in it.

        `named` False: the contract lists no secret member here. `ours`: we have written it, so
        nothing that could be read without an escape hides behind one.
        """
        told = named and self._named is not None and self._named.search(body) is not None
        repeated = self._token is not None and self._key in body
        if not (told or repeated or (not ours and b"\\" in body)):
            return body
        return json.dumps(self.value(json.loads(body)), ensure_ascii=False).encode("utf-8")

    def query(self, query: str) -> str:
        """A query string without tokens, be they percent-encoded."""
        decoded = unquote(query)
        clean = self.text(decoded)
        return self.text(query) if clean == decoded else clean

    def value(self, value: Any) -> Any:
        """A JSON value without secrets."""
        if isinstance(value, dict):
            return {self.text(name): self._member(name, item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, item: Any) -> Any:
        if item is not None and self._names and self._names.fullmatch(name):
            return MASK
        return self.value(item)


@lru_cache(maxsize=1024)
def redactor(secrets: frozenset[str], token: str | None) -> Redactor:
    """The redactor of an edition's secrets and a token, made once."""
    return Redactor(secrets, token)


def masked(body: bytes, pointers: Iterable[str]) -> bytes:
    """A JSON text without what stands at the pointers; without everything where one leads nowhere."""
    whole = {"": json.loads(body)}
    try:
        for pointer in pointers:
            _mask(whole, [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")])
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


def strangers(text: str, known: Callable[[str], bool]) -> str:
    """A text without the tokens of any world, for a request that has reached none.

    `known` says whether a key is that of a world.
    """

    def told(found: re.Match[str]) -> str:
        key, dot, _ = found[0].partition(".")
        return MASK if (dot or len(key) >= SHORT) and known(key) else found[0]

    return _WORD.sub(told, text)
