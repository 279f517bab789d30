"""The contract of a world's edition: its pages, what of them was exercised, and an operation tried out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import flask

from mockserver.contract import Edition, Operation
from mockserver.contract.key_paths import KeyPath, key_paths
from mockserver.judge.coverage import Point
from mockserver.page import doors
from mockserver.page.asking import control, root, send
from mockserver.page.bodies import Line, lines
from mockserver.world.universe import Universe
from mockserver.world.who import callers

Said = Any


def list_pages(number: int) -> Said:
    universe = doors.world(number)
    met, of = _coverage(universe)
    pages: dict[str, list[Operation]] = {}
    for operation in _edition(universe).operations.values():
        pages.setdefault(operation.page, []).append(operation)
    rows = [
        {
            "name": name,
            "operations": len(operations),
            "called": sum(("operation", o.id, "") in met for o in operations),
            "met": sum(point[1] in {o.id for o in operations} for point in met),
            "of": sum(point[1] in {o.id for o in operations} for point in of),
        }
        for name, operations in pages.items()
    ]
    edition = _edition(universe)
    return flask.render_template(
        "contract.html", number=number, edition=edition, rows=rows, met=len(met), of=len(of)
    )


def show_page(number: int, page: str) -> Said:
    universe = doors.world(number)
    met, of = _coverage(universe)
    operations = [o for o in _edition(universe).operations.values() if o.page == page]
    if not operations:
        flask.abort(404, f"Edition {universe.edition} has no page {page}.")
    counts = {
        o.id: (sum(p[1] == o.id for p in met), sum(p[1] == o.id for p in of)) for o in operations
    }
    return flask.render_template(
        "contract_page.html",
        number=number,
        page=page,
        operations=operations,
        counts=counts,
        judged=any(o.id in universe.kinds.table for o in operations),
    )


def show_operation(number: int, page: str, id: str) -> Said:
    return _operation(number, page, id, {}, [])


def _operation(
    number: int, page: str, id: str, wanted: Mapping[str, str], faults: list[str]
) -> str:
    universe = doors.world(number)
    edition = _edition(universe)
    operation = edition.operations.get(id)
    if operation is None or operation.page != page:
        flask.abort(404, f"Edition {universe.edition} has no operation {id} on a page {page}.")
    met, of = _coverage(universe)
    example = edition.examples.get(id, {})
    return flask.render_template(
        "operation.html",
        number=number,
        page=page,
        operation=operation,
        told=told(edition, operation),
        examples=dict(_examples(example)),
        met=[point for point in met if point[1] == id],
        missing=sorted(point for point in of - met if point[1] == id),
        callers=callers(universe.kinds, universe.state),
        wanted={**_example(operation, example), **wanted},
        faults=faults,
        base=root()(),
    )


@lru_cache(maxsize=512)
def told(edition: Edition, operation: Operation) -> Mapping[str, Any]:
    """What an operation's page says in tables: the key paths of its body and of each answer."""
    schemas = edition.schemas
    body = list(key_paths(operation.body_schema, schemas)) if operation.takes_json else []
    answers: dict[int, tuple[Mapping[str, Any], list[KeyPath]]] = {}
    for status, response in operation.responses.items():
        schema = operation.answer_schema(status)
        answers[status] = response, list(key_paths(schema, schemas)) if schema else []
    return {"body": body, "answers": answers, "parameters": operation.item.get("parameters", [])}


def _edition(universe: Universe) -> Edition:
    return doors.server().contract(universe.edition)


def _coverage(universe: Universe) -> tuple[set[Point], set[Point]]:
    """The points that this world's traffic has met, and all there are."""
    found = control("GET", "coverage", of=universe)
    met = {(kind, id, what) for kind, id, what in found["met"]}
    return met, met | {(kind, id, what) for kind, id, what in found["missing"]}


def _examples(example: Mapping[str, Any]) -> Iterator[tuple[str, list[Line]]]:
    for status, answer in example.get("answers", {}).items():
        if answer is not None:
            yield str(status), lines(answer)[0]


# tried out


def _example(operation: Operation, example: Mapping[str, Any]) -> dict[str, str]:
    """What the form begins with: the example's own path, query and body."""
    body = example.get("body")
    text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
    return {
        **{f"path.{name}": str(value) for name, value in example.get("path", {}).items()},
        "query": urlencode(example.get("query", {})),
        "body": "" if body is None else text,
        "caller": "",
    }


def try_it(number: int, page: str, id: str) -> Said:
    """Send it as the chosen caller; the request stands in the journal like any other."""
    universe, form = doors.world(number), flask.request.form
    operation = _edition(universe).operations.get(id)
    if operation is None:
        flask.abort(404, f"Edition {universe.edition} has no operation {id}.")
    caller = form.get("caller") or None
    if caller is not None and caller not in callers(universe.kinds, universe.state):
        return _operation(number, page, id, form, [f"There is no {caller} in this world."]), 422
    path = operation.path
    for name in (p["name"] for p in operation.item.get("parameters", []) if p["in"] == "path"):
        path = path.replace(f"{{{name}}}", form.get(f"path.{name}", ""))
    body = form.get("body", "").encode("utf-8", "replace") if operation.body else b""
    query = quote(form.get("query", ""), safe="/%:@!$&'()*+,;=?~-._[]")
    media_type = operation.media_type or "application/vnd.api+json"
    entry, held = send(universe, operation.method, path, query, body, media_type, caller)
    if held:
        doors.say(f"A fault would have held this up for {held:g} seconds; the page did not wait.")
    where = f"journal/{entry.number}" if entry else "journal"
    return flask.redirect(f"/worlds/{number}/{where}", 303)


OPERATION = "/worlds/<int:number>/contract/<page>/<id>"
ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/contract", "GET", list_pages),
    ("/worlds/<int:number>/contract/<page>", "GET", show_page),
    (OPERATION, "GET", show_operation),
    (OPERATION, "POST", try_it),
)
