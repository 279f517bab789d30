"""What the journal can be asked, and what it says when something is not as expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import mockserver
from mockserver.cli import main
from mockserver.client import ControlError
from mockserver.client.journal import JournalReader
from mockserver.client.wanted import mismatches

ORG = "/api/v2/organizations/my-organization"
SETS = f"{ORG}/policy-sets"
MINE, OTHER = "pol-u3S5p2Uwk21keu1s", "pol-2HRvNs49EWPjDqT1"
Tfe = mockserver.World
Create = Callable[..., Any]


def missed(ask: Callable[[], Any]) -> str:
    """What an assertion of the journal says."""
    with pytest.raises(AssertionError) as miss:
        ask()
    return str(miss.value)


@pytest.fixture
def made(world: Tfe, create: Create) -> str:
    """A policy set's id; the journal has its creation alone."""
    return str(create(world.client, description="d").json["data"]["id"])


def policies(tfe: Tfe, id: str, *ids: str, method: str = "post") -> None:
    data = [{"type": "policies", "id": one} for one in ids]
    path = f"/api/v2/policy-sets/{id}/relationships/policies"
    assert getattr(tfe.client, method)(path, json={"data": data}).status_code == 204


# expect


def test_expect_gives_the_calls_that_fit(world: Tfe, made: str) -> None:
    policies(world, made, MINE)
    policies(world, made, OTHER)
    calls = world.journal.expect("add-policies-to-policy-set")
    assert [call.request["data"][0]["id"] for call in calls] == [MINE, OTHER]
    assert world.journal.expect("add-policies-to-policy-set", count=2, status=204) == calls
    assert world.journal.expect(
        "add-policies-to-policy-set", body={"data": [{"id": OTHER}]}, count=1
    ) == [calls[1]]
    assert world.journal.expect("delete-policy", count=0) == []
    assert [call.n for call in world.journal] == [1, 2, 3]
    assert len(world.journal) == 3
    assert calls[0].method == "POST"
    assert calls[0].changed


def test_a_miss_shows_the_nearest_calls_field_by_field(world: Tfe, made: str) -> None:
    body = {"data": {"attributes": {"name": "prod", "global": True, "description": "d"}}}
    assert missed(lambda: world.journal.expect("create-policy-set", body=body, status=422)) == (
        "expected create-policy-set at least once, saw 0 fitting call(s)\n"
        f"  #1 201 POST {SETS} (create-policy-set)\n"
        "    status: expected 422, was 201\n"
        '    data.attributes.name: expected "prod", was "staging"\n'
        "    data.attributes.global: expected true, was not sent"
    )


def test_a_miss_of_the_count_shows_what_fits(world: Tfe, made: str) -> None:
    assert missed(lambda: world.journal.expect("create-policy-set", count=2)) == (
        "expected create-policy-set 2 time(s), saw 1 fitting call(s)\n"
        "  fitting:\n"
        f"    #1 201 POST {SETS} (create-policy-set)"
    )


def test_a_miss_without_a_call_shows_the_nearest_operations(world: Tfe, made: str) -> None:
    world.client.get("/api/v2/nowhere")
    world.client.get(SETS + "?page[size]=1")
    assert missed(lambda: world.journal.expect("update-policy-set", count=1)) == (
        "expected update-policy-set 1 time(s), saw 0 fitting call(s)\n"
        "  nearest:\n"
        f"    #1 201 POST {SETS} (create-policy-set)\n"
        f"    #3 200 GET {SETS}?page[size]=1 (list-policy-sets)\n"
        "    #2 404 GET /api/v2/nowhere (no operation)"
    )
    world.journal.clear()
    assert missed(lambda: world.journal.expect("update-policy-set")) == (
        "expected update-policy-set at least once, saw 0 fitting call(s)\n  none at all"
    )


def test_not_called_lists_the_calls(world: Tfe, made: str) -> None:
    world.journal.not_called("delete-policy-set")
    assert missed(lambda: world.journal.not_called("create-policy-set")) == (
        f"expected no create-policy-set, saw 1:\n  #1 201 POST {SETS} (create-policy-set)"
    )


def test_an_order_of_nothing_is_no_order(world: Tfe) -> None:
    with pytest.raises(TypeError, match=r"^in_order\(\): name at least one operation"):
        world.journal.in_order()


