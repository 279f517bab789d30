"""The commands that print what the contract says: `openapi`, `operations`, `fixture-schema`, `who`."""

from __future__ import annotations

from typing import Any

import click

from mockserver.cli.common import (
    EDITION,
    FIXTURE,
    WORLD_EDITION,
    Unusable,
    edition_named,
    kinds_serving,
    printed_as,
    refusing,
)
from mockserver.cli.printing import say, say_json, say_table
from mockserver.escaping import escaped


@click.command()
@EDITION
def openapi(edition: str) -> None:
    """Print an edition as an OpenAPI 3.1 document."""
    from mockserver.contract.unfit_examples import refuse_unfit_examples

    named = edition_named(edition)
    try:
        refuse_unfit_examples(named)
    except ValueError as error:
        raise Unusable(escaped(str(error))) from None
    say_json(named.openapi())


@click.command("fixture-schema")
@EDITION
def print_fixture_schema(edition: str) -> None:
    """Print the JSON Schema of fixtures."""
    from mockserver.world.fixture_schema import fixture_schema

    say_json(fixture_schema(kinds_serving(edition_named(edition))))


@click.command()
@click.option("--edition", help="Edition of the API; every edition if omitted.")
@printed_as("table", "json", "markdown")
def operations(edition: str | None, form: str) -> None:
    """List the operations of the API that are supported."""
    from mockserver.contract import editions

    asked = [edition_named(name) for name in ([edition] if edition else editions())]
    rows: list[dict[str, Any]] = [
        {
            "edition": contract.name,
            "page": operation.page,
            "operation": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": sorted(operation.responses),
        }
        for contract in asked
        for operation in contract.operations.values()
        if operation.open or operation.id in kinds_serving(contract).table
    ]
    if form == "json":
        say_json(rows)
        return
    if form == "markdown":
        say("| page | operation | call | success |\n|---|---|---|---|")
        for row in rows:
            success = ", ".join(str(status) for status in row["statuses"] if status < 300)
            call = f"`{row['method']} {row['path']}`"
            say(f"| {row['page']} | `{row['operation']}` | {call} | {success} |")
        return
    heads = ["edition", "operation", "method", "path"]
    say_table([heads, *([str(row[head]) for head in heads] for row in rows)])


@click.command()
@FIXTURE
@WORLD_EDITION
@click.option(
    "--caller", "names", multiple=True, help="Only this caller, e.g. ann. May be repeated."
)
@click.option("--operation", "ids", multiple=True, help="Only this operation. May be repeated.")
@printed_as("table", "markdown", "json")
def who(
    fixture: str, edition: str | None, names: tuple[str, ...], ids: tuple[str, ...], form: str
) -> None:
    """Print who may do what in the world of a fixture.

    Rows are operations, columns are callers. A cell is yes, no, some n/m (n of m records), or - if
    there is no such record.
    """
    from mockserver.control.matrix import matrix

    if edition:
        edition_named(edition)
    with refusing():
        found = matrix(fixture, edition, names, ids)
    if form == "json":
        say_json(found)
        return
    columns = list(next(iter(found.values()), {}))
    rows = [["operation", *columns], *([op, *cells.values()] for op, cells in found.items())]
    if form == "markdown":
        rows.insert(1, ["---"] * len(rows[0]))
        for row in rows:
            say(f"| {' | '.join(row)} |")
        return
    say_table(rows)
