"""Where a server is, read from the URL that a user gives."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult

from mockserver.escaping import escaped
from mockserver.loopback import split


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """`root`: the path before all others, without a slash at its end."""

    host: str
    port: int
    tls: bool
    root: str

    @property
    def socket(self) -> tuple[str, int]:
        return self.host, self.port

    def __str__(self) -> str:
        """`127.0.0.1:8080`: a report takes hosts out of URLs, and this is for who has given it."""
        return escaped(
            f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        )


def address_of(url: str) -> ServerAddress:
    """The address of a server or of its API. Raises ValueError: a sentence without its subject, which is
    the option that the URL was given with."""
    parts = split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("needs http:// or https:// and a host, as in https://tfe.example.com")
    tls = parts.scheme == "https"
    root = parts.path.rstrip("/").removesuffix("/api/v2")  # as curl's users have it
    return ServerAddress(parts.hostname, _port(parts) or (443 if tls else 80), tls, root)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("needs a port from 1 to 65535, or none") from None
