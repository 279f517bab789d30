"""The table's third part: what must end with a record, what must not, and names that are given up."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.contract import Operation
from tests.verify.mutations.servers import Wsgi, answered, asked, give, reusing, shown
from tests.verify.mutations.spoiling import routed
from tests.verify.mutations.table import EDIT, MAKE, ONE, Row
from tests.verify.playing import OLD, TOKEN, server

Told = tuple[int, list[tuple[str, str]], bytes]
Watch = Callable[[Wsgi, dict[str, Any], Operation, str], Told]
"""`watch(ours, environ, operation, id)`: the answer; `id` is what the path names last."""


def watched(watch: Watch, edition: str = OLD) -> Wsgi:
    """Our application, of which each request of a known operation is answered by a function."""
    ours = server(edition)

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        operation, path = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"], edition)
        if operation is None:
            return ours(environ, start)  # type: ignore[no-any-return]
        id = [*path.values()][-1] if path else ""
        return give(start, *watch(ours, environ, operation, id))

    return app


def sent(environ: dict[str, Any]) -> Any:
    """The document that a request sends, which is read again."""
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    try:
        return json.loads(content)
    except ValueError:
        return None


def attribute(document: Any, name: str) -> Any:
    try:
        return document["data"]["attributes"][name]
    except (KeyError, TypeError):
        return None


def leaving(removal: str, create: str, show: str, edition: str = OLD) -> Wsgi:
    """What belonged to a record stays when that is deleted."""
    made: dict[str, bytes] = {}
    orphans: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        request = environ["PATH_INFO"].encode() + json.dumps(sent(environ)).encode()
        status, headers, body = answered(ours, environ)
        if operation.id == create and status < 300:
            made[json.loads(body)["data"]["id"]] = body + request
        if operation.id == removal and status == 204:
            orphans.update(one for one, known in made.items() if id.encode() in known)
        if operation.id == show and status == 404 and id in orphans:
            document, _ = json.JSONDecoder().raw_decode(made[id].decode())
            return 200, headers, json.dumps(document).encode()
        return status, headers, body

    return watched(watch, edition)


def still_in_policies() -> Wsgi:
    """A set that is deleted stays in the linkage and count of its policies."""
    ghosts: dict[str, list[Any]] = {}

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.id == "delete-policy-set":
            _, _, body = answered(ours, asked(environ, "GET", environ["PATH_INFO"]))
            relation = json.loads(body).get("data", {}).get("relationships", {}).get("policies", {})
            for one in relation.get("data", ()):
                ghosts.setdefault(one["id"], []).append({"type": "policy-sets", "id": id})
        status, headers, body = answered(ours, environ)
        if operation.id in ("show-policy", "list-policies") and status == 200 and body:
            document = json.loads(body)
            data = document["data"]
            for one in data if isinstance(data, list) else [data]:
                more = ghosts.get(one["id"], [])
                one["relationships"]["policy-sets"]["data"] += more
                one["attributes"]["policy-set-count"] += len(more)
            body = json.dumps(document).encode()
        return status, headers, body

    return watched(watch)


def keys(*, cascade: bool) -> Wsgi:
    """An SSH key that is deleted stays assigned, or takes the workspaces along that have it."""
    held: dict[str, str] = {}

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        key = attribute(sent(environ), "id")
        status, headers, body = answered(ours, environ)
        if operation.id == "assign-ssh-key-to-workspace" and status == 200:
            held[id] = key
        if operation.id == "delete-ssh-key" and status == 204 and cascade:
            for workspace in (w for w, k in held.items() if k == id):
                answered(ours, asked(environ, "DELETE", f"/api/v2/workspaces/{workspace}"))
        shows = ("show-workspace", "show-workspace-by-name", "list-workspaces")
        if operation.id in shows and status == 200 and body and not cascade:
            document = json.loads(body)
            data = document["data"]
            for one in data if isinstance(data, list) else [data]:
                if key := held.get(one["id"]):
                    linkage = {"type": "ssh-keys", "id": key}
                    related = {"related": f"/api/v2/ssh-keys/{key}"}
                    one["relationships"]["ssh-key"] = {"data": linkage, "links": related}
            body = json.dumps(document).encode()
        return status, headers, body

    return watched(watch)


def cascading_up(removal: str, relation: str, path: str, edition: str = OLD) -> Wsgi:
    """A record that is deleted takes along the one that it names."""

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        named = ""
        if operation.id == removal:
            _, _, body = answered(ours, asked(environ, "GET", environ["PATH_INFO"]))
            if "data" in (document := json.loads(body)):
                named = document["data"]["relationships"][relation]["data"]["id"]
        told = answered(ours, environ)
        if named and told[0] == 204:
            answered(ours, asked(environ, "DELETE", f"{path}/{named}"))
        return told

    return watched(watch, edition)


TAKEN = json.dumps({"errors": [{
    "status": "422", "title": "invalid attribute", "detail": "Name has already been taken",
    "source": {"pointer": "/data/attributes/name"},
}]}).encode()  # fmt: skip


def taken_for_good(create: str, *frees: str) -> Wsgi:
    """A name that a record had once is given to no other."""
    names: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.id == create and attribute(sent(environ), "name") in names:
            return 422, [("Content-Type", "application/vnd.api+json")], TAKEN
        if operation.id not in frees:
            return answered(ours, environ)
        before = answered(ours, asked(environ, "GET", environ["PATH_INFO"]))[2]
        old = attribute(json.loads(before), "name")
        status, headers, body = answered(ours, environ)
        new = attribute(json.loads(body), "name") if status == 200 else None
        if status in (200, 204) and old and new != old:
            names.add(old)
        return status, headers, body

    return watched(watch)


def undying(removal: str, make: str) -> Wsgi:
    """The token of a team or an organization works on when that is deleted."""
    holders: dict[str, str] = {}
    gone: set[str] = set()

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        status, headers, body = answered(ours, environ)
        if operation.id == make and status < 300:
            holders[attribute(json.loads(body), "token")] = id
        if operation.id == removal and status == 204:
            gone.add(id)
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        if status == 401 and holders.get(token) in gone:
            return answered(ours, {**environ, "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"})
        return status, headers, body

    return watched(watch)


def old_owner() -> Wsgi:
    """What an organization owns is listed under the name that it had, too."""
    renamed: dict[str, str] = {}

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        if operation.id == "list-policies" and id in renamed:
            path = environ["PATH_INFO"].replace(id, renamed[id])
            environ = {**environ, "PATH_INFO": path, "REQUEST_URI": path}
        status, headers, body = answered(ours, environ)
        if operation.id == "update-organization" and status == 200:
            renamed[id] = json.loads(body)["data"]["id"]
            renamed.pop(renamed[id], None)
        return status, headers, body

    return watched(watch)


def unlisted_dead(listing: str, edition: str = OLD) -> Wsgi:
    """A record that is deleted stays in its list, and only there."""
    seen: dict[str, Any] = {}

    def watch(ours: Wsgi, environ: Any, operation: Operation, id: str) -> Told:
        status, headers, body = answered(ours, environ)
        if operation.id == listing and status == 200 and body:
            document = json.loads(body)
            there = {one["id"]: one for one in shown(body)}
            seen.update(there)
            document["data"] += [one for id, one in seen.items() if id not in there]
            document["meta"]["pagination"]["total-count"] = len(document["data"])
            body = json.dumps(document).encode()
        return status, headers, body

    return watched(watch, edition)


ACCESS, TOLD = "add-team-access-to-workspace", "show-team-access-to-workspace"
ENDINGS: list[Row] = [
    Row("a deleted set stays in its policies", still_in_policies, [("delete-policy-set", "effect")]),
    Row("a deleted SSH key stays assigned", lambda: keys(cascade=False), [("delete-ssh-key", "effect")]),
    Row("a deleted SSH key takes its workspaces along", lambda: keys(cascade=True), [("delete-ssh-key", "effect")]),
    Row("a deleted workspace leaves access to it", lambda: leaving("delete-workspace", ACCESS, TOLD), [("delete-workspace", "effect")]),
    Row("a deleted team leaves its access", lambda: leaving("delete-team", ACCESS, TOLD), [("delete-team", "effect")]),
    Row("a deleted workspace leaves its notifications", lambda: leaving("delete-workspace", "create-notification-configuration", "show-notification-configuration"), [("delete-workspace", "effect")]),
    Row("a deleted organization leaves its policies", lambda: leaving("destroy-organization", "create-policy", "show-policy"), [("destroy-organization", "effect")]),
    Row("removed access takes the workspace along", lambda: cascading_up("remove-team-access-to-workspace", "workspace", "/api/v2/workspaces"), [("remove-team-access-to-workspace", "effect")]),
    Row("removed access takes the team along", lambda: cascading_up("remove-team-access-to-workspace", "team", "/api/v2/teams"), [("remove-team-access-to-workspace", "effect")]),
    Row("the name of a deleted set stays taken", lambda: taken_for_good(MAKE, "delete-policy-set"), [(MAKE, "status")]),
    Row("the name that a set gave up stays taken", lambda: taken_for_good(MAKE, EDIT), [(MAKE, "status")]),
    Row("the name of a deleted workspace stays taken", lambda: taken_for_good("create-workspace", "delete-workspace"), [("create-workspace", "status")]),
    Row("the name that a team gave up stays taken", lambda: taken_for_good("create-team", "update-team"), [("create-team", "status")]),
    Row("the token of a deleted team works on", lambda: undying("delete-team", "generate-new-team-token"), [("list-organizations", "status")], "show-team-token"),
    Row("the token of a deleted organization works on", lambda: undying("destroy-organization", "generate-new-organization-token"), [("list-organizations", "status")], "show-team-token"),
    Row("what an organization owned under its old name", old_owner, [("list-policies", "status")], "update-organization"),
    Row("a deleted token stays in the list", lambda: unlisted_dead("list-user-tokens"), [("list-user-tokens", "/data/0")]),
    Row("the id of a deleted policy comes again", lambda: reusing("create-policy", "delete-policy"), [("create-policy", f"{ONE}/id")]),
]  # fmt: skip
