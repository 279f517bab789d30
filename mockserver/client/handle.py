"""The handle of one universe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.client.broken import Broken, explanations, unfired
from mockserver.client.clock import ClockHandle
from mockserver.client.faults import FaultsHandle
from mockserver.client.journal import JournalReader
from mockserver.client.links import ControlError, Gone, Link, shown_or_gone
from mockserver.client.seen import Seen
from mockserver.client.tokens import Tokens
from mockserver.digits import counted
from mockserver.loopback import without_proxy
from mockserver.pipeline.arguments import refuse_wrong
from mockserver.pipeline.server import fixture_for

if TYPE_CHECKING:
    from mockserver.web.testing import ApiClient

NAMED = 5_000
"""Records of a world whose names stand in its repr: to name them takes the whole state."""
Fixture = str | Path | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a world is reached by a socket, and the variables that have clients trust it."""

    url: str
    trust: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """A policy that is checked in a workspace: by name, in which set, and why there.

    `policy` is None for the policies of a version that was uploaded: nothing reads their names.
    """

    policy: str | None
    policy_set: str
    reason: str


class World:
    """One universe: its tokens, its time, its journal, and what can be done to it from outside.

    `token` is the key: it acts as user `admin`. The same object serves a world in this process and
    one of a server elsewhere. Once the world is gone, everything here raises Gone with the reason.
    """

    def __init__(
        self,
        link: Link,
        key: str,
        *,
        address: Callable[[], Address],
        client: Callable[[], ApiClient],
        forked: Callable[[str], World],
        edition: str = "2019-07",
        end: Callable[[BaseException | None], None] = lambda error: None,
    ) -> None:
        self._link, self._address, self._client, self._forked = link, address, client, forked
        self._end = end
        self._made: ApiClient | None = None
        self._reached: Address | None = None
        self.token = key
        self.edition = edition
        self.tokens = Tokens(link, key)
        self.journal = JournalReader(link, lambda: self.edition)
        self.clock = ClockHandle(link)
        self.faults = FaultsHandle(link)

    def __repr__(self) -> str:
        return shown_or_gone(f"World {self.edition}", self._summary)

    def _summary(self) -> str:
        """Where it is, what stands at the top by name, and how much there is of everything."""
        shown = self._link.send("GET", "universe")
        where = getattr(self._link, "url", None) or (self._reached and self._reached.url)
        counts = [f"{count} {type}" for type, count in shown["records"].items()]
        if sum(shown["records"].values()) <= NAMED:
            counts = [*_named(self.state()), *counts]
        counts.append(counted(shown["exchanges"], "exchange"))
        return f"{where or 'in this process'}; {', '.join(counts)}"

    def close(self) -> None:
        """Ends a world that `mockserver.universe()` or `fork()` has made; raises Broken as its `with`
        does. Other worlds stay as they are.
        """
        self._end(None)

    def __enter__(self) -> World:
        return self

    def __exit__(self, type: object, error: BaseException | None, traceback: object) -> None:
        self._end(error)

    @property
    def url(self) -> str:
        """Where the world is reached by a socket; the first use starts a server where none runs."""
        return self._at().url

    def _at(self) -> Address:
        self._reached = self._address()
        return self._reached

    @property
    def authority(self) -> str | None:
        """The file of the authority that clients must trust; None where the world speaks no TLS."""
        return next(iter(self._at().trust.values()), None)

    @property
    def client(self) -> ApiClient:
        """Flask's test client, authenticated: `client.post(path, json=document)`.

        No socket for a world in this process; for one elsewhere the same calls go over HTTP.
        """
        if self._made is None:
            self._made = self._client()
        return self._made

    @property
    def env(self) -> dict[str, str]:
        """The environment that go-tfe, pytfe and the provider read; with TLS, whom to trust.

        No proxy of this machine's environment is asked for a server on this machine.
        """
        address = self._at()
        return {
            **without_proxy(address.url),
            "TFE_ADDRESS": address.url,
            "TFE_TOKEN": self.token,
            "TFE_HOSTNAME": urlsplit(address.url).netloc,
            **address.trust,
        }

    def seed(self, fixture: Fixture) -> dict[str, dict[str, str]]:
        """Add a fixture: a name, a path or a document. Gives `{type: {label: id}}` of what it names, made
        or there before.

        All or nothing. Raises UnknownFixture, UnfitFixture, or ControlError with every fault; TypeError
        for what is no fixture.
        """
        refuse_wrong("seed", {"fixture": fixture})
        document = fixture_for(self.edition, fixture)
        try:
            answer = self._link.send("POST", "seed", dict(document))
        except ControlError as error:
            if isinstance(fixture, Mapping) or error.status != 422:
                raise
            about = f"The fixture {str(fixture)!r} is not added: "
            raise ControlError(error.status, error.errors, about) from None
        self._link.learn(document)
        records: dict[str, dict[str, str]] = answer["records"]
        return records

    def reset(self) -> None:
        """As it was made: ids, clock, journal, faults and snapshots too."""
        self._link.send("POST", "reset")

    def state(self) -> dict[str, Any]:
        """The whole world as a fixture document, secrets as digests."""
        state: dict[str, Any] = self._link.send("GET", "state")
        return state

    def effective_policies(self, workspace: str) -> list[EffectivePolicy]:
        """The policies that are checked in a workspace, with the reason of each.

        By id or `my-organization/workspace-1`. Raises ControlError where there is none.
        """
        refuse_wrong("effective_policies", {"workspace": workspace})
        said = self._link.send("GET", "effective-policies", workspace=workspace)["effective"]
        return [
            EffectivePolicy(name, place["policy-set"]["name"], place["reason"])
            for place in said
            for name in [policy["name"] for policy in place["policies"]]
            or ([None] if place["version"] else [])
        ]

    def snapshot(self, name: str) -> None:
        """Give the state a name."""
        refuse_wrong("snapshot", {"name": name})
        self._link.send("PUT", f"snapshots/{name}")

    def restore(self, name: str) -> None:
        """Back to a named state. Raises ControlError with the names there are."""
        refuse_wrong("restore", {"name": name})
        self._link.send("POST", f"snapshots/{name}/restore")

    def fork(self, key: str | None = None) -> World:
        """A world of its own that begins where this one is; its key is made where none is given.

        At the end of its `with` block, or by `close()`, it is checked and deleted.
        """
        refuse_wrong("fork", {}, {"key": key})
        wanted = {"fork": self.token} | ({"key": key} if key is not None else {})
        made = self._forked(self._link.send("POST", "universes", wanted)["key"])
        made._end = made._deleted
        return made

    def _deleted(self, error: BaseException | None) -> None:
        __tracebackhide__ = True
        with suppress(Gone):
            try:
                if error is None:
                    self.check()
            finally:
                self.delete()

    def delete(self) -> None:
        """Away with it; whoever uses it afterwards is told so."""
        self._link.send("DELETE", "universe")

    def check(self) -> None:
        """Raises Broken where the contract was broken: by us, or, in a strict world, by a client; and
        there for a fault that never happened.

        The plugin and `mockserver.universe` do this at the end.
        """
        __tracebackhide__ = True
        broken = [Seen.of(exchange) for exchange in self._link.broken()]
        texts = [text for seen in broken for text in explanations(seen, self.edition)]
        if self._link.send("GET", "universe")["strict"]:
            texts += unfired(self.faults)
        if texts:
            raise Broken("\n\n".join(texts))


def _named(state: Mapping[str, Any]) -> Iterator[str]:
    """What stands at the top of a state and has a name."""
    for member, entries in state.items():
        if isinstance(entries, list) and (names := [e["name"] for e in entries if "name" in e]):
            yield f"{member} {', '.join(names)}"
