"""Differences as people and programs read them: the API's changelog in Markdown, the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mockserver.contract.differences import Difference
from mockserver.escaping import escaped


def markdown(title: str, found: Sequence[Difference]) -> str:
    """A heading for each operation and type, where it comes first; a line for each difference."""
    breaking = sum(one.effect == "breaking" for one in found)
    added = len(found) - breaking
    count = f"{breaking} breaking, {added} addition{'' if added == 1 else 's'}."
    subjects: dict[str, list[Difference]] = {}
    for one in found:
        subjects.setdefault(one.subject, []).append(one)
    lines = [f"# {title}", "", count]
    for subject, same in subjects.items():
        lines += ["", f"## {_text(subject)}", "", *_lines(same)]
    return "\n".join(lines)


def _lines(found: Iterable[Difference]) -> Iterable[str]:
    for one in found:
        effect = f"*{one.effect}*"
        place = f" `{escaped(one.place).replace('`', chr(39))}`" if one.place else ""
        where = f" ({', '.join(one.where)})" if one.where else ""
        yield f"- {effect}:{place} {_text(one.what)}{where}"


def _text(said: str) -> str:
    """On one line, the signs of Markdown and HTML as themselves."""
    for sign in "\\`*_[]<>|#":
        said = said.replace(sign, f"\\{sign}")
    return escaped(said)


def document(old: str, new: str, found: Sequence[Difference]) -> dict[str, Any]:
    """`{"from", "to", "differences"}`: each with its effect, subject, place, words and bodies."""
    return {"from": old, "to": new, "differences": [one.shown() for one in found]}
