"""What others wrote stays on the line on which we repeat it: the one escape of logs and reports.

A path, a method, a member's name or another server's answer may hold a line break and then what
a CI system takes for a command, or a sign that turns the letters behind it round. Below every
room, for all of them tell something; it imports none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMAND = re.compile(r"#(?=#(?:vso)?\[)")
"""How the commands of Azure Pipelines, and the older ones of GitHub, begin anywhere in a line."""


def escaped(text: str) -> str:
    r"""A text on one line that every terminal shows as it is: `\n`, `\x85`, `\u202e` for the rest.

    Escaped is what `str.isprintable` says no to: control characters (C0, DEL, C1), separators of
    lines and paragraphs, bidirectional overrides and other invisible signs, lone surrogates. A
    backslash stays a backslash: the text is for people, nobody reads it back.
    """
    if "##" in text:
        text = _COMMAND.sub(r"\\x23", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def faults_told(faults: Sequence[tuple[str, str]], fixture: str = "") -> str:
    """What is wrong with a fixture, named where it has a name: `(pointer, detail)` a line each."""
    named = escaped(f"The fixture {fixture!r}") if fixture else "The fixture"
    lines = (f"  {escaped(pointer) or '/'}: {escaped(detail)}" for pointer, detail in faults)
    return "\n".join((f"{named} has {len(faults)} fault(s):", *lines))
