"""A journal as a table for notebooks; nothing in it is markup but our own."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mockserver.client.seen import Seen
from mockserver.escaping import escaped
from mockserver.world.entries import refusals

COLUMNS = ("n", "status", "request", "operation", "caller", "notes")


def as_html(exchanges: list[Seen], forgotten: int) -> str:
    """One row an exchange, oldest first; `forgotten` are no longer known."""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    rows = "".join(f"<tr>{''.join(_cells(exchange))}</tr>" for exchange in exchanges)
    known = f"<caption>{forgotten} earlier are no longer known</caption>" if forgotten else ""
    return f"<table>{known}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(exchange: Seen) -> Iterator[str]:
    query = f"?{exchange.query}" if exchange.query else ""
    told = [*refusals(exchange.response, exchange.findings), *exchange.findings]
    notes = [str(finding["fact"]) for finding in told]
    notes += [note for note in (exchange.why, exchange.fault, exchange.breach) if note]
    for text in (
        str(exchange.n),
        str(exchange.status),
        f"{exchange.method} {exchange.path}{query}",
        exchange.operation or "no operation",
        exchange.caller or "nobody",
        "; ".join(notes),
    ):
        yield f"<td>{escape(escaped(text))}</td>"
