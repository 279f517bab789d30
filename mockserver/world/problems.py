"""The one way to refuse a caller, and the other way to own up to a mistake of ours.

A `Problem` is the documented answer to a caller's mistake. A `Breach` is an answer of ours that
does not keep the contract: it answers 500, is kept in the journal, and the state is not swapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.pointers import key_path_of
from mockserver.redaction import cut

INVALID = "invalid attribute"
"""The vendor's title of a 422 (recorded)."""
NOWHERE: Mapping[str, str] = {}


LONGEST = 2_000
"""Letters of one text of an explanation: what is sent may be of megabytes, and it quotes that."""


def shortened(meta: Mapping[str, Any]) -> dict[str, Any]:
    """An explanation with no text longer than LONGEST."""
    return {n: cut(text, LONGEST) if isinstance(text, str) else text for n, text in meta.items()}


class Error(NamedTuple):
    """One entry of `errors`: the vendor's words, and our explanation in `meta`."""

    title: str
    detail: str | None = None
    pointer: str | None = None
    meta: Mapping[str, Any] = MappingProxyType({})

    def shown(
        self, status: int, place: Mapping[str, str], sources: Mapping[str, str]
    ) -> dict[str, Any]:
        error: dict[str, Any] = {"status": str(status), "title": self.title}
        if self.detail is not None:
            error["detail"] = cut(self.detail, LONGEST)
        pointer = {} if self.pointer is None else {"pointer": cut(self.pointer, LONGEST)}
        if pointer:
            error["source"] = dict(pointer)
        if self.meta:
            meta = {**place, **pointer, **self.meta}
            if "source" in meta:
                meta["source"] = sources.get(meta["source"], meta["source"])
            error["meta"] = shortened(meta)
        return error


class Problem(Exception):
    """A refusal: status, errors, and what only the journal may say (`why`).

    A 401 or 404 never explains itself to the caller (a stranger must not learn that something
    exists), so its reason goes to `why`.
    """

    def __init__(
        self,
        status: int,
        *errors: Error,
        why: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.errors: Sequence[Error] = errors
        self.why = why and cut(why, LONGEST)
        self.headers = dict(headers or {})
        super().__init__(why or "; ".join(e.detail or e.title for e in errors))

    def document(
        self, place: Mapping[str, str] = NOWHERE, sources: Mapping[str, str] = NOWHERE
    ) -> dict[str, Any]:
        """The errors. `place` (operation, edition) goes before each explanation; `sources` tell
        where an operation or a rule that an explanation names is written.
        """
        return {"errors": [error.shown(self.status, place, sources) for error in self.errors]}


def unauthorized(why: str) -> Problem:
    """401, the vendor's words (recorded)."""
    return Problem(401, Error("unauthorized"), why=why)


def not_found(why: str) -> Problem:
    """404, the vendor's words (recorded); the journal alone knows why."""
    return Problem(404, Error("not found"), why=why)


def conflict(detail: str, **meta: str) -> Problem:
    """409, as lock and unlock of a workspace answer; `meta`: the fact, what was expected, what to do."""
    return Problem(409, Error("conflict", detail, meta=meta))


def invalid(detail: str, pointer: str | None = None, **meta: Any) -> Problem:
    """422 of one rule (recorded form).

    `meta`: the fact, what was expected, what to do, and the name of the source (an operation or a
    rule) where it is not the operation that was asked for.
    """
    return Problem(422, invalid_item(detail, pointer, **meta))


MOST = 1_000
"""Errors that one answer tells; more would teach nobody more."""


def invalid_items(errors: Sequence[Error]) -> Problem:
    """422 of several rules at once, or of one for many items; the first MOST of them."""
    return Problem(422, *errors[:MOST])


def invalid_item(detail: str, pointer: str | None = None, **meta: Any) -> Error:
    """One entry for `invalid_items`; its key path is the pointer's unless `meta` has another."""
    said = {name.replace("_", "-"): value for name, value in meta.items()}
    return Error(INVALID, detail, pointer, {"key-path": key_path_of(pointer or ""), **said})


class Breach(Exception):
    """An answer of ours that breaks our own contract.

    `operation` and `misses` say where and how; the caller gets a 500 that names them.
    """

    def __init__(self, operation: str, edition: str, misses: Sequence[str]) -> None:
        self.operation, self.edition, self.misses = operation, edition, list(misses)
        where = f"{operation} (edition {edition})"
        super().__init__(f"the answer of {where} breaks the contract: " + "; ".join(misses))