def test_in_order_says_where_the_order_ends(world: Tfe, made: str) -> None:
    policies(world, made, MINE)
    world.client.delete(f"/api/v2/policy-sets/{made}")
    world.journal.in_order("create-policy-set", "delete-policy-set")
    world.journal.in_order("create-policy-set", "add-policies-to-policy-set", "delete-policy-set")
    assert missed(
        lambda: world.journal.in_order("delete-policy-set", "create-policy-set")
    ).splitlines()[:2] == [
        "expected create-policy-set after delete-policy-set; the exchanges were:",
        f"  #1 201 POST {SETS} (create-policy-set)",
    ]
    assert missed(lambda: world.journal.in_order("create-policy-set", "create-policy-set"))
    world.journal.clear()
    assert missed(lambda: world.journal.in_order("create-policy-set")) == (
        "expected create-policy-set; the exchanges were:\n  none at all"
    )


class Short:
    """A way to a journal that no longer knows everything."""

    def send(self, *asked: Any, **query: Any) -> Any:
        return {"exchanges": [], "count": 7, "forgotten": 7}

    def broken(self) -> list[Any]:
        return []


def test_what_is_no_longer_known_is_not_what_never_happened() -> None:
    journal = JournalReader(Short(), lambda: "2019-07")
    assert journal.forgotten == 7
    for ask in (
        lambda: journal.not_called("create-policy-set"),
        lambda: journal.expect("create-policy-set", count=0),
        lambda: journal.expect("create-policy-set"),
        lambda: journal.in_order("create-policy-set"),
    ):
        assert "  7 earlier exchange(s) are no longer known" in missed(ask).splitlines()


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ({}, {"a": 1}, []),
        ({"a": {"b": [1]}}, {"a": {"b": [1], "c": 2}}, []),
        ({"a": 1}, None, ["body: expected an object, was null"]),
        ({"a": 1}, {"a": True}, ["a: expected 1, was true"]),
        ({"a": 1}, {"a": 1.0}, ["a: expected 1, was 1.0"]),
        ({"a": None}, {}, ["a: expected null, was not sent"]),
        ([1, 2], [1], ["body: expected [1, 2], was [1]"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, ["a[0].b: expected 1, was 2"]),
        ("x", "y", ['body: expected "x", was "y"']),
        ({"a": "x" * 200}, {"a": 1}, ["a: expected " + '"' + "x" * 98 + "…, was 1"]),
    ],
)
def test_differences_are_told_by_their_place(expected: Any, actual: Any, said: list[str]) -> None:
    assert mismatches(expected, actual) == said


# changes


def test_changes_are_a_readable_difference(world: Tfe, made: str) -> None:
    policies(world, made, OTHER)
    path = f"/api/v2/policy-sets/{made}"
    attributes = {"name": "prod", "global": True}
    world.clock.advance(1)
    world.client.patch(path, json={"data": {"type": "policy-sets", "attributes": attributes}})
    world.client.delete(f"/api/v2/policies/{OTHER}")
    world.client.get(path)
    texts = [str(world.journal.changes(seen)) for seen in world.journal]
    assert texts == [
        f"added policy-sets my-organization/staging ({made})\n"
        '    created-at: "2019-07-15T00:00:00.000Z"\n'
        '    description: "d"\n'
        "    global: false\n"
        '    name: "staging"\n'
        '    updated-at: "2019-07-15T00:00:00.000Z"',
        f"changed policies my-organization/my-other-policy ({OTHER})\n"
        f'    policy-sets: + "{made}"\n'
        f"changed policy-sets my-organization/staging ({made})\n"
        f'    policies: + "{OTHER}"',
        f"changed policy-sets my-organization/prod ({made})\n"
        "    global: false → true\n"
        '    name: "staging" → "prod"\n'
        '    updated-at: "2019-07-15T00:00:00.000Z" → "2019-07-15T00:00:01.000Z"',
        f"removed policies my-organization/my-other-policy ({OTHER})\n"
        '    mode: "hard-mandatory"\n'
        '    name: "my-other-policy"\n'
        f'    policy-sets: - "{made}"\n'
        f"changed policy-sets my-organization/prod ({made})\n"
        f'    policies: - "{OTHER}"',
        "nothing changed",
    ]
    changed = world.journal.changes(3)
    assert len(changed) == 1
    assert next(iter(changed))["members"]["name"] == {"before": "staging", "after": "prod"}


