"""Which hosts are this machine itself: the one answer for what is served, asked and verified.

Below every room: the command line, the control plane and the recordings ask it; it imports none.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

NAMES = ("localhost", "127.0.0.1", "::1")
_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+])(?::([0-9]{1,5}))?")
_NAME = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)
LAST_PORT = 65_535


@lru_cache(maxsize=256)
def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine alone: `localhost`, the whole of 127/8, `::1`, `[::1]`.

    Other names are not, wherever they lead: who answers for them may change his mind.
    """
    if host is None or host.casefold() == "localhost":
        return host is not None
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (inner or address).is_loopback


def split(url: str) -> SplitResult:
    """A URL in its parts: all of them empty for what is none, where `urlsplit` raises ValueError."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def origin_of(url: str) -> str | None:
    """Scheme, host and port of a URL of http or https, in lower case; None where it has no host, or
    one that no browser sends: spaces, control characters, a user's name before it.
    """
    parts = split(url)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    as_said = url.lower().startswith(origin)  # what urlsplit has not left out
    found = _ORIGIN.fullmatch(origin)
    return origin if as_said and found and int(found[2] or 0) <= LAST_PORT else None


def host_name(text: str) -> str:
    """A host, without a scheme, port and path. Raises ValueError for what is none."""
    try:
        if not _NAME.fullmatch(text):
            ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        said = f"{text!r} is not a host name: leave out scheme, port and path (tfe.example.com)"
        raise ValueError(said) from None
    return text


@lru_cache(maxsize=256)
def host_of(url: str) -> str | None:
    """The host of a URL in lower case, without port and brackets; None where there is none."""
    return split(url).hostname


def without_proxy(url: str) -> dict[str, str]:
    """The variables that keep clients of a server on this machine from a proxy, with the hosts that
    the environment names already; none for another server.
    """
    host = host_of(url)
    if not is_loopback(host):
        return {}
    known = (os.environ.get(name, "") for name in ("NO_PROXY", "no_proxy"))
    hosts = [part.strip() for text in known for part in text.split(",")]
    said = ",".join(dict.fromkeys(part for part in (*hosts, host, *NAMES) if part))
    return {"NO_PROXY": said, "no_proxy": said}
