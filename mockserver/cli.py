"""The command `mockserver`: serve a world, look at the contract, seed and reset a running server."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

import click

from mockserver import cli_record, cli_schema, cli_verify
from mockserver.escaping import escaped
from mockserver.loopback import is_loopback
from mockserver.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="mockserver")
def main() -> None:
    """A stand-in for the Terraform Enterprise API."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="Name by which other machines reach it; --host's where omitted. Again for more.",
)
@click.option(
    "--token", help="Key of the first world; on this machine test-token, elsewhere one is made."
)
@click.option("--fixture", default="documented", show_default=True, help="Name or file.")
@click.option("--edition", default="2019-07", show_default=True, help="Contract to serve.")
@click.option("--seed", default=0, show_default=True, help="Seed of ids.")
@click.option("--strict", is_flag=True, help="Refuse what the pages do not list.")
@click.option("--control-token", help="Opens POST /_mock/universes from other machines.")
@click.option("--ready-file", type=click.Path(dir_okay=False), help="Write URL and key here.")
@click.option("--tls", is_flag=True, help="Speak https, with a certificate made for this run.")
@click.option("--tls-cert", type=click.Path(dir_okay=False), help="Speak https with this one.")
@click.option("--tls-key", type=click.Path(dir_okay=False), help="Its key; where it is apart.")
@click.option("--grace", default=5.0, show_default=True, help="Seconds a stop waits for clients.")
@click.option("--quiet", is_flag=True, help="Print no line a request.")
def serve(
    host: str,
    port: int,
    allowed_hosts: tuple[str, ...],
    token: str | None,
    fixture: str,
    edition: str,
    seed: int,
    strict: bool,
    control_token: str | None,
    ready_file: str | None,
    tls: bool,
    tls_cert: str | None,
    tls_key: str | None,
    grace: float,
    quiet: bool,
) -> None:
    """Serve a world until SIGTERM or Ctrl-C; what was begun is finished, a second one ends at once."""
    from mockserver.web import logs
    from mockserver.web.app import create_app
    from mockserver.web.serving import LiveServer
    from mockserver.world import ids

    host, here = host.strip("[]"), is_loopback(host)
    if not here and not control_token:
        raise click.UsageError(
            f"--host {host} can be reached from other machines: choose a --control-token as well, "
            "so that not everybody can make worlds there."
        )
    token = ("test-token" if here else ids.key()) if token is None else token
    if not token or any(letter in token for letter in "./ \t\n"):
        raise click.UsageError("--token must not be empty nor hold a dot, a slash or a space.")
    secure = _secure(tls, tls_cert, tls_key, host)
    try:
        app = create_app(
            key=token,
            fixture=fixture,
            edition=edition,
            seed=seed,
            strict=strict,
            running=True,
            control_token=control_token,
            loopback=here,
            allowed_hosts=allowed_hosts or (host,),
        )
        context = secure.context if secure else None
        server = LiveServer(app, host, port, tls=context, grace=grace)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]
        hint = "choose another with --port, or --port 0 for a free one"
        raise Unusable(f"cannot listen on {host}:{port}: {reason}; {hint}") from None
    except (KeyError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    except Exception as error:
        if type(error).__name__ != "BadFixture":
            raise
        raise click.ClickException(str(error)) from None
    _spare_the_collector()

    def ready() -> None:
        if ready_file:
            said = {"url": server.url, "token": token, "edition": edition}
            if secure and secure.authority:
                said["authority"] = str(secure.authority)
            Path(ready_file).write_text(json.dumps(said) + "\n", encoding="utf-8")
        click.echo(f"serving {edition} at {server.url} with the token {token}")
        for name, value in secure.env.items() if secure else ():
            click.echo(f"export {name}={value}")
        sys.stdout.flush()

    with logs.to(sys.stdout, quiet=quiet):
        server.run(ready)


def _secure(tls: bool, certificate: str | None, key: str | None, host: str) -> Any:
    """What TLS needs; None where none is wanted."""
    if key and not certificate:
        raise click.UsageError("--tls-key belongs to a --tls-cert.")
    if not (tls or certificate):
        return None
    from mockserver.web import tls as making

    if certificate:
        try:
            return making.given(certificate, key)
        except OSError as error:
            raise Unusable(f"cannot use {certificate}: {error.strerror or error}") from None
    return making.made(host)


class Unusable(click.ClickException):
    """One sentence, and the exit code of usage."""

    exit_code = 2


def _spare_the_collector() -> None:
    """What is there now lives as long as the process, and a state is no cycle: look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@main.command()
@click.option("--edition", default="2019-07", show_default=True, help="Edition to print.")
def openapi(edition: str) -> None:
    """Print an edition as an OpenAPI 3.1 document."""
    click.echo(json.dumps(_edition(edition).openapi(), indent=2, ensure_ascii=False))


@main.command("fixture-schema")
@click.option("--edition", default="2019-07", show_default=True, help="Edition to print it of.")
def print_fixture_schema(edition: str) -> None:
    """Print the JSON Schema of an edition's fixtures."""
    from mockserver.pipeline.worlds import served
    from mockserver.world.fixture_schema import fixture_schema

    schema = fixture_schema(served(_edition(edition)))
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))


