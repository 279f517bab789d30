"""The table's fourth part: who may do what, what no relation may name, pages, and what is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from mockserver.resources.policy_sets import POLICIES
from mockserver.world.calls import Reply
from tests.verify.mutations.endings import Told, attribute, sent, watched
from tests.verify.mutations.laws import ADD, LIST, REMOVE, _as_owner, _errors
from tests.verify.mutations.servers import Wsgi, answered, asked, rewritten, shown
from tests.verify.mutations.spoiling import Answer, beside, changed, put, spoilt
from tests.verify.mutations.table import EDIT, MAKE, MANY, ONE, SHOW, Handler, Row, at
from tests.verify.playing import TOKEN

ATTACH = "attach-policy-set-to-workspaces"


def rights() -> list[Row]:
    """Callers without rights, with rights, and what an organization is not entitled to."""
    anyone = [
        "delete-policy-set", "create-policy", ADD, "download-policy", "get-ssh-key", "create-workspace",
        "show-workspace", "lock-workspace", "create-team", "update-organization", TOKENS,
    ]  # fmt: skip
    return [
        *(Row(f"anyone may do {id}", lambda id=id: spoilt({}, {id: _as_owner}), [(id, "status")]) for id in anyone),
        Row("anyone is shown every SSH key in the list", lambda: spoilt({}, {"list-ssh-keys": _as_owner}), [("list-ssh-keys", MANY)]),
        Row("anyone is shown every workspace in the list", lambda: spoilt({}, {"list-workspaces": _as_owner}), [("list-workspaces", MANY)]),
        Row("a caller with rights sees an empty list", lambda: spoilt({"list-policies": _empty_for_others}), [("list-policies", "/data")]),
        Row("served without the entitlement", lambda: spoilt({"show-entitlement-set": put("/attributes/sentinel", False)}), [(id, "status") for id in (MAKE, LIST)]),
    ]  # fmt: skip


TOKENS = "destroy-user-token"


def _empty_for_others(answer: Answer) -> None:
    if answer.status == 200 and answer.token.startswith(f"{TOKEN}."):
        answer.document = answer.document | {"data": []}


def strangers() -> list[Row]:
    """What no relation may name, at creation and after, and where the refusal points."""
    return [
        Row("strangers at creation are passed over", lambda: changed("policy-sets", create_policy_set=_passing_over("workspaces")), [(MAKE, "status")]),
        Row("attached workspaces of another organization taken", lambda: changed("policy-sets", attach_policy_set_to_workspaces=_mine), [(ATTACH, "status")]),
        Row("an SSH key of another organization assigned", lambda: changed("workspaces", assign_ssh_key_to_workspace=_any_key), [("assign-ssh-key-to-workspace", "status")]),
        Row("access for a team of another organization", lambda: changed("team-workspaces", add_team_access_to_workspace=_any_team), [("add-team-access-to-workspace", "status")]),
        at(MAKE, _errors(422, _taken_elsewhere), "/errors/0/source/pointer", "a taken name told of another member"),
        at(ADD, _errors(422, lambda error: _points(error, "/data/1", "/data/0")), "/errors/0/source/pointer", "a pointer to another item"),
        at(ATTACH, _errors(422, lambda error: _points(error, "/data/1", "/data")), "/errors/0/source/pointer", "a pointer to the whole list"),
        Row("the SSH keys of every organization in a list", lambda: _of_all("list-ssh-keys", "ssh-keys"), [("list-ssh-keys", MANY)]),
        Row("the teams of every organization in a list", lambda: _of_all("list-teams", "teams"), [("list-teams", MANY)]),
        Row("removing nothing removes everything", lambda: changed("policy-sets", remove_policies_from_policy_set=_all_for_nothing), [(REMOVE, "effect")]),
        Row("removing what is unknown is refused", _strict_removal, [(REMOVE, "status")]),
    ]  # fmt: skip


def _passing_over(relation: str) -> Callable[[Handler], Handler]:
    def wrap(old: Handler) -> Handler:
        def handle(call: Any) -> Any:
            linkage = call.data.get("relationships", {}).get(relation, {})
            if isinstance(linkage.get("data"), list):
                linkage["data"] = [i for i in linkage["data"] if _owned(call, relation, i["id"])]
            return old(call)

        return handle

    return wrap


def _owned(call: Any, type: str, id: str) -> bool:
    found = call.state.find(type, id)
    return found is not None and found.owner == call.record.key


def _mine(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        found = [(one, call.state.find("workspaces", one["id"])) for one in call.document["data"]]
        call.document["data"] = [o for o, r in found if r is None or r.owner == call.record.owner]
        return old(call)

    return handle


def _any_key(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        key = call.state.find("ssh-keys", call.attributes.get("id") or "")
        if key is not None and key.owner != call.record.owner:
            return Reply(200, data=call.record)
        return old(call)

    return handle


def _any_team(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        named = call.data["relationships"]
        team, workspace = (
            call.state.find(f"{name}s", named[name]["data"]["id"]) for name in ("team", "workspace")
        )
        if team and workspace and team.owner != workspace.owner:
            return Reply(201, data=list(call.state.every("team-workspaces"))[-1])
        return old(call)

    return handle


def _taken_elsewhere(error: dict[str, Any]) -> None:
    if "taken" in error.get("detail", ""):
        error["source"]["pointer"] = "/data/attributes/description"


def _points(error: dict[str, Any], old: str, new: str) -> None:
    if error.get("source", {}).get("pointer") == old:
        error["source"]["pointer"] = new


def _of_all(listing: str, part: str) -> Wsgi:
    """A list within an organization holds what all of them own."""

    def watch(ours: Wsgi, environ: Any, operation: Any, id: str) -> Told:
        status, headers, body = answered(ours, environ)
        if operation.id == listing and status == 200 and body:
            document = json.loads(body)
            every = shown(answered(ours, asked(environ, "GET", "/api/v2/organizations"))[2])
            for other in (one["id"] for one in every if one["id"] != id):
                path = f"/api/v2/organizations/{other}/{part}"
                document["data"] += shown(answered(ours, asked(environ, "GET", path))[2])
            document["meta"]["pagination"]["total-count"] = len(document["data"])
            body = json.dumps(document).encode()
        return status, headers, body

    return watched(watch)


def _all_for_nothing(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        if not call.document["data"]:
            members = call.members(call.record, POLICIES)
            call.document["data"] = [{"type": "policies", "id": one.id} for one in members]
        return old(call)

    return handle


def _strict_removal() -> Wsgi:
    """Removing a policy that is unknown is 404."""
    nothing = b'{"errors":[{"status":"404","title":"not found"}]}'

    def watch(ours: Wsgi, environ: Any, operation: Any, id: str) -> Told:
        document = sent(environ) if operation.id == REMOVE else None
        data = document.get("data") if isinstance(document, dict) else None
        if isinstance(data, list) and any("unknown" in str(one) for one in data):
            return 404, [("Content-Type", "application/vnd.api+json")], nothing
        return answered(ours, environ)

    return watched(watch)


def kept() -> list[Row]:
    """Pages, includes, texts, times and contents."""
    return [
        at(LIST, beside("/links/self", lambda link: re.sub(r"number%5D=\d+", "number%5D=1", str(link))), "/links/self", "a link to itself that leads to the first page"),
        at(LIST, beside("/links/self", lambda link: re.sub(r"search%5Bname%5D=[^&]*&?", "", str(link))), "/links/self", "a search that the link to itself loses"),
        Row("a search that looks at the beginning alone", lambda: spoilt({LIST: _beginning}), [(LIST, "/data")], exit=0),
        at(LIST, _one_included, "/included", "a list that includes the first alone"),
        Row("of two includes the first alone", lambda: spoilt({}, {SHOW: _first_include}), [(SHOW, "/included")]),
        Row("a created description loses letters", lambda: rewritten(MAKE, rb"(?<=verify: )\\u00f6", b""), [(MAKE, f"{ONE}/attributes/description")]),
        Row("a created name loses letters", lambda: rewritten("create-ssh-key", rb"\\ud83d\\ude80", b""), [("create-ssh-key", f"{ONE}/attributes/name")]),
        Row("a changed name loses letters beyond 16 bits", lambda: rewritten("update-ssh-key", rb"\\ud83d\\ude80", b""), [("update-ssh-key", f"{ONE}/attributes/name")]),
        Row("a name loses the line feed at its end", lambda: rewritten("update-ssh-key", rb"\\n\"", b'"'), [("update-ssh-key", f"{ONE}/attributes/name")]),
        Row("one content for all policies", _shared, [("download-policy", "")], exit=0),
        Row("an empty PATCH that moves updated-at", _moved, [(EDIT, f"{ONE}/attributes/updated-at")], exit=0),
        Row("workspaces lost while a set is global", _lost, [(EDIT, f"{ONE}/relationships/workspaces/data")], exit=0),
    ]  # fmt: skip


def _beginning(answer: Answer) -> None:
    found = re.search(r"search%5Bname%5D=([^&]*)", answer.query)
    if answer.status == 200 and found and found[1].startswith("ckverify"):
        answer.document = answer.document | {"data": []}


def _one_included(answer: Answer) -> None:
    if answer.status == 200 and (document := answer.document).get("included"):
        answer.document = document | {"included": document["included"][:1]}


def _first_include(environ: dict[str, Any]) -> None:
    query = environ["QUERY_STRING"]
    environ["QUERY_STRING"] = re.sub(r"(include=[^&%,]*)(?:%2C|,)[^&]*", r"\1", query)


def _shared() -> Wsgi:
    last: list[bytes] = []

    def watch(ours: Wsgi, environ: Any, operation: Any, id: str) -> Told:
        if operation.id == "upload-policy":
            sent(environ)
            last[:] = [environ["wsgi.input"].getvalue()]
        status, headers, body = answered(ours, environ)
        return (
            status,
            headers,
            last[0] if operation.id == "download-policy" and status == 200 else body,
        )

    return watched(watch)


def _sets(change: Callable[[Any], None], when: Callable[[Any], bool]) -> Wsgi:
    """Sets are shown otherwise once a PATCH of them was of a kind."""
    met: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Any, id: str) -> Told:
        if operation.id == EDIT and when(sent(environ)):
            met.add(id)
        status, headers, body = answered(ours, environ)
        if operation.id in (SHOW, LIST, EDIT) and status == 200 and body:
            document = json.loads(body)
            data = document["data"]
            for one in data if isinstance(data, list) else [data]:
                if one["id"] in met:
                    change(one)
            body = json.dumps(document).encode()
        return status, headers, body

    return watched(watch)


EMPTY = {"data": {"type": "policy-sets", "attributes": {}}}


def _moved() -> Wsgi:
    def change(one: Any) -> None:
        one["attributes"]["updated-at"] = "2031-01-01T00:00:00.000Z"

    return _sets(change, lambda document: document == EMPTY)


def _lost() -> Wsgi:
    def change(one: Any) -> None:
        if not one["attributes"]["global"] and "hidden" in one["attributes"]["name"]:
            one["relationships"]["workspaces"]["data"] = []
            one["attributes"]["workspace-count"] = 0

    return _sets(change, lambda document: attribute(document, "global") is True)


RIGHTS: list[Row] = [*rights(), *strangers(), *kept()]
