"""Which members of JSON hold a secret, by their names."""

from __future__ import annotations

import re
from functools import lru_cache

LIKE = 0.8
"""How much a member's name is like a secret one's for its value to be masked (difflib's ratio):
`valeu` is, `valid` is not."""
LONG = 40
"""Letters of the longest name that may be a misspelt one."""
USUAL = frozenset(
    {
        "access-token",
        "api-key",
        "client-secret",
        "current-password",
        "oauth-token-string",
        "password",
        "password-confirmation",
        "private-key",
        "private-token",
        "refresh-token",
        "secret",
        "ssh-key",
        "token",
        "value",
    }
)
"""What holds secrets elsewhere: in OAuth (RFC 6749, RFC 6750), in the APIs of VCS providers, and in
fixtures of whichever edition."""
OPEN = frozenset({("token", "audit-trails")})
"""Parameters of a query that are named as secrets, with each value of theirs that the contract lists, of whichever
edition: which token is meant is no secret."""
_MEMBER = re.compile(rb'"([\w-]{1,%d})"\s*:' % LONG)


def is_secret(name: str, names: frozenset[str]) -> bool:
    """Whether a member of that name holds a secret: it is one of `names`, or one of them misspelt."""
    return len(name) <= LONG and _is_secret(name, names)


def any_secret(body: bytes, names: frozenset[str]) -> bool:
    """Whether a member of a JSON text holds a secret by its name."""
    return _misspelt(*_MEMBER.findall(body), names=names)


@lru_cache(maxsize=1024)
def _misspelt(*members: bytes, names: frozenset[str]) -> bool:
    """Whether one of these members holds a secret; clients send the same ones again and again."""
    return any(is_secret(name.decode(), names) for name in set(members))


@lru_cache(maxsize=4096)
def _is_secret(name: str, names: frozenset[str]) -> bool:
    from difflib import SequenceMatcher  # by the first body with a name of its own

    spelled = name.casefold().replace("_", "-")
    if spelled in names:
        return True
    quick = SequenceMatcher(None, "", spelled)  # most have too few letters in common
    for known in names:
        if abs(len(spelled) - len(known)) < len(known) / 2:
            quick.set_seq1(known)
            if (
                quick.quick_ratio() >= LIKE
                and SequenceMatcher(None, spelled, known).ratio() >= LIKE
            ):
                return True
    return False
