"""The table that serves an edition: in which order, what is in it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError
from typing import Any

import pytest

from mockserver.contract import editions, load
from mockserver.pipeline import server
from mockserver.pipeline.misnamed import refuse_misnamed
from mockserver.pipeline.server import Server, facts
from mockserver.resources import kinds, modules, table
from mockserver.world.kinds import Kind, Kinds, To, UnfitKind
from mockserver.world.naming import by_id, unique_name
from mockserver.world.state import Record
from mockserver.world.view import View
from mockserver.world.who import callers

EDITION = load("2019-07")


def _answered(call: Any) -> None:
    raise AssertionError("it is not called")


def _no_words(view: View, record: Record) -> tuple[str, ...]:
    return ()


def kind(type: str, within: str | None = None, *refers: str) -> Kind:
    return Kind(type=type, within=within, member=type, refers=refers)


def test_an_entry_is_read_after_all_that_it_refers_to() -> None:
    for one in (served := kinds("2019-07")).values():
        named = {to.type for to in one.relations.values() if to.entry}
        for other in named | {*one.refers, *([one.within] if one.within else [])}:
            assert list(served).index(other) < list(served).index(one.type), (one.type, other)


def test_what_stands_within_another_is_read_before_what_stands_at_the_top() -> None:
    given = [kind("tokens", None, "owners"), kind("owners"), kind("b", "owners"), kind("a", "b")]
    assert list(Kinds(given)) == ["owners", "b", "a", "tokens"]


def test_kinds_keep_their_order_beside_that() -> None:
    assert list(Kinds([kind("b"), kind("a"), kind("c")])) == ["b", "a", "c"]


def test_a_relation_that_entries_name_is_a_reference_and_its_other_side_is_none() -> None:
    sets = replace(kind("sets"), relations={"members": To("members", ("a", "b"), entry="members")})
    members = replace(kind("members"), relations={"sets": To("sets", ("b", "a"))})
    assert list(Kinds([sets, members])) == ["members", "sets"]


def test_entries_that_refer_in_a_circle_are_refused() -> None:
    with pytest.raises(CycleError):
        Kinds([kind("a", None, "b"), kind("b", None, "a")])


def test_an_operation_that_two_kinds_answer_is_refused() -> None:
    (id, answered), *_ = kinds("2019-07").table.items()
    both = [replace(kind(type), operations={id: answered}) for type in ("a", "b")]
    with pytest.raises(UnfitKind) as refused:
        Kinds(both)
    assert str(refused.value) == f"the kind b answers {id}, and so does the kind a"


# what a module says wrongly


def given(**words: Any) -> dict[str, Any]:
    """A module with a kind that stands within organizations, save where words say otherwise."""
    said = {"type": "beacons", "within": "organizations", "member": "beacons", **words}
    return {"KIND": Kind(**said)}


@pytest.mark.parametrize(
    ("words", "under"),
    [
        ({"within": "teamz"}, "within"),
        ({"refers": ("teamz",)}, "refers"),
        ({"relations": {"owner": To("teamz", ("a", "b"))}}, "relations, owner"),
        ({"grants": {"teamz": _no_words}}, "grants"),
        ({"sought": {"teamz": {}}}, "sought"),
    ],
)
def test_a_type_that_no_kind_has_is_refused_with_the_nearest(
    words: dict[str, Any], under: str
) -> None:
    with pytest.raises(ValueError, match="beacons") as refused:
        table({**modules(), "beacons": given(**words)}, "2019-07")
    said = f"the kind beacons names 'teamz' under {under}. There is no kind named 'teamz'. Did you mean 'teams'"
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("place", ["KIND", "EDITIONS"])
def test_a_type_that_two_modules_have_is_refused(place: str) -> None:
    kind = replace(given()["KIND"], type="teams")
    module = {"KIND": kind} if place == "KIND" else {"EDITIONS": {"2026-08": kind}}
    with pytest.raises(ValueError, match="teams") as refused:
        table({**modules(), "zoo": module}, "2026-08")
    other = "teams" if place == "KIND" else "teams_2026"
    assert str(refused.value) == (
        f"mockserver/resources: {other}.py and zoo.py each have a kind of the type teams; one can have it"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"member": "teams"},
            "the kind beacons stands under 'teams' in an entry of organizations, and so does the kind teams; give "
            "one of them another member",
        ),
        (
            {"member": "users", "within": None},
            "the kind beacons stands under 'users' in a fixture, and so does the kind users; give one of them "
            "another member",
        ),
        (
            {"member": "email"},
            "the kind beacons stands under 'email' in an entry of organizations, which has a member of that "
            "name itself; give the kind another member",
        ),
        (
            {"member": "owners"},
            "the kind beacons stands under 'owners' in an entry of organizations, which has a member of that "
            "name itself; give the kind another member",
        ),
        (
            {"member": "counters", "within": None},
            "the kind beacons stands under 'counters' in a fixture, which has a member of that name itself; "
            "give the kind another member",
        ),
    ],
)
def test_a_member_of_fixtures_that_is_taken_is_refused(words: dict[str, Any], said: str) -> None:
    made = table({**modules(), "zoo": given(**words)}, "2019-07").of(facts(EDITION))
    with pytest.raises(ValueError, match="beacons") as refused:
        refuse_misnamed(made, EDITION, {})
    assert str(refused.value) == said


def test_a_kind_of_a_type_that_no_page_defines_is_refused_with_the_nearest() -> None:
    """Its operations are there: nothing else would say that its records are none of the page's."""
    module = given(
        type="teamz", member="teamz", operations={"list-teams": (_answered, "read-team")}
    )
    others = {name: one for name, one in modules().items() if not name.startswith("team")}
    made = Kinds(kind for one in (*others.values(), module) if (kind := one.get("KIND")))
    with pytest.raises(ValueError, match="teamz") as refused:
        refuse_misnamed(made.of(facts(EDITION)), EDITION, {})
    assert str(refused.value).startswith(
        "the kind teamz answers list-teams, but no page of 2019-07 defines records of that type. Did you "
        "mean 'teams'"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"prefix": "am"},
            "the kind teams has the prefix 'am', and ids on its page are ^team-[A-Za-z0-9]+$; say the "
            "prefix of these",
        ),
        (
            {"title": "nam"},
            "the kind teams has the title 'nam', no attribute of it. Did you mean 'name'? There are: "
            "name, users-count, permissions, organization-access.",
        ),
    ],
)
def test_a_kind_whose_ids_or_title_are_not_those_of_its_page_is_refused(
    words: dict[str, Any], said: str
) -> None:
    other = replace(kinds("2019-07")["teams"], **words)
    with pytest.raises(ValueError, match="teams") as refused:
        refuse_misnamed(kinds("2019-07").but(other).of(facts(EDITION)), EDITION, {})
    assert str(refused.value) == said


