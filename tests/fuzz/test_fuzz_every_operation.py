"""Anything a client can send gets a documented answer, and a refusal leaves the world as it was."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import ask
from near import JSON, TEXTS, Fitting, changed, near, swept
from sweeps import EDITIONS, KEY, OPERATIONS, TAKING_JSON, World, cases, each, example, fresh, some

from mockserver.contract import Operation, load
from mockserver.contract.operations import JSONAPI
from tests.client import Answer, encoded

FITTING = {edition.name: Fitting(edition.schemas) for edition in EDITIONS}
CLOSED = [operation for operation in OPERATIONS if not operation.open]
CALLERS = st.sampled_from([KEY, KEY, KEY, f"{KEY}.ann", f"{KEY}.platform", f"{KEY}.org"])
"""Mostly the owner: he gets further."""


def path_of(operation: Operation) -> str:
    parts = example(operation).get("path", {})
    return operation.path.format_map({name: quote(part, safe="") for name, part in parts.items()})


def query_of(operation: Operation) -> list[tuple[str, str]]:
    return list(example(operation).get("query", {}).items())


def play(world: World, operation: Operation, caller: str, **request: Any) -> Answer:
    headers = {"Authorization": f"Bearer {caller}", **request.pop("headers", {})}
    request.setdefault("query", query_of(operation))
    request.setdefault("path", path_of(operation))
    return ask(world, operation.method, headers=headers, **request)


@st.composite
def _changed(draw: Any, value: Any) -> Any:
    for _ in range(draw(st.integers(0, 2))):
        value = changed(draw, value)
    return value


def bodies(operation: Operation) -> st.SearchStrategy[Any]:
    """JSON near what an operation takes: near its schema, or near its example."""
    schema = near(operation.body_schema, FITTING[operation.edition])
    if "body" not in example(operation):
        return schema
    return st.one_of(_changed(example(operation)["body"]), schema)


TEARS = st.sampled_from(
    [
        b"", b" ", b"null", b"{", b"[]", b'"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}",
        b'{"a":1,"a":2}', b"NaN", b'"\\ud800"', b"1e400", b"9" * 5000, b"-", b"\xed\xa0\x80",
        b"[" * 3000, b'{"data":' * 70, "{}".encode("utf-16"), "{}".encode("utf-32"), b"\r\n", b"//",
    ]
)  # fmt: skip


@st.composite
def junk(draw: Any, operation: Operation) -> bytes:
    """Bytes: JSON of no schema, none at all, or the example's with something torn."""
    form = draw(st.integers(0, 3))
    if form == 0:
        return encoded(draw(JSON))
    if form == 1:
        return draw(st.one_of(st.binary(max_size=40), TEARS))
    text = encoded(example(operation).get("body", {"data": []}))
    at = draw(st.integers(0, len(text)))
    tear = draw(TEARS)
    return text[:at] + tear + text[at + draw(st.integers(0, 3)) :]


TYPES = st.sampled_from(
    [JSONAPI, JSONAPI, JSONAPI, "application/json", "", "text/plain", "a", ";", "application/vnd.api+json;;", "é"]
)  # fmt: skip


@each(some(cases(TAKING_JSON), 3))
def test_bodies_near_the_schema_are_answered_as_documented(operation: Operation) -> None:
    @given(body=bodies(operation), caller=CALLERS, strict=st.booleans())
    @swept(30)
    def sweep(body: Any, caller: str, strict: bool) -> None:
        play(fresh(operation.edition, strict=strict), operation, caller, body=encoded(body))

    sweep()


@each(some(cases(CLOSED), 3))
def test_bodies_that_are_junk_are_answered_as_documented(operation: Operation) -> None:
    @given(body=junk(operation), media_type=TYPES, strict=st.booleans())
    @swept(20)
    def sweep(body: bytes, media_type: str, strict: bool) -> None:
        headers = {"Content-Type": media_type}
        play(fresh(operation.edition, strict=strict), operation, KEY, body=body, headers=headers)

    sweep()


VALUES = st.one_of(
    TEXTS, st.integers(-1, 200).map(str), st.sampled_from(["policies", "organization,current_run"])
)


@st.composite
def queries(draw: Any, operation: Operation) -> str:
    """A query string: known and unknown names, said twice, encoded or not."""
    known = st.sampled_from([*operation.parameters, "page[size]", "include", "page", "q"])
    names = st.one_of(known, known, TEXTS)
    pairs = [(draw(names), draw(VALUES)) for _ in range(draw(st.integers(0, 4)))]
    safe = draw(st.sampled_from(["", "[]", "[]%=&;+"]))
    form = draw(st.sampled_from(["{}={}", "{}={}", "{}", "={}"]))
    text = "&".join(form.format(quote(name, safe), quote(value, safe)) for name, value in pairs)
    return draw(st.sampled_from([text, text, text + "&", "&&" + text, text + "%", text + "%ff%00"]))


