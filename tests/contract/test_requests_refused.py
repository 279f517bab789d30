"""What a request may not hold is refused where it stands; what is merely not listed is a finding."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from typing import Any

import pytest
from sweeps import (
    OPERATIONS,
    TAKING_JSON,
    at,
    cases,
    cut,
    each,
    example,
    fresh,
    listed,
    misses,
    pointer,
    put,
    success,
    types,
    whole,
)
from test_examples_played import prepared

from mockserver.contract import Operation, load
from mockserver.contract.engines import InstancePath
from mockserver.contract.files import read

SHAPED = [o for o in TAKING_JSON if o.body_schema]
TAKING_A_BODY = [o for o in OPERATIONS if o.body]
FREE = [o for o in TAKING_JSON if not o.body_schema]
"""Operations that honour any JSON, and need none."""
VALUES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 1.5,
    "string": "text",
    "array": [],
    "object": {},
}
LIKE: dict[str, Any] = {
    "oauth-token-id": "ot-hmAyP66qk2AMVdbJ",
    "agent-pool-id": None,
    "default-agent-pool-id": None,
    "auto-destroy-activity-duration": "14d",
    "terraform-version": "latest",
    "policy-tool-version": None,  # the newest
    "mode": "advisory",  # as the level that examples send beside it
    "query": None,  # the policy that is changed is Sentinel's, which has none
    "email": "somebody@example.com",
    "global": False,  # a global set can have no workspaces
    "workspaces": {"data": [{"type": "workspaces", "id": "ws-u3S5p2Uwk21keu1s"}]},
    "projects": {"data": [{"type": "projects", "id": "prj-pLatf0rm567890Ab"}]},
    "auto-destroy-at": "2027-01-31T12:00:00Z",
    "workspace-exclusions": {"data": [{"type": "workspaces", "id": "ws-3fGtUvWxYz4HjKm5"}]},
    "project-exclusions": {"data": [{"type": "projects", "id": "prj-eMpty567890AbcdE"}]},
}
"""Values by member that a documented world takes, where the example sends none."""
FILES = {"create-policy": "new-policy.rego", "update-policy": "my-example-policy.sentinel"}
"""The one file of the policy that an operation is about: its `path`, where the example sends none."""


def components(operation: Operation) -> Any:
    return load(operation.edition).schemas


def body_of(operation: Operation) -> Any:
    """A body with every listed member, which a fresh world answers with success."""
    schema, parts = operation.body_schema, components(operation)
    body = whole(schema, parts, example(operation).get("body"))
    sent = example(operation).get("body")
    like = LIKE | ({"path": FILES[operation.id]} if operation.id in FILES else {})
    for path, _, _ in listed(schema, parts):
        if path[-1] in like and not within(sent, path):
            body = put(body, path, like[str(path[-1])])
    return body


def within(value: Any, path: InstancePath) -> bool:
    try:
        at(value, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


@cache
def places(operation: Operation) -> tuple[tuple[InstancePath, Any, Any], ...]:
    return tuple(listed(operation.body_schema, components(operation)))


@cache
def closed_list(edition: str) -> list[Any]:
    """What an edition lets pass as a finding, save what is merely not listed."""
    entries = read(load(edition).place / "tolerated.json")["tolerated"]
    return [entry for entry in entries if entry.get("fault", "unlisted") != "unlisted"]


def empty(part: Any) -> Any:
    """What clients send where they have nothing to say."""
    return {} if "object" in types(part) else ""


def tolerated(operation: Operation, path: InstancePath, fault: str, value: Any = None) -> bool:
    """Whether the edition's closed list lets this pass as a finding.

    A null is let pass where the member may be left out: else a handler would miss what it needs.
    """
    part, parent = next((part, parent) for at, part, parent in places(operation) if at == path)
    if value is None and fault != "missing" and path[-1] in parent.get("required", ()):
        return False
    if fault != "missing":
        fault = "null" if value is None else "empty" if value == empty(part) else "other"
    for entry in closed_list(operation.edition):
        parts = entry["pointer"].strip("/").split("/")
        fits = len(parts) == len(path) and all(
            part in ("*", str(step)) for part, step in zip(parts, path, strict=True)
        )
        here = operation.id in entry.get("operations", [operation.id])
        text = isinstance(value, str) and value in entry.get("values", [value])
        same = text if entry["fault"] == "other" else entry["fault"] == fault
        if fits and here and same:
            return True
    return False


def spelled(operation: Operation, path: InstancePath) -> str:
    return f"{operation.edition}/{operation.id}{pointer(path)}"


PROPERTIES = [
    pytest.param(operation, path, part, id=spelled(operation, path))
    for operation in SHAPED
    for path, part, _ in places(operation)
]
REQUIRED = [
    pytest.param(operation, path, id=spelled(operation, path))
    for operation in SHAPED
    for path, _, parent in places(operation)
    if path[-1] in parent.get("required", ())
]
OBJECTS = [
    pytest.param(operation, path, id=spelled(operation, path))
    for operation in SHAPED
    for path in [
        (),
        *(path for path, part, _ in places(operation) if "object" in types(part)),
    ]
]


@each(cases(SHAPED))
def test_a_body_with_every_listed_member_is_taken(operation: Operation) -> None:
    """Else the sweeps below would test refusals of something else."""
    body = body_of(operation)
    assert operation.checker(operation.body_schema).misses(body) == []
    got = prepared(operation).play(operation, body=body)
    assert got.status == success(operation), got.body


@each(cases(SHAPED))
def test_every_property_refuses_every_wrong_type(operation: Operation) -> None:
    """All leaves of a body at once, as many errors, each where it belongs; what holds others alone."""
    body, tried = body_of(operation), Counter[InstancePath]()
    for name, value in VALUES.items():
        wrong = [
            (path, bool(types(part) & {"object", "array"} and at(body, path)))
            for path, part, _ in places(operation)
            if name not in types(part) | ({"integer"} if "number" in types(part) else set())
            and not tolerated(operation, path, "type", value)
        ]
        leaves = [path for path, holds in wrong if not holds]
        alone = ([path] for path, holds in wrong if holds)
        for paths in filter(None, (leaves, *alone)):
            sent = reduce(lambda sent, path: put(sent, path, value), paths, body)
            refused_where(operation, sent, paths, name)
            tried.update(paths)
    assert min(tried[path] for path, _, _ in places(operation)) >= 4


def refused_where(
    operation: Operation, body: Any, paths: Sequence[InstancePath], name: str
) -> None:
    world = prepared(operation)
    before = world.universe.state
    got = world.play(operation, body=body)
    assert got.status == 422, f"{name}: {got.body!r}"
    assert sorted(got.pointers) == sorted(pointer(path) for path in paths), name
    assert {error["title"] for error in got.errors} == {"invalid attribute"}
    assert misses(operation, got) == []
    assert world.universe.state is before


@each(REQUIRED)
def test_every_required_member_that_is_missing_is_refused(
    operation: Operation, path: InstancePath
) -> None:
    got = prepared(operation).play(operation, body=cut(body_of(operation), path))
    if path[-1] == 0 or tolerated(operation, path, "missing"):
        assert got.status == success(operation)
        got = prepared(operation, strict=True).play(operation, body=cut(body_of(operation), path))
        (error,) = got.errors
        assert (got.status, error["title"]) == (422, "not in the contract")
        assert got.pointers == [pointer(path)]
        return
    assert got.status == 422, got.body
    assert got.pointers == [pointer(path)]
    (error,) = got.errors
    assert error["detail"].endswith("can't be blank")
    assert error["meta"]["fact"].endswith("is missing")
    assert misses(operation, got) == []


@each(OBJECTS)
def test_every_member_that_is_not_listed_is_taken_out_and_noted(
    operation: Operation, path: InstancePath
) -> None:
    body = body_of(operation)
    stranger = put(body, (*path, "surprise"), {"nested": [1]})
    world, plain = prepared(operation), prepared_again(operation)
    got = world.play(operation, body=stranger)
    assert got.status == success(operation), got.body
    (finding,) = world.findings
    assert finding["pointer"] == pointer((*path, "surprise"))
    assert finding["fact"].endswith(
        (
            'surprise is not listed ({"nested": [1]})',
            "surprise is not listed (its value is not shown)",  # beside a secret
        )
    )
    assert finding["hint"].startswith(("Leave out ", "Did you mean "))
    assert got.body == plain(body), "it has an effect"


def prepared_again(operation: Operation) -> Any:
    """What the same request without the stranger is answered, in a world of its own."""

    def answer(body: Any) -> bytes:
        return prepared(operation).play(operation, body=body).body

    return answer


@each(OBJECTS)
def test_every_member_that_is_not_listed_is_refused_by_a_strict_world(
    operation: Operation, path: InstancePath
) -> None:
    stranger = put(body_of(operation), (*path, "surprise"), 1)
    world = prepared(operation, strict=True)
    before = world.universe.state
    got = world.play(operation, body=stranger)
    assert got.status == 422, got.body
    (error,) = got.errors
    assert error["title"] == "not in the contract"
    assert got.pointers == [pointer((*path, "surprise"))]
    assert misses(operation, got) == []
    assert world.universe.state is before


def test_three_faults_of_a_policy_set_are_three_errors_in_one_answer() -> None:
    operation = load("2019-07").operation("create-policy-set")
    got = fresh("2019-07").play(
        operation,
        body={
            "data": {
                "type": "policies",
                "attributes": {"name": "no spaces, please", "global": "yes"},
            }
        },
    )
    assert got.status == 422
    assert [(e["source"]["pointer"], e["title"], e["detail"]) for e in got.errors] == [
        ("/data/attributes/global", "invalid attribute", "Global is invalid"),
        (
            "/data/attributes/name",
            "invalid attribute",
            "Name can only include letters, numbers, -, and _",
        ),
        ("/data/type", "invalid attribute", "Type is invalid"),
    ]


def test_faults_of_query_and_body_are_told_together() -> None:
    operation = load("2019-07").operation("create-policy-set")
    got = fresh("2019-07", strict=True).play(
        operation, query={"page[size]": "1"}, body={"data": {"type": "policy-sets"}}
    )
    assert got.status == 422
    assert [(e["title"], e.get("source")) for e in got.errors] == [
        ("not in the contract", None),
        ("invalid attribute", {"pointer": "/data/attributes"}),
    ]


@each(cases(SHAPED), [b"", b"  \n", b"null", b" null "])
def test_where_a_body_is_due_none_is_refused_and_else_none_is_needed(
    operation: Operation, body: bytes
) -> None:
    world = prepared(operation)
    got = world.play(operation, body=body, headers={"Content-Type": ""})
    if operation.needs_body:
        assert got.status == 422
        (error,) = got.errors
        assert (error["title"], error["detail"]) == ("invalid attribute", "Data can't be blank")
        assert error["source"] == {"pointer": ""}
    else:
        assert got.status == success(operation), got.body
    assert misses(operation, got) == []


@each(cases(SHAPED), [7, "text", [], True, 1.5, [{"data": {}}]])
def test_a_body_that_is_no_object_is_refused(operation: Operation, body: Any) -> None:
    got = prepared(operation).play(operation, body=body)
    assert got.status == 422, got.body
    assert got.pointers == [""]
    assert misses(operation, got) == []


@each(cases(FREE), VALUES.values())
def test_where_any_body_may_be_sent_every_one_is_taken(operation: Operation, body: Any) -> None:
    world = prepared(operation)
    got = world.play(operation, body=body)
    assert got.status == success(operation), got.body
    assert world.findings == []
    assert misses(operation, got) == []


@each(cases(SHAPED), ["text/plain", "application/xml", "", "application/jsonx"])
def test_a_body_of_another_type_is_refused(operation: Operation, media_type: str) -> None:
    got = prepared(operation).play(
        operation, body=body_of(operation), headers={"Content-Type": media_type}
    )
    assert got.status == 415
    (error,) = got.errors
    assert error["title"] == "invalid content type"
    assert error["detail"] == "content-type must be application/vnd.api+json"
    assert misses(operation, got) == []


@each(cases(TAKING_A_BODY), [False, True])
def test_a_compressed_body_is_refused_by_its_content_encoding(
    operation: Operation, strict: bool
) -> None:
    world = prepared(operation, strict=strict)
    body = gzip.compress(json.dumps(example(operation).get("body", {})).encode())
    before = world.universe.state
    got = world.play(operation, body=body, headers={"Content-Encoding": "gzip"})
    assert got.status == 415
    (error,) = got.errors
    assert error["title"] == "invalid content encoding"
    assert error["detail"] == "content-encoding must not be set"
    assert error["meta"]["fact"] == 'the body was sent with Content-Encoding: "gzip"'
    assert got.headers["Accept-Encoding"] == "identity"
    assert world.universe.state is before
    assert misses(operation, got) == []


@each(cases(TAKING_A_BODY))
def test_identity_is_no_compression(operation: Operation) -> None:
    headers = {**example(operation).get("headers", {}), "Content-Encoding": "Identity"}
    world = prepared(operation, strict=True)
    assert world.play(operation, headers=headers).status == success(operation)
    assert world.findings == []


@each(
    cases(SHAPED),
    [
        ("application/vnd.api+json; charset=utf-8", 0),
        ("Application/Vnd.Api+JSON", 0),
        ("application/json", 1),
        ("application/x-www-form-urlencoded", 1),
    ],
)
def test_a_type_that_clients_put_around_json_is_taken_and_noted(
    operation: Operation, media_type: str, findings: int
) -> None:
    headers = {"Content-Type": media_type}
    world = prepared(operation)
    got = world.play(operation, body=body_of(operation), headers=headers)
    assert got.status == success(operation), got.body
    assert len(world.findings) == findings
    strict = prepared(operation, strict=True)
    got = strict.play(operation, body=body_of(operation), headers=headers)
    assert got.status == (415 if findings else success(operation))


def let_pass(operation: Operation) -> Iterator[tuple[InstancePath, str, Any]]:
    """What the closed list lets pass although a body's schema does not, place by place."""
    body = body_of(operation)
    for path, part, _ in places(operation):
        for fault, value in (("missing", None), ("empty", empty(part)), ("null", None)):
            if tolerated(operation, path, fault, value):
                sent = cut(body, path) if fault == "missing" else put(body, path, value)
                if operation.checker(operation.body_schema).misses(sent):
                    yield path, fault, sent


