"""The stage on which a kind's life is played: calls, refusals, what they must have done.

Implements `world.lives.Play`. Everything that a play makes is remembered, and removed after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract import Operation
from mockserver.verify.pointers import MISSING, at, leaves, plain
from mockserver.verify.session import Session
from mockserver.verify.views import (
    View,
    agrees,
    compare,
    is_resource,
    lawful,
    listed,
    resources,
    same,
    vote,
)
from mockserver.world.lives import Asked, Expected, Life, Resource, Seen, attribute

PREFIX = "mockverify"


class Stop(Exception):
    """A life cannot go on; the sentence says at what."""


class Stage:
    """A `Play` against one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.owner = session.owner
        self._made: list[Resource] = []
        self._homes: dict[tuple[str, str], Mapping[str, str]] = {}
        self._count = 0
        self.truth: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def organization(self) -> str:
        return self.session.organization

    def name(self, word: str) -> str:
        self._count += 1
        return f"{PREFIX}-{self.session.run}-{word}-{self._count}"

    def value(self, value: Any, pointer: str) -> Any:
        found = at(value, pointer)
        return None if found is MISSING else found

    def call(
        self,
        operation: str,
        body: Any = None,
        *,
        of: Resource | None = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Seen:
        contract = self.session.edition.operation(operation)
        seen = self._send(contract, body, of, query, path, token)
        success = [status for status in contract.responses if status < 300]
        source = self.session.source(contract, success[0])
        if (self.session.expect(seen, success, "", source) or seen.ok) and token is None:
            self.session.good[operation] = seen.asked
        return seen

    def refused(
        self,
        status: int,
        operation: str,
        body: Any = None,
        *,
        of: Resource | None = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        token: str | None = None,
        why: str,
        source: str,
    ) -> Seen:
        contract = self.session.edition.operation(operation)
        seen = self._send(contract, body, of, query, path, token)
        self.session.expect(seen, (status,), why, source)
        return seen

    def _send(
        self,
        operation: Operation,
        body: Any,
        of: Resource | None,
        query: Mapping[str, Any] | None,
        path: Mapping[str, str] | None,
        token: str | None,
    ) -> Seen:
        where = self.path(operation, of) | dict(path or {})
        asked: Asked = (where, dict(query or {}), body)
        exchange = self.session.exchanged(operation, where, query or {}, body, token=token or "")
        seen = self.session.seen(exchange, operation, asked)
        self.remember(seen)
        return seen

    def path(self, operation: Operation, of: Resource | None) -> dict[str, str]:
        """The path parameters that lead to a record: by name within an owner, else by id."""
        if of is not None and not is_resource(of):
            raise Stop(f"{operation.id} wants a record, and an answer before held none")
        home = self._homes.get((of["type"], of["id"]), {}) if of else {}
        path: dict[str, str] = {}
        for name, type in operation.records.items():
            if of and type == of["type"]:
                life = self.session.lives.get(type)
                title = attribute(of, life.named) if path and life else None
                path[name] = str(title or of["id"])
            elif name in home:
                path[name] = home[name]
            elif type == self.owner:
                path[name] = self.organization
            else:
                raise Stop(f"{operation.id} wants a record of {type}")
        return path

    def remember(self, seen: Seen) -> None:
        """Whatever a create made is to be removed, also where it should have been refused."""
        type = self._creating(seen.operation)
        if type and seen.ok:
            for _, resource in resources(seen.document):
                self.adopt(type, resource, seen.asked[0])

    def adopt(self, type: str, resource: Resource, path: Mapping[str, str]) -> None:
        """A record that is to be removed; `path` leads to where it was made."""
        self._homes[type, resource["id"]] = path
        self._made.append({**resource, "type": type})

    def _creating(self, operation: str) -> str | None:
        """The type of which an operation makes records."""
        lives = self.session.lives.items()
        return next((type for type, life in lives if life.create == operation), None)

    def need(self, type: str, word: str = "", **about: Any) -> Resource:
        life = self.session.lives.get(type)
        if type in self.session.spared:
            raise Stop(f"it needs {type}, which were to be left alone")
        if life is None or life.document is None:
            raise Stop(f"no life makes {type}")
        return self.make(type, life, self.name(word or type), **about)[0]

    def make(self, type: str, life: Life, name: str, **about: Any) -> tuple[Resource, Seen]:
        """A record and the answer that made it; found in the list where the answer is unfit."""
        assert life.create
        assert life.document
        document = life.document(self, name, **about)
        of = about.get("of") or (life.within(self) if life.within else None)
        seen = self.call(life.create, document, of=of)
        for base, resource in resources(seen.document):
            able = {p: plain(v) for p, v in leaves(resource) if not View(seen, base).blamed(p)}
            self.truth.setdefault((type, resource["id"]), able)
            return {**resource, "type": type}, seen
        if seen.ok and (found := self.found(life, name, seen.asked[0])):
            self.adopt(type, found, seen.asked[0])
            return found, seen
        raise Stop(f"{life.create} answered {seen.status}, and made no {type}")

    def found(self, life: Life, name: str, path: Mapping[str, str]) -> Resource | None:
        """The record of a name, from the list."""
        if not life.list:
            return None
        operation = self.session.edition.operation(life.list)
        query = self.narrowed(life, name)
        exchange = self.session.exchanged(operation, path, query)
        seen = self.session.seen(exchange, operation, (path, query, None))
        named = (r for _, r in resources(seen.document) if attribute(r, life.named) == name)
        return next(named, None)

    def narrowed(self, life: Life, name: str) -> dict[str, Any]:
        """A query that brings a list down to what has a name in its name."""
        assert life.list
        known = self.session.edition.operation(life.list).parameters
        wanted = {"search[name]": name, "page[size]": 150}
        return {word: value for word, value in wanted.items() if word in known}

    @property
    def made(self) -> list[Resource]:
        """What is to be removed, the youngest first."""
        return self._made[::-1]

    def renamed(self, old: Resource, new: Resource) -> None:
        """A record has another id or name now; it is found, and removed, by the new one."""
        self._homes[new["type"], new["id"]] = self._homes.get((old["type"], old["id"]), {})
        self._made = [new if same(record, old) else record for record in self._made]

    def gone(self, record: Resource) -> None:
        """Nothing to remove any more."""
        self._made = [other for other in self._made if not same(record, other)]

    def look(self, record: Resource) -> list[View]:
        """The record as every show and the list show it; a view that fails is left out."""
        life = self.session.lives.get(record["type"], Life())
        views = []
        for show in life.shows:
            seen = self.call(show, of=record)
            views += [View(seen, base) for base, _ in resources(seen.document) if seen.ok]
        if life.list:
            name = str(attribute(record, life.named) or "")
            query = {**self.narrowed(life, name), **life.query(record)}
            seen = self.call(life.list, of=record, query=query)
            views += listed(seen, record)
        return views

    def effect(
        self, write: Seen, *expected: tuple[Resource, Expected], why: str, source: str
    ) -> None:
        seen = [(record, wanted, self.look(record)) for record, wanted in expected]
        elsewhere = any(agrees(views, wanted) for _, wanted, views in seen)
        for record, wanted, views in seen:
            own = [View(write, base) for base, r in resources(write.document) if same(r, record)]
            written = own[0] if own and write.ok else None
            apart = elsewhere and not agrees(views, wanted)
            vote(self.session, write, written, views, wanted, why, source, apart)
            self.judge(record["type"], [*own, *views] if write.ok else views)

    def judge(self, type: str, views: Sequence[View]) -> None:
        """Compare views of one record, and hold them to the laws of its type."""
        life = self.session.lives.get(type, Life())
        for view in views[:1]:
            name = type, str(view.resource.get("id"))
            known = self.truth.get(name, {})
            self.truth[name] = compare(self.session, views, known, life.apart)
        lawful(self.session, views, life.laws)

    def now(self, record: Resource) -> Resource:
        """The record as the server shows it now; as it was where it does not."""
        views = self.look(record)
        self.judge(record["type"], views)
        able = [view for view in views if not view.blamed()] or views
        return {**able[0].resource, "type": record["type"]} if able else record

    def holds(
        self, truth: bool, seen: Seen, pointer: str, what: str, expected: str, source: str
    ) -> bool:
        if not truth:
            View(seen, "").blame(self.session, pointer, what, expected, source)
        return truth
