"""One exchange as a world's journal shows it, and what it changed: values that explain themselves in print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from mockserver.escaping import escaped


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange as the journal keeps it, secrets masked.

    `n` counts from 1; `findings` are what the contract does not list, `why` explains a refusal
    that its answer must not explain, `breach` and `fault` are ours. A body is the value of its JSON,
    or its text (up to 64 kB), or, where it is neither, its length: `[21 bytes]`; `media_type` is the
    answer's.
    """

    n: int
    time: str
    method: str
    path: str
    query: str
    operation: str | None
    caller: str | None
    status: int
    findings: list[dict[str, Any]]
    why: str | None
    breach: str | None
    fault: str | None
    headers: dict[str, str]
    request: Any
    response: Any
    milliseconds: float
    changed: bool
    media_type: str | None = None

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Seen:
        """From the journal's own form; what a newer server says beyond it is left out."""
        names = {field.name: field.name.replace("_", "-") for field in fields(cls)}
        return cls(**{name: shown[said] for name, said in names.items() if said in shown})

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        name = self.operation or "no operation"
        return escaped(f"#{self.n} {self.status} {self.method} {self.path}{query} ({name})")


@dataclass(frozen=True)
class Changes:
    """What a request changed in the world; printed, one line a member."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        lines = []
        for entry in self.entries:
            lines.append(f"{entry['change']} {entry['type']} {entry['label']} ({entry['id']})")
            for name, sides in entry["members"].items():
                lines.append(f"    {name}: {_turned(entry['change'], sides)}")
        return "\n".join(map(escaped, lines)) or "nothing changed"


def _turned(change: str, sides: Mapping[str, Any]) -> str:
    """What became of a member; of a list, what came and what went."""
    before, after = sides["before"], sides["after"]
    if isinstance(before or [], list) and isinstance(after or [], list) and (before or after):
        came = [f"+ {on_one_line(item)}" for item in after or () if item not in (before or ())]
        went = [f"- {on_one_line(item)}" for item in before or () if item not in (after or ())]
        if came or went:
            return ", ".join([*went, *came])
    if change != "changed":
        return on_one_line(after if change == "added" else before)
    return f"{on_one_line(before)} → {on_one_line(after)}"


def on_one_line(value: Any) -> str:
    """A value as JSON on one line, cut where it is long; of what cannot be written the type."""
    try:
        text = escaped(json.dumps(value, ensure_ascii=False, default=repr))
    except (ValueError, RecursionError):  # a circle, or an integer of thousands of digits
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 100 else text[:99] + "…"
