"""What is answered from the render cache is what would be built anew, whatever was written before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract import Edition, editions
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome, Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.world.state import State
from mockserver.world.universe import Universe
from tests.pipeline.writes import KEY, asked, paths, writes

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


SHOW = "show-policy-set"


@pytest.mark.parametrize("name", editions())
def test_what_one_caller_is_shown_is_kept_for_no_other_and_for_no_later_state(name: str) -> None:
    server = Server(edition=name)
    entry = {"name": "acme", "owners": ["ann"], "policy-sets": [{"name": "limits"}]}
    fixture = {"users": [{"username": "ann"}, {"username": "bob"}], "organizations": [entry]}
    universe = server.universe(key=KEY, fixture=fixture)
    setting, before = setting_of(server.contract(name), universe), universe.state
    (record,) = before.every("policy-sets")
    path = f"/api/v2/policy-sets/{record.id}"
    read = asked(server.contract(name).operations[SHOW], path)

    def status(state: State, caller: str) -> int:
        sent = replace(read, caller=caller)
        return run(setting, state, sent, universe.clock.now()).answer.status

    assert [status(before, who) for who in ("ann", "ann", "bob", "ann")] == [200, 200, 404, 200]
    after = before.remove(next(before.every("teams")).key)
    assert [status(after, "ann"), status(before, "ann")] == [404, 200]
