"""The short way in: requests to the API go from WSGI straight to the page of their life.

Flask's own dispatch costs as much as all the checks together (docs/cost.md): contexts, signals and
hooks that nobody uses on these paths. Everything else, and a broken answer, goes through Flask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wsgi import get_input_stream

from mockserver.pipeline.messages import API, LIMIT, Answer, BrokenOff, Sent, TooLarge, squeezed

Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]

PAGE = ("/worlds", "/open/", "/page/")
"""Where the paths of the page for people begin, beside `/` itself."""
LINES = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}
"""Status lines; werkzeug's words, for Python's own change from version to version."""


class WsgiDoor:
    """A WSGI application: `answer` for the API, `page()` for people, `rest` for every other path.

    `whole(environ, answer)` makes a WSGI response of an answer that a fault has spoilt; `page` gives
    a WSGI application, and is called when somebody opens it.
    """

    def __init__(
        self,
        rest: Wsgi,
        answer: Callable[[Sent], Answer],
        whole: Callable[[Environ, Answer], Wsgi],
        page: Callable[[], Wsgi],
    ) -> None:
        self._rest, self._answer, self._whole, self._open = rest, answer, whole, page
        self._page: Wsgi | None = None
        self._opening = Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(API):
            for_people = path == "/" or path.startswith(PAGE)
            return (self._people() if for_people else self._rest)(environ, start)
        made = self._answer(received(environ))
        if made.cut:
            return self._whole(environ, made)(environ, start)
        return _given(made, environ, start)

    def _people(self) -> Wsgi:
        with self._opening:
            if self._page is None:
                self._page = self._open()
            return self._page


def application(answer: Callable[[Sent], Answer]) -> Wsgi:
    """A WSGI application that answers every path by one function."""
    return lambda environ, start: _given(answer(received(environ)), environ, start)


def _given(made: Answer, environ: Environ, start: Start) -> Iterable[bytes]:
    headers = list(made.headers.items())
    if made.status >= 200 and made.status != 204:
        headers.append(("Content-Length", str(len(made.body))))
    start(LINES.get(made.status) or f"{made.status} Unknown", headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (made.body,)


class WsgiHeaders:
    """The headers of a WSGI request."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def get(self, name: str, default: str, /) -> str:
        return str(self._environ.get(_key(name), default))

    def items(self) -> Iterator[tuple[str, str]]:
        for key, value in self._environ.items():
            if key.startswith("HTTP_") or (key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value):
                yield key.removeprefix("HTTP_").replace("_", "-").title(), str(value)


@lru_cache(maxsize=64)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def received(environ: Environ) -> Sent:
    """A WSGI request as ours. The body is received when it is asked for."""
    query = environ.get("QUERY_STRING", "")
    return Sent(
        method=environ["REQUEST_METHOD"],
        path=squeezed(environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")),
        query=query,
        arguments=parse_qsl(query, keep_blank_values=True, errors="replace") if query else (),
        headers=WsgiHeaders(environ),
        root=partial(_root, environ),
        receive=partial(_body, environ),
        target=environ.get("REQUEST_URI", "").partition("?")[0],
    )


def _root(environ: Environ) -> str:
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def _body(environ: Environ) -> bytes:
    """The whole body. Raises TooLarge or BrokenOff."""
    length = _length(environ)
    if length > LIMIT:
        raise TooLarge
    try:
        if "HTTP_TRANSFER_ENCODING" not in environ:
            content = bytes(environ["wsgi.input"].read(length)) if length else b""
        else:
            # one byte more: of chunks it would give the first LIMIT bytes as if they were all
            content = get_input_stream(environ, max_content_length=LIMIT + 1).read()
    except RequestEntityTooLarge:
        raise TooLarge from None
    except (ClientDisconnected, ValueError, OSError):
        raise BrokenOff from None
    if len(content) > LIMIT:
        raise TooLarge
    if len(content) < length:  # the client has gone away
        raise BrokenOff
    return content


def _length(environ: Environ) -> int:
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0
