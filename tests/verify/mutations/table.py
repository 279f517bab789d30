"""The table: what is broken in our own answers, and the findings that must name it.

`(what, server, findings)`; a finding is `(operation, place)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mockserver.world.calls import Reply
from mockserver.world.problems import Problem
from tests.verify.mutations.spoiling import (
    Answer,
    Spoil,
    add,
    beside,
    changed,
    drop,
    put,
    rename,
    shown,
    spoilt,
    status,
    turn,
)
from tests.verify.playing import OLD, TOKEN

Place = tuple[str, str]


class Row(NamedTuple):
    """`played`: an operation whose type must be played too, for the fault to be seen. `exit`: 0
    where a decision of ours or a client alone says so, and the finding is a note, or where something
    is added, which is drift.
    """

    what: str
    server: Callable[[], Any]
    places: Sequence[Place]
    played: str = ""
    exit: int = 1
    edition: str = OLD


SHOW, LIST, MAKE, EDIT = (
    "show-policy-set",
    "list-policy-sets",
    "create-policy-set",
    "update-policy-set",
)
NAME, TEXT, GLOBAL = "/attributes/name", "/attributes/description", "/attributes/global"
COUNT, MOVED = "/attributes/workspace-count", "/attributes/updated-at"
ONE, MANY = "/data", "/data/0"


def at(operation: str, spoil: Spoil, place: str, name: str = "", exit: int = 1) -> Row:
    what = name or f"{operation}: {place}"
    return Row(what, lambda: spoilt({operation: spoil}), [(operation, place)], exit=exit)


def answers() -> list[Row]:
    """One answer of one operation, in one place."""
    return [
        at(SHOW, drop(TEXT), ONE + TEXT, "an attribute missing on show"),
        at(MAKE, drop(COUNT), ONE + COUNT, "an attribute missing on create"),
        at(LIST, drop(GLOBAL), MANY + GLOBAL, "an attribute missing in the list"),
        at(SHOW, rename(COUNT, "workspace_count"), ONE + COUNT, "an attribute renamed"),
        at(EDIT, rename(NAME, "Name"), ONE + NAME, "an attribute with a capital"),
        at(SHOW, turn(COUNT, str), ONE + COUNT, "a number as a string"),
        at(LIST, turn(GLOBAL, lambda on: "true" if on else "false"), MANY + GLOBAL, "a boolean as a string"),
        at(SHOW, put(NAME, None), ONE + NAME, "a name that is null"),
        at(SHOW, put("/attributes/created-at", None), f"{ONE}/attributes/created-at", "a time that is null"),
        at(SHOW, turn(MOVED, lambda t: t.replace("Z", "+00:00")), ONE + MOVED, "+00:00 instead of Z"),
        at(LIST, turn(MOVED, lambda t: t[:-5] + "Z"), MANY + MOVED, "a time without milliseconds"),
        at(SHOW, turn(COUNT, lambda n: n + 1), ONE + COUNT, "a count off by one on show"),
        at(LIST, turn("/attributes/policy-count", lambda n: n + 1), f"{MANY}/attributes/policy-count", "a count off by one in the list"),
        at(MAKE, put("/attributes/policy-count", 0), f"{ONE}/attributes/policy-count", "a count of nothing on create"),
        at(SHOW, put("/type", "policy-set"), f"{ONE}/type", "another resource type"),
        at(SHOW, drop("/type"), f"{ONE}/type", "no resource type"),
        at(MAKE, rename("/id", "ID"), f"{ONE}/id", "an id that is renamed on create"),
        at(SHOW, add("/attributes/owner", "me"), f"{ONE}/attributes/owner", "an attribute that no page lists", 0),
        at(SHOW, drop("/relationships/policies"), f"{ONE}/relationships/policies", "a relationship missing"),
        at(SHOW, put("/relationships/policies/data", None), f"{ONE}/relationships/policies/data", "a linkage that is null"),
        at(SHOW, _extra_workspace(), f"{ONE}/relationships/workspaces/data", "an unattached workspace in a set"),
        at(LIST, _without_links, "/links", "a list without links"),
        at(LIST, beside("/meta/pagination/total-count", lambda n: n + 1), "/meta/pagination/total-count", "a total that is off by one"),
        at(LIST, beside("/meta/pagination/current-page", lambda n: 1), "/meta/pagination/current-page", "a page that is not echoed"),
        at(LIST, beside("/meta/pagination/next-page", lambda n: None), "/meta/pagination/next-page", "no next page"),
        at(LIST, beside("/meta/pagination/total-pages", str), "/meta/pagination/total-pages", "a number of pages as a string"),
        at(MAKE, status(201, 200), "status", "200 instead of 201"),
        at(EDIT, status(200, 204, b""), "status", "204 instead of 200"),
        at("delete-policy-set", status(404, 204, b""), "status", "a second DELETE that is 204"),
        at(SHOW, status(404, 403), "status", "403 instead of 404"),
        at(MAKE, status(422, 400), "status", "400 instead of 422"),
        at(MAKE, status(415, 500), "status", "a 500 for a wrong type"),
        at("unlock-workspace", status(409, 422), "status", "422 for an unlock that conflicts"),
        at("show-policy", _media("application/json"), "Content-Type", "another content type"),
        at("update-policy", _text(b"<html>"), "", "HTML where JSON is due"),
        at("create-policy", _text(b""), "", "no body where one is due"),
        at("delete-policy", _text(b"{}"), "", "a body where none is due"),
        at("show-policy", put("/attributes/policy-set-count", -1), f"{ONE}/attributes/policy-set-count", "a count below nothing"),
        at("show-organization", drop("/attributes/permissions/can-update"), f"{ONE}/attributes/permissions/can-update", "a permission missing"),
        at("show-workspace", turn("/attributes/locked", lambda on: not on), f"{ONE}/attributes/locked", "a lock that shows as its opposite"),
        at("show-workspace-by-name", put("/attributes/auto-apply", None), f"{ONE}/attributes/auto-apply", "a boolean that is null by name alone"),
        at("list-workspaces", drop("/relationships/organization"), "/data/0/relationships/organization", "an owner missing in the list"),
        at("show-policy", _errors(drop_title), "/errors/0/title", "an error without a title"),
    ]  # fmt: skip


def _extra_workspace() -> Spoil:
    stranger = {"type": "workspaces", "id": "ws-6nPqRsTuVw7XyZa8"}
    return turn("/relationships/workspaces/data", lambda data: [*data, stranger])


def _without_links(answer: Answer) -> None:
    if answer.status == 200:
        answer.document = {n: v for n, v in answer.document.items() if n != "links"}


def _media(media_type: str) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status < 300:
            answer.headers["Content-Type"] = media_type

    return spoil


def _text(body: bytes) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status < 300:
            answer.body = body

    return spoil


def _errors(edit: Callable[[Any], None]) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status >= 400:
            document = answer.document
            edit(document)
            answer.document = document

    return spoil


def drop_title(document: Any) -> None:
    del document["errors"][0]["title"]


# rules of the domain, broken behind the answers


def rules() -> list[Row]:
    """What no single answer can show."""
    sets, members = "policy-sets", "add-policies-to-policy-set"
    return [
        Row("duplicate names accepted", lambda: changed(sets, create_policy_set=_renaming(sets), update_policy_set=_renaming(sets)), [(MAKE, "status"), (EDIT, "status")]),
        Row("duplicate names of policies accepted", lambda: changed("policies", create_policy=_renaming("policies")), [("create-policy", "status")], exit=0),
        Row("duplicate organizations accepted", lambda: changed("organizations", create_organization=_renaming("organizations")), [("create-organization", "status")]),
        Row("counts off by one everywhere", lambda: shown(sets, _one_more), [(id, f"{MANY if id == LIST else ONE}{COUNT}") for id in (MAKE, SHOW, LIST, EDIT)]),
        Row("a PATCH that resets what it omits", lambda: changed(sets, update_policy_set=_resetting), [(EDIT, ONE + TEXT)]),
        Row("a PATCH of a policy that resets enforce", lambda: changed("policies", update_policy=_unenforcing), [("update-policy", f"{ONE}/attributes/enforce")], exit=0),
        Row("a PATCH that changes nothing", lambda: changed(sets, update_policy_set=_forgetting), [(EDIT, f"{ONE}/attributes/{n}") for n in ("description", "global", "name")] + [(EDIT, "status")]),
        Row("members that are not added", lambda: changed(sets, add_policies_to_policy_set=_idle), [(members, "effect"), (members, "status")]),
        Row("members that are not removed", lambda: changed(sets, remove_policies_from_policy_set=_idle), [("remove-policies-from-policy-set", "effect")]),
        Row("a workspace that is not attached", lambda: changed(sets, attach_policy_set_to_workspaces=_idle), [("attach-policy-set-to-workspaces", "effect"), ("attach-policy-set-to-workspaces", "status")]),
        Row("a global set that can be attached", lambda: spoilt({"attach-policy-set-to-workspaces": status(422, 204, b"")}), [("attach-policy-set-to-workspaces", "status")]),
        Row("members of a create that are ignored", lambda: changed(sets, create_policy_set=_memberless), [(MAKE, f"{ONE}/relationships/{n}/data") for n in ("policies", "workspaces")] + [(MAKE, "status")]),
        Row("a description that is not kept", lambda: changed(sets, create_policy_set=_undescribed), [(MAKE, ONE + TEXT)]),
        Row("a DELETE that deletes nothing", lambda: changed(sets, delete_policy_set=_idle), [("delete-policy-set", "effect")]),
        Row("a DELETE of a policy that deletes nothing", lambda: changed("policies", delete_policy=_idle), [("delete-policy", "effect")]),
        Row("an upload that is not kept", lambda: spoilt({"download-policy": _text(b"other")}), [("download-policy", "")], exit=0),
        Row("a lock that does not hold", lambda: changed("workspaces", lock_workspace=_unlocked), [("lock-workspace", "effect"), ("lock-workspace", "status"), ("unlock-workspace", "status"), ("force-unlock-workspace", "status")]),
        Row("a lock that is given twice", lambda: changed("workspaces", lock_workspace=_relocking), [("lock-workspace", "status")]),
        Row("authentication off", lambda: spoilt({}, {LIST: _authorized}), [(LIST, "status")]),
        Row("any token accepted", lambda: spoilt({}, {MAKE: _any_token}), [(MAKE, "status")]),
        Row("a search that is ignored", lambda: spoilt({}, {LIST: _without("search")}), [(LIST, "/data")]),
        Row("a page size that is ignored", lambda: spoilt({}, {LIST: _without("page%5Bsize%5D")}), [(LIST, "/data"), (LIST, "status")]),
        Row("include that is ignored", lambda: spoilt({}, {SHOW: _without("include")}), [(SHOW, "/included"), (SHOW, "status")]),
        Row("updated-at moves on a read", lambda: spoilt({SHOW: _moving}), [(SHOW, ONE + MOVED)]),
        Row("a record missing in the list", lambda: spoilt({LIST: _shortened}), [(LIST, "/data")]),
        Row("the other side of a relation forgotten", lambda: spoilt({id: put("/relationships/policy-sets/data", []) for id in ("show-policy", "list-policies")}), [("list-policies", "/data/0/relationships/policy-sets/data"), ("show-policy", f"{ONE}/relationships/policy-sets/data")]),
    ]  # fmt: skip


Handler = Callable[[Any], Any]


def _one_more(resource: dict[str, Any]) -> None:
    if "workspaces" in resource["relationships"]:
        resource["attributes"]["workspace-count"] += 1


def _renaming(type: str) -> Callable[[Handler], Handler]:
    """A taken name becomes another one, and nobody is told."""

    def wrap(old: Handler) -> Handler:
        def handle(call: Any) -> Any:
            owner = 0 if type == "organizations" else call.record.key
            if call.records and call.record.kind == type:
                owner = call.record.owner
            while (name := call.attributes.get("name")) and call.state.find(type, owner, name):
                call.attributes["name"] = name + "x"
            return old(call)

        return handle

    return wrap


def _resetting(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        if "name" in call.attributes:
            call.attributes.setdefault("description", None)
        return old(call)

    return handle


def _unenforcing(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        entry = [{"path": f"{call.record['name']}.sentinel", "mode": "hard-mandatory"}]
        call.attributes.setdefault("enforce", entry)
        return old(call)

    return handle


def _forgetting(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        call.attributes.clear()
        return old(call)

    return handle


def _idle(old: Handler) -> Handler:
    """Says that it was done, and does nothing; unknown members are none of its business."""

    def handle(call: Any) -> Any:
        return Reply(204)

    return handle


def _memberless(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        call.data.pop("relationships", None)
        return old(call)

    return handle


def _undescribed(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        call.attributes["description"] = None
        return old(call)

    return handle


def _unlocked(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        return old(call)._replace(state=None)

    return handle


def _relocking(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        try:
            return old(call)
        except Problem:
            return Reply(200, data=call.record)

    return handle


def _authorized(environ: dict[str, Any]) -> None:
    environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {TOKEN}")


def _any_token(environ: dict[str, Any]) -> None:
    if "HTTP_AUTHORIZATION" in environ:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(environ: dict[str, Any]) -> None:
        parts = environ.get("QUERY_STRING", "").split("&")
        environ["QUERY_STRING"] = "&".join(part for part in parts if not part.startswith(name))

    return change


def _moving(answer: Answer) -> None:
    answer.memory["n"] = answer.memory.get("n", 0) + 1
    put(MOVED, f"2019-07-15T00:00:{answer.memory['n'] % 60:02d}.000Z")(answer)


def _shortened(answer: Answer) -> None:
    document = answer.document
    if answer.status == 200 and len(document["data"]) > 1:
        document["data"].pop()
        answer.document = document


TOKEN_OF = "/data/attributes/token"


def secrets() -> list[Row]:
    """Tokens, keys, members."""
    leak = add("/attributes/token", "atlasv1.leaked")
    return [
        at("show-user-token", leak, TOKEN_OF, "a token leaked on GET"),
        at("list-user-tokens", leak, "/data/0/attributes/token", "tokens leaked in the list"),
        at("show-team-token", leak, TOKEN_OF, "a team's token leaked on GET"),
        at("create-user-token", put("/attributes/token", None), TOKEN_OF, "a token that is never shown"),
        at("get-ssh-key", add("/attributes/value", "-----BEGIN"), "/data/attributes/value", "a key's value leaked on GET"),
        at("create-ssh-key", turn("/attributes/name", str.upper), "/data/attributes/name", "a key under another name"),
        at("show-team-information", turn("/attributes/users-count", lambda n: n + 1), "/data/attributes/users-count", "members off by one"),
        at("delete-team-token", status(404, 204, b""), "status", "a second DELETE of a team's token"),
        at("get-your-account-details", drop("/attributes/username"), "/data/attributes/username", "an account without its name"),
        at("list-team-access-to-workspaces", put("/attributes/access", "admin"), "/data/0/attributes/access", "more access in the list than by itself"),
        Row("members of a team that are not added", lambda: changed("teams", add_user_to_team=_idle), [("add-user-to-team", "effect"), ("add-user-to-team", "status")]),
        Row("a replaced token that still works", lambda: spoilt({}, {"show-team-information": _undead}), [("show-team-information", "status")], "show-user-token"),
        Row("a destroyed token that still works", lambda: changed("authentication-tokens", destroy_user_token=_idle), [("destroy-user-token", "effect"), ("get-your-account-details", "status")]),
        Row("a right that a PATCH of another takes away", lambda: changed("teams", update_team=_disentitling), [("update-team", "/data/attributes/organization-access/manage-policies")], exit=0),
        Row("a second access of a team", lambda: changed("team-workspaces", add_team_access_to_workspace=_once_more), [("add-team-access-to-workspace", "status")]),
    ]  # fmt: skip


def _undead(environ: dict[str, Any]) -> None:
    """A token that was once made opens, whether it was revoked or not."""
    if environ.get("HTTP_AUTHORIZATION", "").startswith(f"Bearer {TOKEN}."):
        environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"


def _once_more(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        try:
            return old(call)
        except Problem:
            return Reply(201, data=list(call.state.every("team-workspaces"))[-1])

    return handle


def _disentitling(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        if "organization-access" in call.attributes:
            call.attributes["organization-access"].setdefault("manage-policies", False)
        return old(call)

    return handle


TABLE: list[Row] = [*answers(), *rules(), *secrets()]
