"""JSON that means one thing: what two parsers would read differently is refused before the contract.

Refused: more values than any document of this API has, lone surrogates, NaN and Infinity, other encodings than UTF-8, duplicate members, integers
beyond 64 bits, and nesting deeper than any document of this API.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

DEPTH = 64
VALUES = 100_000
"""Of the largest document: ten megabytes of `{}` are none, and take many seconds to look at."""
LARGEST = 2**63 - 1


class NotStrict(ValueError):
    """A body that is no strict JSON; the message says what and where."""


class TooMany(NotStrict):
    """A body with more values than a document has."""


def parse(body: bytes, most: int = VALUES) -> Any:
    """The value of a JSON text with at most so many values in it. Raises NotStrict, TooMany."""
    if _holds_more(body, most):
        raise TooMany(f"the body holds more than {most:,} values")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict(f"the body is not UTF-8 (byte {error.start})") from None
    if text.startswith("\ufeff"):
        raise NotStrict("the body begins with a byte order mark")
    _refuse_depth(text)
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotStrict(f"the body is not JSON: {error.msg} ({where})") from None
    except RecursionError:
        raise NotStrict(f"the body is nested deeper than {DEPTH} levels") from None
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


_TOKEN = rb'(?s)"(?:[^"\\]|\\.)*"|[,\[{]'
"""Strings, commas and opening brackets. It takes a millisecond to compile, and hardly any body needs it."""


def _holds_more(body: bytes, most: int) -> bool:
    """Whether it holds more values: before each stands a comma or a bracket, outside of strings."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") <= most:
        return False
    signs = (token for token in re.finditer(_TOKEN, body) if token[0] in (b",", b"[", b"{"))
    return next(islice(signs, most, None), None) is not None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise NotStrict(f"the member {twice!r} appears twice in one object")
    return members


def _refuse_constant(text: str) -> None:
    raise NotStrict(f"{text} is not JSON")


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > LARGEST:
        raise NotStrict(f"an integer of {len(text)} characters does not fit 64 bits")
    return int(text)


def _number(text: str) -> float | int:
    number = float(text)
    if number.is_integer() and abs(number) < LARGEST:
        return int(number)  # 20.0 is an integer in JSON Schema, and must be one to us
    if number in (float("inf"), float("-inf")):
        raise NotStrict(f"the number {text[:20]} is too large")
    return number


_decode = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_constant=_refuse_constant,
    parse_int=_integer,
    parse_float=_number,
).decode


def _refuse_depth(text: str) -> None:
    """Brackets inside strings are counted too, so this only asks for a closer look."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth, inside, skip = 0, False, False
    for letter in text:
        if skip:
            skip = False
        elif inside:
            inside, skip = letter != '"', letter == "\\"
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > DEPTH:
                raise NotStrict(f"the body is nested deeper than {DEPTH} levels")
        elif letter in "]}":
            depth -= 1


def _refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotStrict("a string holds a lone surrogate (\\ud800 to \\udfff)") from None