def test_changes_show_no_secret_no_inner_key_and_count_bytes(world: Tfe) -> None:
    lock = "/api/v2/workspaces/ws-2HRvNs49EWPjDqT1/actions/lock"
    world.client.post(lock, json={"reason": "x"})
    world.client.post("/api/v2/teams/team-ow4nErsTeam5678A/authentication-token")
    world.client.put(f"/api/v2/policies/{OTHER}/upload", data=b"main = rule { 1 }")
    locked, token, upload = (str(world.journal.changes(seen)) for seen in world.journal)
    assert '    locked-by: null → "user-' in locked
    assert '    digest: "[secret]"' in token
    assert '    content: null → "[17 bytes]"' in upload


def test_a_request_that_failed_has_changed_nothing(world: Tfe, create: Create) -> None:
    assert create(world.client, "production").status_code == 422
    assert str(world.journal.changes(1)) == "nothing changed"
    assert not world.journal.changes(1)


def test_changes_of_what_never_was_are_refused(world: Tfe, made: str) -> None:
    with pytest.raises(ControlError, match="exchange 2 does not exist; there are 1"):
        world.journal.changes(2)


# for other tools


def test_the_journal_as_json(world: Tfe, made: str) -> None:
    (entry,) = json.loads(world.journal.to_json())
    assert entry["operation"] == "create-policy-set"
    assert entry["request"]["data"]["attributes"]["name"] == "staging"
    assert entry["response"]["data"]["id"] == made


