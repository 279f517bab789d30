"""What is answered from the render cache is what would be built anew, whatever was written before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract import Edition, editions
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome, Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.world.universe import Universe
from tests.pipeline.writes import asked, paths, writes

OLD, *LATER = editions()


def reads(universe: Universe, edition: Edition) -> Iterator[Sent]:
    for operation in edition.operations.values():
        if (
            operation.method == "GET"
            and not operation.open
            and operation.id in universe.kinds.table
        ):
            include = operation.parameters.get("include", {}).get("schema", {}).get("x-include", ())
            for path in paths(universe, operation):
                yield asked(operation, path, query=f"include={','.join(include)}" * bool(include))


def bytes_of(setting: Setting, universe: Universe, sent: Sent) -> tuple[Any, ...]:
    outcome: Outcome = run(setting, universe.state, sent, universe.clock.now())
    assert outcome.breach is None
    return sent.path, sent.query, outcome.answer.status, outcome.answer.body, outcome.findings


@pytest.mark.parametrize("name", [OLD, *(pytest.param(n, marks=pytest.mark.slow) for n in LATER)])
def test_after_every_write_each_read_is_answered_as_if_nothing_were_kept(name: str) -> None:
    server = Server(edition=name)
    edition, written = server.contract(name), 0
    for universe, setting in writes(server, name):
        written += 1
        anew = replace(setting, cache=None)
        for read in reads(universe, edition):
            built = bytes_of(anew, universe, read)
            assert bytes_of(setting, universe, read) == built
            assert bytes_of(setting, universe, read) == built
    assert written > 15
