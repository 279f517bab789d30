"""What a refusal says, word for word: clients show these texts, and people act on them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sweeps import TAKING_JSON, World, at, each, fresh, put, types
from test_examples_played import prepared
from test_requests_refused import PROPERTIES, body_of, places, spelled

import mockserver
from mockserver.contract import Operation, editions, load
from mockserver.contract.engines import InstancePath, Miss, resolve
from mockserver.contract.explain import brief, expected, explained, human
from mockserver.contract.fixtures import UnfitFixture
from mockserver.pipeline.server import fixture_checker
from mockserver.pointers import key_path

EDITION = load("2019-07")
WORDS = "a string of letters, digits, - and _"


def a_set(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": {"name": "fresh", **attributes}}}


def refused(id: str, *, strict: bool = False, **request: Any) -> dict[str, Any]:
    """The one error of a refused request."""
    got = fresh("2019-07", strict=strict).play(EDITION.operation(id), **request)
    (error,) = got.errors
    assert error["status"] == str(got.status)
    return error


def test_a_missing_member_is_explained() -> None:
    assert refused(
        "create-policy-set", body={"data": {"type": "policy-sets", "attributes": {}}}
    ) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Name can't be blank",
        "source": {"pointer": "/data/attributes/name"},
        "meta": {
            "operation": "create-policy-set",
            "edition": "2019-07",
            "pointer": "/data/attributes/name",
            "fact": "data.attributes.name is missing",
            "expected": WORDS,
            "key-path": "data.attributes.name",
            "source": "policy-sets.html#create-a-policy-set",
            "hint": f"Send data.attributes.name: {WORDS}.",
        },
    }


@pytest.mark.parametrize(
    ("body", "place", "hint", "findings"),
    [
        (
            {"type": "policy-sets", "attributes": {"name": "fresh"}},
            "/data",
            "Put attributes and type inside data.",
            ["Put attributes inside data.", "Put type inside data."],
        ),
        (
            {"data": {"type": "policy-sets", "name": "fresh", "global": True}},
            "/data/attributes",
            "Put global and name inside data.attributes.",
            ["Put global inside data.attributes.", "Put name inside data.attributes."],
        ),
        (
            {"name": "fresh"},
            "/data",
            "Put name inside data.attributes.",
            ["Put name inside data.attributes."],
        ),
    ],
)
def test_what_stands_outside_of_what_it_belongs_into_is_told_where_to_put(
    body: Any, place: str, hint: str, findings: list[str]
) -> None:
    world = fresh("2019-07")
    got = world.play(EDITION.operation("create-policy-set"), body=body)
    assert got.pointers == [place]
    assert got.errors[0]["meta"]["hint"] == hint
    assert [finding["hint"] for finding in world.findings] == findings


def test_a_member_of_an_object_that_is_sent_beside_it_is_told_where_to_put() -> None:
    world = fresh("2019-07")
    body = {"data": {"type": "workspaces", "attributes": {"name": "new", "branch": "main"}}}
    assert world.play(EDITION.operation("create-workspace"), body=body).status == 201
    (finding,) = world.findings
    assert finding["hint"] == "Put branch inside data.attributes.vcs-repo."


def test_a_missing_member_that_was_sent_under_a_misspelt_name_is_explained_by_it() -> None:
    body = {"data": {"type": "policy-sets", "attributes": {"nmae": "production"}}}
    error = refused("create-policy-set", body=body)
    assert error["detail"] == "Name can't be blank"
    assert error["meta"]["fact"] == "data.attributes.name is missing"
    assert error["meta"]["hint"] == "Did you mean name? data.attributes.nmae is not listed."
    strict = fresh("2019-07", strict=True)
    got = strict.play(EDITION.operation("create-policy-set"), body=body)
    assert [error["meta"]["hint"] for error in got.errors] == [
        "Did you mean name? data.attributes.nmae is not listed.",
        "Did you mean name?",
    ]


def test_a_missing_member_beside_an_unlisted_one_that_means_another_is_merely_missing() -> None:
    for attributes in ({"descriptoin": "x"}, {"zzz": 1}):
        body = {"data": {"type": "policy-sets", "attributes": attributes, "nmae": 1}}
        error = refused("create-policy-set", body=body)
        assert error["meta"]["hint"] == f"Send data.attributes.name: {WORDS}."


def test_a_wrong_type_is_explained() -> None:
    assert refused("create-policy-set", body=a_set(**{"global": "yes"})) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Global is invalid",
        "source": {"pointer": "/data/attributes/global"},
        "meta": {
            "operation": "create-policy-set",
            "edition": "2019-07",
            "pointer": "/data/attributes/global",
            "fact": 'data.attributes.global is "yes"',
            "expected": "true or false",
            "key-path": "data.attributes.global",
            "source": "policy-sets.html#create-a-policy-set",
            "hint": "Send true or false as data.attributes.global.",
        },
    }


def test_a_text_that_does_not_match_its_pattern_is_explained() -> None:
    error = refused("create-policy-set", body=a_set(name="two words"))
    assert error["detail"] == "Name can only include letters, numbers, -, and _"
    assert error["meta"]["fact"] == 'data.attributes.name is "two words"'
    assert error["meta"]["expected"] == WORDS
    assert error["meta"]["hint"] == f"Send {WORDS} as data.attributes.name."


def test_an_empty_name_is_explained_as_a_missing_one() -> None:
    error = refused("create-policy-set", body=a_set(name=""))
    assert error["detail"] == "Name can't be blank"
    assert error["meta"]["fact"] == 'data.attributes.name is ""'


def test_a_name_with_a_newline_at_its_end_does_not_match() -> None:
    error = refused("create-policy-set", body=a_set(name="fresh\n"))
    assert error["detail"] == "Name can only include letters, numbers, -, and _"
    assert error["meta"]["fact"] == 'data.attributes.name is "fresh\\n"'


def test_a_value_that_is_not_of_the_list_is_explained() -> None:
    enforce = [{"path": "fresh.sentinel", "mode": "soft"}]
    attributes = {"name": "fresh", "enforce": enforce}
    error = refused("create-policy", body={"data": {"type": "policies", "attributes": attributes}})
    modes = '"hard-mandatory", "soft-mandatory", "advisory"'
    assert error["detail"] == "Mode is not included in the list"
    assert error["source"] == {"pointer": "/data/attributes/enforce/0/mode"}
    assert error["meta"] == {
        "operation": "create-policy",
        "edition": "2019-07",
        "pointer": "/data/attributes/enforce/0/mode",
        "fact": 'data.attributes.enforce[].mode is "soft"',
        "expected": f"one of {modes}",
        "key-path": "data.attributes.enforce[].mode",
        "source": "policies.html#request-body",
        "hint": f"Send one of {modes} as data.attributes.enforce[].mode.",
    }


def test_a_type_of_another_resource_is_explained() -> None:
    body = {"data": {"type": "policies", "attributes": {"name": "fresh"}}}
    error = refused("create-policy-set", body=body)
    assert error["detail"] == "Type is invalid"
    assert error["meta"]["fact"] == 'data.type is "policies"'
    assert error["meta"]["expected"] == '"policy-sets"'
    assert error["meta"]["hint"] == 'Send "policy-sets" as data.type.'


def test_a_member_that_is_not_listed_is_explained_with_the_nearest_name() -> None:
    fact = 'data.attributes.descriptoin is not listed ("for tests")'
    body = a_set(descriptoin="for tests")
    assert refused("create-policy-set", strict=True, body=body) == {
        "status": "422",
        "title": "not in the contract",
        "detail": fact,
        "source": {"pointer": "/data/attributes/descriptoin"},
        "meta": {
            "operation": "create-policy-set",
            "edition": "2019-07",
            "pointer": "/data/attributes/descriptoin",
            "fact": fact,
            "expected": "no such member",
            "key-path": "data.attributes.descriptoin",
            "source": "policy-sets.html#create-a-policy-set",
            "hint": "Did you mean description?",
        },
    }


def test_a_member_in_snake_case_is_met_with_its_name_in_kebab_case() -> None:
    world = fresh("2019-07")
    body = {"data": {"type": "workspaces", "attributes": {"name": "fresh", "auto_apply": True}}}
    assert world.play(EDITION.operation("create-workspace"), body=body).status == 201
    (finding,) = world.findings
    assert finding["hint"] == "Did you mean auto-apply?"


def test_a_member_that_is_only_shown_is_told_so_and_what_changes_it() -> None:
    world = fresh("2026-08", strict=True)
    attributes = {"name": "fresh", "policy-count": 9, "locked": True}
    for type, name in (("policy-sets", "policy-count"), ("workspaces", "locked")):
        operation = load("2026-08").operation(f"create-{type[:-1].replace('ie', 'y')}")
        sent = {"name": "fresh", name: attributes[name]}
        (error,) = world.play(operation, body={"data": {"type": type, "attributes": sent}}).errors
        assert error["meta"]["fact"].startswith(f"data.attributes.{name} is read-only (")
        by = " What changes it: POST …/actions/lock and …/actions/unlock." * (name == "locked")
        assert error["meta"]["hint"] == f"Leave out data.attributes.{name}; it has no effect.{by}"


def test_a_member_that_is_one_word_of_a_listed_name_is_explained_with_that() -> None:
    world = fresh("2026-08", strict=True)
    selector = {"key": "env", "tag-key": "env", "tag-value": None, "is-exclude": False}
    attributes = {"name": "fresh", "tag-selectors": [selector]}
    body = {"data": {"type": "policy-sets", "attributes": attributes}}
    (error,) = world.play(load("2026-08").operation("create-policy-set"), body=body).errors
    assert error["meta"]["hint"] == "Did you mean tag-key?"


def test_of_an_object_in_the_place_of_one_of_some_words_the_type_alone_is_told() -> None:
    enforce = [{"path": "fresh.sentinel", "mode": {"v": "hunter2"}}]
    attributes = {"name": "fresh", "enforce": enforce}
    error = refused("create-policy", body={"data": {"type": "policies", "attributes": attributes}})
    assert error["meta"]["fact"] == "data.attributes.enforce[].mode is an object"


def test_a_time_that_has_no_zone_is_told_what_a_time_looks_like() -> None:
    body = {"data": {"type": "authentication-tokens", "attributes": {"expired-at": "tomorrow"}}}
    operation = load("2026-08").operation("create-user-token")
    (error,) = fresh("2026-08").play(operation, body=body).errors
    wanted = "a time with its zone, such as 2027-01-01T00:00:00Z, or null"
    assert error["meta"]["expected"] == wanted
    assert error["meta"]["hint"] == f"Send {wanted} as data.attributes.expired-at."


def test_a_member_that_is_like_no_other_shall_be_left_out() -> None:
    world = fresh("2019-07")
    assert world.play(EDITION.operation("create-policy-set"), body=a_set(zzz=1)).status == 201
    (finding,) = world.findings
    assert finding["hint"] == "Leave out data.attributes.zzz; it has no effect."


def test_a_query_parameter_out_of_bounds_is_explained() -> None:
    assert refused("list-policy-sets", query={"page[size]": "151"}) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "page[size] must be between 1 and 150",
        "meta": {
            "operation": "list-policy-sets",
            "edition": "2019-07",
            "pointer": "",
            "fact": "page[size] is '151'",
            "expected": "between 1 and 150",
            "key-path": "page[size]",
            "source": "policy-sets.html#query-parameters",
            "hint": "Send between 1 and 150 as page[size].",
        },
    }


def test_an_include_that_the_page_does_not_name_is_explained() -> None:
    assert refused("list-policy-sets", query={"include": "policie"}) == {
        "status": "400",
        "title": "bad request",
        "detail": "Invalid include parameter",
        "meta": {
            "operation": "list-policy-sets",
            "edition": "2019-07",
            "pointer": "",
            "fact": "include is 'policie'",
            "expected": "one or more of policies, workspaces",
            "key-path": "include",
            "source": "policy-sets.html#available-related-resources",
            "hint": "Send one or more of policies, workspaces as include.",
        },
    }


def test_a_body_that_is_missing_is_explained() -> None:
    assert refused("create-policy-set", body=b"") == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Data can't be blank",
        "source": {"pointer": ""},
        "meta": {
            "operation": "create-policy-set",
            "edition": "2019-07",
            "pointer": "",
            "fact": "no body was sent",
            "expected": "a JSON object",
            "source": "policy-sets.html#create-a-policy-set",
            "hint": "Send a body; the operation's page shows a sample payload.",
        },
    }


def test_a_401_and_a_404_explain_nothing_but_to_the_journal() -> None:
    world = fresh("2019-07")
    got = world.send("GET", "/api/v2/policy-sets/polset-nothing")
    assert got.json == {"errors": [{"status": "404", "title": "not found"}]}
    (last,) = world.universe.journal
    assert last.why == "There is no policy set 'polset-nothing'."


# the parts of a sentence


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("data",), "data"),
        (("data", "attributes", "name"), "data.attributes.name"),
        (("data", 0, "id"), "data[].id"),
        (("data", "relationships", "policies", "data", 3), "data.relationships.policies.data[]"),
    ],
)
def test_a_key_path_is_spelled_as_the_pages_spell_it(path: InstancePath, text: str) -> None:
    assert key_path(path) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "Body"),
        (("data", "attributes", "auto-apply"), "Auto apply"),
        (("data", "attributes", "terraform_version"), "Terraform version"),
        (("data", 0, "id"), "Id"),
        (("data", 0), "Data"),
    ],
)
def test_the_vendors_sentences_begin_with_the_last_name(path: InstancePath, text: str) -> None:
    assert human(path) == text


def test_a_long_value_is_cut_and_an_odd_one_is_still_told() -> None:
    words = " ".join(["word"] * 20)
    assert brief(words) == f'"{words[:55]}wor…'
    assert brief("x" * 100) == '"xxxxxxxx…'  # it may be a secret: nobody finds half of one
    assert len(brief(["x"] * 100)) == 60
    assert brief("é") == '"é"'
    deep: list[Any] = []
    deep.append(deep)
    assert brief(deep).startswith("[")


@each(PROPERTIES)
def test_every_property_can_be_explained_with_its_source(
    operation: Operation, path: InstancePath, part: Any
) -> None:
    """A page, a line of the client, or a decision; and words for what is expected."""
    schemas = load(operation.edition).schemas
    for fault in ("missing", "type"):
        detail, meta = explained(Miss(path, fault, 1.5, "type"), operation.body_schema, schemas)
        assert detail
        assert all(isinstance(value, str) for value in meta.values())
        assert meta["source"], path
        assert meta["expected"] not in ("", "any value")
        assert meta["key-path"] == key_path(path)


# secrets

HUSH = "hush-0123456789-nobody-may-read-this"
SECRETS = [
    pytest.param(operation, path, id=spelled(operation, path))
    for operation in TAKING_JSON
    if operation.body_schema
    for path, part, _ in places(operation)
    if part.get("x-secret")
]


VALUE: InstancePath = ("data", "attributes", "value")


def kept(world: World) -> dict[str, Any]:
    """What the journal keeps of the last request."""
    return list(world.universe.journal)[-1].shown()


def leaks(operation: Operation, path: InstancePath) -> Iterator[tuple[str, Any]]:
    """Bodies in which a secret stands where it belongs, or nearly there."""
    body = body_of(operation)
    name = str(path[-1])
    yield "right", put(body, path, HUSH)
    for wrong in ([HUSH], {"value": HUSH}, {HUSH: 1}):
        yield f"as {type(wrong).__name__}", put(body, path, wrong)
    yield "in snake_case", put(body, (*path[:-1], name.replace("-", "_")), HUSH)
    for depth in range(1, len(path)):
        whole = path[:depth]
        yield f"{key_path(whole)} as a list", put(body, whole, [at(put(body, path, HUSH), whole)])
    yield "at the root", {**body, name: HUSH}
    yield "in data", put(body, ("data", name), HUSH)


def misspelt(operation: Operation, path: InstancePath) -> Iterator[tuple[str, Any]]:
    """Bodies in which a secret has no name that could be known: only what we say can hold back."""
    body, name = body_of(operation), str(path[-1])
    for other in (name.title(), f"{name}s", "surprise"):
        yield f"as {other}", put(body, (*path[:-1], other), HUSH)
    for depth in range(1, len(path)):
        whole = path[:depth]
        text = json.dumps(at(put(body, path, HUSH), whole))
        yield f"{key_path(whole)} as a text", put(body, whole, text)


@each(SECRETS, [False, True])
def test_a_secret_is_never_repeated_wherever_it_was_put(
    operation: Operation, path: InstancePath, strict: bool
) -> None:
    for how, body in leaks(operation, path):
        world = prepared(operation, strict=strict)
        got = world.play(operation, body=body)
        assert got.status < 500
        assert HUSH not in got.body.decode(), how
        assert HUSH not in json.dumps(kept(world)), how


@each(SECRETS, [False, True])
def test_a_secret_under_another_name_is_not_repeated_by_what_we_say(
    operation: Operation, path: InstancePath, strict: bool
) -> None:
    for how, body in misspelt(operation, path):
        world = prepared(operation, strict=strict)
        got = world.play(operation, body=body)
        assert got.status < 500
        assert HUSH not in got.body.decode(), how
        said = {name: value for name, value in kept(world).items() if name != "request"}
        assert HUSH not in json.dumps(said), how


def test_every_member_that_holds_a_secret_is_marked() -> None:
    """Passwords, values of SSH keys and variables, what an OAuth client is given, tokens where they are
    answered.
    """
    assert {"password", "current-password", "password-confirmation", "value", "token"} <= set(
        EDITION.secrets
    )
    marked = {(case.values[0].id, case.values[1]) for case in SECRETS}
    named = {
        (operation.id, path)
        for operation in TAKING_JSON
        if operation.body_schema
        for path, _, _ in places(operation)
        if re.search("password|^token$|token-string|^secret$|private-key", str(path[-1]))
    }
    values = {
        (f"{does}-{what}", VALUE)
        for does in ("create", "update")
        for what in ("ssh-key", "variable", "parameter")
    }
    of_an_oauth_token = ("update-oauth-token", ("data", "attributes", "ssh-key"))
    assert marked == named | values | {of_an_oauth_token}
    for case in SECRETS:
        assert "string" in types(dict(leaf(case.values[0], case.values[1])))


def leaf(operation: Operation, path: InstancePath) -> Any:
    return next(part for place, part, _ in places(operation) if place == path)


def patterns(schema: Any, components: Any, seen: tuple[int, ...] = ()) -> Iterator[Any]:
    """Every schema with a pattern in a schema."""
    schema = resolve(schema, components)
    if id(schema) in seen:
        return
    if "pattern" in schema:
        yield schema
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    for part in (*inner, schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from patterns(part, components, (*seen, id(schema)))


@pytest.mark.parametrize("edition", editions())
def test_what_a_body_and_a_fixture_may_hold_is_told_in_words_and_not_as_a_pattern(
    edition: str,
) -> None:
    contract = load(edition)
    bodies = [op for op in contract.operations.values() if op.body]
    checkers = [op.checker(op.body_schema) for op in bodies]
    checkers.append(fixture_checker(contract))
    found = [
        (part["pattern"], expected(part, checker.components))
        for checker in checkers
        for part in patterns(checker.schema, checker.components)
    ]
    assert len(found) > 20
    assert [words for words in found if "matches" in words[1]] == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            {"tokens": [{"name": "t", "team": "t"}]},
            'tokens[].team is "t"; expected ORGANIZATION/TEAM, such as my-organization/platform.',
        ),
        (
            {"vars": [{"key": "k", "category": "env", "workspace": "w"}]},
            'vars[].workspace is "w"; expected ORGANIZATION/WORKSPACE, such as '
            "my-organization/my-workspace.",
        ),
        (
            {"users": [{"username": "u", "id": "u-1"}]},
            'users[].id is "u-1"; expected a string that begins with user-, then letters and digits.',
        ),
    ],
)
def test_a_name_within_an_organization_is_wanted_as_both_names(entry: Any, told: str) -> None:
    with pytest.raises(UnfitFixture) as refused:
        mockserver.universe(fixture=entry, edition="2026-08")
    assert told in str(refused.value)


def test_a_list_with_too_few_or_too_many_items_is_told_how_many() -> None:
    operation = load("2026-08").operation("create-terraform-version")
    build = {"url": "https://example.com", "sha": "a", "os": "linux", "arch": "amd64"}
    for archs, wanted in (
        ([], "an array of at least 1 item"),
        ([build] * 17, "an array of at most 16 items"),
    ):
        attributes = {"version": "1.99.0", "archs": archs}
        body = {"data": {"type": "terraform-versions", "attributes": attributes}}
        (error,) = fresh("2026-08").play(operation, body=body).errors
        assert error["meta"]["expected"] == wanted
        assert error["meta"]["hint"] == f"Send {wanted} as data.attributes.archs."