@main.command()
@click.option("--edition", help="One edition; every edition where omitted.")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table")
def operations(edition: str | None, form: str) -> None:
    """List what is served, from the contract."""
    from mockserver.contract import editions
    from mockserver.resources import kinds

    rows = [
        {
            "edition": name,
            "page": operation.page,
            "operation": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": sorted(operation.responses),
        }
        for name in ([edition] if edition else editions())
        for operation in _edition(name).operations.values()
        if operation.open or operation.id in kinds(name).table
    ]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    if form == "markdown":
        click.echo("| page | operation | call |\n|---|---|---|")
        for row in rows:
            click.echo(
                f"| {row['page']} | `{row['operation']}` | `{row['method']} {row['path']}` |"
            )
        return
    width = max(len(str(row["operation"])) for row in rows)
    for row in rows:
        click.echo(
            f"{row['edition']}  {row['operation']:<{width}}  {row['method']:<6} {row['path']}"
        )


@main.command()
@click.option("--fixture", default="documented", show_default=True, help="Name or file.")
@click.option("--edition", default="2019-07", show_default=True, help="Contract.")
@click.option("--caller", "names", multiple=True, help="Only these callers, e.g. ann.")
@click.option("--operation", "ids", multiple=True, help="Only these operations.")
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json"]), default="table")
def who(
    fixture: str, edition: str, names: tuple[str, ...], ids: tuple[str, ...], form: str
) -> None:
    """Print who may do what in a fixture's world: callers by operations.

    A cell is yes, no, some n/m (of m records), or - where the world has no such record.
    """
    from mockserver.control.matrix import matrix
    from mockserver.world.seeding import BadFixture

    try:
        found = matrix(fixture, edition, names, ids)
    except (KeyError, ValueError, BadFixture) as error:
        raise click.ClickException(str(error.args[0] if error.args else error)) from None
    if form == "json":
        click.echo(json.dumps(found, indent=2))
        return
    columns = list(next(iter(found.values()), {}))
    rows = [["operation", *columns], *([op, *cells.values()] for op, cells in found.items())]
    if form == "markdown":
        rows.insert(1, ["---"] * len(rows[0]))
        for row in rows:
            click.echo(f"| {' | '.join(row)} |")
        return
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        click.echo(
            "  ".join(f"{word:<{width}}" for word, width in zip(row, widths, strict=True)).rstrip()
        )


def _edition(name: str) -> Any:
    from mockserver.contract import UnknownEdition, contract

    try:
        return contract(name)
    except UnknownEdition as error:
        raise click.ClickException(str(error)) from None


URL = click.option(
    "--url", envvar="TFE_ADDRESS", default="http://127.0.0.1:8080", show_default=True,
    help="Server; or TFE_ADDRESS.",
)  # fmt: skip
TOKEN = click.option(
    "--token", envvar="TFE_TOKEN", default="test-token", show_default=True,
    help="Key of the world; or TFE_TOKEN.",
)  # fmt: skip


@main.command()
@click.argument("file")
@URL
@TOKEN
def seed(file: str, url: str, token: str) -> None:
    """Add a fixture (a FILE or a shipped name) to a running server's world."""
    from mockserver.client import ControlError, connect

    try:
        made = connect(url, token).seed(file)
    except (ControlError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    for type, records in made.items():
        for label, id in records.items():
            click.echo(escaped(f"{type}  {label}  {id}"))


@main.command()
@URL
@TOKEN
def reset(url: str, token: str) -> None:
    """Put a running server's world back to how it was made."""
    from mockserver.client import ControlError, connect

    try:
        connect(url, token).reset()
    except ControlError as error:
        raise click.ClickException(str(error)) from None


for command in (*cli_verify.COMMANDS, *cli_record.COMMANDS, *cli_schema.COMMANDS):
    main.add_command(command)

if __name__ == "__main__":
    main()
