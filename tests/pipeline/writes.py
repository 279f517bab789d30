"""Every write of an edition by example, one after the other, in a world of its documented fixture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Setting
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


def writes(server: Server, name: str) -> Iterator[tuple[Universe, Setting]]:
    """The world after each write that changed it, and the setting that the write was played in."""
    universe, edition = server.universe(key=KEY, fixture="documented"), server.contract(name)
    for operation in edition.operations.values():
        example = edition.examples.get(operation.id, {})
        if operation.method in ("GET", "DELETE") or operation.id not in universe.kinds.table:
            continue
        for path in list(paths(universe, operation))[:2]:
            setting, before = setting_of(edition, universe), universe.state
            sent = asked(operation, path, example.get("body"))
            outcome = run(setting, before, sent, universe.clock.now())
            if outcome.state is not None:
                universe.swap(before, outcome.state, universe.generation)
                yield universe, setting