@each(some(cases(CLOSED), 3))
def test_odd_query_strings_are_answered_as_documented(operation: Operation) -> None:
    @given(query=queries(operation), caller=CALLERS)
    @swept(20)
    def sweep(query: str, caller: str) -> None:
        body = example(operation).get("body")
        sent = None if body is None else encoded(body)
        play(fresh(operation.edition), operation, caller, query=query, body=sent)

    sweep()


ODD = st.one_of(
    st.text(min_size=1, max_size=6).map(lambda text: text.encode("utf-8")),
    st.binary(min_size=1, max_size=6),
    st.sampled_from(
        [
            b"\x00", b".", b"..", b"/", b"//", b"\\", b"%", b"%00", b"%2F", b"\xff\xfe", b"\xed\xa0\x80",
            b"a" * 5000, b"*", b"?", b"#", b";", b" ", b"\r\n", b"{id}", b"<id>", "é".encode(), b"1",
        ]
    ),
)  # fmt: skip


@st.composite
def odd_paths(draw: Any, operation: Operation) -> bytes:
    """The path of an operation with something odd in it, as a server would hand it over."""
    parts = path_of(operation).encode().split(b"/")
    at = draw(st.integers(1, len(parts) - 1))
    odd = draw(ODD)
    parts[at] = draw(
        st.sampled_from([odd, parts[at] + odd, odd + parts[at], parts[at] + b"/" + odd])
    )
    tail = draw(st.sampled_from([b"", b"", b"/", b"//", b"\x00", b".json"]))
    return b"/".join(parts) + tail


METHODS = st.sampled_from(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "X"]
)


@each(some(cases(CLOSED), 3))
def test_odd_paths_are_answered_as_documented(operation: Operation) -> None:
    @given(path=odd_paths(operation), method=st.one_of(st.just(operation.method), METHODS))
    @swept(20)
    def sweep(path: bytes, method: str) -> None:
        if path.startswith(b"/_mock") or path == b"/":
            return
        environ = {"PATH_INFO": path.decode("latin-1")}
        body = encoded(example(operation).get("body", {}))
        ask(fresh(operation.edition), method, "/", environ=environ, body=body)

    sweep()


@st.composite
def stories(draw: Any, edition: str) -> list[tuple[Operation, str, Any]]:
    """Up to eight requests to one world, most of them as in the examples."""
    told = []
    mine = [operation for operation in CLOSED if operation.edition == edition]
    for _ in range(draw(st.integers(2, 8))):
        operation = draw(st.sampled_from(mine))
        body = example(operation).get("body")
        if operation.takes_json and body is not None:
            body = draw(_changed(body))
        told.append((operation, draw(CALLERS), body))
    return told


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_whatever_came_before_the_answer_is_documented(edition: Any) -> None:
    @given(story=stories(edition.name))
    @swept(150)
    def sweep(story: list[tuple[Operation, str, Any]]) -> None:
        world = fresh(edition.name)
        for operation, caller, body in story:
            sent = (
                body.encode() if isinstance(body, str) else None if body is None else encoded(body)
            )
            play(world, operation, caller, body=sent)

    sweep()


def test_a_token_that_is_odd_is_answered_401() -> None:
    @given(
        token=st.one_of(
            st.text(max_size=20), st.sampled_from([KEY + ".", "." + KEY, KEY + "..", " "])
        )
    )
    @swept(60)
    def sweep(token: str) -> None:
        world = fresh(EDITIONS[0].name)
        encoded = f"Bearer {token}".encode().decode("latin-1")
        if token.strip() == KEY:
            return
        got = ask(world, "GET", "/api/v2/organizations", environ={"HTTP_AUTHORIZATION": encoded})
        assert got.status == 401
        assert got.json == {"errors": [{"status": "401", "title": "unauthorized"}]}

    sweep()


def test_the_examples_that_are_changed_are_still_examples() -> None:
    """A sweep over examples says nothing where they are refused unchanged."""
    for operation in TAKING_JSON:
        body = example(operation).get("body")
        if body is not None:
            assert json.loads(encoded(body)) == body
            assert operation.checker(operation.body_schema).holds(body)
            assert load(operation.edition).operation(operation.id) is operation
