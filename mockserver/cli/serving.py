"""The command `serve`: a world behind a socket."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.common import FIXTURE, WORLD_EDITION, from_to, listening, refusing
from mockserver.cli.process import held, share_the_processor, spare_the_collector
from mockserver.cli.ready import ready_to, say_ready
from mockserver.cli.serve_options import hosts, key, origins, secured, start_with
from mockserver.digits import LONGEST_WAIT
from mockserver.loopback import is_loopback
from mockserver.stopping import stops

if TYPE_CHECKING:
    from mockserver.pipeline.server import Server
    from mockserver.world.universe import Universe


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    callback=hosts,
    help="Host name by which other machines reach it; that of --host if omitted. May be repeated.",
)
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    metavar="ORIGIN",
    callback=origins,
    help="Origin whose pages may call the API from a browser, * for all. May be repeated.",
)
@click.option(
    "--token",
    help="Key of the world; if omitted, test-token on this machine and a random one elsewhere.",
)
@FIXTURE
@click.option(
    "--watch",
    is_flag=True,
    help="Begin anew, with the data of --fixture, whenever that file changes.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False),
    help="Keep the data in this file from run to run, as a fixture; the first run starts with --fixture.",
)
@WORLD_EDITION
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53),
    default=0,
    show_default=True,
    help="Number that ids are made from.",
)
@click.option("--strict", is_flag=True, help="Refuse what the API's pages do not list.")
@click.option("--control-token", help="Token that allows other machines to create worlds.")
@click.option(
    "--insecure",
    is_flag=True,
    help="Let other machines do what this one may: any host name, the token test-token, no control token.",
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False),
    help="Write the URL and the key to this file when ready.",
)
@click.option("--tls", is_flag=True, help="Speak https, with a certificate made for this run.")
@click.option(
    "--tls-cert", type=click.Path(dir_okay=False), help="Speak https with this certificate."
)
@click.option(
    "--tls-key",
    type=click.Path(dir_okay=False),
    help="Private key of --tls-cert, if it is in a file of its own.",
)
@click.option(
    "--grace",
    default=5.0,
    callback=from_to(0, LONGEST_WAIT),
    show_default=True,
    help="Seconds that a stop waits for requests to finish.",
)
@click.option("--quiet", is_flag=True, help="Log no requests.")
def serve(
    host: str,
    port: int,
    allowed_hosts: Sequence[str],
    cors_origins: Sequence[str],
    token: str | None,
    fixture: str,
    watch: bool,
    state: str | None,
    edition: str | None,
    seed: int,
    strict: bool,
    control_token: str | None,
    insecure: bool,
    ready_file: str | None,
    tls: bool,
    tls_cert: str | None,
    tls_key: str | None,
    grace: float,
    quiet: bool,
) -> None:
    """Run the mock server until SIGTERM, Ctrl-C or the end of its terminal.

    Requests that have begun are finished first; a second signal ends it at once.
    """
    gc.disable()  # what is made until it is ready lives as long as the process: see below
    click.get_current_context().call_on_close(gc.enable)
    stopped = held(*stops())
    from mockserver.control.answering import ANY_HOST
    from mockserver.pipeline.server import Server
    from mockserver.web import logs
    from mockserver.web.serving import LiveServer

    host, here = host.strip("[]"), insecure or is_loopback(host)
    token = key(token, host, here=here, control_token=control_token)
    data = start_with(fixture, watch=watch, state=state)
    secure = secured(tls, tls_cert, tls_key, host)
    with refusing(), listening(host, port):
        worlds = Server(
            seed=seed,
            strict=strict,
            running=True,
            control_token=control_token,
            loopback=here,
            allowed_hosts=allowed_hosts or ((ANY_HOST,) if insecure else (host,)),
            cors_origins=cors_origins,
        )
        universe = worlds.universe(key=token, edition=edition, fixture=data)
        worlds.edition = universe.edition
        server = LiveServer(worlds, host, port, tls=secure and secure.context, grace=grace)
    code = worlds.code(token) if here else None
    spare_the_collector()
    share_the_processor()

    def ready() -> None:
        if stopped():
            signal.raise_signal(signal.SIGTERM)  # it is heard now
            return
        if ready_file:
            ready_to(Path(ready_file), server.url, token, worlds.edition, secure)
        say_ready(server.url, token, universe, code, secure)

    with logs.to(sys.stdout, quiet=quiet), _beside(worlds, universe, fixture, watch, state):
        server.run(ready, secure.close if secure else lambda: None)
        held(signal.SIGINT)  # as SIGTERM: the state is written once more


@contextmanager
def _beside(
    worlds: Server, universe: Universe, fixture: str, watch: bool, state: str | None
) -> Iterator[None]:
    """What goes on beside the server: the fixture is watched, or the state is kept."""
    if not (watch or state):
        yield
        return
    from mockserver.cli import keeping

    with ExitStack() as stack:
        if watch:
            stack.enter_context(keeping.watched(worlds, universe, Path(fixture)))
        if state:
            stack.enter_context(keeping.kept(universe, Path(state)))
        yield
