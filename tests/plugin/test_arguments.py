"""A wrong argument of what is public in Python: the message names it, says what came and what is expected."""

from __future__ import annotations

import inspect
import re
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
        ({"edition": ""}, "edition=''): edition must be the name of an edition, e.g. '2019-07', or None"),
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


def test_an_empty_text_is_not_what_is_left_out(tfe: mockserver.World) -> None:
    with pytest.raises(
        ValueError, match=r"^mockserver\.create_app\(control_token=<str>\): control_"
    ):
        mockserver.create_app(control_token="")
    with pytest.raises(
        ValueError, match=r"^effective_policies\(workspace=''\): workspace must be "
    ):
        tfe.effective_policies("")


def test_what_is_no_origin_is_told_by_argument_and_origin() -> None:
    said = (
        "mockserver.create_app(cors_origins=<list>): 'a' is not an origin: expected a scheme and "
    )
    with pytest.raises(ValueError, match="not an origin") as told:
        mockserver.create_app(cors_origins=["http://localhost:5173", "a"])
    assert str(told.value).startswith(said)


def test_what_is_no_host_name_is_told_by_argument_and_name() -> None:
    with pytest.raises(ValueError, match="not a host name") as told:
        mockserver.create_app(allowed_hosts=["tfe.local", "::1", "[::1]", "*", "http://foo:80/"])
    assert str(told.value).startswith(
        "mockserver.create_app(allowed_hosts=<list>): 'http://foo:80/' is not a host name: leave out scheme"
    )


def test_a_text_is_no_list_of_host_names_or_origins() -> None:
    for name in ("allowed_hosts", "cors_origins"):
        for wrong in ("tfe.local", [b"tfe.local"], {"tfe.local": 1}):
            with pytest.raises(ValueError, match=f": {name} must be a list of "):
                mockserver.create_app(**{name: wrong})  # type: ignore[arg-type]


def test_a_timeout_is_longer_than_nothing_and_no_longer_than_a_socket_takes() -> None:
    said = r": timeout must be a number of seconds above 0 and at most 1000000$"
    for wrong in (0, -1.5, float("nan"), float("inf"), 2**53, 10**5_000):
        with pytest.raises(ValueError, match=said):
            mockserver.connect("http://127.0.0.1:1", timeout=wrong)


def test_a_status_or_a_count_in_a_text_is_told_and_not_compared(tfe: mockserver.World) -> None:
    with pytest.raises(TypeError, match=r"^expect\(status='201'\): status must be an integer"):
        tfe.journal.expect("create-policy-set", status="201")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^expect\(count=-1\): count must be an integer of at "):
        tfe.journal.expect("create-policy-set", count=-1)


def test_what_no_json_can_say_is_refused_by_the_name_of_the_argument(
    tfe: mockserver.World,
) -> None:
    number, text = 10**5_000, "\ud800"
    large, lone = "an integer does not fit 64 bits", "a string holds a lone surrogate"
    sets, journal = "list-policy-sets", tfe.journal
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: tfe.clock.advance(number), f"advance(seconds=<int>): {large}"),
        (lambda: journal.expect(sets, count=number), f"expect(count=<int>): {large}"),
        (lambda: journal.expect(sets, status=number), f"expect(status=<int>): {large}"),
        (lambda: journal.exchanges(status=number), f"exchanges(status=<int>): {large}"),
        (lambda: journal.changes(number), f"changes(exchange=<int>): {large}"),
        (lambda: journal.expect(sets, path=text), f"expect(path='\\ud800'): {lone}"),
        (lambda: tfe.effective_policies(text), f"effective_policies(workspace='\\ud800'): {lone}"),
        (lambda: tfe.snapshot(text), f"snapshot(name='\\ud800'): {lone}"),
        (lambda: mockserver.create_app(control_token=text), f"control_token=<str>): {lone}"),
    ]
    for call, said in calls:
        with pytest.raises(ValueError, match=re.escape(said)):
            call()


def test_a_body_that_no_request_can_have_is_told_as_one_that_was_not_sent(
    tfe: mockserver.World,
) -> None:
    tfe.client.post("/api/v2/organizations", json={"data": 1})
    circle: list[Any] = []
    circle.append(circle)
    for body, said in (
        (10**5_000, "body: expected <int>, was "),
        ("\ud800", 'body: expected "\\\\ud800", was '),
        ({"data": circle}, "data: expected <list>, was 1"),
    ):
        with pytest.raises(AssertionError, match=re.escape(said)):
            tfe.journal.expect("create-organization", body=body)


@pytest.mark.parametrize("key", [0, [], {}, "", "a.b", object()])
def test_a_fork_takes_no_wrong_key_for_none(tfe: mockserver.World, key: Any) -> None:
    with pytest.raises(
        (TypeError, ValueError), match=r"^fork\(key=<.*>\): key must be a text of 1 "
    ):
        tfe.fork(key)


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
    for name, told in ((5, "5"), (10**5_000, "<int>")):
        with pytest.raises(KeyError, match=f"There is no token named {told}. There are: ann, "):
            tfe.tokens[name]  # type: ignore[index]
