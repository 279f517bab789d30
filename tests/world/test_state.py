"""The state: values that are replaced, names, relations from both sides, and what goes with what."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.world.frozen import freeze, thaw
from mockserver.world.state import ROOT, Record, State
from tests.examples import examples

LIKES = ("likes", "liked-by")
LIKED = ("liked-by", "likes")


def record(
    key: int, *owners: int, name: str | None = None, kind: str = "things", **values: Any
) -> Record:
    names = ((kind, f"id-{key}"), *(((kind, name),) if name else ()))
    owned_by = owners or (ROOT,)
    return Record(kind, key, f"id-{key}", owned_by, freeze(values), names, (name or "",))


def grown(*records: Record) -> State:
    state = State()
    for each in records:
        state = state.add(each)
    return state


def listed(state: State, owner: int = ROOT, kind: str = "things") -> list[int]:
    return [item[-1] for item in state.list(owner, kind)]


def test_a_record_is_found_by_each_of_its_names_and_listed_by_its_owner() -> None:
    state = grown(record(1, name="b"), record(2, name="a"), record(3, 1, name="c"))
    assert state.get(1).id == "id-1"
    assert state.find("things", "b") is state.find("things", "id-1") is state.get(1)
    assert state.find("things", "z") is None
    assert listed(state) == [2, 1]  # by name
    assert listed(state, 1) == [3]
    assert [each.key for each in state.all("things")] == [1, 2]  # by creation
    assert state.serial == 3


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    state = grown(record(1, name="a"))
    with pytest.raises(KeyError, match="taken"):
        state.add(record(2, name="a"))
    with pytest.raises(KeyError, match="taken"):
        state.add(record(2, name="b")).put(record(2, name="a"))


def test_records_that_are_there_from_the_beginning_are_as_those_that_were_added_in_turn() -> None:
    tags = [(("tagged", "a"),), (("tagged", "a"), ("tagged", "b")), ()]
    records = [
        replace(record(1, name="b", code="main"), shared=tags[0]),
        replace(record(2, name="a", kind="others"), shared=tags[1]),
        replace(record(3, name="a"), shared=tags[2]),
    ]
    begun, added = State.of(records), grown(*records)
    for kind in ("things", "others"):
        assert [*begun.list(ROOT, kind)] == [*added.list(ROOT, kind)]
        assert [*begun.every(kind)] == [*added.every(kind)]
    for name in (*records[0].names, *records[1].names, ("things", "z")):
        assert begun.find(*name) is added.find(*name)
    for tag in ("a", "b"):
        assert [*begun.sharing("tagged", tag)] == [*added.sharing("tagged", tag)]
    assert (begun.serial, begun.written) == (added.serial, added.written)
    assert State.of([]).serial == State().serial
    assert listed(begun.add(record(4, name="0"))) == [4, 3, 1]


def test_a_world_does_not_begin_with_one_name_for_two_records() -> None:
    with pytest.raises(KeyError, match="taken"):
        State.of([record(1, name="a"), record(2, name="a")])


def test_a_changed_record_leaves_its_old_names_and_its_old_place() -> None:
    before = grown(record(1, name="a"), record(2, name="b"))
    after = before.put(record(1, name="c"))
    assert after.find("things", "a") is None
    assert after.find("things", "c") is after.get(1)
    assert (listed(before), listed(after)) == ([1, 2], [2, 1])
    assert before.find("things", "a") is before.get(1)  # the old world is as it was


def test_what_is_removed_takes_all_it_owns_their_names_and_their_relations() -> None:
    state = grown(
        record(1, name="root"),
        record(2, 1, name="child"),
        record(3, 2, name="grandchild"),
        record(4, name="other"),
        record(5, 4, 1, name="of-both"),
        record(6, 4, name="stays"),
    )
    state = state.link(4, LIKES, [3, 6]).link(6, LIKES, [2, 1, 4])
    after = state.remove(1)
    assert sorted(after.records) == [4, 6]
    assert {name for _, name in after.names} == {"id-4", "id-6", "other", "stays"}
    assert listed(after) == [4]
    assert listed(after, 4) == [6]
    assert list(after.members(4, LIKES)) == [6]
    assert list(after.members(6, LIKES)) == [4]
    assert not ({1, 2, 3, 5} & {*after.links, *after.owned})
    assert sorted(state.records) == [1, 2, 3, 4, 5, 6]  # the old world is as it was


def test_a_record_with_two_owners_goes_with_either_and_leaves_the_other() -> None:
    state = grown(record(1), record(2), record(3, 1, 2, name="access"))
    assert listed(state, 1) == listed(state, 2) == [3]
    for owner, other in ((1, 2), (2, 1)):
        after = state.remove(owner)
        assert 3 not in after.records
        assert listed(after, other) == []


def test_a_relation_is_seen_from_both_sides_in_order_of_creation() -> None:
    state = grown(*(record(key) for key in range(1, 5))).link(1, LIKES, [4, 2])
    assert list(state.members(1, LIKES)) == [2, 4]
    assert list(state.members(4, LIKED)) == [1]
    state = state.link(3, LIKES, [4]).unlink(1, LIKES, [2])
    assert list(state.members(4, LIKED)) == [1, 3]
    assert list(state.members(2, LIKED)) == []
    assert list(state.members(1, LIKES)) == [4]


def test_linking_what_is_linked_is_the_same_state() -> None:
    state = grown(record(1), record(2)).link(1, LIKES, [2])
    assert state.link(1, LIKES, [2]) is state
    assert state.link(1, LIKES, []) is state
    assert state.unlink(1, LIKES, []) is state
    assert state.unlink(2, LIKES, [1]) is state
    assert state.link(1, LIKES, [2, 2]) is state


def test_removing_keeps_the_last_key_so_that_none_is_given_twice() -> None:
    state = grown(record(1), record(2)).remove(2)
    assert state.serial == 2


def test_numbers_of_ids_are_counted_per_prefix() -> None:
    state = State().add(record(1), {"ws": 1}).add(record(2), {"pol": 1}).add(record(3))
    assert state.add(record(4), {"ws": 2}).counters == {"ws": 2, "pol": 1}
    assert state.counters == {"ws": 1, "pol": 1}


def test_what_was_replaced_only_grows_and_counts_texts_and_bytes() -> None:
    state = grown(record(1, content=b"x" * 1_000, text="y" * 100))
    assert state.replaced == 0
    changed = state.put(record(1, content=b"", text=""))
    assert changed.replaced == 512 + 1_100
    assert changed.remove(1).replaced == 2 * 512 + 1_100


def test_nothing_in_it_can_be_changed() -> None:
    state = grown(record(1, name="a", list=[{"b": [1]}]))
    with pytest.raises(FrozenInstanceError):
        state.serial = 5  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        state.get(1).id = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        state.get(1).values["list"] = ()  # type: ignore[index]
    with pytest.raises(TypeError):
        state.get(1)["list"][0]["b"] = ()
    assert state.get(1)["list"] == ({"b": (1,)},)
    fresh = thaw(state.get(1)["list"])
    fresh[0]["b"].append(2)
    assert thaw(state.get(1)["list"]) == [{"b": [1]}]


@settings(max_examples=examples(200))
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 9), st.integers(0, 9)),
            st.tuples(st.just("remove"), st.integers(0, 9), st.just(0)),
            st.tuples(st.sampled_from(["link", "unlink"]), st.integers(0, 9), st.integers(0, 9)),
        ),
        max_size=40,
    )
)
def test_relations_and_lists_never_name_what_is_not_there(
    steps: list[tuple[str, int, int]],
) -> None:
    state = State()
    for what, left, right in steps:
        keys = sorted(state.records)
        if what == "add":
            owner = keys[left % len(keys)] if keys and right % 2 else ROOT
            state = state.add(record(state.serial + 1, owner))
        elif keys and what == "remove":
            state = state.remove(keys[left % len(keys)])
        elif keys:
            ends = keys[left % len(keys)], keys[right % len(keys)]
            state = getattr(state, what)(ends[0], LIKES, [ends[1]])
        known = set(state.records)
        assert {key for _, key in state.names.items()} <= known
        assert {*state.owned} - {ROOT} <= known
        assert {*state.links} <= known
        for key, relations in state.links.items():
            for (name, inverse), members in relations.items():
                for member in members:
                    assert key in state.members(member, (inverse, name))
        everything = [
            item[-1] for lists in state.owned.values() for o in lists.values() for item in o
        ]
        assert sorted(everything) == sorted(known)