PAIR = {
    "type": "object",
    "required": ["name", "value"],
    "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
    "additionalProperties": False,
}
PAIRS = {"type": "array", "items": PAIR}
HAR = {
    "$comment": "HAR 1.2 as w3c.github.io/web-performance/specs/HAR/Overview.html has it, without "
    "the members that are optional there and absent here; own members begin with an underscore",
    "type": "object",
    "required": ["log"],
    "properties": {
        "log": {
            "type": "object",
            "required": ["version", "creator", "entries"],
            "properties": {
                "version": {"const": "1.2"},
                "creator": {
                    "type": "object",
                    "required": ["name", "version"],
                    "additionalProperties": {"type": "string"},
                },
                "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
            },
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
    "$defs": {
        "entry": {
            "type": "object",
            "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
            "properties": {
                "startedDateTime": {
                    "type": "string",
                    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
                },
                "time": {"type": "number", "minimum": 0},
                "request": {"$ref": "#/$defs/request"},
                "response": {"$ref": "#/$defs/response"},
                "cache": {"type": "object"},
                "timings": {
                    "type": "object",
                    "required": ["send", "wait", "receive"],
                    "additionalProperties": {"type": "number", "minimum": -1},
                },
            },
            "patternProperties": {"^_": True},
            "additionalProperties": False,
        },
        "request": {
            "type": "object",
            "required": [
                "method",
                "url",
                "httpVersion",
                "cookies",
                "headers",
                "queryString",
                "headersSize",
                "bodySize",
            ],
            "properties": {
                "method": {"type": "string"},
                "url": {"type": "string", "pattern": "^https?://[!-~]+$"},
                "httpVersion": {"type": "string"},
                "cookies": {"type": "array"},
                "headers": PAIRS,
                "queryString": PAIRS,
                "postData": {
                    "type": "object",
                    "required": ["mimeType"],
                    "properties": {
                        "mimeType": {"type": "string"},
                        "text": {"type": "string"},
                        "params": {"type": "array"},
                    },
                    "oneOf": [{"required": ["text"]}, {"required": ["params"]}],
                    "additionalProperties": False,
                },
                "headersSize": {"type": "integer"},
                "bodySize": {"type": "integer"},
            },
            "additionalProperties": False,
        },
        "response": {
            "type": "object",
            "required": [
                "status",
                "statusText",
                "httpVersion",
                "cookies",
                "headers",
                "content",
                "redirectURL",
                "headersSize",
                "bodySize",
            ],
            "properties": {
                "status": {"type": "integer"},
                "statusText": {"type": "string"},
                "httpVersion": {"type": "string"},
                "cookies": {"type": "array"},
                "headers": PAIRS,
                "content": {
                    "type": "object",
                    "required": ["size", "mimeType"],
                    "properties": {
                        "size": {"type": "integer"},
                        "mimeType": {"type": "string"},
                        "text": {"type": "string"},
                    },
                    "additionalProperties": False,
                },
                "redirectURL": {"type": "string"},
                "headersSize": {"type": "integer"},
                "bodySize": {"type": "integer"},
            },
            "additionalProperties": False,
        },
    },
}


# uploads, who called, where to, and what a predicate says


CODE = "\n".join(f"line_{at} = rule {{ true }}" for at in range(20)) + "\n"


@pytest.fixture
def uploaded(world: Tfe) -> Tfe:
    """With two uploads, by admin and by a token of the organization."""
    by = {"Authorization": f"Bearer {world.tokens['org']}"}
    world.client.put(f"/api/v2/policies/{MINE}/upload", data=CODE.encode())
    world.client.put(f"/api/v2/policies/{OTHER}/upload", data=b"main = rule { 1 }", headers=by)
    return world


def test_an_upload_is_expected_by_its_text_its_path_its_caller_and_a_predicate(
    uploaded: Tfe,
) -> None:
    expect = uploaded.journal.expect
    one, two = expect("upload-policy", count=2)
    for text in (CODE, CODE.encode()):
        assert expect("upload-policy", body=text, count=1) == [one]
    assert expect("upload-policy", path=f"/api/v2/policies/{OTHER}/upload") == [two]
    assert expect("upload-policy", path="/api/v2/policies/*/upload", count=2) == [one, two]
    for name in ("admin", "user admin"):
        assert expect("upload-policy", caller=name) == [one]
    assert expect("upload-policy", caller="organization my-organization") == [two]
    assert expect("upload-policy", where=lambda seen: "main" in seen.request) == [two]
    assert expect("upload-policy", path="*", caller="admin", where=lambda seen: seen.changed) == [
        one
    ]


def test_an_upload_that_is_no_text_is_expected_by_its_bytes(world: Tfe) -> None:
    world.client.put(f"/api/v2/policies/{MINE}/upload", data=b"\xff\xfe")
    world.journal.expect("upload-policy", body=b"\xff\xfe", count=1)
    assert 'was "[2 bytes]"' in missed(
        lambda: world.journal.expect("upload-policy", body=b"\xff\xfe\xfd")
    )


def test_a_text_that_the_journal_cuts_is_expected_all_the_same(world: Tfe) -> None:
    text = "# a comment\n" * 10_000
    world.client.put(f"/api/v2/policies/{MINE}/upload", data=text.encode())
    world.journal.expect("upload-policy", body=text)
    assert missed(lambda: world.journal.expect("upload-policy", body=text + "#"))


def test_a_miss_of_an_upload_names_the_line_the_path_the_caller_and_the_predicate(
    uploaded: Tfe,
) -> None:
    def is_hard(seen: Any) -> bool:
        return "hard" in seen.request

    wanted = CODE.replace("line_7 = rule { true }", "line_7 = rule { false }")
    assert missed(
        lambda: uploaded.journal.expect(
            "upload-policy", body=wanted, path="*/nope/*", caller="ann", where=is_hard
        )
    ) == (
        "expected upload-policy at least once, saw 0 fitting call(s)\n"
        f"  #1 200 PUT /api/v2/policies/{MINE}/upload (upload-policy)\n"
        f'    path: expected "*/nope/*", was "/api/v2/policies/{MINE}/upload"\n'
        '    caller: expected "ann", was "user admin"\n'
        '    body, line 8: expected "line_7 = rule { false }\\n", was "line_7 = rule { true }\\n"\n'
        "    where: is_hard said no\n"
        f"  #2 200 PUT /api/v2/policies/{OTHER}/upload (upload-policy)\n"
        f'    path: expected "*/nope/*", was "/api/v2/policies/{OTHER}/upload"\n'
        '    caller: expected "ann", was "organization my-organization"\n'
        '    body, line 1: expected "line_0 = rule { true }\\n", was "main = rule { 1 }"\n'
        "    where: is_hard said no"
    )


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ("a" * 60 + "\nb", "a" * 60, "body, line 1: expected "),
        ("x\n" * 60, "x\n" * 61, 'body, line 61: expected its end, was "x\\n"'),
        ("x\n" * 61, "x\n" * 60, 'body, line 61: expected "x\\n", was at its end'),
        ("x\r\n" * 60, "x\n" * 60, 'body, line 1: expected "x\\r\\n", was "x\\n"'),
        ("short", "other", 'body: expected "short", was "other"'),
    ],
)
def test_of_two_long_texts_the_first_line_that_differs_is_told(
    expected: str, actual: str, said: str
) -> None:
    (line,) = mismatches(expected, actual)
    assert line.startswith(said)


