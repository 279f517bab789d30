"""JSON pointers (RFC 6901): a path to text and back. Below every room; it imports only what is a number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mockserver.digits import whole_number


def escape(name: object) -> str:
    """One name as it stands in a pointer, for every name from outside may hold `~` and `/`."""
    return str(name).replace("~", "~0").replace("/", "~1")


def pointer(path: Iterable[str | int]) -> str:
    """A path as a pointer; the empty path is the whole document."""
    return "".join("/" + escape(part) for part in path)


@lru_cache(maxsize=4096)
def parts(pointer: str) -> tuple[str, ...]:
    """The names along a pointer, none for the whole document; an index stays text."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def key_path(path: Iterable[str | int]) -> str:
    """A path as the pages write it: `data.relationships.policies.data[].id`."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def key_path_of(pointer: str) -> str:
    """The same of a pointer: `/data/0/id` is `data[].id`."""
    return key_path(path_of(pointer))


def path_of(pointer: str) -> tuple[str | int, ...]:
    """The path that a pointer tells; a name that looks like an index is one."""
    indices = ((part, whole_number(part)) for part in parts(pointer))
    return tuple(part if index is None else index for part, index in indices)
