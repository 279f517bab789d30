"""What is kept of a request: no secret, ever.

A secret is the value of a member that the contract marks `x-secret`, wherever it stands, and the
token the request carried, wherever it is repeated.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

MASK = "[secret]"


def redacted(value: Any, secrets: Collection[str], token: str | None) -> Any:
    """A JSON value without its secrets; bytes by their length."""
    if isinstance(value, dict):
        return {
            scrubbed(str(name), token): MASK
            if _spelled(name) in secrets and item is not None
            else redacted(item, secrets, token)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(item, secrets, token) for item in value]
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if isinstance(value, str):
        return scrubbed(value, token)
    return value


def _spelled(name: Any) -> str:
    return str(name).replace("_", "-")


def scrubbed(text: str, token: str | None) -> str:
    """A text without the token. A short key is a name rather than a secret, and stays."""
    return text.replace(token, MASK) if token and len(token) >= 16 and token in text else text
