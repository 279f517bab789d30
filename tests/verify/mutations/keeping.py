"""The table's ninth part: what a PATCH keeps, whom a token stands for, and what no list may show."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from mockserver.contract import Operation
from tests.verify.mutations import breaking_today as today
from tests.verify.mutations.endings import Told, watched
from tests.verify.mutations.servers import Wsgi, answered, asked
from tests.verify.mutations.spoiling import Answer, Spoil, changed, spoilt
from tests.verify.mutations.table import ONE, Handler, Row
from tests.verify.playing import NEW, TOKEN

EDIT, LOCKED = "update-workspace", "/attributes/locked"
HELD = "/relationships/ssh-key/data/id"
REVOKE, KEPT = "delete-team-token", f"{ONE}/attributes/value"
JOINED = "list-organization-memberships-of-team"


def kept() -> list[Row]:
    """What no PATCH has sent."""
    return [
        today.row("the value of a variable that a PATCH empties", lambda: today.changed("vars", update_variable=_emptying), [("update-variable", KEPT)]),
        today.row("the value of a parameter that a PATCH empties", lambda: today.changed("vars", update_parameter=_emptying), [("update-parameter", KEPT)]),
        Row("the code of a policy that a PATCH loses", _codeless, [("update-policy", "effect")]),
        Row("the SSH key of a workspace that a PATCH takes", lambda: _meanwhile(_without_key), [(EDIT, f"{ONE}{HELD}")]),
        Row("the lock of a workspace that a PATCH lets go", lambda: _meanwhile(_without_lock), [(EDIT, f"{ONE}{LOCKED}")]),
        Row("the access of a team that a PATCH removes", lambda: changed("teams", update_team=_losing("team-workspaces")), [("update-team", "effect")], "add-team-access-to-workspace", exit=0),
        Row("the access to a workspace that a PATCH removes", lambda: changed("workspaces", update_workspace=_losing("team-workspaces")), [(EDIT, "effect")], "add-team-access-to-workspace"),
    ]  # fmt: skip


def _emptying(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        call.data.setdefault("attributes", {}).setdefault("value", "")
        return old(call)

    return handle


def _losing(type: str) -> Callable[[Handler], Handler]:
    """What belongs to a record goes with each PATCH of it."""

    def wrap(old: Handler) -> Handler:
        def handle(call: Any) -> Any:
            reply = old(call)
            state = reply.state or call.state
            for item in state.list(call.record.key, type):
                state = state.remove(item[-1])
            return reply._replace(state=state)

        return handle

    return wrap


def _codeless() -> Wsgi:
    changed: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.id == "update-policy":
            changed.add(id)
        if operation.id == "upload-policy":
            changed.discard(id)
        if operation.id == "download-policy" and id in changed:
            environ = asked(environ, "GET", environ["PATH_INFO"].replace(id, "pol-none"))
        return answered(ours, environ)

    return watched(watch)


def _meanwhile(act: Callable[[Wsgi, Any], None]) -> Wsgi:
    """A PATCH of a workspace does something else, too."""

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.id == EDIT:
            act(ours, environ)
        return answered(ours, environ)

    return watched(watch)


def _without_lock(ours: Wsgi, environ: Any) -> None:
    answered(ours, asked(environ, "POST", f"{environ['PATH_INFO']}/actions/force-unlock"))


def _without_key(ours: Wsgi, environ: Any) -> None:
    path = f"{environ['PATH_INFO']}/relationships/ssh-key"
    sent = b'{"data": {"type": "workspaces", "attributes": {"id": null}}}'
    answered(ours, _with_body(asked(environ, "PATCH", path), sent))


def _with_body(environ: Any, content: bytes) -> Any:
    """A request with another body."""
    return {**environ, "wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}


def callers() -> list[Row]:
    """Whom a token stands for."""
    return [
        *(Row(f"a deleted token of {what} that works on", lambda what=what: _undead(what), [(show, "status")], f"delete-{what}-token")
          for what, show in (("team", "show-team-information"), ("organization", "show-organization"))),
        Row("a token of a team that may not revoke itself", lambda: spoilt({REVOKE: _owners_alone}), [(REVOKE, "status")]),
        Row("a token that is taken in another scheme", lambda: spoilt({}, {"*": _any_scheme}), [("get-your-account-details", "status")]),
        today.row("a team that lists the members of another", lambda: today.spoilt({JOINED: _of_any_team}), [(JOINED, "/data")]),
    ]  # fmt: skip


def _undead(what: str) -> Wsgi:
    """A token that was deleted is the caller's who made it."""
    alive: dict[str, str] = {}
    dead: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if environ.get("HTTP_AUTHORIZATION") in dead:
            environ = {**environ, "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
        told = answered(ours, environ)
        if operation.id == f"generate-new-{what}-token" and told[0] == 201:
            alive[id] = f"Bearer {json.loads(told[2])['data']['attributes']['token']}"
        if operation.id == f"delete-{what}-token" and told[0] == 204:
            dead.add(alive[id])
        return told

    return watched(watch)


def _owners_alone(answer: Answer) -> None:
    if answer.status == 204 and answer.token != TOKEN:
        answer.status, answer.headers["Content-Type"] = 404, "application/vnd.api+json"
        answer.document = {"errors": [{"status": "404", "title": "not found"}]}


def _any_scheme(environ: dict[str, Any]) -> None:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme == "Basic":
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"


def _of_any_team(answer: Answer) -> None:
    if answer.status == 200:
        document = answer.document
        answer.memory |= {one["id"]: one for one in document["data"]}
        answer.document = document | {"data": [*answer.memory.values()]}


def ignored() -> list[Row]:
    """Query parameters that are read as if they were not there."""
    return [
        today.row(f"{operation} that ignores {name}", lambda operation=operation, name=name: today.spoilt({}, {operation: today.without(quote(name))}), [(operation, place) for place in places], "move-workspaces-into-project" if "tag" in name else "", exit)
        for operation, name, places, exit in (
            ("list-team-tokens", "filter[expiry_status]", ["/data"], 1),
            ("list-team-tokens", "q", ["/data"], 1),
            ("list-team-tokens", "sort", ["/data"], 1),
            ("list-team-tokens", "page[number]", ["/data", "status"], 1),
            ("list-team-access-to-workspaces", "filter[team][id]", ["/data"], 1),
            ("list-all-opa-versions", "search[version]", ["/data"], 0),
            ("list-policy-sets", "filter[versioned]", ["/data"], 1),
            (JOINED, "filter[status]", ["/data"], 1),
            (JOINED, "include", ["/included", "status"], 1),
            ("list-workspaces", "filter[tagged][4][value]", ["/data"], 1),
            ("list-workspaces", "filter[tag-union]", ["/data"], 1),
            ("list-remote-state-consumers", "show_only_configured", ["/data"], 1),
            ("list-feature-sets", "q", ["/data"], 0),
            ("show-organization-token", "token", ["/data/id", "status"], 1),
        )
    ]  # fmt: skip


def lists() -> list[Row]:
    """Lists whose order, or whose second page, is another than was asked for."""
    return [
        today.row("a list that sorts by name where it is asked for a time", _by_name_alone, [("list-agent-pools", "/data")]),
        *(today.at("list-team-tokens", _on_page_2(edit), place, f"page 2 with {what}")
          for what, place, edit in (
              ("the number of the first", "/meta/pagination/current-page", lambda page: _told(page, "current-page", 1)),
              ("none before it", "/meta/pagination/prev-page", lambda page: _told(page, "prev-page", None)),
              ("one page too many", "/meta/pagination/total-pages", lambda page: _told(page, "total-pages", 99)),
              ("no numbers", "/meta", lambda page: page.pop("meta")),
              ("itself as the one before", "/links/prev", lambda page: page["links"].update(prev=page["links"]["self"])),
          )),
    ]  # fmt: skip


def _on_page_2(edit: Callable[[dict[str, Any]], object]) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status == 200 and "page%5Bnumber%5D=2" in answer.query:
            document = answer.document
            edit(document)
            answer.document = document

    return spoil


def _told(page: dict[str, Any], name: str, said: int | None) -> None:
    page["meta"]["pagination"][name] = said


def _by_name_alone() -> Wsgi:
    """Every record is made a second after the one before it."""

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.method == "POST":
            tick = _with_body(asked(environ, "PATCH", "/_mock/clock"), b'{"advance": 1}')
            key = {"QUERY_STRING": "", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
            assert answered(ours, {**tick, **key})[0] == 200
        query = environ["QUERY_STRING"].replace("created-at", "name")
        return answered(ours, {**environ, "QUERY_STRING": query})

    return watched(watch, NEW)


KEEPING = [*kept(), *callers(), *ignored(), *lists()]
