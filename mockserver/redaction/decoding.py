"""Percent-encoding, undone as often as a text has it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
QUICK, LARGE = 3, 256 * 1024
"""How often a text is decoded as a whole, and bytes beyond which it is not decoded more often."""
_PAIRS = {f"{n:02x}".encode(): n for n in range(256)}
_PERCENT = ord("%")


class TooDeep(ValueError):
    """A text that would take seconds to decode, in which nobody is served."""


def decoded(data: bytes) -> bytes:
    """Without any escape, those among them that only come about as others are undone.

    Raises TooDeep for a large text that is encoded more than three times.
    """
    for _ in range(QUICK):
        if not ESCAPE.search(data):
            return data
        data = unquote_to_bytes(data)
    if len(data) > LARGE and ESCAPE.search(data):
        raise TooDeep
    return bytes(_traced(data)[0])


def traced(text: str) -> tuple[str, Sequence[int]]:
    """A text without any escape, and where each of its letters, and its end, stood in the text."""
    plain, at = _traced(text.encode("utf-8", "surrogatepass"))
    told = plain.decode("utf-8", "surrogateescape")
    if not plain.isascii():
        begins, byte = array("L"), 0
        for letter in told:
            begins.append(at[byte])
            byte += len(letter.encode("utf-8", "surrogateescape"))
        begins.append(at[byte])
        at = begins
    if not text.isascii():
        letters = [n for n, one in enumerate(text) for _ in one.encode("utf-8", "surrogatepass")]
        letters.append(len(text))
        at = array("L", (letters[byte] for byte in at))
    return told, at


def _traced(data: bytes) -> tuple[bytearray, array[int]]:
    """Read once, however deep it is encoded: an escape is undone as soon as its last letter is there.

    That is what decoding again and again leads to, for no escape begins within another.
    """
    first, *rest = data.split(b"%")
    out, at, position = bytearray(first), array("L", range(len(first))), len(first)
    for piece in rest:
        end = position + 1 + len(piece)
        out.append(_PERCENT)
        at.append(position)
        position += 1
        while position < end and _PERCENT in out[-2:]:
            out.append(data[position])
            at.append(position)
            position += 1
            while out[-3:-2] == b"%" and (one := _PAIRS.get(bytes(out[-2:]).lower())) is not None:
                del out[-2:], at[-2:]
                out[-1] = one
        out += data[position:end]
        at.extend(range(position, end))
        position = end
    at.append(position)
    return out, at
