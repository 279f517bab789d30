"""The handle of one universe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.client.broken import Broken, explanations, told_of
from mockserver.client.journal import JournalReader
from mockserver.client.links import UNKNOWN, Gone, Http, InProcess, Link
from mockserver.client.seen import Seen
from mockserver.pipeline.server import fixture_for
from mockserver.world.clock import parse_timestamp, timestamp
from mockserver.world.faults import WHAT

if TYPE_CHECKING:
    from mockserver.pipeline.server import Server
    from mockserver.web.testing import ApiClient, Live

Fixture = str | Path | Mapping[str, Any]


class Tokens:
    """The tokens that a fixture named: `tokens["ann"]`. They begin with the universe's key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __getitem__(self, name: str) -> str:
        return f"{self._key}.{name}"

    # the server keeps digests alone: nobody can list the names
    __iter__ = None
    __contains__ = None


class ClockHandle:
    """The time of the world: it stands still until it is set, advanced or let run."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def now(self) -> str:
        """E.g. `2019-07-15T00:00:00.000Z`."""
        return str(self._link.send("GET", "clock")["now"])

    @property
    def running(self) -> bool:
        return bool(self._link.send("GET", "clock")["running"])

    def set(self, now: str | datetime) -> str:
        """It is `now`: a timestamp, or a datetime that knows its time zone. Gives the time.

        Raises ControlError for no timestamp.
        """
        text = now.isoformat() if isinstance(now, datetime) else now
        with suppress(ValueError):
            text = timestamp(parse_timestamp(text))
        return str(self._link.send("PATCH", "clock", {"now": text})["now"])

    def advance(self, seconds: float | timedelta) -> str:
        """Later by so many seconds, earlier by a negative number. Gives the time."""
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        return str(self._link.send("PATCH", "clock", {"advance": seconds})["now"])

    def run(self, running: bool = True) -> None:
        """Run from now on; False lets it stand still."""
        self._link.send("PATCH", "clock", {"running": running})


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
        a second (rate-limit), `writes` (lag).
        Raises ControlError that lists the faults, the nearest operations, the documented statuses.
        """
        wanted = {"fault": fault, "operation": operation, "path": path, "when": when, **options}
        sent = {name: value for name, value in wanted.items() if value is not None}
        added: dict[str, Any] = self._link.send("POST", "faults", sent)
        return added

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._link.send("DELETE", "faults")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._link.send("GET", "faults")["faults"])

    def __len__(self) -> int:
        return len(list(iter(self)))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a world is reached by a socket, and the variables that have clients trust it."""

    url: str
    trust: Mapping[str, str] = field(default_factory=dict)


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
    ) -> None:
        self._link, self._address, self._client, self._forked = link, address, client, forked
        self._made: ApiClient | None = None
        self.token = key
        self.edition = edition
        self.tokens = Tokens(key)
        self.journal = JournalReader(link, lambda: self.edition)
        self.clock = ClockHandle(link)
        self.faults = FaultsHandle(link)

    def __repr__(self) -> str:
        return f"<World {self.edition}>"

    @property
    def url(self) -> str:
        """Where the world is reached by a socket; the first use starts a server where none runs."""
        return self._address().url

    @property
    def authority(self) -> str | None:
        """The file of the authority that clients must trust; None where the world speaks no TLS."""
        return next(iter(self._address().trust.values()), None)

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
        """The environment that go-tfe, pytfe and the provider read; with TLS, whom to trust."""
        address = self._address()
        return {
            "TFE_ADDRESS": address.url,
            "TFE_TOKEN": self.token,
            "TFE_HOSTNAME": urlsplit(address.url).netloc,
            **address.trust,
        }

    def seed(self, fixture: Fixture) -> dict[str, dict[str, str]]:
        """Add a fixture: a name, a path or a document. Gives `{type: {label: id}}`.

        All or nothing. Raises UnknownFixture, UnfitFixture, or ControlError with every fault.
        """
        document = fixture_for(self.edition, fixture)
        records: dict[str, dict[str, str]] = self._link.send("POST", "seed", dict(document))[
            "records"
        ]
        return records

    def reset(self) -> None:
        """As it was made: ids, clock, journal, faults and snapshots too."""
        self._link.send("POST", "reset")

    def state(self) -> dict[str, Any]:
        """The whole world as a fixture document, secrets as digests."""
        state: dict[str, Any] = self._link.send("GET", "state")
        return state

    def snapshot(self, name: str) -> None:
        """Give the state a name."""
        self._link.send("PUT", f"snapshots/{_plain(name)}")

    def restore(self, name: str) -> None:
        """Back to a named state. Raises ControlError with the names there are."""
        self._link.send("POST", f"snapshots/{_plain(name)}/restore")

    def fork(self, key: str | None = None) -> World:
        """A world of its own that begins where this one is; its key is made where none is given."""
        wanted = {"fork": self.token} | ({"key": key} if key else {})
        return self._forked(self._link.send("POST", "universes", wanted)["key"])

    def delete(self) -> None:
        """Away with it; whoever uses it afterwards is told so."""
        self._link.send("DELETE", "universe")

    def check(self) -> None:
        """Raises Broken where the contract was broken: by us, or, in a strict world, by a client.

        The plugin and `mockserver.universe` do this at the end.
        """
        __tracebackhide__ = True
        broken = [Seen.of(exchange) for exchange in self._link.broken()]
        if texts := [text for seen in broken for text in explanations(seen, self.edition)]:
            raise Broken("\n\n".join(texts))


def _plain(name: str) -> str:
    """A name that may stand in a path."""
    if not name or "/" in name:
        raise ValueError(f"a snapshot's name is not empty and has no slash: {name!r}")
    return name


def in_process(
    server: Server, key: str, edition: str, address: Callable[[], Address], app: Any = None
) -> World:
    """The handle of a world that a server in this process holds."""
    from mockserver.web.testing import ApiClient, app_of

    universe = server.universes.get(key)
    if universe is None:
        raise Gone(401, [{"pointer": "", "detail": UNKNOWN}])
    link, app = InProcess(server, universe), app or app_of(server)
    return World(
        link,
        key,
        address=address,
        client=lambda: ApiClient.of(app, key, link.alive),
        forked=lambda other: in_process(server, other, edition, address, app),
        edition=edition,
    )


def address_of(live: Live, *, tls: bool) -> Address:
    """Where a live server in this process is reached; the first use starts it."""
    if not tls:
        return Address(live.url)
    url, trust = live.secure
    return Address(url, trust)


def connect(
    url: str,
    key: str = "test-token",
    *,
    timeout: float = 30.0,
    control_token: str | None = None,
) -> World:
    """The handle of a world on a server that runs elsewhere, e.g. one `mockserver serve` for all.

    `control_token` is what `fork` needs where the server does not listen on loopback alone.
    Raises Gone: no such world; ControlError: no such server.
    """
    from mockserver.web.testing import ApiClient, app_elsewhere

    link = Http(url.rstrip("/").removesuffix("/api/v2"), key, timeout, control_token)
    edition = link.send("GET", "universe")["edition"]
    return World(
        link,
        key,
        address=lambda: Address(link.url),
        client=lambda: ApiClient.of(app_elsewhere(link.url, timeout), key),
        forked=lambda other: connect(url, other, timeout=timeout, control_token=control_token),
        edition=edition,
    )


@contextmanager
def universe(
    fixture: Fixture = "documented",
    *,
    edition: str = "2019-07",
    seed: int = 0,
    strict: bool = False,
    now: str | None = None,
    key: str | None = None,
    tls: bool = False,
) -> Iterator[World]:
    """A world of its own, without pytest; the first use of `url` starts a server for it.

        with mockserver.universe(fixture="documented") as tfe:
            requests.get(tfe.url + "/api/v2/organizations", headers=...)

    Arguments:
        fixture: The data to start with: a name, a path or a document.
        edition: Edition of the API.
        seed: Number that ids are made from: the same seed gives the same ids.
        strict: Refuse what the API's pages do not list, and raise Broken at the end.
        now: Time at which the clock stands, e.g. `2019-07-15T00:00:00Z`.
        key: The key of the world; made where omitted.
        tls: Speak https at `url`; `env` then says which certificate to trust.

    Raises UnknownEdition, UnknownFixture, UnfitFixture, BadFixture; at the end Broken, where the
    contract was broken in it or in one of its forks. In `unittest`: `self.enterContext(...)`.
    """
    from mockserver.web.testing import Live

    with Live() as live:
        made = live.server.universe(
            key=key, edition=edition, fixture=fixture, seed=seed, strict=strict, now=now
        )
        try:
            yield in_process(
                live.server, made.key, made.edition, lambda: address_of(live, tls=tls), live.app
            )
        except BaseException as error:
            for text in told_of(live.server.universes, made.family):
                error.add_note(text)
            raise
        finally:
            for world in live.server.universes:
                live.server.universes.remove(world.key, "its `with` block has ended")
        if texts := list(told_of(live.server.universes, made.family)):
            raise Broken("\n\n".join(texts))
