"""The commands `verify` and `coverage`: the contract against any server, or recorded traffic.

Exit codes: 0 conforms, 1 does not, 2 usage, 3 the server could not be reached, 4 what verification
made could not be removed.
"""

from __future__ import annotations

import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.asking import AskedServer, asked, say_chosen
from mockserver.cli.common import (
    OLDEST,
    PATH,
    Command,
    edition_named,
    edition_recorded,
    from_to,
    one_file,
    one_folder,
)
from mockserver.cli.judging import judged, recording_given
from mockserver.cli.outcome import FAIL_UNDER, ONLY, part, tell
from mockserver.cli.progress import progress
from mockserver.digits import LONGEST_WAIT
from mockserver.escaping import escaped
from mockserver.stopping import stopped_by, stops

if TYPE_CHECKING:
    from mockserver.contract import Edition
    from mockserver.judge.result import Result
    from mockserver.judge.sources import Level
    from mockserver.reports.writing import Report
    from mockserver.scenarios.runner.context import Context


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_server = _options(
    click.option("--url", envvar="TFE_ADDRESS", help="Address of the server; read from TFE_ADDRESS where that is set."),
    click.option("--organization", help="Organization to verify in; it must exist."),
    click.option("--token-env", default="TFE_TOKEN", show_default=True, metavar="NAME",
                 help="Environment variable that holds the token."),
    click.option("--read-only", is_flag=True, help="Send GET requests only; create nothing."),
    click.option("--no-organizations", is_flag=True, help="Create and destroy no organization; skip what needs a new one."),
    click.option("--jobs", default=4, show_default=True, callback=from_to(1, 1_000), help="Requests at the same time."),
    click.option("--timeout", default=30.0, show_default=True, callback=from_to(0.001, LONGEST_WAIT), help="Seconds that a request may take."),
    click.option("--rate", type=float, callback=from_to(0, LONGEST_WAIT), help="Most requests a second; 0 for no limit. 25 to other machines if omitted."),
)  # fmt: skip
_recording = _options(
    click.option(
        "--har",
        type=PATH,
        callback=one_file,
        metavar="FILE",
        help="Judge the recording (HAR) of a browser or proxy instead.",
    ),
    click.option(
        "--journal",
        type=PATH,
        callback=one_file,
        metavar="FILE",
        help="Judge a response of GET /_mock/journal instead.",
    ),
    click.option(
        "--exchanges",
        type=PATH,
        callback=one_folder,
        metavar="DIRECTORY",
        help="Judge a folder that `mockserver record` has written instead.",
    ),
)
_reports = _options(
    click.option("--report", "reports", multiple=True, metavar="FORM=FILE",
                 help="Write a report: junit=FILE, sarif=FILE, json=FILE, html=FILE or github. May be repeated."),
    click.option("--coverage", "cover", is_flag=True, help="Print how much of the contract was exercised."),
    FAIL_UNDER,
    ONLY,
    click.option("--annotate-file", default="", metavar="FILE",
                 help="File of your repository that GitHub's annotations stand at."),
)  # fmt: skip


@click.command()
@_server
@_recording
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Judge this operation alone; what it needs is played as well. May be repeated.")  # fmt: skip
@click.option(
    "--edition",
    help="Edition of the API; if omitted, the one that the server or the recording names, or else 2019-07.",
)
@click.option(
    "--fail-on-drift",
    is_flag=True,
    help="Exit with 1 if a response has members that the edition does not list.",
)
@click.option(
    "--unreached",
    is_flag=True,
    help="List the documented statuses that no request brought about, and why.",
)
@_reports
def verify(
    operations: tuple[str, ...],
    edition: str | None,
    fail_on_drift: bool,
    unreached: bool,
    reports: tuple[str, ...],
    cover: bool,
    fail_under: float,
    counted: tuple[str, ...],
    annotate_file: str,
    **options: Any,
) -> None:
    """Hold a server, or recorded traffic, to the contract.

    \b
    Exit codes: 0 conforms, 1 does not, 2 usage, 3 not reached,
    4 what was made could not be removed.
    """
    from mockserver.judge.coverage import Coverage

    form = recording_given(options)
    if edition:
        edition_named(edition)
    forms = _forms(reports)
    server = None if form else asked(options)
    named = edition or (server.named if server else edition_recorded(form, options[form]))
    contract = edition_named(named or OLDEST)
    only = selected_operations(contract, operations)
    drift: Level = "fault" if fail_on_drift else "drift"
    part(Coverage(contract.name), counted)  # refuses what it does not know before the run
    extra: list[str] = []
    if server:
        if not edition:
            say_chosen(server)
        result, extra = _live(server, contract, only, drift, unreached, options)
    else:
        result = judged(contract, only, drift, form, options[form], bool(edition))
    sys.exit(tell(result, extra, forms, cover, fail_under, counted, annotate_file))


def _forms(reports: tuple[str, ...]) -> list[Report]:
    from mockserver.reports.writing import refuse_unwritable, wanted

    try:
        forms = wanted(reports)
        refuse_unwritable(forms)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(
            escaped(f"cannot write {error.filename}: {error.strerror}")
        ) from None
    return forms


def _live(
    server: AskedServer,
    contract: Edition,
    only: frozenset[str],
    drift: Level,
    unreached: bool,
    options: dict[str, Any],
) -> tuple[Result, list[str]]:
    from mockserver.scenarios.runner import run
    from mockserver.scenarios.runner.unreached import unreached_lines

    context = _context(server, contract, only, drift, options)
    if server.lost:
        return run.unreached(context, server.lost), []
    with progress() as tell_progress, _stoppable():
        result = run.verify(context, only, options["jobs"], tell_progress)
    return result, unreached_lines(context) if unreached else []


def _context(
    server: AskedServer,
    contract: Edition,
    only: frozenset[str],
    drift: Level,
    options: dict[str, Any],
) -> Context:
    from mockserver.judge.collected import Findings
    from mockserver.scenarios import scenarios
    from mockserver.scenarios.runner.actions import owner_type
    from mockserver.scenarios.runner.context import Context

    return Context(
        transport=server.transport,
        edition=contract,
        scenarios=scenarios(),
        organization=options["organization"],
        token=server.token,
        findings=Findings(contract, only, drift),
        run=secrets.token_hex(3),
        local=server.transport.local,
        named=server.named,
        read_only=options["read_only"],
        spared=frozenset({owner_type(contract) or ""} if options["no_organizations"] else ()),
    )


def selected_operations(contract: Edition, operations: tuple[str, ...]) -> frozenset[str]:
    """The ids that `--operation` names; a usage error with the nearest for one there is not."""
    try:
        return frozenset(contract.operation(id).id for id in operations)
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM, which CI sends to a job that is cancelled, and the end of a terminal stop a run as Ctrl-C does.

    Where Ctrl-C is ignored, as behind a shell's `&`, it stays so.
    """

    def stop(number: int) -> None:
        raise KeyboardInterrupt("" if number == signal.SIGINT else signal.Signals(number).name)

    ctrl_c = (signal.SIGINT,) if signal.getsignal(signal.SIGINT) != signal.SIG_IGN else ()
    with stopped_by(*stops(), *ctrl_c, first=stop, again=stop):
        yield
