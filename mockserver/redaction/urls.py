"""Secrets in URLs: a password before the host, and the value of a parameter that is named as a secret,
unless the contract lists it."""

from __future__ import annotations

import re

from mockserver.redaction.names import LONG, OPEN, USUAL, is_secret
from mockserver.redaction.patterns import MASK, SHORT, Pattern

_USERINFO = re.compile(r"(?:(?<=://)|(?<=:~1~1))[^\s/?#\"<>]+(?=@)")  # in a JSON pointer too
_PARAMETER = re.compile(rf"([?&])([\w-]{{1,{LONG}}})=([^&#\s\"<>]+)")
_USERINFO_BYTES = re.compile(rb":(?://|~1~1)[^\s/?#\"<>]+@")
_NAME = re.compile(rb"([\w-]{1,%d})=" % LONG)


def in_urls(names: frozenset[str]) -> list[Pattern]:
    """What takes them out of texts; `names` are the contract's secret members."""

    def parameter(found: re.Match[str]) -> str:
        if _is_named(found[2], names) and (found[2], found[3]) not in OPEN:
            return f"{found[1]}{found[2]}={MASK}"
        value = _PARAMETER.sub(parameter, found[3])  # it may be a URL
        return f"{found[1]}{found[2]}={value}"

    return [
        Pattern("@", _USERINFO, _userinfo),
        Pattern("=", _PARAMETER, parameter),
    ]


def any_in_urls(text: bytes, names: frozenset[str]) -> bool:
    """Whether a text may hold one."""
    if b"@" in text and _USERINFO_BYTES.search(text):
        return True
    if b"=" not in text:
        return False
    parameters = text.replace(b"&", b"?").split(b"?")[1:]  # ten times as fast as an expression
    found = (_NAME.match(parameter) for parameter in parameters)
    return any(name and _is_named(name[1].decode(), names) for name in found)


def _is_named(name: str, names: frozenset[str]) -> bool:
    return name.casefold().replace("_", "-") in USUAL or is_secret(name, names)


def _userinfo(found: re.Match[str]) -> str:
    """A user's name stays; a long one may be a token, as GitHub takes it."""
    user, colon, _ = found[0].partition(":")
    return (user if len(user) < SHORT else MASK) + (colon and f":{MASK}")
