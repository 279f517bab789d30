"""What a scenario has in its hands: calls, refusals, and what they must have done.

Everything that it makes is remembered, and removed after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, is_resource, resources
from mockserver.judge.pointers import MISSING, at, comparable, leaves
from mockserver.scenarios.runner.answer import Arguments, JudgedAnswer
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.identities import Identities
from mockserver.scenarios.runner.made import Made
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.representations import Representation
from mockserver.scenarios.runner.scenario import Callers
from mockserver.scenarios.runner.unanswered import NoAnswer, Wanted

PREFIX = "mockverify"
FOREIGN = "another owner"


class Of(TypedDict, total=False):
    """What a request is about: a record, or path parameters; its query; by whose token."""

    of: Resource | None
    query: Mapping[str, Any] | None
    path: Mapping[str, str] | None
    token: str | None


class Driver:
    """Drives one server. Records that are needed are made, and removed at the end."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.owner = context.owner
        self.made = Made()
        self._count = 0
        self.identities = Identities(context)
        self.parents: dict[str, Resource] = {}
        self.truth: dict[tuple[str, str], dict[str, Any]] = {}
        self.callers: Callers | None = None

    @property
    def organization(self) -> str:
        return self.context.organization

    def has(self, operation: str) -> bool:
        """Whether the edition has an operation of that id."""
        return operation in self.context.edition.operations

    def name(self, word: str) -> str:
        self._count += 1
        return f"{PREFIX}-{self.context.run}-{word}-{self._count}"

    @property
    def common(self) -> str:
        """What all names of this run have in common."""
        return f"{PREFIX}-{self.context.run}"

    def value(self, value: Any, pointer: str) -> Any:
        found = at(value, pointer)
        return None if found is MISSING else found

    def call(self, operation: str, body: Any = None, **of: Unpack[Of]) -> JudgedAnswer:
        """A request that must succeed, with a status that the edition documents."""
        contract = self._operation(operation)
        answer = self._send(contract, body, **of)
        success = [status for status in contract.responses if status < 300]
        source = contract.source
        taken = self.context.expect(answer, success, "", source) or answer.ok
        if taken and not of.get("token"):
            self.context.succeeded(contract, answer.asked)
        if not taken:
            answer.wrong.add("")  # what it does not show follows from that
        self.identities.judge_new(answer)
        for finding in answer.misnamed:
            self.context.findings.add(finding)
            answer.wrong.add(finding.place)
        return answer

    def sent(self, operation: str, body: Any = None, **of: Unpack[Of]) -> JudgedAnswer:
        """A request whose status is not judged yet."""
        return self._send(self._operation(operation), body, **of)

    def peek(self, operation: str, of: Resource) -> JudgedAnswer:
        """A GET of a record that may be there or not."""
        return self.sent(operation, of=of)

    def refused(
        self,
        status: int | tuple[int, ...],
        operation: str,
        body: Any = None,
        *,
        why: str,
        source: str,
        **of: Unpack[Of],
    ) -> JudgedAnswer:
        """A request that must be answered with a status, and why. The status is 0 without an answer."""
        statuses = (status,) if isinstance(status, int) else status
        try:
            answer = self._send(self._operation(operation), body, wanted=(statuses, why), **of)
        except NoAnswer:  # which is told
            return JudgedAnswer(operation, 0)
        self.context.expect(answer, statuses, why, source)
        return answer

    def _operation(self, id: str) -> Operation:
        """Raises CannotContinue where the edition has none of that id."""
        edition = self.context.edition
        if id not in edition.operations:
            raise CannotContinue(f"{edition.name} has no operation {id}")
        return edition.operations[id]

    def _send(
        self,
        operation: Operation,
        body: Any,
        of: Resource | None = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        token: str | None = None,
        wanted: Wanted = ((), ""),
    ) -> JudgedAnswer:
        where = dict(path or {})
        if not operation.records.keys() <= where.keys():
            where = self.path(operation, of) | where
        asked: Arguments = (where, dict(query or {}), body)
        exchange = self.context.exchanged(
            operation, where, query or {}, body, token=token or "", wanted=wanted
        )
        answer = self.context.judged(exchange, operation, asked)
        self.remember(answer)
        return answer

    def path(self, operation: Operation, of: Resource | None) -> dict[str, str]:
        """The path parameters that lead to a record: by name within an owner, else by id."""
        if of is not None and not is_resource(of):
            raise CannotContinue(f"{operation.id} wants a record, and an answer before held none")
        home = self.made.home(of) if of else {}
        path: dict[str, str] = {}
        for name, type in operation.records.items():
            if of and type == of["type"]:
                named = path and not name.endswith("id")
                title = self.context.plan(type).name_of(of) if named else ""
                path[name] = title or of["id"]
            elif name in home:
                path[name] = home[name]
            elif type == self.owner:
                path[name] = self.organization
            else:
                raise CannotContinue(f"{operation.id} wants a record of {type}")
        return path

    def remember(self, answer: JudgedAnswer) -> None:
        """Whatever a create made is to be removed, also where it should have been refused."""
        type = self.context.type_made_by(answer.operation)
        if type and answer.ok:
            for _, resource in resources(answer.document):
                self.made.adopt(type, resource, answer.asked[0])

    def need(self, type: str, word: str = "", *, of: Resource | None = None) -> Resource:
        """Another record of a type, made with what must be set, and removed at the end.

        `of`: its parent, where that is not the type's usual one. Raises CannotContinue.
        """
        plan = self.context.plan(type)
        if type in self.context.spared:
            raise CannotContinue(f"it needs {type}, which were to be left alone")
        if missing := self.context.closing(plan):
            raise CannotContinue(f"it needs {type}, and the organization has no {missing}")
        return self.make(plan, self.name(word or type), of=of)[0]

    def make(
        self, plan: Plan, name: str, *, whole: bool = False, of: Resource | None = None
    ) -> tuple[Resource, JudgedAnswer]:
        """A record and the answer that made it; found in the list where the answer is unfit.

        `whole`: with all that may be set.
        """
        if plan.actions.create is None:
            raise CannotContinue(f"no operation of {plan.edition.name} makes {plan.type}")
        document = create_body(plan, name, self.need, whole)
        answer = self.call(plan.actions.create, document, of=of or self.parent(plan))
        for base, resource in resources(answer.document):
            view = Representation(answer, base)
            able = {
                pointer: comparable(value)
                for pointer, value in leaves(resource)
                if view.lists(pointer) and not view.blamed(pointer)
            }
            self.truth.setdefault((plan.type, resource["id"]), able)
            return {**resource, "type": plan.type}, answer
        if answer.ok and (found := self.found(plan, name, answer.asked[0])):
            self.made.adopt(plan.type, found, answer.asked[0])
            return found, answer
        failed = f"{plan.actions.create} answered {answer.status}, and made no {plan.type}"
        barred = self.context.rights.barred.get(plan.actions.create)
        raise CannotContinue(f"{plan.actions.create} is {barred}" if barred else failed)

    def aside(self, type: str, record: Resource) -> None:
        """What the scenario of a type that has no operations of its own plays with another's record."""
        steps = self.context.scenarios[type].steps
        if steps:
            steps(self, record)

    def parent(self, plan: Plan) -> Resource | None:
        """The record in whose path records of a type are made: one for all of them; None where
        that is the organization.
        """
        create = plan.edition.operation(plan.actions.create) if plan.actions.create else None
        type = [*create.records.values()][-1] if create and create.records else self.owner
        if plan.type not in self.parents:
            if plan.scenario.parent:
                self.parents[plan.type] = plan.scenario.parent(self)
            elif type != self.owner:
                self.parents[plan.type] = self.need(type, "parent")
        return self.parents.get(plan.type)

    def foreign(self, type: str) -> Resource:
        """A record that belongs to another owner than verification was given. Raises CannotContinue."""
        if FOREIGN not in self.parents:
            self.parents[FOREIGN] = self.need(self.owner, "owner")
        return self.need(type, "foreign", of=self.parents[FOREIGN])

    def found(self, plan: Plan, name: str, path: Mapping[str, str]) -> Resource | None:
        """The record of a name, from the list."""
        if plan.listing is None:
            return None
        query = plan.query({}, name)
        exchange = self.context.exchanged(plan.listing, path, query)
        answer = self.context.judged(exchange, plan.listing, (path, query, None))
        named = (r for _, r in resources(answer.document) if plan.name_of(r) == name)
        return next(named, None)

    def removed(self, record: Resource) -> JudgedAnswer | None:
        """Delete a record, by its first way. Gives the answer where the server has done so."""
        removes = self.context.plan(record["type"]).actions.removes
        answer = self.call(removes[0], of=record) if removes else None
        if answer is None or not answer.ok:
            return None
        self.made.gone(record)
        return answer

    def holds(
        self, truth: bool, answer: JudgedAnswer, pointer: str, what: str, expected: str, source: str
    ) -> bool:
        if not truth:
            Representation(answer, "").blame(self.context, pointer, what, expected, source)
        return truth
