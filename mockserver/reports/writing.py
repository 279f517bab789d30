"""Which reports are wanted, and where they are written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mockserver.judge.result import Result
from mockserver.reports.forms import FORMS, github, summary

Report = tuple[str, Path | None]


def wanted(said: Iterable[str]) -> list[Report]:
    """What `--report` names: `junit=FILE`, `sarif=FILE`, `json=FILE`, `html=FILE`, `github`.

    Raises ValueError that lists them.
    """
    reports: list[Report] = []
    for text in (part for one in said for part in one.split()):
        form, _, path = text.partition("=")
        if form not in FORMS or (form != "github" and not path):
            forms = ", ".join("github" if one == "github" else f"{one}=FILE" for one in FORMS)
            raise ValueError(f"There is no report {text!r}. There are: {forms}.")
        reports.append((form, Path(path) if path else None))
    return reports


def refuse_unwritable(reports: Iterable[Report]) -> None:
    """Raises OSError where a file cannot be written: before a run, not after it."""
    for _, path in reports:
        if path is None:
            continue
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def write(
    result: Result,
    reports: Sequence[Report],
    say: Callable[[str], None],
    step: str,
    annotate: str = "",
) -> None:
    """Write the reports; annotations, of the file `annotate`, go to `say`, the summary to the file
    that `step` names.

    Raises OSError where a file cannot be written.
    """
    for form, path in reports:
        text = github(result, annotate) if form == "github" else FORMS[form](result)
        if path is not None:
            path.write_text(text, encoding="utf-8")
            continue
        if text:
            say(text.rstrip("\n"))
        if step:
            with Path(step).open("a", encoding="utf-8") as file:
                file.write(summary(result))
