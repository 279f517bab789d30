"""One operation of an edition: its route, and the checks of what is sent to it and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from mockserver.contract.body import RequestBody
from mockserver.contract.checked import Checked
from mockserver.contract.engines import Checker, Checkers, Miss, Schema
from mockserver.contract.query import Query
from mockserver.contract.resource_schemas import ResourceSchema, explain_miss
from mockserver.contract.shapes import Show, envelope, resource_schemas, shower
from mockserver.contract.tolerated import Tolerated

JSONAPI = "application/vnd.api+json"
OBJECTS = "/_archivist/v1/object/"
"""Where the vendor's object store stands. Its URLs are presigned: an answer shows one, the end of its
path is the token of the call, and no header is asked."""


def _json_schema(response: Mapping[str, Any]) -> Schema | None:
    for media_type, entry in response.get("content", {}).items():
        if "json" in media_type:
            schema: Schema = entry["schema"]
            return schema
    return None


class Operation:
    """One method and path of an edition, as its contract describes it."""

    def __init__(
        self,
        edition: str,
        method: str,
        path: str,
        item: Mapping[str, Any],
        components: Mapping[str, Any],
        tolerated: Sequence[Tolerated],
        checkers: Checkers,
    ) -> None:
        self.edition, self.method, self.path, self.item = edition, method.upper(), path, item
        self.id: str = item["operationId"]
        self.page: str = item["tags"][0]
        self.summary: str = item["summary"]
        self.source: str = item["x-source"]
        self.entitlement: str | None = item.get("x-entitlement")
        # of the record that query or body names where the path names none: who may is judged by it
        self.judged: str | None = item.get("x-record")
        # the parameter of its path that is the token
        self.token: str | None = item.get("x-token")
        self.open = item.get("security") == [] and self.token is None
        self._schemas: Mapping[str, Schema] = components["schemas"]
        self._shared: Mapping[str, Any] = components["responses"]
        self._all_tolerated = tolerated
        self.body = item.get("requestBody")
        self._checkers = checkers
        self._showers: dict[str, Show] = {}
        self._parts: dict[int, Mapping[str, ResourceSchema]] = {}
        self._envelopes: dict[int, Checker] = {}

    def __repr__(self) -> str:
        return f"<{self.id}: {self.method} {self.path}>"

    # what the contract says

    @cached_property
    def media_type(self) -> str | None:
        """Of the request's body; None where the operation takes none."""
        return next(iter(self.body["content"])) if self.body else None

    @cached_property
    def records(self) -> Mapping[str, str]:
        """The types of the records that the parameters of its path name."""
        parameters = self.item.get("parameters", ())
        return {p["name"]: p["x-record"] for p in parameters if "x-record" in p}

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """Those of its query."""
        return {p["name"]: p for p in self.item.get("parameters", ()) if p["in"] == "query"}

    @cached_property
    def responses(self) -> Mapping[int, Mapping[str, Any]]:
        """The documented answers by status, references followed."""
        return {
            int(status): self._shared[r["$ref"].rpartition("/")[2]] if "$ref" in r else r
            for status, r in self.item["responses"].items()
        }

    @property
    def successes(self) -> Mapping[int, Schema | None]:
        """The statuses of success, each with the schema of its body; None where it has no JSON."""
        said = self.item["responses"].items()
        return {int(status): _json_schema(r) for status, r in said if status < "300"}

    def says(self, status: int) -> bool:
        """Whether its page says a status of its own, beside what every operation refuses with."""
        return "$ref" not in self.item["responses"].get(str(status), {"$ref": ""})

    @property
    def takes_bytes(self) -> bool:
        """Whether the body is a file, whatever is in it."""
        return self.media_type is not None and not self.takes_json

    @property
    def takes_json(self) -> bool:
        return self.media_type == JSONAPI

    @property
    def needs_body(self) -> bool:
        return bool(self.body and self.body.get("required"))

    @cached_property
    def tells_secrets(self) -> bool:
        """Whether any answer lists a member that is secret."""
        queue: list[Any] = [self.answer_schema(status) for status in self.responses]
        seen: set[str] = set()
        while queue:
            part = queue.pop()
            if isinstance(part, list):
                queue += part
            elif isinstance(part, Mapping):
                if part.get("x-secret"):
                    return True
                name = part.get("$ref", "")
                if isinstance(name, str) and name and name not in seen:
                    seen.add(name)
                    queue.append(self._schemas[name.rpartition("/")[2]])
                queue += list(part.values())
        return False

    def answer_schema(self, status: int) -> Schema | None:
        """The schema of an answer; None where it has no JSON body."""
        return _json_schema(self.responses[status])

    @cached_property
    def body_schema(self) -> Schema:
        assert self.body
        schema: Schema = self.body["content"][self.media_type]["schema"]
        return schema

    def checker(self, schema: Schema) -> Checker:
        """The compiled schema."""
        return self._checkers.of(schema)

    # what is sent

    @cached_property
    def _place(self) -> Mapping[str, str]:
        return {"operation": self.id, "edition": self.edition}

    @cached_property
    def _tolerated(self) -> Sequence[Tolerated]:
        return [t for t in self._all_tolerated if not t.operations or self.id in t.operations]

    @cached_property
    def _query(self) -> Query:
        filters = {entry.parameter for entry in self._tolerated}
        return Query(self.parameters, filters, self._place, self.source)

    def check_query(self, arguments: Iterable[tuple[str, str]]) -> Checked:
        """Query parameters: typed, with defaults; unknown or repeated ones are findings, unknown
        filters are refused."""
        return self._query.checked(arguments)

    def check_body(self, value: Any) -> Checked:
        """A JSON body: findings taken out, every refusal at once, defaults of a create filled in."""
        return self._body.checked(value)

    @cached_property
    def _body(self) -> RequestBody:
        return RequestBody(
            self.body_schema,
            self._schemas,
            self._checkers,
            self._tolerated,
            self._place,
            self.source,
        )

    # what is answered

    def shown(self, status: int, document: Any) -> Any:
        """The document without what this edition does not list."""
        schema = self.answer_schema(status) if status in self.responses else None
        if schema is None:
            return document
        name = schema.get("$ref", str(status))
        if name not in self._showers:
            self._showers[name] = shower(schema, self._schemas)
        return self._showers[name](document)

    def parts(self, status: int) -> Mapping[str, ResourceSchema]:
        """The resource objects that an answer may hold, by type; none where it holds no such."""
        if status not in self._parts:
            schema = self.answer_schema(status) if status in self.responses else None
            named = resource_schemas(schema, self._schemas) if schema else {}
            self._parts[status] = {
                type: ResourceSchema(name, self._schemas, self._checkers)
                for type, name in named.items()
            }
        return self._parts[status]

    def check_envelope(self, status: int, document: Any) -> list[Miss]:
        """As `check_answer`, for a document in which numbers stand for its resource objects."""
        if status not in self.responses:
            return self.check_answer(status, document)
        if status not in self._envelopes:
            schema = envelope(self.answer_schema(status) or {}, self._schemas)
            self._envelopes[status] = self._checkers.of(schema)
        return self._envelopes[status].misses(document)

    def check_answer(self, status: int, document: Any) -> list[Miss]:
        """Where an answer breaks the contract; empty where it keeps it.

        An undocumented status is a miss of the fault `status`; `document` None means no body.
        """
        if status not in self.responses:
            return [Miss((), "status", status, sorted(self.responses))]
        schema = self.answer_schema(status)
        if schema is None:
            return [] if document is None else [Miss((), "body", document, "no body")]
        return self.checker(schema).misses(document)

    def explain_answer(self, status: int, miss: Miss) -> str:
        """One sentence about a miss in an answer: pointer, fact, what was expected, source."""
        if miss.fault == "status":
            return f"status {miss.value} is not documented (documented: {miss.expected})"
        schema = self.answer_schema(status)
        if schema is None or miss.fault == "body":
            return f"{status} has a body where none is documented"
        return explain_miss(miss, schema, self._schemas, self._checkers.secrets)
