"""Percent-encoding, undone as often as a text has it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
QUICK, LARGE = 3, 256 * 1024
"""How often a text is decoded as a whole, and bytes beyond which it is not decoded more often."""
_PAIRS = {f"{n:02x}".encode(): n for n in range(256)}
_PERCENT = ord("%")


class TooDeep(ValueError):
    """A text that would take seconds to decode, in which nobody is served."""


def decoded(data: bytes) -> Iterator[bytes]:
    """What comes about as escapes are undone, those of a text and then those that came about.

    Raises TooDeep for a large text that is encoded more than three times.
    """
    for _ in range(QUICK):
        if not ESCAPE.search(data):
            return
        data = unquote_to_bytes(data)
        yield data
    if ESCAPE.search(data):
        if len(data) > LARGE:
            raise TooDeep
        yield bytes(_traced(data, deep=True)[0])


def traced(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The same of a text, and where each letter, and the end, of what comes about stood in it."""
    data = text.encode("utf-8", "surrogatepass")
    at: Sequence[int] = range(len(data) + 1)
    for number in range(QUICK + 1):
        if not ESCAPE.search(data):
            return
        plain, places = _traced(data, deep=number == QUICK)
        at, data = array("L", (at[place] for place in places)), bytes(plain)
        yield _letters(data, text, at)


def _letters(data: bytes, text: str, at: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Bytes as a text, and the places of its letters for those of its bytes."""
    told = data.decode("utf-8", "surrogateescape")
    if not data.isascii():
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


def _traced(data: bytes, *, deep: bool) -> tuple[bytearray, array[int]]:
    """Read once, however deep it is encoded: an escape is undone as soon as its last letter is there.

    That is what decoding again and again leads to, for no escape begins within another. Not `deep`:
    what comes about stays.
    """
    first, *rest = data.split(b"%")
    out, at, position = bytearray(first), array("L", range(len(first))), len(first)
    for piece in rest:
        end = position + 1 + len(piece)
        if not deep:
            one = _PAIRS.get(piece[:2].lower())
            out.append(_PERCENT if one is None else one)
            at.append(position)
            position += 1 if one is None else 3
            out += data[position:end]
            at.extend(range(position, end))
            position = end
            continue
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
