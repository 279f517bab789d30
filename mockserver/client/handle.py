"""The handle of one universe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.client.journal import Journal
from mockserver.client.links import Http, InProcess, Link
from mockserver.contract.fixtures import read_fixture

if TYPE_CHECKING:
    from mockserver.web.testing import ApiClient
    from mockserver.web.worlds import Server

Fixture = str | Path | Mapping[str, Any]


class Tokens:
    """The tokens that a fixture named: `tokens["ann"]`. They begin with the universe's key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __getitem__(self, name: str) -> str:
        return f"{self._key}.{name}"


class Clock:
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

    def set(self, now: str) -> str:
        """It is `now`. Gives the time. Raises ControlError for no timestamp."""
        return str(self._link.send("PATCH", "clock", {"now": now})["now"])

    def advance(self, seconds: float) -> str:
        """Later by so many seconds. Gives the time."""
        return str(self._link.send("PATCH", "clock", {"advance": seconds})["now"])

    def run(self, running: bool = True) -> None:
        """Run from now on; False lets it stand still."""
        self._link.send("PATCH", "clock", {"running": running})


class Faults:
    """What shall go wrong: `faults.add("status", operation="create-policy-set", status=422)`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(
        self,
        fault: str,
        *,
        operation: str | None = None,
        path: str | None = None,
        when: str | Mapping[str, Any] = "next",
        **options: Any,
    ) -> None:
        """One more fault.

        `operation` or `path` (with `*`) says where, else anywhere; `when` is `"next"`, `"all"`,
        `{"nth": 3}` or `{"share": 0.2}`. Options: `status`, `seconds`, `jitter`, `limit`, `writes`.
        Raises ControlError that lists the faults or the nearest operations.
        """
        wanted = {"fault": fault, "operation": operation, "path": path, "when": when, **options}
        self._link.send("POST", "faults", {n: v for n, v in wanted.items() if v is not None})

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._link.send("DELETE", "faults")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._link.send("GET", "faults")["faults"])

    def __len__(self) -> int:
        return len(list(iter(self)))


class World:
    """One universe: its tokens, its time, its journal, and what can be done to it from outside.

    `token` is the key: it acts as user `admin`. The same object serves a world in this process and
    one of a server elsewhere; `client` is for the first alone.
    """

    def __init__(
        self,
        link: Link,
        key: str,
        *,
        url: Callable[[], str],
        client: Callable[[], ApiClient] | None = None,
        edition: str = "2019-07",
        end: Callable[[], None] | None = None,
    ) -> None:
        self._link, self._url, self._client, self._end = link, url, client, end
        self._made: ApiClient | None = None
        self.token = key
        self.edition = edition
        self.tokens = Tokens(key)
        self.journal = Journal(link, lambda: self.edition)
        self.clock = Clock(link)
        self.faults = Faults(link)

    def __repr__(self) -> str:
        return f"<World {self.edition}>"

    @property
    def url(self) -> str:
        """Where the world is reached by a socket; the first use starts a server where none runs."""
        return self._url()

    @property
    def client(self) -> ApiClient:
        """Flask's test client, authenticated, no socket: `client.post(path, json=document)`."""
        if self._client is None:
            raise RuntimeError("this world lives on another server: use its url with any client")
        if self._made is None:
            self._made = self._client()
        return self._made

    @property
    def env(self) -> dict[str, str]:
        """The environment that go-tfe, pytfe and the provider read."""
        url = self.url
        return {
            "TFE_ADDRESS": url,
            "TFE_TOKEN": self.token,
            "TFE_HOSTNAME": urlsplit(url).netloc,
        }

    def seed(self, fixture: Fixture) -> dict[str, dict[str, str]]:
        """Add a fixture: a name, a path or a document. Gives `{type: {label: id}}`.

        All or nothing. Raises UnknownFixture, UnfitFixture, or ControlError with every fault.
        """
        document = read_fixture(fixture)
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
        self._link.send("PUT", f"snapshots/{name}")

    def restore(self, name: str) -> None:
        """Back to a named state. Raises ControlError with the names there are."""
        self._link.send("POST", f"snapshots/{name}/restore")

    def fork(self, key: str | None = None) -> World:
        """A world of its own that begins where this one is."""
        wanted = {"fork": self.token} | ({"key": key} if key else {})
        made = self._link.send("POST", "universes", wanted)
        if isinstance(self._link, InProcess):
            return in_process(self._link.server, made["key"], self.edition, self._url)
        return connect(self.url, made["key"])

    def delete(self) -> None:
        """Away with it; whoever uses it afterwards is told so."""
        if self._end:
            self._end()
        else:
            self._link.send("DELETE", "universe")


def in_process(
    server: Server, key: str, edition: str, url: Callable[[], str], app: Any = None
) -> World:
    """The handle of a world that a server in this process holds."""
    from mockserver.web.testing import ApiClient, app_of

    return World(
        InProcess(server, key),
        key,
        url=url,
        client=lambda: ApiClient.of(app or app_of(server), key),
        edition=edition,
        end=lambda: server.universes.remove(key),
    )


def connect(url: str, key: str = "test-token", *, timeout: float = 30.0) -> World:
    """The handle of a world on a server that runs elsewhere. Raises ControlError: no such world."""
    link = Http(url, key, timeout)
    edition = link.send("GET", "universe")["edition"]
    return World(link, key, url=lambda: link.url, edition=edition)


@contextmanager
def universe(
    fixture: Fixture = "documented",
    *,
    edition: str = "2019-07",
    seed: int = 0,
    strict: bool = False,
    now: str | None = None,
    key: str | None = None,
) -> Iterator[World]:
    """A world of its own, without pytest; a live server starts with the first use of `url`.

        with mockserver.universe(fixture="documented") as tfe:
            requests.get(tfe.url + "/api/v2/organizations", headers=...)

    Raises UnknownEdition, UnknownFixture, UnfitFixture, BadFixture.
    """
    from mockserver.web.testing import Live

    with Live() as live:
        made = live.server.universe(
            key=key, edition=edition, fixture=fixture, seed=seed, strict=strict, now=now
        )
        yield in_process(live.server, made.key, made.edition, lambda: live.url, live.app)


def pretty(document: Any) -> str:
    """JSON for people."""
    return json.dumps(document, indent=2, ensure_ascii=False)
