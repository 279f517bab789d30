"""What RFC 9112 asks of the head of a request and llhttp lets pass."""

from __future__ import annotations

import httptools

RawHeaders = list[tuple[bytes, bytes]]

HEAD_BYTES = 64 * 1024
"""Of the largest head of a request: its first line and its headers."""


class NoRequest(Exception):
    """A head that is no request: a status, and why."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(detail)


def judge_head(version: str, url: bytes, headers: RawHeaders) -> None:
    """One `Host`, no transfer coding but `chunked`, a bound. Raises NoRequest."""
    if version not in ("1.1", "1.0"):
        raise NoRequest(505, f"HTTP/{version} is not spoken here: send HTTP/1.1")
    if len(url) + sum(len(name) + len(value) + 4 for name, value in headers) > HEAD_BYTES:
        raise too_large()
    hosts = codings = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding":
            codings += 1
            if version == "1.0" or codings > 1 or value.strip().lower() != b"chunked":
                raise NoRequest(400, "the only transfer coding is chunked, said once, in HTTP/1.1")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise NoRequest(400, "a request has one Host header")


def absolute_form(url: bytes) -> tuple[bytes, bytes]:
    """Path with query, and the host that a target in its absolute form names (RFC 9112, 3.2.2);
    empty where it names none. Raises NoRequest.
    """
    if url.startswith(b"/") or url == b"*":
        return url, b""
    try:
        target = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:
        target = None
    if target is None or target.schema is None or target.host is None:
        raise NoRequest(400, "the target of the request is neither a path nor a URL")
    name = b"[%b]" % target.host if b":" in target.host else target.host
    host = name + (b":%d" % target.port if target.port else b"")
    return (target.path or b"/") + (b"?" + target.query if target.query else b""), host


def too_large() -> NoRequest:
    return NoRequest(431, f"the head of a request has at most {HEAD_BYTES} bytes")
