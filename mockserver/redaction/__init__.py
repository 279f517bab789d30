"""No secret in what is kept and told: the one redaction of journal, log, recordings and reports.

They differ in what they know: a world's journal knows the key that all its tokens begin with,
`record` what it has seen pass, a report the token it ran with. That is a list of `Pattern`s. Where
a secret hides is the same for all, and stands here: percent-encoded in a path or query, behind an
escape in JSON, under its own member's name or a misspelt one, in a URL. What cuts a text before its secrets
are out does so by `cut` alone, which leaves no half of one.

Below the rooms that keep or tell something, which is nearly all of them.
"""

from mockserver.redaction.cutting import cut
from mockserver.redaction.names import USUAL, is_secret
from mockserver.redaction.patterns import EMAIL, MASK, PRESIGNED, TOKEN, Pattern, literal
from mockserver.redaction.redactor import Redactor, masked, redactor
from mockserver.redaction.strangers import mask_strangers

__all__ = [
    "EMAIL",
    "MASK",
    "PRESIGNED",
    "TOKEN",
    "USUAL",
    "Pattern",
    "Redactor",
    "cut",
    "is_secret",
    "literal",
    "mask_strangers",
    "masked",
    "redactor",
]