def refusal(**words: Any) -> str:
    """Why teams of such words are not served."""
    other = replace(kinds("2019-07")["teams"], **words)
    with pytest.raises(UnfitKind) as refused:
        refuse_misnamed(kinds("2019-07").but(other).of(facts(EDITION)), EDITION, {})
    return str(refused.value)


@pytest.mark.parametrize("word", ["find", "names"])
def test_what_finds_records_of_another_type_is_refused(word: str) -> None:
    """Each show would be 404, also of a type that there is."""
    usual = {"find": by_id, "names": unique_name}[word]
    for type in ("teamz", "users"):
        assert refusal(**{word: usual(type, str.casefold)}) == (
            f"the kind teams says {type!r} in its {word}: no record of it would be found; say 'teams'"
        )


def test_what_finds_names_spelled_otherwise_than_they_are_kept_is_refused() -> None:
    assert refusal(find=by_id("teams")) == (
        "the kind teams spells a name otherwise in find than in names: it would not be found; give both the "
        "same"
    )


def test_a_kind_that_is_named_in_a_path_and_says_not_how_it_is_found_is_refused() -> None:
    said = refusal(find=None)
    assert said.startswith("the kind teams is not to be found: the path of ")
    assert said.endswith(" names one of its records, and it has no find")


@pytest.mark.parametrize("edition", ["2019-07", "2026-08"])
def test_a_mistake_of_a_kind_is_told_with_the_file_of_its_module(edition: str) -> None:
    """In August 2026 teams have a module of their own."""
    contract = load(edition)
    wrong = replace(kinds(edition)["teams"], find=by_id("teamz"))
    with pytest.raises(ValueError, match="teamz") as refused:
        server.served(contract, lambda name: kinds(name).but(wrong))
    module = {"2019-07": "teams", "2026-08": "teams_2026"}[edition]
    assert str(refused.value).startswith(f"mockserver/resources/{module}.py: the kind teams says")


def test_a_mistake_of_a_kind_of_no_module_is_told_without_a_file() -> None:
    wrong = given(find=by_id("beaconz"))["KIND"]
    with pytest.raises(ValueError, match="beacons") as refused:
        server.served(EDITION, lambda name: Kinds([*kinds(name).values(), wrong]))
    assert str(refused.value).startswith("the kind beacons says 'beaconz' in its find")


def test_a_mistake_of_two_kinds_is_told_with_the_files_of_both() -> None:
    wrong = replace(kinds("2019-07")["ssh-keys"], member="teams")
    with pytest.raises(ValueError, match="teams") as refused:
        server.served(EDITION, lambda name: kinds(name).but(wrong))
    both = "mockserver/resources/teams.py and mockserver/resources/ssh_keys.py: the kind teams stands under"
    assert str(refused.value).startswith(both)


