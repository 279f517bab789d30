"""What the options of `serve` come to, and why they cannot be so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mockserver.cli.common import UNFIT_KEY, Unusable
from mockserver.escaping import escaped
from mockserver.loopback import host_name


def origins(
    context: click.Context, parameter: click.Parameter, said: Sequence[str]
) -> Sequence[str]:
    """Origins as they are; a usage error for one that is none."""
    if said:
        from mockserver.pipeline import cors

        try:
            return [cors.origin(text) for text in said]
        except ValueError as error:
            raise click.BadParameter(escaped(str(error))) from None
    return said


def hosts(context: click.Context, parameter: click.Parameter, said: Sequence[str]) -> Sequence[str]:
    """Host names as they are; a usage error for one that is none."""
    try:
        return [text if text == "*" else host_name(text) for text in said]
    except ValueError as error:
        raise click.BadParameter(escaped(str(error))) from None


def key(token: str | None, host: str, *, here: bool, control_token: str | None) -> str:
    """The key of the world; a usage error where it, or a host without a control token, cannot be."""
    if not here and not control_token:
        raise click.UsageError(
            f"--host {escaped(host)} can be reached from other machines: choose a --control-token as well, "
            "so that not everybody can make worlds there, or say --insecure."
        )
    if token is None:
        from mockserver.world import ids

        return "test-token" if here else ids.key()
    from mockserver.pipeline.server import KEY

    if not KEY.fullmatch(token):
        raise click.UsageError(UNFIT_KEY)
    return token


def start_with(fixture: str, *, watch: bool, state: str | None) -> str | Path:
    """The data to start with; a usage error where it cannot be watched, or kept. The file of `state` is
    this command's alone until its end.
    """
    if watch and state:
        raise click.UsageError("--watch and --state exclude each other: which file would be right?")
    if watch and not Path(fixture).is_file():
        raise click.UsageError(f"--watch needs a file as --fixture; {fixture!r} is none.")
    if state and Path(state).suffix not in ("", ".json"):
        raise click.UsageError(f"--state writes JSON: {state!r} must end in .json.")
    if state:
        from mockserver.cli.keeping import alone

        click.get_current_context().with_resource(alone(Path(state)))
    if state and Path(state).is_file():
        return Path(state)
    return Path(fixture) if watch else fixture  # a file, though a fixture of its name may ship


def secured(tls: bool, certificate: str | None, key: str | None, host: str) -> Any:
    """What TLS needs; None where none is wanted."""
    if key and not certificate:
        raise click.UsageError("--tls-key belongs to a --tls-cert.")
    if not (tls or certificate):
        return None
    from mockserver.web import tls as making

    if certificate:
        try:
            return making.given(certificate, key)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise Unusable(escaped(f"cannot use {certificate}: {reason}")) from None
    return making.made(host)
