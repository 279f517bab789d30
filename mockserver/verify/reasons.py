"""Why a documented status was not brought about: verification owes a reason for each."""

from __future__ import annotations

from mockserver.contract import Operation
from mockserver.verify.findings import decided
from mockserver.verify.session import Session

STORM = "only more requests a second than the server allows bring it about"
FAILURE = "documented, but no request makes a server fail"
STRAY = "nothing in the request can break the contract but unlisted parameters, which are let pass"
ANYTHING = "any body is read: nothing in it can break the contract"
BROKEN = "only a broken body brings it about, and a server that ignores it carries the request out"
UNNAMED = "the path names no record that could be unknown"
FAR = "10 MB are sent to another machine only where the page itself documents the limit"
UNPLAYED = "no life plays this operation"
READING = "--read-only sends GETs alone"
OWED = ""
"""No reason: the run should have met it."""


def reason(session: Session, operation: Operation, status: int) -> str:
    """The reason, or OWED where there is none."""
    for life in session.lives.values():
        for name in (f"{operation.id} {status}", operation.id):
            if name in life.unreached:
                return life.unreached[name]
    if status == 429:
        return STORM
    if status >= 500:
        return FAILURE
    if operation.id not in _played(session) and not operation.open:
        return UNPLAYED
    if session.read_only and operation.method != "GET":
        return READING
    if status == 422 and not operation.body and not _strict_query(operation):
        return STRAY
    if status == 422 and operation.body and not (operation.takes_json and operation.body_schema):
        return ANYTHING
    if status == 400 and not operation.takes_json and "include" not in operation.parameters:
        return BROKEN
    if status == 404 and not operation.records:
        return UNNAMED
    if status == 413 and not session.local:
        source = session.source(operation, 413)
        return FAR if decided(session.edition, operation.id, source) else OWED
    return OWED


def _played(session: Session) -> set[str]:
    return {id for id, _ in session.reached}


def _strict_query(operation: Operation) -> bool:
    return any(
        parameter.get("required") or parameter["schema"]["type"] == "integer"
        for parameter in operation.parameters.values()
    )