def test_a_kind_of_an_edition_that_there_is_not_is_refused() -> None:
    served = kinds("2019-07").of(facts(EDITION))
    beacons = {"beacons": {"EDITIONS": {"2026-8": given()["KIND"]}}}
    with pytest.raises(ValueError, match="2026-8") as refused:
        refuse_misnamed(served, EDITION, beacons)
    assert str(refused.value) == (
        "mockserver/resources/beacons.py, EDITIONS: There is no edition named '2026-8'. Did you mean "
        "'2026-08'? There are: 2019-07, 2026-08."
    )


def test_an_operation_that_no_edition_has_is_refused_with_the_nearest() -> None:
    teams = kinds("2019-07")["teams"]
    answered = {**teams.operations, "update-teem": (_answered, "read-team")}
    served = kinds("2019-07").but(replace(teams, operations=answered)).of(facts(EDITION))
    with pytest.raises(ValueError, match="update-teem") as refused:
        refuse_misnamed(served, EDITION, {})
    assert str(refused.value).startswith(
        "the kind teams answers the operation 'update-teem', which no edition has. Did you mean 'update-team'"
    )


def test_an_operation_of_another_edition_is_no_mistake() -> None:
    teams = kinds("2019-07")["teams"]
    answered = {**teams.operations, "list-agent-pools": (_answered, "read-team")}
    served = kinds("2019-07").but(replace(teams, operations=answered)).of(facts(EDITION))
    refuse_misnamed(served, EDITION, modules())


def test_every_kind_is_of_an_edition_and_every_operation_of_it_too() -> None:
    """Also of a kind that an edition does without, which no start looks into."""
    contracts = {name: load(name) for name in editions()}
    ids = {id for contract in contracts.values() for id in contract.operations}
    serving = {type for name in contracts for type in kinds(name).of(facts(contracts[name]))}
    for name in contracts:
        assert kinds(name).table.keys() <= ids
        assert kinds(name).keys() <= serving


# rights


def test_an_operation_takes_the_right_of_its_kind_where_it_names_none() -> None:
    given = {"show-a": _answered, "change-a": (_answered, "change")}
    table = Kinds([replace(kind("a"), operations=given, right="see", read="know")]).table
    assert {id: right for id, (_, right) in table.items()} == {
        "show-a": "see",
        "change-a": "change",
    }


def test_an_operation_without_a_right_is_refused() -> None:
    with pytest.raises(ValueError, match="a names no right for show-a"):
        Kinds([replace(kind("a"), operations={"show-a": _answered}, read="know")])


RIGHTS = facts(EDITION).rights


def test_every_right_that_kinds_name_is_in_the_edition_and_every_one_there_is_named() -> None:
    named: set[str] = set()
    for one in kinds("2019-07").values():
        named |= {right for _, right in one.table.values()} | set(one.permissions.values())
        named |= {one.read} if one.read else set()
    assert named == set(RIGHTS)


def test_a_right_says_who_has_it_and_where_that_stands() -> None:
    for name, right in RIGHTS.items():
        assert right.words.strip() == right.words != "", name
        assert ".html" in right.source, name
        assert right.granted_by != frozenset(), name


def granted() -> frozenset[str]:
    """The words that anybody is granted in the busy world: it has callers of each sort, and records
    of each type."""
    world = Server().made(fixture="busy")
    words = {"anyone"}
    for caller in callers(world.kinds, world.state).values():
        view = View(world.kinds, world.state, caller)
        words |= {caller.record.kind}
        words |= {word for one in world.state.records.values() for word in view.granted(one)}
    return frozenset(words)


def test_every_word_that_gives_a_right_is_one_that_somebody_is_granted() -> None:
    somebody = granted()
    assert {name: right.granted_by - somebody for name, right in RIGHTS.items()} == dict.fromkeys(
        RIGHTS, frozenset()
    )


def test_an_edition_without_a_right_that_an_operation_takes_is_refused() -> None:
    some = replace(facts(EDITION), rights={n: r for n, r in RIGHTS.items() if n != "read-team"})
    with pytest.raises(UnfitKind) as refused:
        kinds("2019-07").of(some)
    assert str(refused.value) == (
        "the kind teams names the right 'read-team' for show-team-information, which edition.json lacks under "
        "rights. Did you mean 'read-team-access' or 'read-user'?"
    )


@pytest.mark.parametrize(
    ("words", "under"),
    [
        ({"read": "read-teem"}, "read"),
        ({"permissions": {"can-destroy": "read-teem"}}, "permissions, can-destroy"),
    ],
)
def test_a_right_that_a_kind_names_elsewhere_is_one_of_the_edition_too(
    words: dict[str, Any], under: str
) -> None:
    said = f"the kind teams names the right 'read-teem' for {under}, which edition.json lacks under rights. Did you mean"
    assert refusal(**words).startswith(said)


def test_an_edition_does_without_a_kind_of_which_it_has_neither_operations_nor_records() -> None:
    configurations = "notification-configurations"
    served = {name: kinds(name).of(facts(load(name))) for name in ("2019-07", "2026-08")}
    assert [name for name, those in served.items() if configurations in those] == ["2019-07"]
    assert "oauth-tokens" in served["2019-07"], "a fixture gives them, no call does"
