"""Ways to spoil a server's answers: a wrapper around any WSGI application, and changed kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.contract import Operation, load
from mockserver.judge.pointers import MISSING, at
from mockserver.judge.routes import match
from mockserver.pipeline.server import Server
from mockserver.resources import kinds
from mockserver.web.app import application
from mockserver.world.kinds import Kinds
from tests.verify.playing import OLD, TOKEN, server


def routed(method: str, path: str, edition: str = OLD) -> tuple[Operation | None, Any]:
    """Operation and path parameters of a method and path."""
    return match(load(edition), method, path)


@dataclass
class Answer:
    """An answer on its way: to be changed in place. `token` is the caller's."""

    status: int
    headers: dict[str, str]
    body: bytes
    query: str = ""
    token: str = ""
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @document.setter
    def document(self, value: Any) -> None:
        self.body = json.dumps(value).encode()


Spoil = Callable[[Answer], None]


class Spoiled:
    """A WSGI application whose answers to some operations are spoilt.

    `requests` may change the environment of a request before the application sees it.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        spoils: Mapping[str, Spoil],
        requests: Mapping[str, Callable[[dict[str, Any]], None]] | None = None,
        edition: str = OLD,
    ) -> None:
        self._edition = edition
        self._app, self._spoils, self._requests = app, spoils, requests or {}
        self._memory: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        operation, _ = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"], self._edition)
        id = operation.id if operation else ""
        for name in (id, "*"):
            if name in self._requests:
                self._requests[name](environ)
        if id not in self._spoils:
            return self._app(environ, start)  # type: ignore[no-any-return]
        kept: list[Any] = []
        body = b"".join(self._app(environ, lambda *said: kept.append(said)))
        status = int(kept[0][0].split()[0])
        answer = Answer(
            status,
            dict(kept[0][1]),
            body,
            environ.get("QUERY_STRING", ""),
            memory=self._memory,
            token=environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer "),
        )
        self._spoils[id](answer)
        answer.headers["Content-Length"] = str(len(answer.body))
        start(f"{answer.status} SPOILT", list(answer.headers.items()))
        return [answer.body]


def each(answer: Answer) -> list[dict[str, Any]]:
    """The primary resource objects of an answer that succeeded."""
    data = answer.document.get("data") if answer.status < 300 and answer.document else None
    return data if isinstance(data, list) else [data] if data else []


def _edited(edit: Callable[[dict[str, Any]], None]) -> Spoil:
    """Every resource object, changed."""

    def spoil(answer: Answer) -> None:
        document = answer.document
        if answer.status >= 300 or not isinstance(document, dict) or "data" not in document:
            return
        data = document["data"]
        for resource in data if isinstance(data, list) else [data]:
            edit(resource)
        answer.document = document

    return spoil


def _parent(resource: Any, pointer: str) -> tuple[Any, str]:
    head, _, name = pointer.rpartition("/")
    return at(resource, head), name


def drop(pointer: str) -> Spoil:
    def edit(resource: Any) -> None:
        parent, name = _parent(resource, pointer)
        if parent is not MISSING:
            parent.pop(name, None)

    return _edited(edit)


def rename(pointer: str, other: str) -> Spoil:
    def edit(resource: Any) -> None:
        parent, name = _parent(resource, pointer)
        if parent is not MISSING and name in parent:
            parent[other] = parent.pop(name)

    return _edited(edit)


def turn(pointer: str, change: Callable[[Any], Any]) -> Spoil:
    """What stands at a pointer, changed."""

    def edit(resource: Any) -> None:
        parent, name = _parent(resource, pointer)
        if parent is not MISSING and name in parent:
            parent[name] = change(parent[name])

    return _edited(edit)


def put(pointer: str, value: Any) -> Spoil:
    return turn(pointer, lambda old: value)


def add(pointer: str, value: Any) -> Spoil:
    """A member that was not there."""

    def edit(resource: Any) -> None:
        parent, name = _parent(resource, pointer)
        if parent is not MISSING:
            parent[name] = value

    return _edited(edit)


def beside(pointer: str, change: Callable[[Any], Any]) -> Spoil:
    """What stands at a pointer in the document, beside its data."""

    def spoil(answer: Answer) -> None:
        document = answer.document
        if answer.status < 300 and document is not None:
            parent, name = _parent(document, pointer)
            if parent is not MISSING and name in parent:
                parent[name] = change(parent[name])
            answer.document = document

    return spoil


def status(old: int, new: int, body: bytes | None = None) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status == old:
            answer.status = new
            answer.body = answer.body if body is None else body

    return spoil


def spoilt(spoils: Mapping[str, Spoil], requests: Any = None, edition: str = OLD) -> Spoiled:
    """Our server with spoilt answers."""
    return Spoiled(server(edition), spoils, requests, edition)


def changed(type: str, edition: str = OLD, **operations: Callable[..., Any]) -> Any:
    """Our server with other handlers: `create_policy_set=wrap` gets the old one and gives a new."""
    kind = kinds(edition)[type]
    handlers = kind.table
    for name, wrap in operations.items():
        id = name.replace("_", "-")
        handler, rule = handlers[id]
        handlers[id] = wrap(handler), rule
    return _served(kinds(edition).but(replace(kind, operations=handlers)), edition)


def shown(type: str, edit: Callable[[dict[str, Any]], None]) -> Any:
    """Our server with another `show` of a kind."""
    kind = kinds(OLD)[type]
    assert kind.show
    old = kind.show

    def show(view: Any, record: Any) -> dict[str, Any]:
        resource = json.loads(json.dumps(old(view, record)))
        edit(resource)
        return resource  # type: ignore[no-any-return]

    return _served(kinds(OLD).but(replace(kind, show=show)), OLD)


def _served(kinds: Kinds, edition: str) -> Any:
    server = Server(kinds=lambda edition: kinds)
    server.universe(key=TOKEN, fixture="documented", edition=edition)
    return application(server)