@each(cases(SHAPED))
def test_what_real_clients_send_is_taken_and_noted_and_refused_by_a_strict_world(
    operation: Operation,
) -> None:
    for path, fault, sent in let_pass(operation):
        world = prepared(operation)
        got = world.play(operation, body=sent)
        assert got.status == success(operation), (path, fault, got.body)
        assert [finding["pointer"] for finding in world.findings] == [pointer(path)], fault
        got = prepared(operation, strict=True).play(operation, body=sent)
        assert got.status == 422, (path, fault)
        assert [(error["title"]) for error in got.errors] == ["not in the contract"]
        assert got.pointers == [pointer(path)]


def test_the_closed_list_lets_something_pass() -> None:
    """Else the sweep above would look at nothing."""
    assert any(True for operation in SHAPED for _ in let_pass(operation))


TYPELESS = {("update-ssh-key", "missing"), ("create-user-token", ""), ("create-team-token", "")}
"""What must work all the same: a page's own sample, and what the client of 2026 sends."""
OF_2026 = "2026-08"
TYPED = [
    pytest.param(operation, sent, id=f"{operation.edition}/{operation.id} {sent!r}")
    for operation in SHAPED
    for at, _, parent in places(operation)
    for sent in (None, "", "missing")
    if at == ("data", "type")
    and "type" in parent.get("required", ())
    and not (
        (operation.id, sent) in TYPELESS and (sent == "missing" or operation.edition == OF_2026)
    )
]


