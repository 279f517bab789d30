"""Every operation of an edition by example, in a world of its documented fixture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.contract import Edition, Operation
from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.world.state import Record
from mockserver.world.universe import Universe
from tests.contract.sweeps import KEY, example, sent


def _body(type: str, **attributes: Any) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {"data": {"type": type, "attributes": named}}


LOCKED = ("lock-workspace", None)
EVERYWHERE = ("create-policy-set", _body("policy-sets", name="everywhere", **{"global": True}))
PREPARED: Mapping[str, list[tuple[str, Any]]] = {
    "unlock-workspace": [LOCKED],
    "force-unlock-workspace": [LOCKED],
    "create-workspace": [EVERYWHERE],
}
"""What is written before it, by operation: other operations and their bodies."""
FURTHER: Mapping[str, list[Any]] = {
    "update-organization": [
        _body("organizations", allow_force_delete_workspaces=True),
        _body("organizations", name="renamed"),
    ],
    "update-workspace": [
        _body("workspaces", execution_mode="agent", agent_pool_id="apool-yoGUFz5zcRMMz53i")
    ],
}
"""What else is sent, by operation: what is shown of records that it does not change follows from it."""


def asked(operation: Operation, path: str, body: Any = None, query: str = "") -> Sent:
    arguments = [tuple(part.split("=", 1)) for part in query.split("&") if part]
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    return Sent(
        method=operation.method,
        path=path,
        query=query,
        arguments=arguments,  # type: ignore[arg-type]
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": JSONAPI},
        root=lambda: "http://localhost",
        receive=lambda: content,
    )


def paths(universe: Universe, operation: Operation, most: int | None = None) -> Iterator[str]:
    """The operation's path for every record of its innermost type, or for the first and last `most`,
    in what owns it.
    """
    state = universe.state
    if not operation.records:
        yield operation.path.format_map(example(operation).get("path", {}))
        return
    *outer, innermost = operation.records.values()
    every = list(state.every(innermost))
    for record in every if most is None else [*every[:most], *every[most:][-most:]]:
        chain = [record]
        for kind in reversed(outer):
            owner = next((o for o in _owners(universe, chain[0]) if o.kind == kind), None)
            if owner is None:
                break
            chain.insert(0, owner)
        else:
            path, within = operation.path, None
            for name, at in zip(operation.records, chain, strict=True):
                path = path.replace(f"{{{name}}}", _said(universe, at, within))
                within = at
            yield path


def _owners(universe: Universe, record: Record) -> Iterator[Record]:
    """All in whose lists a record stands, and what owns those."""
    for key in record.owners:
        at = universe.state.records.get(key)
        if at is not None:
            yield at
            yield from _owners(universe, at)


def _said(universe: Universe, record: Record, within: Record | None) -> str:
    """What names a record in a path, where it stands within another or in none."""
    find = universe.kinds[record.kind].find
    said = (record.id, *(str(record.get(named)) for named in ("name", "username", "key")))
    return next(one for one in said if find and find(universe.state, one, within) is record)


def built(universe: Universe, edition: Edition, *methods: str) -> list[Operation]:
    """The operations that are answered in the world, by their methods."""
    of = [o for o in edition.operations.values() if o.method in methods and not o.open]
    return [operation for operation in of if operation.id in universe.kinds.table]


def reads(
    universe: Universe, edition: Edition, operations: Iterable[Operation], most: int
) -> Iterator[Sent]:
    """Every read of the world, with all that goes with it: of the first and last `most` records."""
    for operation in operations:
        include = operation.parameters.get("include", {}).get("schema", {}).get("x-include", ())
        query = {"include": ",".join(include)} if include else {}
        for name, value in edition.examples.get(operation.id, {}).get("query", {}).items():
            if operation.parameters[name].get("required"):
                query[name] = value
        for path in paths(universe, operation, most):
            yield asked(operation, path, query=urlencode(query, safe="[],"))


def writes(server: Server, name: str) -> Iterator[tuple[Universe, Setting, str]]:
    """The world after each write, the setting that it was played in, and which operation it was.

    Each is played where those before it have brought the world; where it changes nothing there any
    more, in the first world. It is played in two places: the first ones, a deletion in the last and first.
    """
    universe, edition = server.universe(key=KEY, fixture="documented"), server.contract(name)
    setting = setting_of(edition, universe)
    for operation in built(universe, edition, "POST", "PATCH", "PUT", "DELETE"):
        bodies = [sent(operation, example(operation)), *FURTHER.get(operation.id, ())]
        for body in bodies:
            for state in (universe.state, universe.first):
                universe.turn_back(state)
                for at in (-1, 0) if operation.method == "DELETE" else (0, 1):
                    for id, content in (*PREPARED.get(operation.id, ()), (operation.id, body)):
                        if _written(universe, setting, id, at, content):
                            yield universe, setting, id
                if universe.state is not state:
                    break


def _written(universe: Universe, setting: Setting, id: str, at: int, body: Any) -> bool:
    """Whether a body, sent to the operation's path that stands at `at`, has changed the world."""
    before, operation = universe.state, setting.edition.operations[id]
    for path in list(paths(universe, operation))[at:][:1]:
        outcome = run(setting, before, asked(operation, path, body), universe.clock.now())
        if outcome.state is not None:
            universe.swap(before, outcome.state, universe.generation)
            return True
    return False
