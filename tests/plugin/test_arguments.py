"""A wrong argument of what is public in Python: the message names it, says what came and what is expected."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

import mockserver

ANYTHING = {"body"}
"""Arguments that any value fits."""
PRESENT = {"operation": "create-policy-set", "url": "http://127.0.0.1:1", "fault": "latency"}
"""What stands beside the argument that is wrong."""

CIRCLE: dict[str, Any] = {"users": []}
CIRCLE["users"].append(CIRCLE)


def public(tfe: mockserver.World) -> Iterator[Callable[..., Any]]:
    yield from (mockserver.universe, mockserver.connect, mockserver.create_app)
    for part in (tfe, tfe.clock, tfe.faults, tfe.journal):
        for name, method in inspect.getmembers(part, inspect.ismethod):
            if not name.startswith("_"):
                yield method


def test_every_argument_is_named_where_it_is_of_a_type_that_no_argument_has(
    tfe: mockserver.World,
) -> None:
    silent, tried = [], 0
    for call in public(tfe):
        for name, parameter in inspect.signature(call).parameters.items():
            if name in ANYTHING:
                continue
            tried += 1
            wrong = object()
            try:
                if parameter.kind is parameter.VAR_POSITIONAL:
                    name = name.removesuffix("s")
                    call(wrong)
                elif parameter.kind is parameter.VAR_KEYWORD:
                    name = "seconds"
                    call("latency", seconds=wrong)
                else:
                    beside = {
                        other: PRESENT[other]
                        for other, one in inspect.signature(call).parameters.items()
                        if one.default is one.empty and other != name and other in PRESENT
                    }
                    call(**beside, **{name: wrong})
            except TypeError as error:
                told = f"{name}=<object>" in str(error) and f": {name} must be " in str(error)
            else:
                told = False
            if not told:
                silent.append(f"{call.__name__}({name})")
    assert silent == []
    assert tried > 40


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"now": "yesterday"}, "now='yesterday'): 'yesterday' is not a timestamp of the form "),
        ({"now": ""}, "now=''): '' is not a timestamp of the form "),
        ({"seed": -1}, "seed=-1): seed must be an integer from 0 to 9007199254740992"),
        ({"seed": 2**53 + 1}, "seed=9007199254740993): seed must be an integer from 0 to "),
        ({"seed": True}, "seed=True): seed must be an integer from 0 to "),
        ({"strict": 1}, "strict=1): strict must be True or False"),
        ({"strict": "x" * 90}, f"strict='{'x' * 7}…): strict must be True or False"),
        ({"edition": 2019}, "edition=2019): edition must be the name of an edition, e.g. '2019-07', or None"),
        ({"fixture": ["documented"]}, "fixture=<list>): fixture must be the name of a fixture, a path or a document"),
        ({"key": "xy.atlasv1.abc"}, "key=<str>): key must be a text of 1 to 200 letters, "),
        ({"key": ""}, "key=<str>): key must be a text of 1 to 200 letters, "),
    ],
)  # fmt: skip
def test_a_world_with_a_wrong_option_is_not_made(given: dict[str, Any], said: str) -> None:
    for call in (mockserver.universe, mockserver.create_app):
        with pytest.raises((TypeError, ValueError)) as caught:
            call(**given)
        assert str(caught.value).startswith(f"mockserver.{call.__name__}({said}")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"users": [{"username": date(2019, 7, 15)}]}, "a value of type date is not JSON (at /users/0/username)"),
        ({"users": ({"username": b"ann"},)}, "a value of type bytes is not JSON (at /users/0/username)"),
        ({"users": {"ann"}}, "a value of type set is not JSON (at /users)"),
        ({"users": [{"username": float("nan")}]}, "nan is not a number of JSON (at /users/0/username)"),
        ({"users": [{"username": "\ud800"}]}, r"a string holds a lone surrogate (\ud800 to \udfff) (at /users/0/username)"),
        ({"users": [{"\ud800": {}}]}, r"a string holds a lone surrogate (\ud800 to \udfff) (at /users/0)"),
        ({"users": [{1: "ann"}]}, "a name is of type int, not a text (at /users/0)"),
        ({"version": 2**63}, "the integer 9223372036854775808 does not fit 64 bits (at /version)"),
        ({"version": 10**5_000}, "an integer does not fit 64 bits (at /version)"),
        (CIRCLE, "nested deeper than 64 levels"),
    ],
    ids=["date", "bytes", "set", "nan", "surrogate", "name", "number", "long", "huge", "circle"],
)  # fmt: skip
def test_a_fixture_document_that_is_no_json_is_told_with_the_place(
    tfe: mockserver.World, document: Any, said: str
) -> None:
    for call, name in (
        (mockserver.universe, "mockserver.universe"),
        (mockserver.create_app, "mockserver.create_app"),
        (tfe.seed, "seed"),
    ):
        with pytest.raises(ValueError, match=r"\(fixture=<dict>\): ") as caught:
            call(fixture=document)
        assert str(caught.value) == f"{name}(fixture=<dict>): {said}"


def test_a_number_that_python_does_not_write_is_told_by_its_type() -> None:
    with pytest.raises(ValueError, match=r"^mockserver\.universe\(seed=<int>\): seed must be an "):
        mockserver.universe(seed=10**5_000)


def test_a_text_is_no_list_of_host_names_or_origins() -> None:
    for name in ("allowed_hosts", "cors_origins"):
        for wrong in ("tfe.local", [b"tfe.local"], {"tfe.local": 1}):
            with pytest.raises(ValueError, match=f": {name} must be a list of "):
                mockserver.create_app(**{name: wrong})  # type: ignore[arg-type]


def test_a_timeout_is_longer_than_nothing() -> None:
    for wrong in (0, -1.5, float("nan")):
        with pytest.raises(ValueError, match=r": timeout must be a number of seconds above 0$"):
            mockserver.connect("http://127.0.0.1:1", timeout=wrong)


def test_a_status_or_a_count_in_a_text_is_told_and_not_compared(tfe: mockserver.World) -> None:
    with pytest.raises(TypeError, match=r"^expect\(status='201'\): status must be an integer"):
        tfe.journal.expect("create-policy-set", status="201")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^expect\(count=-1\): count must be an integer of at "):
        tfe.journal.expect("create-policy-set", count=-1)


def test_a_time_that_is_no_number_moves_no_clock(tfe: mockserver.World) -> None:
    before = tfe.clock.now
    for wrong in (float("nan"), float("-inf"), Decimal(1), "1"):
        with pytest.raises(
            (TypeError, ValueError), match=r"^advance\(seconds=.*\): seconds must be "
        ):
            tfe.clock.advance(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^now=<date>: now must be a text, a finite number, "):
        tfe.clock.set(date(2019, 7, 15))  # type: ignore[arg-type]
    assert tfe.clock.now == before


def test_an_option_of_a_fault_that_is_no_json_is_named(tfe: mockserver.World) -> None:
    with pytest.raises(TypeError, match=r"^seconds=<timedelta>: seconds must be a text, a finite "):
        tfe.faults.add("latency", seconds=timedelta(seconds=1))
    assert list(tfe.faults) == []


def test_a_token_whose_name_is_no_text_is_not_there(tfe: mockserver.World) -> None:
    assert 5 not in tfe.tokens
    with pytest.raises(KeyError, match=r"There is no token named 5\. There are: ann, "):
        tfe.tokens[5]  # type: ignore[index]
