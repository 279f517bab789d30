"""A live server on a socket: cheroot, led by its own threads (see `leading`).

Chosen by the table in the README: one process that holds the state, the port known when asked for
0, SIGTERM finishes what was begun, keep-alive, TLS.
"""

from __future__ import annotations

import signal
import socket
from typing import Any

import flask

from mockserver.web.leading import Server

HEADERS = 64 * 1024
"""Bytes of the largest head of a request."""


class LiveServer:
    """A server for an application, bound at once and serving from `start` or `run` on.

    `port` 0 takes a free one; `url` knows it.
    """

    def __init__(self, app: flask.Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self._server = Server((host, port), app, server_name="tfe-mockserver", timeout=60)
        self._server.shutdown_timeout = 30
        self._server.request_queue_size = 128
        self._server.nodelay = True
        self._server.max_request_header_size = HEADERS
        self._server.prepare()

    @property
    def host(self) -> str:
        return str(self._server.bind_addr[0])

    @property
    def port(self) -> int:
        return int(self._server.bind_addr[1])

    @property
    def url(self) -> str:
        """Where it is reached, without a trailing slash."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        name = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"http://{name}:{self.port}"

    def start(self) -> LiveServer:
        """Serve in threads of its own."""
        self._server.serve()
        return self

    def stop(self) -> None:
        """Finish what was begun, take nothing new."""
        self._server.stop()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; what was begun is finished."""
        told, teller = socket.socketpair()
        teller.setblocking(False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, frame: None)
        # a signal that comes while this thread is about to wait wakes it all the same
        signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
        self.start()
        told.recv(1)
        self.stop()
        signal.set_wakeup_fd(-1)
        told.close()
        teller.close()

    def __enter__(self) -> LiveServer:
        return self.start()

    def __exit__(self, *error: Any) -> None:
        self.stop()