@each(TYPED)
def test_a_body_that_does_not_say_its_type_is_refused(
    operation: Operation, sent: str | None
) -> None:
    path: InstancePath = ("data", "type")
    body = body_of(operation)
    wrong = cut(body, path) if sent == "missing" else put(body, path, sent)
    got = prepared(operation).play(operation, body=wrong)
    assert got.status == 422, got.body
    assert got.pointers == ["/data/type"]


@each(cases(SHAPED))
def test_a_type_of_another_resource_is_refused_always(operation: Operation) -> None:
    body = body_of(operation)
    for path, part, parent in places(operation):
        if path[-1] == "type" and "const" in part and "required" in parent:
            got = prepared(operation).play(operation, body=put(body, path, "something-else"))
            assert got.status == 422
            assert got.pointers == [pointer(path)]


@each(cases(SHAPED))
def test_a_relationship_that_says_nothing_is_no_defect(operation: Operation) -> None:
    """Some pages let `data` be left out: what is not said changes nothing."""
    body = example(operation).get("body")
    names = {
        str(path[2])
        for path, _, _ in places(operation)
        if len(path) == 3 and path[:2] == ("data", "relationships")
    }
    for name in names:
        related = {**body["data"].get("relationships", {}), name: {}}
        sent = {**body, "data": {**body["data"], "relationships": related}}
        got = fresh(operation.edition).play(operation, body=sent)
        assert got.status in (success(operation), 422)
