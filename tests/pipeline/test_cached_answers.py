"""What is answered from the render cache is what would be built anew, whatever was written before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from mockserver.contract import editions
from mockserver.jsonapi.resources import alone, relationships_of
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome, Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.resources.expiring_tokens import STATUSES
from mockserver.resources.tokens import TYPE as TOKEN
from mockserver.world.kinds import Kind, Kinds
from mockserver.world.state import Record, State
from mockserver.world.universe import Universe
from mockserver.world.view import View
from mockserver.world.who import callers
from tests.contract.sweeps import KEY
from tests.pipeline.writes import asked, built, paths, reads, writes

LISTED = "list-team-tokens"
"""A list that depends on the time."""
TOKENS = (KEY, f"{KEY}.ann")
"""Whose reads: the administrator's, and those of a member of a team."""


@cache
def played(name: str) -> list[tuple[Kinds, State, str]]:
    """The state after each write of an edition."""
    each = writes(Server(edition=name), name)
    return [(universe.kinds, universe.state, written) for universe, _, written in each]


def otherwise(name: str, *other: Kind) -> Iterator[tuple[str, str]]:
    """Each write after which a record is shown to somebody otherwise than once before, though it is the
    same and all that its kind says it depends on is equal; and the record's type. With `other` kinds
    in place of the edition's.
    """
    shown: dict[int, list[tuple[Any, Any]]] = {}
    for kinds, state, written in played(name):
        kinds = kinds.but(*other) if other else kinds
        types = {kind.type for kind in other or kinds.values() if kind.depends}
        records = [record for type in types for record in state.every(type)]
        for view in views(kinds, state):
            for record in records:
                made_of, now = depends(view, record), view.show(record)
                known = shown.setdefault(id(record), [])
                before = next((was for of, was in known if of == made_of), None)
                if before is None:
                    known.append((made_of, now))
                elif before != now:
                    yield written, record.kind


def views(kinds: Kinds, state: State) -> list[View]:
    """What each caller sees of a state."""
    return [View(kinds, state, caller) for caller in callers(kinds, state).values()]


def depends(view: View, record: Record) -> tuple[Any, ...]:
    said = view.kinds[record.kind].depends
    assert said
    return said(view, record)


@pytest.mark.parametrize("name", editions())
def test_a_record_is_shown_alike_while_all_that_it_depends_on_is_equal(name: str) -> None:
    assert list(otherwise(name)) == []


def part(said: Callable[[View, Record], tuple[Any, ...]], left: int) -> Any:
    return lambda view, record: tuple(
        one for at, one in enumerate(said(view, record)) if at != left
    )


def made_of(name: str, kind: Kind) -> Iterator[tuple[Any, ...]]:
    """What records of a kind depend on, in every state."""
    for kinds, state, _ in played(name):
        for view in views(kinds, state):
            yield from (depends(view, record) for record in state.every(kind.type))


NOT_TOLD_APART = {
    ("2026-08", "organizations", 1): "its default pool changes with its own attributes",
    ("2026-08", "workspaces", 6): "no example deletes who has locked one",
}
"""By edition, type and place: what a kind may leave out unseen, and why."""


@pytest.mark.slow
@pytest.mark.parametrize("name", editions())
def test_what_a_kind_leaves_out_of_what_it_depends_on_is_found(name: str) -> None:
    kinds, unseen = played(name)[0][0], set()
    for kind in (kind for kind in kinds.values() if kind.depends):
        for at in range(len(next(made_of(name, kind), ()))):
            if not any(otherwise(name, replace(kind, depends=part(kind.depends, at)))):
                unseen.add((name, kind.type, at))
    assert unseen == {place for place in NOT_TOLD_APART if place[0] == name}


@pytest.mark.parametrize("name", editions())
def test_records_that_are_alone_all_show_the_relationships_that_are_kept_of_them(name: str) -> None:
    seen: dict[int, Record] = {}
    for kinds, state, written in played(name):
        view = views(kinds, state)[0]
        for record in state.every():
            if id(record) not in seen and (found := alone(view, record)) is not None:
                seen[id(record)] = record
                shown = view.show(record)["relationships"]
                assert relationships_of(found) == shown, (written, record.id)
    assert {record.kind for record in seen.values()} > {"policies"}


def outcome_of(setting: Setting, universe: Universe, sent: Sent) -> Outcome:
    outcome: Outcome = run(setting, universe.state, sent, universe.clock.now())
    assert outcome.breach is None
    return outcome


def told(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.answer.status, outcome.answer.body, outcome.findings


@pytest.mark.parametrize("name", editions())
@pytest.mark.parametrize(("one_in", "most"), [(24, 1), pytest.param(1, 3, marks=pytest.mark.slow)])
def test_after_every_write_each_read_is_answered_as_if_nothing_were_kept(
    name: str, one_in: int, most: int
) -> None:
    """The quick run reads one address in a few after each write, another few each time."""
    server, answered = Server(edition=name), set()
    for at, (universe, setting, written) in enumerate(writes(server, name)):
        answered.add(written)
        anew = replace(setting, cache=None)
        gets = built(universe, setting.edition, "GET")[at % one_in :: one_in]
        for read in reads(universe, setting.edition, gets, most):
            for token in TOKENS:
                sent = replace(read, headers={"Authorization": f"Bearer {token}"})
                outcome = outcome_of(anew, universe, sent)
                assert told(outcome_of(setting, universe, sent)) == told(outcome), sent.path
                if outcome.answer.status < 300 and outcome.operation:
                    answered.add(outcome.operation.id)
    operations = built(universe, setting.edition, "GET", "POST", "PATCH", "PUT", "DELETE")
    assert {operation.id for operation in operations} - answered == set()


@pytest.mark.parametrize("name", editions())
def test_what_was_kept_is_not_answered_once_time_has_changed_it(name: str) -> None:
    server = Server(edition=name)
    universe, edition = server.universe(key=KEY, fixture="documented"), server.contract(name)
    setting = setting_of(edition, universe)
    asking = list(reads(universe, edition, built(universe, edition, "GET"), 1))
    if LISTED in universe.kinds.table:
        path = "/api/v2/organizations/my-organization/team-tokens"
        queries = [f"filter[expiry_status]={status}" for status in STATUSES]
        asking += [asked(edition.operations[LISTED], path, query=query) for query in queries]
    before = [told(outcome_of(setting, universe, read)) for read in asking]
    universe.clock.advance(timedelta(days=1000).total_seconds())
    universe.used |= {token.key: universe.clock.now() for token in universe.state.every(TOKEN)}
    after = [told(outcome_of(setting, universe, read)) for read in asking]
    assert after == [told(outcome_of(replace(setting, cache=None), universe, r)) for r in asking]
    changed = {read.query for read, a, b in zip(asking, before, after, strict=True) if a != b}
    assert "filter[expiry_status]=expired" in changed or LISTED not in universe.kinds.table


@pytest.mark.parametrize("name", editions())
def test_an_address_is_kept_apart_from_itself_with_another_query(name: str) -> None:
    server = Server(edition=name)
    universe, edition = server.universe(key=KEY, fixture="documented"), server.contract(name)
    setting, operation = setting_of(edition, universe), edition.operations["show-workspace"]
    (path, *_) = paths(universe, operation, 1)
    plain, more = (asked(operation, path, query=query) for query in ("", "include=organization"))
    shown = [told(outcome_of(setting, universe, sent)) for sent in (plain, more, plain, more)]
    assert shown[:2] == shown[2:]
    assert shown[0] != shown[1]


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
