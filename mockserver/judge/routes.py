"""The routes of an edition as they stand in URLs: parameters in percent-encoding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from mockserver.contract import Edition, Operation
from mockserver.contract.routes import routes


def match(edition: Edition, method: str, path: str) -> tuple[Operation | None, Mapping[str, str]]:
    """The operation that a method and the path of a URL name, with the path's parameters; None
    where the edition has none.
    """
    route = routes(edition).match(method, path)
    return route.operation, {name: unquote(text) for name, text in route.path.items()}


def filled(operation: Operation, path: Mapping[str, str]) -> str:
    """The path of an operation with its parameters filled in."""
    return re.sub(
        r"\{(\w+)\}", lambda name: quote(path[name[1]], "", errors="replace"), operation.path
    )
