"""What would pass in place of a request that was not in the contract: the contract's own example.

An example is of the documented world. A reader sends it to his own: so the path is the one that he
sent, and of the ids in it those that he sent in the same place; what names another id is left out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qsl, unquote

from mockserver.client.seen import Seen
from mockserver.contract import Edition, Operation

ID = re.compile(r"[a-z]+-[A-Za-z0-9]{14,18}")
NOTHING = object()
"""In the place of what names an id that is not known to be of the reader's world."""

Request = tuple[str, dict[str, str], Any]
"""Method and path, query, body."""


def passing(seen: Seen, contract: Edition) -> Request | None:
    """The example of an exchange's operation in the reader's world; None where there is none, or where
    the operation wants an id that was not sent."""
    example: Mapping[str, Any] = contract.examples.get(seen.operation or "", {})
    operation = contract.operations.get(seen.operation or "")
    if not example or operation is None:
        return None
    ids = _ids_of_path(operation, example.get("path", {}), seen.path)
    asked = dict(parse_qsl(seen.query))
    query = {
        name: said
        for name, value in example.get("query", {}).items()
        if (said := _in_place(value, asked.get(name), ids)) is not NOTHING
    }
    body = _in_place(example.get("body"), seen.request, ids)
    if body is NOTHING or not _is_taken(operation, query, body):
        return None
    return f"{operation.method} {seen.path}", query, body


def _ids_of_path(operation: Operation, example: Mapping[str, Any], path: str) -> Mapping[str, str]:
    """What was sent for each value that the example has in its path."""
    pairs = zip(operation.path.split("/"), path.split("/"), strict=False)
    return {
        str(example[name]): unquote(sent)
        for part, sent in pairs
        if (name := part.strip("{}")) in example and part.startswith("{")
    }


def _in_place(value: Any, sent: Any, ids: Mapping[str, str], key: str = "") -> Any:
    """A value of the example with ids that were sent; NOTHING where it names another.

    What has lost an id is nothing as a whole; a resource object, its attributes and its relationships
    lose the member.
    """
    if isinstance(value, str) and (key == "id" or ID.fullmatch(value)):
        known = isinstance(sent, str) and (key == "id" or ID.fullmatch(sent))
        return ids.get(value, sent if known else NOTHING)
    if isinstance(value, list):
        pairs = zip_longest(value, sent[: len(value)] if isinstance(sent, list) else [])
        listed = [_in_place(one, said, ids) for one, said in pairs]
        listed = [one for one in listed if one is not NOTHING]
        return listed if listed or not value else NOTHING
    if not isinstance(value, dict):
        return value
    beside = sent if isinstance(sent, dict) else {}
    members = {name: _in_place(v, beside.get(name), ids, name) for name, v in value.items()}
    kept = {name: one for name, one in members.items() if one is not NOTHING}
    parts = key in ("attributes", "relationships") or "attributes" in value
    return kept if len(kept) == len(value) or (kept and parts) else NOTHING


def _is_taken(operation: Operation, query: Mapping[str, str], body: Any) -> bool:
    """Whether the contract takes it without a finding: nothing that it wants was left out."""
    checked = [operation.check_query(query.items())]
    if body is not None and operation.takes_json:
        checked.append(operation.check_body(copy.deepcopy(body)))
    return not any(one.refusals or one.findings for one in checked)
