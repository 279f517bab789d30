"""The command `mockserver verify`: the contract against any server, or against recorded traffic.

Exit codes: 0 conforms, 1 does not, 2 usage, 3 the server could not be reached, 4 what verification
made could not be removed.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mockserver.contract import Edition
    from mockserver.verify.run import Outcome, Tell
    from mockserver.verify.session import Session

Command = Callable[..., Any]


def _server(command: Command) -> Command:
    """Options that say which server, as whom, and how much of it."""
    for option in reversed(
        [
            click.option("--url", envvar="TFE_ADDRESS", help="Server; or TFE_ADDRESS."),
            click.option("--organization", help="Organization to verify in; it must exist."),
            click.option(
                "--token-env", default="TFE_TOKEN", show_default=True, metavar="NAME",
                help="Environment variable that holds the token.",
            ),
            click.option("--read-only", is_flag=True, help="Send GETs alone; make nothing."),
            click.option(
                "--no-organizations", is_flag=True, help="Make and remove no organization."
            ),
            click.option("--jobs", default=4, show_default=True, help="Requests at a time."),
            click.option("--timeout", default=30.0, show_default=True, help="Seconds a request."),
            click.option("--rate", type=float, help="Requests a second; 0 for no limit."),
        ]
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@_server
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Only this; again for more.")
@click.option("--edition", default="2019-07", show_default=True, help="Contract to verify.")
@click.option("--unreached", is_flag=True, help="List what was not brought about, and why.")
def verify(
    url: str | None,
    organization: str | None,
    operations: tuple[str, ...],
    edition: str,
    unreached: bool,
    **options: Any,
) -> None:
    """Hold a server, or recorded traffic, to the contract.

    \b
    Exit codes: 0 conforms, 1 does not, 2 usage, 3 not reached,
    4 what was made could not be removed.
    """
    contract = read_edition(edition)
    only = chosen(contract, operations)
    session, outcome = _live(contract, only, url, organization, options)
    said = _speaker(session.token)
    for remark in outcome.remarks:
        said(f"note: {remark}")
    _report(said, session, outcome, unreached)
    sys.exit(outcome.exit)


def _live(
    contract: Edition,
    only: frozenset[str],
    url: str | None,
    organization: str | None,
    options: dict[str, Any],
) -> tuple[Session, Outcome]:
    from mockserver.verify.run import verified

    session = _session(contract, only, url, organization, options)
    with _progress() as tell, _stoppable():
        return session, verified(session, only, max(1, options["jobs"]), tell)


def _session(
    contract: Edition,
    only: frozenset[str],
    url: str | None,
    organization: str | None,
    options: dict[str, Any],
) -> Session:
    from mockserver.resources import KINDS
    from mockserver.verify.findings import Findings
    from mockserver.verify.session import Session
    from mockserver.verify.wire import Http

    if not url or not organization:
        raise click.UsageError("give --url and --organization of a server to verify")
    token = os.environ.get(options["token_env"], "")
    if not token:
        raise click.UsageError(
            f"the environment variable {options['token_env']} holds no token: set it, or name "
            "another one with --token-env"
        )
    try:
        wire = Http(url, timeout=options["timeout"], rate=options["rate"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    owner = next(kind.within for kind in KINDS.values() if kind.within)
    return Session(
        wire=wire,
        edition=contract,
        kinds=KINDS,
        organization=organization,
        token=token,
        findings=Findings(contract, only),
        run=secrets.token_hex(3),
        local=wire.local,
        read_only=options["read_only"],
        spared=frozenset({owner} if options["no_organizations"] else ()),
    )


def read_edition(name: str) -> Edition:
    """The edition of a name; a usage error that lists those there are."""
    from mockserver.contract import UnknownEdition, load

    try:
        return load(name)
    except UnknownEdition as error:
        raise click.UsageError(str(error)) from None


def chosen(contract: Edition, operations: tuple[str, ...]) -> frozenset[str]:
    """The ids that `--operation` names; a usage error with the nearest for one there is not."""
    try:
        return frozenset(contract.operation(id).id for id in operations)
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal, plain lines elsewhere; both on stderr."""
    if not sys.stderr.isatty():

        def plain(what: str, done: int, of: int) -> None:
            if done < of:
                click.echo(f"verify: {what} ({done + 1} of {of})", err=True)

        yield plain
        return
    with click.progressbar(
        length=100, label="verify", file=sys.stderr, item_show_func=lambda item: item or ""
    ) as bar:

        def tell(what: str, done: int, of: int) -> None:
            bar.update(round(100 * done / of) - bar.pos, what)

        yield tell


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM, which CI sends to a job that is cancelled, stops a run as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _speaker(token: str) -> Callable[[str], None]:
    """Says a line without hosts and secrets."""
    from mockserver.verify.findings import scrub

    return lambda line: click.echo(scrub(line, {token: "[secret]"}))


def _report(
    said: Callable[[str], None], session: Session, outcome: Outcome, unreached: bool
) -> None:
    """Findings, what was not played, what was not reached, what is left, and one line to end."""
    from mockserver.verify.run import unreached as missing

    for finding in outcome.findings:
        said(finding.line())
    for type, why in outcome.skipped.items():
        said(f"not played: {type}: {why}")
    if unreached:
        for pair, reason in missing(session).items():
            said(f"not reached: {pair}: {reason or 'it should have been'}")
    for record in outcome.left:
        said(f"could not be removed: {record}")
    if outcome.stopped:
        click.echo(f"Error: {outcome.stopped}", err=True)
        return
    said(summary(outcome, session.edition.name))


def summary(outcome: Outcome, edition: str) -> str:
    """The last line: the verdict and how many."""
    faults = sum(finding.level == "fault" for finding in outcome.findings)
    notes = len(outcome.findings) - faults
    verdict = "conforms to" if not faults else "does not conform to"
    return f"{verdict} {edition}: {outcome.requests} requests, {faults} faults, {notes} notes"


COMMANDS = (verify,)
