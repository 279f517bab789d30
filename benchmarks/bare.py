"""A bare ASGI callable that answers the bytes of a file: what uvicorn costs by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn

BODY = Path(sys.argv[1]).read_bytes()
HEADERS = [
    (b"content-type", b"application/vnd.api+json"),
    (b"content-length", str(len(BODY)).encode()),
]


async def answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


uvicorn.run(
    answer, port=int(sys.argv[2]), http="httptools", lifespan="off", log_level="error", ws="none"
)
