"""The sorted sequence that never changes, against a sorted list."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.world.ordered import BLOCK, EMPTY, Ordered
from tests.examples import examples

ITEMS = st.lists(st.integers(0, 60), max_size=60)
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 80)), max_size=120)


def whole(ordered: Ordered) -> list[int]:
    """Its items, after a look at how they are kept."""
    items = list(ordered)
    assert len(ordered) == len(items)
    assert all(0 < len(block) <= BLOCK for block in ordered.blocks)
    assert all(left < right for left, right in pairwise(items))
    return items


@given(ITEMS, STEPS)
def test_it_is_a_sorted_list_of_distinct_items(
    first: list[int], steps: list[tuple[bool, int]]
) -> None:
    ordered, model = Ordered.of(first), sorted(set(first))
    for add, item in steps:
        before = whole(ordered)
        changed = ordered.add(item) if add else ordered.discard(item)
        assert (changed is ordered) == (add == (item in before))
        assert whole(ordered) == before  # the old one is as it was
        ordered = changed
        model = sorted({*model, item} if add else {*model} - {item})
        assert whole(ordered) == model
        assert (item in ordered) is add


@given(st.sets(st.integers(0, 5_000), max_size=1_500), st.integers(0, 1_600), st.integers(0, 700))
def test_a_slice_is_that_of_the_list(items: set[int], start: int, count: int) -> None:
    ordered = Ordered.of(items)
    assert list(ordered.slice(start, count)) == sorted(items)[start : start + count]


@settings(max_examples=examples(30))
@given(st.randoms(use_true_random=False), st.integers(0, 3_000))
def test_blocks_stay_bounded_whatever_the_order_of_inserts(random: object, count: int) -> None:
    items = list(range(count))
    random.shuffle(items)  # type: ignore[attr-defined]
    ordered = EMPTY
    for item in items:
        ordered = ordered.add(item)
    assert whole(ordered) == list(range(count))
    assert len(ordered.blocks) <= 1 + 2 * count // (BLOCK // 2)


@pytest.mark.parametrize("order", [list, lambda items: list(reversed(items))], ids=["up", "down"])
def test_inserts_at_an_end_split_blocks_too(order: object) -> None:
    ordered = EMPTY
    for item in order(range(3_000)):  # type: ignore[operator]
        ordered = ordered.add(item)
    assert whole(ordered) == list(range(3_000))


def test_items_may_be_tuples_that_sort_by_their_members() -> None:
    ordered = Ordered.of([("b", 1), ("a", 3), ("a", 2)])
    assert list(ordered.add(("a", 1))) == [("a", 1), ("a", 2), ("a", 3), ("b", 1)]


def test_an_insert_shares_all_blocks_but_one() -> None:
    before = Ordered.of(range(0, 200_000, 2))
    after = before.add(100_001)
    new = {id(block) for block in after.blocks} - {id(block) for block in before.blocks}
    assert len(new) == 1
    fresh = sum(sys.getsizeof(block) for block in after.blocks if id(block) in new)
    assert fresh + sys.getsizeof(after.blocks) < 16_000  # a flat tuple would copy 800 kB


def test_a_slice_in_the_middle_does_not_look_at_the_items_before_it() -> None:
    class Watched(tuple):  # type: ignore[type-arg]
        looked = 0

        def __iter__(self) -> object:  # type: ignore[override]
            Watched.looked += 1
            return super().__iter__()

    blocks = tuple(Watched(range(at, at + 100)) for at in range(0, 10_000, 100))
    ordered = Ordered(blocks, 10_000)
    assert list(ordered.slice(9_850, 20)) == list(range(9_850, 9_870))
    assert Watched.looked == 0


def test_nothing_is_there_in_an_empty_one() -> None:
    assert (list(EMPTY), len(EMPTY), 1 in EMPTY, list(EMPTY.slice(0, 5))) == ([], 0, False, [])
    assert EMPTY.discard(1) is EMPTY
