"""The two operations that need no token, and so no world."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.server import Server


def ping(server: Server, sent: Sent) -> Answer:
    """204, with the version header that clients look for (go-tfe; terraform's cloud block)."""
    return Answer(204, headers=dict(server.contract().facts["headers"]))


def discover_services(server: Server, sent: Sent) -> Answer:
    """Where the services are, for terraform: relative, and ending in a slash, on which it insists."""
    return json_answer(200, server.contract().facts["services"], "application/json")


OPEN: Mapping[str, Callable[[Server, Sent], Answer]] = {
    "ping": ping,
    "discover-services": discover_services,
}
