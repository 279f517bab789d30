"""What the two kinds of team access play alike: to a workspace, and to a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, attribute, is_resource, linked_one
from mockserver.judge.pointers import at, leaves
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.scenario import Known, body, shown_attributes


def refused_again(driver: Driver, record: Resource, place: str, source: str) -> None:
    """A team has one access to a place. `place`: the relationship to it."""
    where = {name: {"type": f"{name}s", "id": linked_one(record, name)} for name in (place, "team")}
    again = body(f"team-{place}s", {"access": "write"}, **where)
    why = f"a second access of a team to a {place}"
    driver.refused(422, f"add-team-access-to-{place}", again, why=why, source=source)


def custom(
    driver: Driver, place: str, team: Resource, given: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    """With the level custom a request says in detail what the team may: first `given`, then
    `changed`.
    """
    add, update = f"add-team-access-to-{place}", f"update-team-access-to-{place}"
    type, access = f"team-{place}s", {"access": "custom"}
    where = {place: driver.need(f"{place}s"), "team": team}
    made = driver.call(add, body(type, {**access, **given}, **where))
    if not is_resource(made.data):
        return
    shown = dict(leaves({**access, **given}, "/attributes"))
    why = "a custom level was given"
    must_show(driver, made, (made.data, shown), why=why, source=f"{{{add}}}")
    write = driver.call(update, body(type, {**access, **changed}), of=made.data)
    shown |= dict(leaves(changed, "/attributes"))
    why = "a custom level was changed"
    must_show(driver, write, (made.data, shown), why=why, source=f"{{{update}}}")


def entry_with(details: Sequence[str]) -> Callable[[Resource, Known], Any]:
    """By the team's name, within the place; None where the team was never seen."""

    def fixture_entry(resource: Resource, known: Known) -> Any:
        named = at(resource, "/relationships/team/data")
        team = known(named["type"], named["id"]) if is_resource(named) else None
        name = attribute(team, "name") if team else None
        said = details if attribute(resource, "access") == "custom" else ()
        return (name, shown_attributes(resource, "access", *said)) if name else None

    return fixture_entry
