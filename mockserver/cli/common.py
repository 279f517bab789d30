"""What several commands share: options, the edition of a name, how a usage error looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.escaping import escaped

if TYPE_CHECKING:
    from mockserver.client import ControlError
    from mockserver.contract import Edition
    from mockserver.world.kinds import Kinds

Command = Callable[..., Any]

URL = click.option(
    "--url", envvar="TFE_ADDRESS", default="http://127.0.0.1:8080", show_default=True,
    help="Address of the server; read from TFE_ADDRESS where that is set.",
)  # fmt: skip
UNFIT_KEY = (
    "--token takes 1 to 200 letters, digits and signs of ASCII, without a dot, slash, "
    "backslash, double quote or space."
)


def key_of_world(context: click.Context, option: click.Parameter, token: str) -> str:
    """The key that opens the control plane; a usage error, which repeats nothing of it, where it is none."""
    from mockserver.pipeline.server import KEY

    if KEY.fullmatch(token):
        return token
    if "." in token:
        raise click.UsageError(
            "--token, or TFE_TOKEN, is the token of a user, which does not open the control plane: give "
            "the key of the world, which is what stands before the first dot."
        )
    raise click.UsageError(UNFIT_KEY)


WORLD_KEY = click.option(
    "--token", envvar="TFE_TOKEN", default="test-token", show_default=True, callback=key_of_world,
    help="Key of the world; read from TFE_TOKEN where that is set.",
)  # fmt: skip
TOKEN = click.option(
    "--token", envvar="TFE_TOKEN", default="test-token", show_default=True,
    help="Key of the world, or another token; read from TFE_TOKEN where that is set.",
)  # fmt: skip


def from_to(least: float, most: float) -> Callable[..., Any]:
    """A callback that takes a number within these bounds, and no NaN; a usage error for another."""

    def checked(context: click.Context, option: click.Parameter, value: float | None) -> Any:
        if value is not None and not least <= value <= most:
            raise click.BadParameter(f"{value:g} is not from {least:g} to {most:g}.")
        return value

    return checked


PATH = click.Path(exists=True, path_type=Path)
"""What there is, be it a file or a folder: `one_file` and `one_folder` refuse the other, and say what to do."""

OLDEST = "2019-07"
"""The edition of a command that is told of none."""
EDITION = click.option("--edition", default=OLDEST, show_default=True, help="Edition of the API.")
RECORDED_EDITION = click.option(
    "--edition",
    help="Edition of the API; that of a folder of `mockserver record` if omitted, or else 2019-07.",
)
FIXTURE = click.option(
    "--fixture", default="documented", show_default=True,
    help="Data to start with: a name or a file.",
)  # fmt: skip
WORLD_EDITION = click.option(
    "--edition", help="Edition of the API; that of the fixture if omitted, or else 2019-07."
)


def printed_as(*forms: str) -> Callable[[Command], Command]:
    """The option `--format`; the first form is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True,
        help="Form to print it in.",
    )  # fmt: skip


class Unusable(click.ClickException):
    """One sentence, and the exit code of usage."""

    exit_code = 2


class Unreached(click.ClickException):
    """One sentence, and the exit code of a server that could not be reached."""

    exit_code = 3


REFUSALS = {401: Unusable, 409: click.ClickException, 422: click.ClickException}
"""By the status of the control plane; what answers with another is no mock server."""


def refused(error: ControlError) -> click.ClickException:
    """What a running server refuses, or that there is none, with the exit codes of `verify`."""
    return REFUSALS.get(error.status, Unreached)(str(error))


@contextmanager
def refusing() -> Iterator[None]:
    """What is wrong with a fixture as an error of the command line, and what there is not as one of
    usage: an edition, an operation, a caller, a fixture. The same words in every command.
    """
    from mockserver.contract.fixtures import UnfitFixture, UnknownFixture
    from mockserver.world.seeding import BadFixture

    try:
        yield
    except KeyError as error:
        raise Unusable(escaped(str(error.args[0]))) from None
    except UnknownFixture as error:
        raise Unusable(escaped(str(error))) from None
    except (UnfitFixture, BadFixture) as error:
        raise click.ClickException(str(error)) from None  # a line a fault
    except ValueError as error:
        raise click.ClickException(escaped(str(error))) from None


@contextmanager
def listening(host: str, port: int) -> Iterator[None]:
    """That nobody can listen there as an error of the command line."""
    try:
        yield
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]
        hint = "choose another with --port, or --port 0 for a free one"
        raise Unusable(escaped(f"cannot listen on {host}:{port}: {reason}; {hint}")) from None


def edition_named(name: str) -> Edition:
    """The edition of a name; one sentence that lists those there are, or tells the mistake in its files."""
    from mockserver.contract import UnknownEdition, load

    try:
        return load(name)
    except (UnknownEdition, ValueError) as error:
        raise Unusable(escaped(str(error))) from None


def kinds_serving(edition: Edition) -> Kinds:
    """The kinds that serve an edition; one sentence that tells the mistake in a module of theirs."""
    from mockserver.pipeline.server import served

    try:
        return served(edition)
    except ValueError as error:
        raise Unusable(escaped(str(error))) from None


def edition_recorded(form: str, path: Path) -> str:
    """The name of the edition that a recording was made by; empty where it says none."""
    from mockserver.traffic.recordings import BadRecording, edition_of

    try:
        return edition_of(form, path)
    except BadRecording as error:
        raise Unusable(str(error)) from None


def one_file(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """The recording that is one file; a usage error for a folder."""
    if path and path.is_dir():
        raise click.BadParameter(
            f"'{escaped(str(path))}' is a folder; one that `mockserver record` has written is for --exchanges."
        )
    return path


def one_folder(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """The recording that is a folder; a usage error for a file."""
    if path and not path.is_dir():
        raise click.BadParameter(
            f"'{escaped(str(path))}' is a file; give the folder that `mockserver record` has written. `mockserver "
            "verify` judges files with --har and --journal."
        )
    return path
