"""What a secret looks like in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple

from mockserver.pointers import escape
from mockserver.redaction.decoding import traced

MASK = "[secret]"
SHORT = 8
"""Letters below which a bare key is a name rather than a secret."""


class Pattern(NamedTuple):
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
    return [Pattern(form, re.compile(_whole(form) % re.escape(form))) for form in forms(secret)]


def _whole(form: str) -> str:
    return r"(?<![\w-])%s(?![\w-])" if len(form) < SHORT else "%s"


def forms(secret: str) -> list[str]:
    """How a secret is written: as it is, with the space that a `+` in a query stands for, as JSON
    quotes it, in a JSON pointer (RFC 6901), and decoded, for a text is so before it is looked for."""
    if not secret.strip("+ "):
        return []
    quoted = json.dumps(secret, ensure_ascii=False)[1:-1]
    found = (secret, quoted, escape(secret), *(plain for plain, _ in traced(secret)))
    spaced = (form.replace("+", " ") for form in found)
    return [form for form in dict.fromkeys((*found, *spaced)) if form.strip("+ ")]
