"""What is answered from the render cache is what would be built anew, whatever was written before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract import Edition, Operation, editions
from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome, Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.world.state import ROOT
from mockserver.world.universe import Universe

KEY = "key-of-the-test-world"


def asked(operation: Operation, path: str, body: Any = None, query: str = "") -> Sent:
    arguments = [tuple(part.split("=", 1)) for part in query.split("&") if part]
    content = b"" if body is None else json.dumps(body).encode()
    return Sent(
        method=operation.method,
        path=path,
        query=query,
        arguments=arguments,  # type: ignore[arg-type]
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": JSONAPI},
        root=lambda: "http://localhost",
        receive=lambda: content,
    )


def paths(universe: Universe, operation: Operation) -> Iterator[str]:
    """The operation's path for every record of its innermost type, in what owns it."""
    state, kinds = universe.state, universe.kinds
    if not operation.records:
        yield operation.path
        return
    *_, innermost = operation.records.values()
    for record in list(state.every(innermost)):
        at, path = record, operation.path
        for name, kind in reversed(operation.records.items()):
            while at.kind != kind and at.owner != ROOT:
                at = state.get(at.owner)
            find, owner = kinds[kind].find, state.records.get(at.owner)
            said = (at.id, *(str(at.get(named)) for named in ("name", "username", "key")))
            found = (one for one in said if find and find(state, one, owner) is at)
            path = path.replace(f"{{{name}}}", next(found, at.id))
        yield path


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


@pytest.mark.parametrize("name", editions())
def test_after_every_write_each_read_is_answered_as_if_nothing_were_kept(name: str) -> None:
    server = Server(edition=name)
    universe, edition = server.universe(key=KEY, fixture="documented"), server.contract(name)
    written = 0
    for operation in edition.operations.values():
        example = edition.examples.get(operation.id, {})
        if operation.method in ("GET", "DELETE") or operation.id not in universe.kinds.table:
            continue
        for path in list(paths(universe, operation))[:2]:
            setting, before = setting_of(edition, universe), universe.state
            sent = asked(operation, path, example.get("body"))
            outcome = run(setting, before, sent, universe.clock.now())
            if outcome.state is None:
                continue
            universe.swap(before, outcome.state, universe.generation)
            written += 1
            anew = replace(setting, cache=None)
            for read in reads(universe, edition):
                built = bytes_of(anew, universe, read)
                assert bytes_of(setting, universe, read) == built
                assert bytes_of(setting, universe, read) == built
    assert written > 15
