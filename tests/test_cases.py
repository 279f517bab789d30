"""A sweep tries every case and hides none that fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import TOLD, each

FIVE = [pytest.param(n, id=f"2019-07/show-{n}") for n in range(5)]
REST = [pytest.param(n, id=f"2026-08/show-{n}", marks=pytest.mark.slow) for n in range(9)]


def groups(test: Any) -> list[Any]:
    (mark,) = test.pytestmark
    return list(mark.args[1])


def test_there_is_one_test_for_each_edition_and_one_for_what_is_slow() -> None:
    some = [*FIVE[:2], pytest.param(7, id="2019-07/show-7", marks=pytest.mark.slow), *REST]
    made = groups(each(some)(lambda n: None))
    assert [(group.id, len(group.values[0]), bool(group.marks)) for group in made] == [
        ("2019-07", 2, False),
        ("2019-07 the rest", 1, True),
        ("2026-08 the rest", 9, True),
    ]


def test_every_case_meets_every_value_and_a_tuple_is_several() -> None:
    seen = []

    @each(FIVE[:2], ["a", "b"], [(True, None), (False, 1)])
    def test(shared: str, n: int, letter: str, yes: bool, rest: Any) -> None:
        seen.append((shared, n, letter, yes, rest))

    (group,) = groups(test)
    test(group.values[0], shared="fixture")
    assert seen == [
        ("fixture", n, letter, yes, rest)
        for n in (0, 1)
        for letter in "ab"
        for yes, rest in ((True, None), (False, 1))
    ]
    assert group.values[0][1].id == "2019-07/show-0 'a' False 1"


def test_every_case_that_fails_is_told_by_its_name() -> None:
    seen = []

    @each(REST)
    def test(n: int) -> None:
        seen.append(n)
        assert n == 4

    (group,) = groups(test)
    with pytest.raises(pytest.fail.Exception) as told:
        test(group.values[0])
    assert seen == list(range(9))
    failed = [f"2026-08/show-{n}" for n in range(9) if n != 4]
    names, *shown = str(told.value).split("\n\n")
    assert names.splitlines() == ["8 of 9 cases fail:", *(f"  {name}" for name in failed)]
    assert [one.splitlines()[0] for one in shown] == failed[:TOLD]


def test_a_case_that_fails_is_told_with_its_message_and_the_line_that_failed() -> None:
    @each(FIVE)
    def test(n: int) -> None:
        assert n != 3, "three is not there"

    (group,) = groups(test)
    with pytest.raises(pytest.fail.Exception) as told:
        test(group.values[0])
    name, message, *_, line = str(told.value).split("\n\n")[1].splitlines()
    assert (name, message) == ("2019-07/show-3", "  AssertionError: three is not there")
    assert line.endswith(': assert n != 3, "three is not there"')
