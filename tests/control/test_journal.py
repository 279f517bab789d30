"""The journal over the control plane: every exchange, with caller, findings, reasons and changes."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import EPOCH, ORG, POLICY, ROOT, SET, SETS, WORKSPACE, a_set

from .asking import ask, by, create_set, faults


def entries(tfe: Any, query: str = "") -> list[Any]:
    answer = ask(tfe, "GET", f"journal{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.json["exchanges"])


def test_an_exchange_is_kept_as_it_was(tfe: Any) -> None:
    document = a_set("staging", stray=1)
    answer = tfe.client.post(SETS, json=document, headers={"User-Agent": "go-tfe", "Accept": "*/*"})
    shown = ask(tfe, "GET", "journal/1").json
    assert shown.pop("milliseconds") >= 0
    (finding,) = shown.pop("findings")
    assert finding["pointer"] == "/data/attributes/stray"
    assert shown == {
        "n": 1,
        "time": EPOCH,
        "method": "POST",
        "path": SETS,
        "query": "",
        "operation": "create-policy-set",
        "caller": "user admin",
        "status": 201,
        "why": None,
        "breach": None,
        "fault": None,
        "headers": {
            "User-Agent": "go-tfe",
            "Content-Type": "application/vnd.api+json",
            "Accept": "*/*",
        },
        "request": document,
        "response": answer.json,
        "media-type": "application/vnd.api+json",
        "changed": True,
    }


def test_exchanges_stand_oldest_first_with_their_counts(tfe: Any) -> None:
    for path in (SETS, SET, f"{ROOT}/nothing"):
        tfe.client.get(path)
    answer = ask(tfe, "GET", "journal").json
    assert [e["n"] for e in answer["exchanges"]] == [1, 2, 3]
    assert [e["path"] for e in answer["exchanges"]] == [SETS, SET, f"{ROOT}/nothing"]
    assert (answer["count"], answer["forgotten"]) == (3, 0)


def test_an_operation_that_the_edition_has_not_is_told_the_nearest(tfe: Any) -> None:
    answer = ask(tfe, "GET", "journal?operation=creat-policy-set")
    (told,) = answer.json["errors"]
    assert answer.status_code == 422
    assert told["detail"].startswith(
        "Edition 2019-07 has no operation 'creat-policy-set'. Did you mean "
    )


def test_control_requests_are_no_exchanges(tfe: Any) -> None:
    tfe.state()
    tfe.clock.advance(1)
    tfe.snapshot("x")
    assert entries(tfe) == []


def test_what_was_sent_is_kept_as_it_was_sent_not_as_it_was_completed(tfe: Any) -> None:
    document = {
        "data": {"type": "policy-sets", "attributes": {"name": "x", "stray": {"deep": [1]}}}
    }
    tfe.client.post(SETS, json=document)
    assert entries(tfe)[-1]["request"] == document


def test_bodies_that_are_text_are_kept_as_text(tfe: Any) -> None:
    tfe.client.put(f"{POLICY}/upload", data='main = rule { "ä" }\n'.encode())
    tfe.client.get(f"{POLICY}/download")
    tfe.client.delete(SET)
    upload, download, delete = entries(tfe)
    assert upload["request"] == download["response"] == 'main = rule { "ä" }\n'
    assert (delete["request"], delete["response"]) == (None, None)
    assert upload["media-type"] == "application/vnd.api+json"
    assert download["media-type"] == "application/octet-stream"
    assert delete["media-type"] is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\x00b", b"\x1b[31m", b"\xc3"])
def test_bodies_that_are_no_text_are_kept_by_their_length(tfe: Any, content: bytes) -> None:
    tfe.client.put(f"{POLICY}/upload", data=content)
    assert entries(tfe)[-1]["request"] == f"[{len(content)} bytes]"


@pytest.mark.parametrize("before", range(3))
def test_a_long_text_is_kept_up_to_a_bound_and_no_letter_is_cut_in_two(
    tfe: Any, before: int
) -> None:
    content = b"x" * before + "€".encode() * 40_000
    tfe.client.put(f"{POLICY}/upload", data=content)
    text = entries(tfe)[-1]["request"]
    assert text.startswith("x" * before + "€€")
    assert text.endswith(f"€… [{len(content)} bytes]")
    most = 64 * 1024 // 3
    # the end of a word that is cut may be half of a secret
    assert most - 4096 <= len(text.partition("…")[0]) <= most + before


def test_a_text_of_words_is_kept_up_to_the_last_whole_word(tfe: Any) -> None:
    content = b"a word " * 40_000
    tfe.client.put(f"{POLICY}/upload", data=content)
    text = entries(tfe)[-1]["request"]
    assert text.startswith("a word a word ")
    assert 64 * 1024 - 10 <= len(text.partition("…")[0]) <= 64 * 1024


@pytest.mark.parametrize("over", range(0, 20, 3))
def test_a_key_across_the_bound_of_a_long_text_is_not_kept_by_its_half(over: int) -> None:
    key = "a-key-of-twenty-letters"
    with mockserver.universe(key=key) as tfe:
        content = b"# " * 32_768 + b"x" * 100
        at = 64 * 1024 - len(key) + over
        tfe.client.put(f"{POLICY}/upload", data=content[:at] + b" " + key.encode() + content[at:])
        text = tfe.journal.exchanges()[-1].request
    assert key[:10] not in text


def test_an_upload_shows_no_token_of_its_world(tfe: Any) -> None:
    tfe.client.put(f"{POLICY}/upload", data=f"# {tfe.token}".encode())
    assert entries(tfe)[-1]["request"] == "# [secret]"


def test_a_body_where_none_is_due_is_kept_by_its_length_whatever_is_in_it(tfe: Any) -> None:
    tfe.client.post("/api/v2/teams/team-ow4nErsTeam5678A/authentication-token", data=b"password=x")
    assert "password" not in str(entries(tfe)[-1]["request"])


def test_a_head_has_no_body_in_the_journal(tfe: Any) -> None:
    assert tfe.client.head(SETS).status_code == 200
    exchange = entries(tfe)[-1]
    assert (exchange["method"], exchange["response"], exchange["media-type"]) == (
        "HEAD",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("token", "caller"),
    [
        ("", "user admin"),
        (".ann", "user ann"),
        (".laptop", "user admin"),
        (".platform", "team my-organization/platform"),
        (".org", "organization my-organization"),
        (".nobody", None),
    ],
)
def test_callers_are_named_without_a_secret(tfe: Any, token: str, caller: str | None) -> None:
    tfe.client.get(ORG, headers={"Authorization": f"Bearer {tfe.token}{token}"})
    (entry,) = entries(tfe)
    assert entry["caller"] == caller


def test_requests_that_reach_no_world_are_in_none(tfe: Any) -> None:
    server = tfe.client.application.extensions["mockserver"]
    before = server.universes.journal.count
    tfe.client.get(f"{ROOT}/ping")
    tfe.client.get("/.well-known/terraform.json")
    tfe.client.get(SETS, headers={"Authorization": ""})
    tfe.client.get(SETS, headers={"Authorization": "Bearer nobody"})
    assert entries(tfe) == []
    kept = list(server.universes.journal)[-4:]
    assert server.universes.journal.count == before + 4
    assert [entry.operation for entry in kept] == ["ping", "discover-services", None, None]
    assert [entry.why for entry in kept[2:]] == [
        "no bearer token: send the header Authorization: Bearer TOKEN",
        "no world has this token's key (the part before the first dot)",
    ]


# why


def test_every_404_that_hides_a_refusal_says_why_in_the_journal(tfe: Any) -> None:
    refused = [
        ("GET", SETS, "list-policy-sets is for owners"),
        ("POST", SETS, "create-policy-set is for owners"),
        ("GET", SET, "show-policy-set is for owners"),
        ("PATCH", SET, "update-policy-set is for owners"),
        ("DELETE", SET, "delete-policy-set is for owners"),
        ("POST", f"{SET}/relationships/policies", "add-policies-to-policy-set is for owners"),
        (
            "DELETE",
            f"{SET}/relationships/policies",
            "remove-policies-from-policy-set is for owners",
        ),
        (
            "POST",
            f"{SET}/relationships/workspaces",
            "attach-policy-set-to-workspaces is for owners",
        ),
        (
            "DELETE",
            f"{SET}/relationships/workspaces",
            "detach-policy-set-from-workspaces is for owners",
        ),
        ("GET", f"{ORG}/policies", "list-policies is for owners"),
        ("POST", f"{ORG}/policies", "create-policy is for owners"),
        ("GET", POLICY, "show-policy is for owners"),
        ("PATCH", POLICY, "update-policy is for owners"),
        ("DELETE", POLICY, "delete-policy is for owners"),
        ("PUT", f"{POLICY}/upload", "upload-policy is for owners"),
        ("GET", f"{POLICY}/download", "download-policy is for owners"),
        ("POST", f"{ORG}/workspaces", "create-workspace is for owners"),
        ("PATCH", WORKSPACE, "update-workspace is for admin level in the workspace"),
        ("DELETE", WORKSPACE, "delete-workspace is for admin level in the workspace"),
        ("PATCH", f"{ORG}/workspaces/workspace-1", "update-workspace-by-name is for admin level"),
        ("DELETE", f"{ORG}/workspaces/workspace-1", "delete-workspace-by-name is for admin level"),
        ("POST", f"{WORKSPACE}/actions/lock", "lock-workspace is for write level"),
        ("POST", f"{WORKSPACE}/actions/unlock", "unlock-workspace is for write level"),
        ("POST", f"{WORKSPACE}/actions/force-unlock", "force-unlock-workspace is for admin level"),
        (
            "PATCH",
            f"{WORKSPACE}/relationships/ssh-key",
            "assign-ssh-key-to-workspace is for admin level",
        ),
        ("GET", f"{ROOT}/workspaces/ws-u3S5p2Uwk21keu1s", "show-workspace is for read level"),
        ("PATCH", ORG, "update-organization is for owners"),
        ("DELETE", ORG, "destroy-organization is for owners"),
    ]
    for method, path, said in refused:
        answer = tfe.client.open(path, method=method, headers=by(tfe, "ann"))
        assert (answer.status_code, answer.json) == (
            404,
            {"errors": [{"status": "404", "title": "not found"}]},
        )
        why = entries(tfe)[-1]["why"]
        assert why.startswith(f"user ann may not: {said}")
        assert why.endswith(")")  # its page
        assert ".html" in why


@pytest.mark.tfe(
    fixture={
        "users": [{"username": "eve"}],
        "tokens": [{"name": "eve", "user": "eve"}],
        "organizations": [{"name": "my-organization"}],
    }
)
def test_an_organization_of_others_is_hidden_and_the_journal_says_why(tfe: Any) -> None:
    for path in (ORG, f"{ORG}/entitlement-set", f"{ORG}/workspaces"):
        assert tfe.client.get(path, headers=by(tfe, "eve")).status_code == 404
        assert "user eve may not: " in entries(tfe)[-1]["why"]


def test_what_is_not_there_says_so(tfe: Any) -> None:
    for path, why in (
        (f"{ROOT}/policy-sets/polset-none", "There is no policy set 'polset-none'."),
        (f"{ROOT}/nothing", "Edition 2019-07 has no such path."),
        (
            f"{ROOT}/policies/pol-2HRvNs49EWPjDqT1/download",
            "pol-2HRvNs49EWPjDqT1 has no content: upload it first",
        ),
    ):
        assert tfe.client.get(path).status_code == 404
        assert entries(tfe)[-1]["why"] == why


def test_a_refusal_that_explains_itself_has_no_why(tfe: Any) -> None:
    tfe.client.post(SETS, json=a_set("production"))
    tfe.client.post(f"{WORKSPACE}/actions/unlock")
    assert [entry["why"] for entry in entries(tfe)] == [None, None]


# filters


def test_exchanges_are_chosen_by_operation_status_and_finding(tfe: Any) -> None:
    tfe.client.post(SETS, json=a_set("a", globl=True))
    tfe.client.post(SETS, json=a_set("a"))
    tfe.client.get(f"{SETS}?stray=1")
    tfe.client.get(SET)

    def numbers(query: str) -> list[int]:
        return [entry["n"] for entry in entries(tfe, query)]

    assert numbers("?operation=create-policy-set") == [1, 2]
    assert numbers("?status=200") == [3, 4]
    assert numbers("?status=422&operation=create-policy-set") == [2]
    assert numbers("?finding=globl") == [1]
    assert numbers("?finding=stray") == [3]
    assert numbers("?finding=any") == [1, 3]
    assert numbers("?finding=key-path") == []  # a name of a member is no word of it
    assert numbers("?finding=query%20parameter") == [3]
    assert numbers("?operation=delete-policy-set") == []
    answer = ask(tfe, "GET", "journal?status=404").json
    assert (answer["exchanges"], answer["count"]) == ([], 4)


@pytest.mark.parametrize("status", ["2xx", "99", "600", "", "-1"])
def test_a_status_that_is_none_is_refused(tfe: Any, status: str) -> None:
    ((pointer, detail),) = faults(ask(tfe, "GET", f"journal?status={status}"))
    assert pointer == ""
    assert detail == (
        f"status is {status!r}; expected between 100 and 599. Send between 100 and 599 as status."
    )


def test_an_unknown_filter_is_refused(tfe: Any) -> None:
    ((_, detail),) = faults(ask(tfe, "GET", "journal?operaton=x"))
    assert detail.startswith("the query parameter operaton is not listed; expected ")
    assert detail.endswith("Did you mean operation?")


def test_the_handle_knows_the_operations_there_are(tfe: Any) -> None:
    with pytest.raises(KeyError, match=r"has no operation 'create-policyset'.*create-policy-set"):
        tfe.journal.exchanges("create-policyset")


def test_a_cleared_journal_counts_from_one_again(tfe: Any) -> None:
    tfe.client.get(SETS)
    assert ask(tfe, "DELETE", "journal").status_code == 204
    assert ask(tfe, "GET", "journal").json == {
        "edition": "2019-07",
        "exchanges": [],
        "count": 0,
        "forgotten": 0,
    }
    tfe.client.get(SETS)
    assert entries(tfe)[0]["n"] == 1


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1.0", "٣", "9" * 40])
def test_an_exchange_that_never_was_is_404(tfe: Any, number: str) -> None:
    tfe.client.get(SETS)
    for path in (f"journal/{number}", f"journal/{number}/changes"):
        assert faults(ask(tfe, "GET", path), 404) == [
            ("", f"exchange {number} does not exist; there are 1")
        ]


# changes


def changed(tfe: Any) -> list[dict[str, Any]]:
    """What the last request changed."""
    return list(ask(tfe, "GET", f"journal/{len(tfe.journal)}/changes").json["changes"])


def test_changes_are_told_record_by_record_and_member_by_member(tfe: Any) -> None:
    tfe.clock.advance(60)
    tfe.client.patch(SET, json={"data": {"type": "policy-sets", "attributes": {"name": "x"}}})
    assert changed(tfe) == [
        {
            "change": "changed",
            "type": "policy-sets",
            "id": "polset-3yVQZvHzf5j3WRJ1",
            "label": "my-organization/x",
            "members": {
                "name": {"before": "production", "after": "x"},
                "updated-at": {
                    "before": "2018-09-11T18:21:21.784Z",
                    "after": "2019-07-15T00:01:00.000Z",
                },
            },
        }
    ]


def test_both_sides_of_a_relation_change(tfe: Any) -> None:
    tfe.client.delete(POLICY)
    removed, set_ = changed(tfe)
    assert (removed["change"], removed["type"], removed["label"]) == (
        "removed",
        "policies",
        "my-organization/my-example-policy",
    )
    assert removed["members"]["content"] == {"before": "[20 bytes]", "after": None}
    assert set_["members"]["policies"] == {"before": ["pol-u3S5p2Uwk21keu1s"], "after": None}


def test_a_record_that_was_added_has_its_members(tfe: Any) -> None:
    id = create_set(tfe, "new")
    (added,) = changed(tfe)
    assert (added["change"], added["id"], added["label"]) == ("added", id, "my-organization/new")
    assert added["members"]["name"] == {"before": None, "after": "new"}


@pytest.mark.tfe(edition="2026-08")
def test_the_value_of_a_variable_is_in_no_change_be_it_sensitive_or_not(tfe: Any) -> None:
    """Who makes a variable sensitive says that what it was before is a secret."""

    def sent(**attributes: Any) -> dict[str, Any]:
        return {"json": {"data": {"type": "vars", "attributes": attributes}}}

    vars = f"{WORKSPACE}/vars"
    made = tfe.client.post(vars, **sent(key="pw2", value="PLAINTHEN", category="terraform"))
    (added,) = changed(tfe)
    assert added["members"]["plain"] == {"before": None, "after": "[secret]"}
    tfe.client.patch(f"{vars}/{made.json['data']['id']}", **sent(sensitive=True))
    (hidden,) = changed(tfe)
    assert hidden["members"]["plain"] == {"before": "[secret]", "after": None}
    assert "PLAINTHEN" not in str((added, hidden))


def test_what_a_client_has_written_is_masked_in_changes_as_in_the_journal(tfe: Any) -> None:
    text = f"{tfe.token}.of-ann is a token"
    tfe.client.post(SETS, json=a_set("new", description=text))
    (added,) = changed(tfe)
    assert added["members"]["description"] == {"before": None, "after": "[secret] is a token"}


def test_reads_and_refusals_change_nothing(tfe: Any) -> None:
    tfe.client.get(SETS)
    assert changed(tfe) == []
    tfe.client.post(SETS, json=a_set("production"))
    assert changed(tfe) == []
    assert not any(entry["changed"] for entry in entries(tfe))


def test_the_journal_is_written_as_json_and_har(tfe: Any) -> None:
    import json

    create_set(tfe)
    assert json.loads(tfe.journal.to_json())[0]["operation"] == "create-policy-set"
    log = tfe.journal.to_har()["log"]
    assert log["version"] == "1.2"
    assert log["entries"][0]["response"]["status"] == 201
    assert json.loads(log["entries"][0]["request"]["postData"]["text"]) == a_set()
