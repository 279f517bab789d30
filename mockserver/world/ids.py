"""Ids that look like the vendor's and are the same in every run. The only place that makes them.

An id is computed from the world's seed, its prefix and a count per prefix: one more run never
renames a workspace, and no other world has a part in it.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b, sha256

LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Digits and letters that cannot be mistaken for one another, as in the vendor's ids."""
PAIRS = "".join(first + second for second in LETTERS for first in LETTERS)
"""Any two of them, one pair behind the other: half as many steps as letter by letter. As a list of texts
they would take 190 kB.
"""


def code(seed: int, prefix: str, count: int | str, length: int = 16) -> str:
    """`length` letters, an even number, for the `count`th thing called `prefix` in the world of that
    seed."""
    digest = blake2b(f"{seed}/{prefix}/{count}".encode(), digest_size=64).digest()
    number = int.from_bytes(digest, "big") % len(LETTERS) ** length  # all that the letters tell
    letters, pairs = [], len(PAIRS) // 2
    for _ in range(length // 2):
        number, at = divmod(number, pairs)
        letters.append(PAIRS[2 * at : 2 * at + 2])
    return "".join(letters)


def make(seed: int, prefix: str, count: int) -> str:
    """An id such as `polset-3yVQZvHzf5j3WRJ1`; without a prefix the count itself, as a string."""
    return f"{prefix}-{code(seed, prefix, count)}" if prefix else str(count)


def token(seed: int, count: int | str) -> str:
    """The secret of a token made through the API, in the vendor's form, for after the key's dot.

    `count` is whatever is never used twice for tokens of that world: a count, or the record's id.
    """
    return f"{code(seed, 'token', count, 14)}.atlasv1.{code(seed, 'atlasv1', count, 60)}"


def key() -> str:
    """A key of a world for who does not choose one. Drawn, not computed: it opens the world, and
    whoever shares the seed could work it out. Determinism is of a world's content."""
    return "".join(secrets.choice(LETTERS) for _ in range(24))


def checksum(text: str) -> str:
    """What stands where the SHA-256 of a download would."""
    return sha256(text.encode()).hexdigest()


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
