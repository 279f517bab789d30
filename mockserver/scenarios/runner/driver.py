"""What a scenario has in its hands: calls, refusals, and what they must have done.

Everything that it makes is remembered, and removed after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, attribute, is_resource, resources, same
from mockserver.judge.pointers import MISSING, at, leaves, plain
from mockserver.scenarios.runner.answer import Answer, Asked
from mockserver.scenarios.runner.context import Context, Plan
from mockserver.scenarios.runner.representations import (
    Representation,
    agrees,
    compare,
    lawful,
    listed,
    vote,
)
from mockserver.scenarios.runner.scenario import Expected

PREFIX = "mockverify"


class CannotContinue(Exception):
    """A scenario cannot go on; the sentence says at what."""


class Driver:
    """Drives one server. Records that are needed are made, and removed at the end."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.owner = context.owner
        self._made: list[Resource] = []
        self._homes: dict[tuple[str, str], Mapping[str, str]] = {}
        self._count = 0
        self.truth: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def organization(self) -> str:
        return self.context.organization

    def name(self, word: str) -> str:
        self._count += 1
        return f"{PREFIX}-{self.context.run}-{word}-{self._count}"

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
    ) -> Answer:
        contract = self.context.edition.operation(operation)
        answer = self._send(contract, body, of, query, path, token)
        success = [status for status in contract.responses if status < 300]
        source = self.context.source_of(contract, success[0])
        if (self.context.expect(answer, success, "", source) or answer.ok) and token is None:
            self.context.good[operation] = answer.asked
        return answer

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
    ) -> Answer:
        contract = self.context.edition.operation(operation)
        answer = self._send(contract, body, of, query, path, token)
        self.context.expect(answer, (status,), why, source)
        return answer

    def _send(
        self,
        operation: Operation,
        body: Any,
        of: Resource | None,
        query: Mapping[str, Any] | None,
        path: Mapping[str, str] | None,
        token: str | None,
    ) -> Answer:
        where = self.path(operation, of) | dict(path or {})
        asked: Asked = (where, dict(query or {}), body)
        exchange = self.context.exchanged(operation, where, query or {}, body, token=token or "")
        answer = self.context.judged(exchange, operation, asked)
        self.remember(answer)
        return answer

    def path(self, operation: Operation, of: Resource | None) -> dict[str, str]:
        """The path parameters that lead to a record: by name within an owner, else by id."""
        if of is not None and not is_resource(of):
            raise CannotContinue(f"{operation.id} wants a record, and an answer before held none")
        home = self._homes.get((of["type"], of["id"]), {}) if of else {}
        path: dict[str, str] = {}
        for name, type in operation.records.items():
            if of and type == of["type"]:
                named = self.context.plan(type).scenario.name_attribute
                title = attribute(of, named) if path else None
                path[name] = str(title or of["id"])
            elif name in home:
                path[name] = home[name]
            elif type == self.owner:
                path[name] = self.organization
            else:
                raise CannotContinue(f"{operation.id} wants a record of {type}")
        return path

    def remember(self, answer: Answer) -> None:
        """Whatever a create made is to be removed, also where it should have been refused."""
        type = self._creating(answer.operation)
        if type and answer.ok:
            for _, resource in resources(answer.document):
                self.adopt(type, resource, answer.asked[0])

    def adopt(self, type: str, resource: Resource, path: Mapping[str, str]) -> None:
        """A record that is to be removed; `path` leads to where it was made."""
        self._homes[type, resource["id"]] = path
        self._made.append({**resource, "type": type})

    def _creating(self, operation: str) -> str | None:
        """The type of which an operation makes records."""
        plans = self.context.plans.values()
        return next((plan.type for plan in plans if plan.actions.create == operation), None)

    def need(self, type: str, word: str = "", **about: Any) -> Resource:
        plan = self.context.plan(type)
        if type in self.context.spared:
            raise CannotContinue(f"it needs {type}, which were to be left alone")
        if plan.actions.create is None or plan.scenario.document is None:
            raise CannotContinue(f"no operation of {self.context.edition.name} makes {type}")
        return self.make(plan, self.name(word or type), **about)[0]

    def make(self, plan: Plan, name: str, **about: Any) -> tuple[Resource, Answer]:
        """A record and the answer that made it; found in the list where the answer is unfit."""
        assert plan.actions.create
        assert plan.scenario.document
        document = plan.scenario.document(self, name, **about)
        of = about.get("of") or (plan.scenario.parent(self) if plan.scenario.parent else None)
        answer = self.call(plan.actions.create, document, of=of)
        for base, resource in resources(answer.document):
            able = {
                p: plain(v)
                for p, v in leaves(resource)
                if not Representation(answer, base).blamed(p)
            }
            self.truth.setdefault((plan.type, resource["id"]), able)
            return {**resource, "type": plan.type}, answer
        if answer.ok and (found := self.found(plan, name, answer.asked[0])):
            self.adopt(plan.type, found, answer.asked[0])
            return found, answer
        raise CannotContinue(
            f"{plan.actions.create} answered {answer.status}, and made no {plan.type}"
        )

    def found(self, plan: Plan, name: str, path: Mapping[str, str]) -> Resource | None:
        """The record of a name, from the list."""
        if not plan.actions.list:
            return None
        operation = self.context.edition.operation(plan.actions.list)
        query = self.narrowed(plan, name)
        exchange = self.context.exchanged(operation, path, query)
        answer = self.context.judged(exchange, operation, (path, query, None))
        named = (
            r
            for _, r in resources(answer.document)
            if attribute(r, plan.scenario.name_attribute) == name
        )
        return next(named, None)

    def narrowed(self, plan: Plan, name: str) -> dict[str, Any]:
        """A query that brings a list down to what has a name in its name."""
        assert plan.actions.list
        known = self.context.edition.operation(plan.actions.list).parameters
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

    def look(self, record: Resource) -> list[Representation]:
        """The record as every show and the list show it; a view that fails is left out."""
        plan = self.context.plan(record["type"])
        views = []
        for show in plan.actions.shows:
            answer = self.call(show, of=record)
            views += [
                Representation(answer, base) for base, _ in resources(answer.document) if answer.ok
            ]
        if plan.actions.list:
            name = str(attribute(record, plan.scenario.name_attribute) or "")
            query = {**self.narrowed(plan, name), **plan.scenario.list_query(record)}
            answer = self.call(plan.actions.list, of=record, query=query)
            views += listed(answer, record)
        return views

    def effect(
        self, write: Answer, *expected: tuple[Resource, Expected], why: str, source: str
    ) -> None:
        answer = [(record, wanted, self.look(record)) for record, wanted in expected]
        elsewhere = any(agrees(views, wanted) for _, wanted, views in answer)
        for record, wanted, views in answer:
            own = [
                Representation(write, base)
                for base, r in resources(write.document)
                if same(r, record)
            ]
            written = own[0] if own and write.ok else None
            apart = elsewhere and not agrees(views, wanted)
            vote(self.context, write, written, views, wanted, why, source, apart)
            self.judge(record["type"], [*own, *views] if write.ok else views)

    def judge(self, type: str, views: Sequence[Representation]) -> None:
        """Compare views of one record, and hold them to the laws of its type."""
        plan = self.context.plan(type)
        for view in views[:1]:
            name = type, str(view.resource.get("id"))
            known = self.truth.get(name, {})
            self.truth[name] = compare(self.context, views, known, plan.scenario.only_in)
        lawful(self.context, views)

    def now(self, record: Resource) -> Resource:
        """The record as the server shows it now; as it was where it does not."""
        views = self.look(record)
        self.judge(record["type"], views)
        able = [view for view in views if not view.blamed()] or views
        return {**able[0].resource, "type": record["type"]} if able else record

    def holds(
        self, truth: bool, answer: Answer, pointer: str, what: str, expected: str, source: str
    ) -> bool:
        if not truth:
            Representation(answer, "").blame(self.context, pointer, what, expected, source)
        return truth
