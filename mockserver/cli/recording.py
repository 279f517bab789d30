"""The commands `record` and `fixture`: traffic written down as it passes, and made into a world."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mockserver.cli.common import (
    OLDEST,
    PATH,
    RECORDED_EDITION,
    Unusable,
    edition_named,
    edition_recorded,
    from_to,
    kinds_serving,
    listening,
    one_folder,
)
from mockserver.cli.outcome import tell
from mockserver.cli.printing import say, say_json
from mockserver.cli.ready import write_ready
from mockserver.digits import LONGEST_WAIT
from mockserver.escaping import escaped


@click.command()
@click.option(
    "--upstream", required=True, metavar="URL", help="Server that requests are passed on to."
)
@click.option(
    "--into",
    default="exchanges",
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that exchanges are written to.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8081, show_default=True, help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--edition",
    help="Edition of the API to judge by; that of the folder if omitted, or else 2019-07.",
)
@click.option(
    "--keep",
    multiple=True,
    type=click.Choice(["tokens", "code", "emails"]),
    help="Write this unmasked. May be repeated.",
)
@click.option("--timeout", default=60.0, show_default=True, callback=from_to(0.001, LONGEST_WAIT), help="Seconds that a request may take.")  # fmt: skip
@click.option(
    "--ready-file", type=click.Path(dir_okay=False), help="Write the URL to this file when ready."
)
def record(
    upstream: str,
    into: Path,
    host: str,
    port: int,
    edition: str | None,
    keep: tuple[str, ...],
    timeout: float,
    ready_file: str | None,
) -> None:  # fmt: skip
    """Run a proxy that records and judges requests, until SIGTERM, Ctrl-C or the end of its terminal.

    Tokens, policy code and e-mail addresses are masked in what is written. Exit codes are those of
    verify.
    """
    from mockserver.scenarios import follows
    from mockserver.traffic.http_transport import HttpTransport
    from mockserver.traffic.judging import result
    from mockserver.traffic.masking import Mask
    from mockserver.traffic.recorder import Recorder
    from mockserver.web.proxy import Proxy
    from mockserver.web.serving import LiveServer

    contract = edition_named(edition_for(into, edition))
    try:
        transport = HttpTransport(upstream, timeout=timeout, rate=0, patient=False)
    except ValueError as error:
        raise click.UsageError(f"--upstream {error}") from None
    try:
        recorder = Recorder(contract, into, Mask(contract.secrets, keep), say, follows())
    except OSError as error:
        reason = error.strerror or error
        raise Unusable(escaped(f"cannot write into {into}: {reason}")) from None
    with listening(host, port):
        server = LiveServer(host=host, port=port, answer=Proxy(transport, upstream, recorder))

    def ready() -> None:
        if ready_file:
            write_ready(Path(ready_file), {"url": server.url})
        say(escaped(f"recording {contract.name} into {into} at {server.url}"))
        sys.stdout.flush()

    server.run(ready)
    sys.exit(tell(result(recorder.recorded, contract, bool(edition)), [], [], False))


def edition_for(into: Path, asked: str | None) -> str:
    """The edition to record by: one folder is of one. Raises Unusable where it is of another."""
    from mockserver.traffic.recordings import editions_of

    there = editions_of("exchanges", into)
    if len(there | ({asked} if asked else set())) > 1:
        others = " and ".join(sorted(there - {asked}))
        raise Unusable(
            escaped(f"{into} holds exchanges of edition {others}: take another folder with --into")
        )
    return asked or "".join(there) or OLDEST


@click.command()
@click.option(
    "--from",
    "folder",
    required=True,
    metavar="DIR",
    type=PATH,
    callback=one_folder,
    help="Folder that `mockserver record` has written.",
)
@RECORDED_EDITION
def fixture(folder: Path, edition: str | None) -> None:  # fmt: skip
    """Print a fixture with the data that recorded exchanges have shown."""
    from mockserver.contract.fixtures import UnfitFixture
    from mockserver.pipeline.server import Server
    from mockserver.scenarios import scenarios
    from mockserver.traffic.fixture import fitting, fixture_document
    from mockserver.traffic.judging import judge_recording, looks_like
    from mockserver.traffic.observed import observe
    from mockserver.traffic.recordings import BadRecording, exchanges
    from mockserver.world.seeding import BadFixture

    entries = {t: s.fixture_entry for t, s in scenarios().items() if s.fixture_entry}
    edition = edition or edition_recorded("exchanges", folder) or OLDEST
    contract = edition_named(edition)
    try:
        for line in looks_like(judge_recording(exchanges(folder), contract), contract):
            say(line, err=True)
        world = observe(exchanges(folder), contract, kinds_serving(contract))
        shown = {"edition": edition, **fixture_document(world, entries)}
        made = fitting(
            shown, lambda one: Server().made(edition=edition, fixture=one), world.remarks
        )
    except BadRecording as error:
        raise click.UsageError(str(error)) from None
    except (UnfitFixture, BadFixture) as error:
        raise click.ClickException(str(error)) from None
    for remark in world.remarks:
        say(escaped(f"hint: {remark}"), err=True)
    say_json(made)
