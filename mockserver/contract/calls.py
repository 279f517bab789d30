"""The `call` of an operation in a page file: a method, and a path below the base of the API."""

from __future__ import annotations

import re

from mockserver.contract.operations import OBJECTS

BASE, OUTSIDE = "/api/v2", ("/.well-known/", OBJECTS)
"""What stands before a path by rule, and what paths begin with that it does not stand before."""
_PART = re.compile(r"[A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]*\}", re.ASCII)
_PATH = re.compile(rf"(?:/(?:{_PART.pattern}))+", re.ASCII)


def method_and_path(call: str) -> tuple[str, str]:
    """A `call` as it is sent. Raises ValueError where its path is not as page files write paths."""
    method, _, path = call.partition(" ")
    if path == BASE or path.startswith(f"{BASE}/"):
        short = f"{method} {path.removeprefix(BASE)}"
        raise ValueError(f"call {call!r}: {BASE} stands before it by rule; write {short!r}")
    if _PATH.fullmatch(path):
        return method, whole(path)
    for part in path.split("/")[1:]:
        if part.startswith(":"):
            braced = f"{{{part[1:]}}}"
            raise ValueError(f"call {call!r}: a parameter stands in braces; write {braced!r}")
        if not _PART.fullmatch(part):
            raise ValueError(
                f"call {call!r}: {part!r} is no part of a path; expected words and {{parameters}} "
                "between slashes (those of the query stand under parameters)"
            )
    return method, whole(path)


def whole(path: str) -> str:
    """A path of a page file as it is sent."""
    return path if path.startswith(OUTSIDE) else f"{BASE}{path}"
