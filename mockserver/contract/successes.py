"""The success of an operation that names none: its body, its method or its path says what it answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.definitions import Definitions
from mockserver.contract.roles import CREATE, UPDATE


def with_success(said: Mapping[str, Any], known: Definitions) -> Mapping[str, Any]:
    """An operation with the success that follows from its body, its method and its path, where it says
    none.

    Raises ValueError where nothing follows.
    """
    answers = said.get("answers", {})
    if min(answers, default="400") < "400":
        return said
    status, answer = _success(said, known)
    return {**said, "answers": {status: answer, **answers}}


def _success(said: Mapping[str, Any], known: Definitions) -> tuple[str, Any]:
    body: Mapping[str, Any] = said.get("body", {})
    method, _, path = said["call"].partition(" ")
    if CREATE in body:
        record = known.record(body[CREATE])
        return "201", _document(body[CREATE], f"The {record.noun} was made.")
    if UPDATE in body:
        record = known.record(body[UPDATE])
        return "200", _document(body[UPDATE], f"The {record.noun} as it is now.")
    if "identifiers" in body:
        return "204", "The members are as asked."
    if body or method not in ("GET", "DELETE"):
        raise ValueError("answers names no success, and none follows from its body")
    *_, word, last = path.split("/")
    if last.startswith("{"):
        record = known.addressed(word)
        if method == "DELETE":
            return "204", f"The {record.noun} is gone."
        return "200", _document(record.name, f"The {record.noun}.")
    record = known.addressed(last)
    if method == "DELETE":
        raise ValueError("answers names no success, and none follows from its path")
    told = "A page of" if "pages" in said else "The"
    return "200", {"description": f"{told} {plural(record.noun)}.", "list": record.name}


def _document(name: str, told: str) -> dict[str, str]:
    return {"description": told, "document": name}


def plural(noun: str) -> str:
    """Several of a noun: policies, team accesses, policy sets."""
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"
