"""What a test has left over: threads, sockets, and universes in a server that outlives it.

Looked at around every test, so it costs microseconds: who makes a socket or a server is written
down when it is made, and nothing is searched for.
"""

from __future__ import annotations

import gc
import re
import socket
import threading
import time
import weakref
from collections.abc import Iterator, Set
from typing import Any

import pytest

from mockserver.world.universes import Universes

WORKER = re.compile(r"mockserver(-\w+)?_\d+")
"""A worker of a server, made when there is work; the server's own thread is told, and ends it."""
PATIENCE = 2.0
"""Seconds that a thread or a connection has to come to its end after its test."""


class Made:
    """Every living object of a class, whoever has made it since `watch`."""

    def __init__(self) -> None:
        self._all: set[weakref.ref[Any]] = set()

    def watch(self, made: type) -> None:
        """Write down each object that the class initialises from now on."""
        first = made.__init__  # type: ignore[misc]

        def noted(one: Any, *arguments: Any, **options: Any) -> None:
            first(one, *arguments, **options)
            self._all.add(weakref.ref(one, self._all.discard))

        made.__init__ = noted  # type: ignore[misc]

    def alive(self) -> list[Any]:
        return [one for ref in self._all.copy() if (one := ref()) is not None]


SOCKETS, SERVERS = Made(), Made()


def watch() -> None:
    """Begin; said once a session."""
    SOCKETS.watch(socket.socket)
    SERVERS.watch(Universes)


def held() -> dict[tuple[Any, ...], Any]:
    """What there is at this moment: threads, open sockets, and universes by server and key.

    Whoever remembers what there was remembers the keys alone, so that he keeps nothing alive.
    """
    return {
        **{
            ("thread", id(thread)): thread.name
            for thread in threading.enumerate()
            if not WORKER.fullmatch(thread.name)
        },
        **{("socket", id(one)): one for one in SOCKETS.alive() if one.fileno() != -1},
        **{
            ("universe", id(server), universe.key): universe.key
            for server in SERVERS.alive()
            for universe in server
        },
        **{("server", id(server)): "" for server in SERVERS.alive()},
    }


def left(before: Set[tuple[Any, ...]]) -> list[str]:
    """What is held now and was not before, in words. What is about to end may do so: threads that
    were told to, sockets that only the collector can find.

    A server that was not there before ends with the test's own values, and its universes with it.
    """

    def more() -> list[str]:
        new = {key: it for key, it in held().items() if key not in before}
        servers = {key[1] for key in new if key[0] == "server"}
        return sorted(
            f"the {kind} {it}"
            for (kind, *which), it in new.items()
            if kind != "server" and not (kind == "universe" and which[0] in servers)
        )

    for generation in range(3):  # what the test has made is among the youngest
        if not more():
            return []
        gc.collect(generation)
    until = time.monotonic() + PATIENCE
    while (found := more()) and time.monotonic() < until:
        time.sleep(0.01)
    return found


@pytest.fixture(autouse=True)
def nothing_is_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test that leaves a thread, a socket or a universe; what fixtures of a wider scope
    hold was there before it. One that fails anyhow is not asked: its traceback holds what it had.
    """
    if "tfe_server" in request.fixturenames:
        assert request.getfixturevalue("tfe_server").url  # listens from its first use on
    before, failed = frozenset(held()), request.session.testsfailed
    yield
    if request.session.testsfailed == failed and (found := left(before)):
        pytest.fail("left over: " + "; ".join(found), pytrace=False)