def test_the_journal_as_har_keeps_its_schema(world: Tfe, made: str) -> None:
    Draft202012Validator.check_schema(HAR)
    world.client.get(SETS, query_string={"page[size]": "2", "search[name]": "a b&c=ä"})
    world.client.get("/api/v2/policy sets/ä")
    world.client.put(f"/api/v2/policies/{OTHER}/upload", data=b"main = rule { 1 }")
    world.client.get(f"/api/v2/policies/{OTHER}/download")
    world.client.delete(f"/api/v2/policies/{OTHER}")
    world.faults.add("off-contract-status", status=599)
    world.client.get(SETS)
    har = world.journal.to_har()
    Draft202012Validator(HAR).validate(json.loads(json.dumps(har)))
    entries = har["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [201, 200, 404, 200, 200, 204, 599]
    assert entries[0]["request"]["postData"]["mimeType"] == "application/vnd.api+json"
    assert json.loads(entries[0]["response"]["content"]["text"])["data"]["id"] == made
    assert {"name": "search[name]", "value": "a b&c=ä"} in entries[1]["request"]["queryString"]
    assert entries[2]["request"]["url"] == "http://mockserver/api/v2/policy%20sets/%C3%A4"
    assert [entry["_operation"] for entry in entries][:2] == [
        "create-policy-set",
        "list-policy-sets",
    ]


def test_har_says_the_real_content_types_and_shows_what_was_text(world: Tfe) -> None:
    upload, download = f"/api/v2/policies/{OTHER}/upload", f"/api/v2/policies/{OTHER}/download"
    world.client.put(upload, data=b"main = rule { 1 }", content_type="text/plain")
    world.client.get(download)
    world.client.put(upload, data=b"\xff\xfe", content_type="application/octet-stream")
    world.client.get(download)
    world.faults.add("off-contract-html")
    world.client.get(SETS)
    world.faults.add("off-contract-status", status=503)
    world.client.get(SETS)
    world.client.head(SETS)
    sent, got = [], []
    for entry in world.journal.to_har()["log"]["entries"]:
        sent.append(entry["request"].get("postData"))
        response = entry["response"]
        got.append((response["content"]["mimeType"], response["content"].get("text", "")[:20]))
        typed = {"name": "Content-Type", "value": response["content"]["mimeType"]}
        assert response["headers"] == ([typed] if response["content"]["size"] else [])
    assert sent[0] == {"mimeType": "text/plain", "text": "main = rule { 1 }"}
    assert got[1:] == [
        ("application/octet-stream", "main = rule { 1 }"),
        ("application/vnd.api+json", got[2][1]),
        ("application/octet-stream", ""),
        ("text/html", "<!DOCTYPE html><titl"),
        ("text/plain", "503 Service Unavaila"),
        ("x-unknown", ""),
    ]


def test_a_head_is_no_fault_where_the_journal_is_verified(tmp_path: Path) -> None:
    with mockserver.universe() as tfe:
        for path in (SETS, "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", "/api/v2/policies/none"):
            tfe.client.head(path)
        tfe.client.get(SETS)
        har, journal = tmp_path / "j.har", tmp_path / "journal.json"
        har.write_text(json.dumps(tfe.journal.to_har()), encoding="utf-8")
        listed = {"exchanges": json.loads(tfe.journal.to_json())}
        journal.write_text(json.dumps(listed), encoding="utf-8")
        assert [seen.response for seen in tfe.journal][:3] == [None, None, None]
    for option, path in (("--har", har), ("--journal", journal)):
        done = CliRunner().invoke(main, ["verify", option, str(path)])
        assert done.exit_code == 0, done.output


def test_no_secret_is_in_any_form_of_the_journal(world: Tfe) -> None:
    with mockserver.universe(key="a-key-of-some-length") as tfe:
        made = tfe.client.post("/api/v2/teams/team-ow4nErsTeam5678A/authentication-token")
        secret = made.json["data"]["attributes"]["token"]
        tfe.client.get(f"/api/v2/policies/{tfe.token}?x={tfe.token}")
        for form in (
            tfe.journal.to_json(),
            json.dumps(tfe.journal.to_har()),
            str(list(tfe.journal)),
        ):
            assert secret not in form
            assert tfe.token not in form
