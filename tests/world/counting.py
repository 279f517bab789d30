"""A world in which each look at a record is counted, for tests of what calls cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mockserver.client.handle import Address
from mockserver.client.opening import in_process
from mockserver.web.testing import Live
from mockserver.world.ordered import Ordered
from mockserver.world.state import State

SMALL, BIG = 100, (1_000, pytest.param(100_000, marks=pytest.mark.slow))
"""Records of the worlds that are compared; the largest with `-m slow`."""


class Watched:
    """The records of a state, counting those that are looked at."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self.touched = 0

    def __getitem__(self, key: int) -> Any:
        self.touched += 1
        return self._records[key]

    def get(self, key: int, default: Any = None) -> Any:
        self.touched += 1
        return self._records.get(key, default)

    def __iter__(self) -> Iterator[int]:
        for key in self._records:
            self.touched += 1
            yield key

    def values(self) -> Iterator[Any]:
        for record in self._records.values():
            self.touched += 1
            yield record

    def items(self) -> Iterator[Any]:
        for item in self._records.items():
            self.touched += 1
            yield item

    def __contains__(self, key: int) -> bool:
        return key in self._records

    def __len__(self) -> int:
        return len(self._records)

    def __getattr__(self, name: str) -> Any:  # insert, remove: they give a plain map again
        return getattr(self._records, name)


@dataclass
class Counted:
    """A world, and how many records a call in it touches."""

    tfe: Any
    universe: Any
    first: State

    def touches(
        self, monkeypatch: pytest.MonkeyPatch, call: Callable[[Any], Any]
    ) -> tuple[int, int, int]:
        """By `State.get` and `several`, by any look at the records of the state before, and how many
        items of its lists and relations are walked over.
        """
        got = walked = 0
        get, several, walk = State.get, State.several, Ordered.__iter__

        def counting(state: State, key: int) -> Any:
            nonlocal got
            got += 1
            return get(state, key)

        def counting_several(state: State, keys: Iterable[int]) -> list[Any]:
            nonlocal got
            found = several(state, keys)
            got += len(found)
            return found

        def counting_walk(items: Ordered) -> Iterator[Any]:
            nonlocal walked
            for item in walk(items):
                walked += 1
                yield item

        self.universe.parts.kept.clear()  # what an earlier test has shown changes no count
        watched = Watched(self.first.records)
        self.universe.state = replace(self.first, records=watched)  # type: ignore[arg-type]
        with monkeypatch.context() as patch:
            patch.setattr(State, "get", counting)
            patch.setattr(State, "several", counting_several)
            patch.setattr(Ordered, "__iter__", counting_walk)
            answer = call(self.tfe)
        assert answer.status_code in (200, 201, 204), answer.get_data(as_text=True)
        self.universe.state = self.first
        self.universe.journal.clear()
        return got, watched.touched, walked


def counted(world: Mapping[str, Any], edition: str) -> Iterator[Counted]:
    with Live() as live:
        universe = live.server.universe(key="test-token", edition=edition, fixture=world)
        tfe = in_process(live.server, "test-token", edition, lambda: Address(live.url), live.app)
        yield Counted(tfe, universe, universe.state)
