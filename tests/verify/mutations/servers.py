"""Servers that break a law which no single answer shows: wrappers around our own application."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.verify.mutations.spoiling import routed
from tests.verify.playing import OLD, server

Wsgi = Callable[..., Iterable[bytes]]
SETS = "/api/v2/organizations/my-organization/policy-sets"


def answered(app: Wsgi, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of one request."""
    kept: list[Any] = []
    body = b"".join(app(environ, lambda *said: kept.append(said)))
    return int(kept[0][0].split()[0]), list(kept[0][1]), body


def give(start: Any, status: int, headers: list[tuple[str, str]], body: bytes) -> list[bytes]:
    shown = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start(f"{status} CHANGED", [*shown, ("Content-Length", str(len(body)))])
    return [] if status == 204 else [body]


def asked(environ: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """Another request of the same caller."""
    return {
        **environ, "REQUEST_METHOD": method, "PATH_INFO": path, "REQUEST_URI": path,
        "QUERY_STRING": "page%5Bsize%5D=150", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO(b""),
    }  # fmt: skip


def lingering(removal: str, relation: str, count: str) -> Wsgi:
    """A record that is deleted stays in the linkage and in the count of policy sets."""
    ours, ghosts = server(), dict[str, list[dict[str, str]]]()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        operation, path = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if operation and operation.id == removal:
            id = [*path.values()][-1]
            for one in shown(answered(ours, asked(environ, "GET", SETS))[2]):
                members = one["relationships"].get(relation, {}).get("data", [])
                ghosts.setdefault(one["id"], []).extend(m for m in members if m["id"] == id)
        status, headers, body = answered(ours, environ)
        if status < 300 and ghosts and body.startswith(b"{"):
            document = json.loads(body)
            data = document.get("data")
            for one in data if isinstance(data, list) else [data]:
                if isinstance(one, dict) and relation in one.get("relationships", {}):
                    more = ghosts.get(one["id"], [])
                    one["relationships"][relation]["data"] += more
                    one["attributes"][count] += len(more)
            body = json.dumps(document).encode()
        return give(start, status, headers, body)

    return app


def shown(body: bytes) -> list[dict[str, Any]]:
    """The resource objects of a list."""
    data = json.loads(body).get("data", [])
    return data if isinstance(data, list) else []


def cascading(removal: str, relation: str, member: str) -> Wsgi:
    """A record that is deleted takes the members of a relation with it."""
    ours = server()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        operation, _ = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        ids: list[str] = []
        if operation and operation.id == removal:
            _, _, body = answered(ours, asked(environ, "GET", environ["PATH_INFO"]))
            shown = json.loads(body).get("data", {}).get("relationships", {})
            ids = [one["id"] for one in shown.get(relation, {}).get("data", [])]
        status, headers, body = answered(ours, environ)
        for id in ids if status == 204 else ():
            answered(ours, asked(environ, "DELETE", f"/api/v2/{member}/{id}"))
        return give(start, status, headers, body)

    return app


def remembering(type: str) -> Wsgi:
    """A record of a type is found by the names it had before, too, whichever operation changed it."""
    ours, names, known = server(), dict[str, str](), dict[str, str]()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        name = environ["PATH_INFO"].rpartition("/")[2]
        if name in names and environ["REQUEST_METHOD"] == "GET":
            changed = environ["PATH_INFO"].removesuffix(name) + names[name]
            environ = {**environ, "PATH_INFO": changed, "REQUEST_URI": changed}
        status, headers, body = answered(ours, environ)
        if environ["REQUEST_METHOD"] in ("POST", "PATCH") and status in (200, 201) and body:
            made = json.loads(body)["data"]
            if isinstance(made, dict) and made["type"] == type and "name" in made["attributes"]:
                new = made["attributes"]["name"]
                before = name if environ["REQUEST_METHOD"] == "PATCH" else new
                names[known.get(made["id"], before)] = new
                known[made["id"]] = new
                names.pop(new, None)
        return give(start, status, headers, body)

    return app


def reusing(create: str, removal: str, edition: str = OLD) -> Wsgi:
    """The id of a deleted record is given to the next one."""
    ours, free, real = server(edition), list[str](), dict[str, str]()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        operation, path = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"], edition)
        id = [*path.values()][-1] if path else ""
        if id in real:
            changed = environ["PATH_INFO"].replace(id, real[id])
            environ = {**environ, "PATH_INFO": changed, "REQUEST_URI": changed}
        status, headers, body = answered(ours, environ)
        if operation and operation.id == removal and status == 204:
            free.append(id)
            real.pop(id, None)
        if operation and operation.id == create and status < 300 and free:
            real[free.pop()] = json.loads(body)["data"]["id"]
        for shown, hidden in real.items():
            body = body.replace(hidden.encode(), shown.encode())
        return give(start, status, headers, body)

    return app


def rewritten(operation: str, pattern: bytes, other: bytes, edition: str = OLD) -> Wsgi:
    """What is sent to one operation is changed before it is looked at."""
    ours = server(edition)

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        found, _ = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"], edition)
        if found and found.id == operation:
            sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            sent = re.sub(pattern, other, sent)
            environ["wsgi.input"] = io.BytesIO(sent)
            environ["CONTENT_LENGTH"] = str(len(sent))
        return ours(environ, start)  # type: ignore[no-any-return]

    return app
