"""`--tfe-coverage`: how much of the contract a test run has exercised, over all its workers.

Registered by the plugin only where it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mockserver.client.broken import worlds
from mockserver.contract.editions import editions
from mockserver.digits import is_percentage
from mockserver.escaping import escaped
from mockserver.judge.coverage import Coverage, not_counted, rows
from mockserver.reports.columns import UNFOLDED, columns
from mockserver.reports.html import page
from mockserver.reports.writing import refuse_unwritable

SHARED = "tfe_coverage"


class Collected:
    """The coverage of each edition that the run's worlds were bound to.

    `worlds` is the key under which the plugin keeps the worlds of a test with it.
    """

    def __init__(self, config: pytest.Config, worlds: pytest.StashKey[Any]) -> None:
        self._config, self._worlds = config, worlds
        self._reports = [_report(said) for said in config.getoption(SHARED)]
        self._least: float = config.getoption("tfe_coverage_fail_under")
        if not is_percentage(self._least):
            raise pytest.UsageError(
                f"--tfe-coverage-fail-under: {self._least:g} is not from 0 to 100."
            )
        self._only: list[str] = config.getoption("tfe_coverage_only")
        self._editions: dict[str, Coverage] = {}
        asked = config.getini("tfe_edition")
        every = [asked] if asked else editions()
        for word in self._only:
            if refused := not_counted(word, every):
                raise pytest.UsageError(f"--tfe-coverage-only: {refused}")

    def _of(self, edition: str) -> Coverage:
        return self._editions.setdefault(edition, Coverage(edition))

    @property
    def _worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Before the world of a test goes, what its exchanges have met."""
        if own := item.stash.get(self._worlds, None):
            for universe in worlds(own.live.server.universes, own.universe.family):
                coverage = self._of(universe.edition)
                if isinstance(universe.journal.digested, Coverage):
                    coverage.merge(universe.journal.digested.met)
                for exchange in universe.journal:
                    coverage.take(exchange)
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """A worker of pytest-xdist is done: its points are ours."""
        output = getattr(node, "workeroutput", {})
        for edition, met in json.loads(output.get(SHARED, "{}")).items():
            self._of(edition).merge(met)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._worker:
            met = {name: sorted(c.met) for name, c in self._editions.items()}
            self._config.workeroutput[SHARED] = json.dumps(met)  # type: ignore[attr-defined]
            return
        if self._short() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _counted(self) -> list[Coverage]:
        """An edition that knows nothing of what is asked for is left out."""
        parts = []
        for edition, coverage in sorted(self._editions.items()):
            words = [word for word in self._only if not not_counted(word, [edition])]
            if words or not self._only:
                parts.append(coverage.of(words))
        return parts

    def _short(self) -> list[Coverage]:
        return [coverage for coverage in self._counted() if coverage.percent < self._least]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        counted = self._counted()
        for form, path in self._reports:
            if path is None:
                _tables(terminalreporter, counted)
            else:
                path.write_text(_written(form, counted), encoding="utf-8")
                terminalreporter.write_line(escaped(f"contract coverage: {path}"))
        for coverage in self._short():
            terminalreporter.write_line(
                f"FAIL contract coverage is {coverage.summary}, "
                f"less than the {self._least:g}% that --tfe-coverage-fail-under wants",
                red=True,
            )


def _report(said: str) -> tuple[str, Path | None]:
    form, _, path = said.partition("=")
    if not ((form == "table" and not path) or (form in ("json", "html") and path)):
        raise pytest.UsageError(f"--tfe-coverage={said}: say table, json=FILE or html=FILE")
    report = (form, Path(path) if path else None)
    try:
        refuse_unwritable([report])
    except OSError as error:
        why = f"cannot write {error.filename}: {error.strerror}"
        raise pytest.UsageError(escaped(f"--tfe-coverage={said}: {why}")) from None
    return report


def _tables(terminal: Any, counted: Sequence[Coverage]) -> None:
    width = terminal._tw.fullwidth if terminal.isatty() else UNFOLDED
    for coverage in counted:
        terminal.section(f"contract coverage, edition {coverage.edition}")
        terminal.write_line(columns(rows(coverage), width))
        terminal.write_line(coverage.summary)


def _written(form: str, counted: Sequence[Coverage]) -> str:
    """One file tells of every edition: there is one name for it, which CI keeps."""
    if form == "json":
        return json.dumps({"editions": [one.shown() for one in counted]}, indent=2) + "\n"
    lines = [] if counted else ["No request of these tests is counted."]
    return page("Contract coverage", lines, [], counted)
