"""The keys of worlds in what reaches none: nobody has said whose token it is, if any."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mockserver.redaction.decoding import traced
from mockserver.redaction.redactor import redactor

_RUN = re.compile(r"[^\s/\"\\.]+")
_SIGN = re.compile(r"[?&=#'<>%]")
LONGEST = 200
"""Letters of the longest key that a world may have."""


def mask_strangers(text: str, known: Callable[[str], bool]) -> str:
    """A text without the tokens of any world, for a request that has reached none.

    `known` says whether a key is that of a world.
    """
    forms = [text, *(plain for plain, _ in traced(text))]  # a key may itself hold an escape
    for key in {key for form in forms for key in _candidates(form) if known(key)}:
        text = redactor(frozenset(), key).text(text)
    return text


def _candidates(text: str) -> Iterator[str]:
    """What may be the key of a world: a key may have signs that also stand around one."""
    for run in _RUN.findall(text):
        signs = [sign.start() for sign in _SIGN.finditer(run)]
        for first, begin in enumerate((0, *(sign + 1 for sign in signs))):
            for end in (*signs[first:], len(run)):
                if end - begin > LONGEST:
                    break
                yield run[begin:end]
