"""The check of a JSON body that is sent: findings, refusals, defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from mockserver.contract.checked import Checked, Refusal
from mockserver.contract.engines import MOST, Checkers, Miss, Schema
from mockserver.contract.explain import explained, trail
from mockserver.contract.shapes import Fill, filler
from mockserver.contract.tolerated import Tolerated, stand_ins


class RequestBody:
    """The body of one operation. `place` and `source` are the operation's, for explanations."""

    def __init__(
        self,
        schema: Schema,
        schemas: Mapping[str, Schema],
        checkers: Checkers,
        tolerated: Sequence[Tolerated],
        place: Mapping[str, str],
        source: str,
    ) -> None:
        self.schema, self._schemas, self._checkers = schema, schemas, checkers
        self._checker = checkers.of(schema)
        self._tolerated, self._place, self._source = tolerated, place, source

    def checked(self, value: Any) -> Checked:
        """A JSON body: findings taken out, every refusal at once, defaults of a create filled in.

        What clients send in the place of a listed member stays where it is, for the handler to read.
        """
        checked = Checked(value)
        if misses := self._checker.misses(value):
            self._judge(self._folded(misses, value), checked)
        if self._fill and not checked.refusals:
            self._fill(value)
        return checked

    def _judge(self, misses: list[Miss], checked: Checked) -> None:
        """Explain what a body breaks; take out of it what is let pass where nothing is refused."""
        value = checked.value
        instead = stand_ins(self._tolerated, misses, value)
        absent = {(*path[:-1], name) for path, name in instead.items()}
        misses = [miss for miss in misses if miss.path not in absent]
        for miss in misses:
            detail, meta = explained(
                miss, self.schema, self._schemas, misses, self._checkers.secrets
            )
            meta = {**self._place, **meta}
            if miss.path in instead:
                meta["hint"] = f"Send {instead[miss.path]} in its place, as the page says."
            if self._is_finding(miss):
                checked.findings.append(meta)
            else:
                checked.refusals.append(
                    Refusal(422, "invalid attribute", detail, meta["pointer"], meta)
                )
        if len(misses) >= MOST and not checked.refusals:  # who knows what stands behind them
            checked.refusals.append(self._too_much())
        if not checked.refusals:
            for miss in reversed(misses):
                if miss.path not in instead and miss.fault != "pattern":
                    take_out(value, miss)

    @cached_property
    def _fill(self) -> Fill | None:
        """Puts in what the page says a create has where the body is silent."""
        schema = self.schema
        root = self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        return filler(root, self._schemas) if root.get("x-fill-defaults") else None

    def _too_much(self) -> Refusal:
        meta = {
            **self._place,
            "pointer": "",
            "fact": f"{MOST} members of the body or more are not listed",
            "expected": "an object as the page shows it",
            "key-path": "",
            "source": self._source,
            "hint": "Leave out what is not listed.",
        }
        detail = "Body has too many members that are not listed"
        return Refusal(422, "invalid attribute", detail, "", meta)

    def _folded(self, misses: list[Miss], value: Any) -> list[Miss]:
        """An empty object that clients may send is one miss, not one for each missing member."""
        folded: dict[tuple[Any, str], Miss] = {}
        for miss in misses:
            place = miss.path[:-1]
            hollow = Miss(place, "type", {}, "object")
            if miss.fault == "missing" and any(entry.covers(hollow) for entry in self._tolerated):
                found = value
                for part in place:
                    found = found[part]
                miss = hollow if found == {} else miss
            folded.setdefault((miss.path, miss.fault), miss)
        return list(folded.values())

    def _is_finding(self, miss: Miss) -> bool:
        if miss.fault == "unlisted":
            return True
        if miss.value is None and miss.fault == "type" and miss.path:
            parent, _, _ = trail(self.schema, miss.path[:-1], self._schemas)
            if miss.path[-1] in parent.get("required", ()):
                return False  # without it a handler would miss what it needs
        return any(entry.covers(miss) for entry in self._tolerated)


def take_out(value: Any, miss: Miss) -> None:
    """Remove what a finding is about, where there is something to remove."""
    if miss.fault == "missing":
        return
    for part in miss.path[:-1]:
        value = value[part]
    if isinstance(value, dict):
        value.pop(miss.path[-1], None)
