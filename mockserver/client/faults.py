"""What shall go wrong in a world, from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.client.links import Link, shown_or_gone
from mockserver.world.fault_options import WHAT

if TYPE_CHECKING:
    pass


class FaultsHandle:
    """What shall go wrong: `faults.add("status", operation="create-policy-set", status=422)`.

    `what` names every fault, and says what it does and whether a write is done all the same.
    """

    what: Mapping[str, str] = WHAT

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(
        self,
        fault: str,
        *,
        operation: str | None = None,
        path: str | None = None,
        when: str | Mapping[str, Any] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """One more fault; gives it as it stands.

        `operation` or `path` (with `*`) says where, else anywhere; `when` is `"next"`, `"all"`,
        `{"nth": 3}` or `{"share": 0.2}`, by default the next call (of a rate limit: all).
        Options: `status` (status, off-contract-status), `seconds` and `jitter` (latency), `limit`
        a second and `clock`, `"wall"` or `"world"` (rate-limit), `writes` (lag).
        Raises ControlError that lists the faults, the nearest operations, the documented statuses.
        """
        wanted = {"fault": fault, "operation": operation, "path": path, "when": when, **options}
        sent = {name: value for name, value in wanted.items() if value is not None}
        added: dict[str, Any] = self._link.send("POST", "faults", sent)
        return added

    def clear(self) -> None:
        """Remove every fault."""
        self._link.send("DELETE", "faults")

    def __repr__(self) -> str:
        def said() -> str:
            faults = [f"{one['fault']} ({one['fired']} of {one['seen']})" for one in self]
            return ", ".join(faults) or "none"

        return shown_or_gone("Faults", said)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._link.send("GET", "faults")["faults"])

    def __len__(self) -> int:
        return len(list(iter(self)))
