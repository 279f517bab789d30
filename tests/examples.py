"""How many examples a sweep tries, by the profile that `--hypothesis-profile` chooses.

`quick`, the default, tries a fifth of what each test names, in every run the same; `thorough` tries
all of it, as `.ci/run` does; `search` draws ten times as many, anew in each run
(`--hypothesis-seed=N` says which).
"""

from __future__ import annotations

from hypothesis import settings

FULL = 100
"""Percent, of what a test names, that `thorough` tries."""

settings.register_profile("quick", max_examples=20, derandomize=True, deadline=None, database=None)
settings.register_profile(
    "thorough", max_examples=FULL, derandomize=True, deadline=None, database=None
)
settings.register_profile("search", max_examples=1000, deadline=None, database=None)


def examples(full: int) -> int:
    """So many of the profile as it takes of `full`, at least one."""
    return max(1, full * settings.default.max_examples // FULL)
