"""A route to its operation, or the refusal of a path or method that no page lists."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract import Edition, Operation
from mockserver.contract.elsewhere import documented_elsewhere
from mockserver.contract.routes import Route, routes
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome
from mockserver.world.problems import Error, Problem, not_found


def operation_of(route: Route, sent: Sent, edition: Edition, outcome: Outcome) -> Operation:
    """The operation of a route; that there is none is a finding, save where a page lists the call."""
    if route.operation:
        return route.operation
    allow, near = ", ".join(route.allowed), routes(edition).nearest(sent.method, sent.path)
    if allow and sent.method == "OPTIONS":
        raise Problem(204, headers={"Allow": allow})
    if routes(edition).not_built(sent.method, sent.path):
        absent = "The API documents this path, but this server does not support it."
        raise not_found(absent)
    outcome.findings.append(_no_operation(sent, edition, allow, near))
    elsewhere = documented_elsewhere(sent.method, sent.path, edition)
    # whoever sends what another edition has meant that, and not what is called alike here
    meant = f" Did you mean {near}?" if near and not any(elsewhere.values()) else ""
    if there := _named(elsewhere, edition):
        outcome.findings[-1]["hint"] = f"It is {there}" + ("" if allow else meant)
        if not allow:
            raise not_found(f"This path is {there}{meant}")
    if not allow:
        raise not_found(f"Edition {edition.name} has no such path.{meant}")
    detail = f"{sent.method} is not one of {allow}"
    said = {name: outcome.findings[-1][name] for name in ("edition", "fact", "hint")}
    raise Problem(405, Error("method not allowed", detail, meta=said), headers={"Allow": allow})


def _named(elsewhere: Mapping[str, bool], edition: Edition) -> str:
    """Which other editions document a call, and whether this server supports it there."""
    said = [
        f"{name}{'' if built else ', not supported there'}" for name, built in elsewhere.items()
    ]
    return f"documented in {' and '.join(said)}; this world speaks {edition.name}." if said else ""


def _no_operation(sent: Sent, edition: Edition, allow: str, near: str | None) -> dict[str, str]:
    called = f"{sent.method} {sent.path}"
    listed = f"`mockserver operations --edition {edition.name}` lists what there is."
    hint = f"Did you mean {near}?" if near else listed
    return {
        "edition": edition.name,
        "pointer": "",
        "fact": f"no page of edition {edition.name} lists {called}",
        "hint": f"Send one of {allow}." if allow else hint,
    }
