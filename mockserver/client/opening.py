"""Where handles come from: a world of its own, one in this process, one on a server elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mockserver.client.broken import Broken, UnfiredFault, told_of, unfired, worlds
from mockserver.client.links import UNKNOWN, Gone, Http, InProcess

if TYPE_CHECKING:
    from mockserver.pipeline.server import Server
    from mockserver.web.testing import Live
    from mockserver.world.universe import Universe
from mockserver.client.handle import Address, Fixture, World
from mockserver.pipeline.arguments import refuse_wrong


def in_process(
    server: Server,
    key: str,
    edition: str,
    address: Callable[[], Address],
    app: Any = None,
    end: Callable[[BaseException | None], None] = lambda error: None,
) -> World:
    """The handle of a world that a server in this process holds; `end` is what `close` does."""
    from mockserver.web.app import application
    from mockserver.web.testing import ApiClient

    universe = server.universes.get(key)
    if universe is None:
        raise Gone(401, [{"pointer": "", "detail": UNKNOWN}])
    link, app = InProcess(server, universe), app or application(server)
    return World(
        link,
        key,
        address=address,
        client=lambda: ApiClient.of(app, key, link.alive),
        forked=lambda other: in_process(server, other, edition, address, app),
        edition=edition,
        end=end,
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
    Raises Gone: no such world; ControlError: no such server; TypeError or ValueError that names a wrong
    argument.
    """
    from mockserver.web.testing import ApiClient, app_elsewhere

    given = {"url": url, "key": key, "timeout": timeout}
    refuse_wrong("mockserver.connect", given, {"control_token": control_token})
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


def universe(
    fixture: Fixture = "documented",
    *,
    edition: str | None = None,
    seed: int = 0,
    strict: bool = False,
    now: str | None = None,
    key: str | None = None,
    tls: bool = False,
) -> World:
    """A world of its own, without pytest, until `close()` or the end of its `with` block; the first
    use of `url` starts a server for it.

        with mockserver.universe(fixture="documented") as tfe:
            requests.get(tfe.url + "/api/v2/organizations", headers=...)

    Arguments:
        fixture: The data to start with: a name, a path or a document.
        edition: Edition of the API; that of the fixture if omitted, or else 2019-07.
        seed: Number that ids are made from: the same seed gives the same ids.
        strict: Refuse what the API's pages do not list, and raise Broken at the end.
        now: Time at which the clock stands, e.g. `2019-07-15T00:00:00Z`.
        key: The key of the world; made where omitted.
        tls: Speak https at `url`; `env` then says which certificate to trust.

    Raises UnknownEdition, UnknownFixture, UnfitFixture, BadFixture; at the end Broken, where the
    contract was broken in it or in one of its forks; TypeError or ValueError that names a wrong argument.
    In `unittest`: `self.enterContext(...)`.
    """
    from mockserver.web.testing import Live

    given = {"fixture": fixture, "seed": seed, "strict": strict, "tls": tls}
    refuse_wrong("mockserver.universe", given, {"edition": edition, "now": now, "key": key})
    live = Live()
    made = live.server.universe(
        key=key, edition=edition, fixture=fixture, seed=seed, strict=strict, now=now
    )
    return in_process(
        live.server,
        made.key,
        made.edition,
        lambda: address_of(live, tls=tls),
        live.app,
        lambda error: _end(live, made, error),
    )


def _end(live: Live, made: Universe, error: BaseException | None) -> None:
    """The server stops; what was broken in the world or its forks is told, beside an error or as one."""
    __tracebackhide__ = True
    universes = live.server.universes
    ended = made.gone is not None and not len(universes)
    faults = [fault for one in worlds(universes, made.family) for fault in one.faults.shown()]
    for world in universes:
        universes.remove(world.key, "its `with` block has ended, or it was closed")
    live.stop()
    if ended:
        return
    texts = list(told_of(universes, made.family))
    if made.strict or error is not None:
        texts += unfired(faults)
    if error is not None:
        for text in texts:
            error.add_note(text)
    elif texts:
        raise Broken("\n\n".join(texts))
    elif left := unfired(faults):
        warnings.warn("\n".join(left), UnfiredFault, stacklevel=4)
