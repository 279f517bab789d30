"""The pytest plugin: a world for every test.

    def test_my_tool(tfe):
        my_tool.create_policy_set(tfe.url, tfe.token, "production")
        tfe.journal.expect("create-policy-set", status=201)

Nothing but pytest is imported until a test asks for a fixture of ours: a run that does not use them
must not pay for them. No class here is a dataclass: to make one takes a millisecond.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import World
    from mockserver.pytest_plugin.worlds import Baselines, WorldsOfTest
    from mockserver.web.testing import Live

MARK = (
    "tfe(fixture='documented', edition=None, strict=False, seed=0, now=None, tls=False): "
    "the world that the fixture `tfe` gives to this test"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "tfe_fixture", "Data that tests start with: a name or a path.", default="documented"
    )
    parser.addini(
        "tfe_edition",
        "Edition of the API; that of the fixture if omitted, or else 2019-07.",
        default="",
    )
    parser.addini(
        "tfe_strict",
        "Refuse what the API's pages do not list, and fail the test.",
        type="bool",
        default=False,
    )
    parser.addini("tfe_seed", "Number that ids are made from.", default="0")
    parser.addini("tfe_now", "Time at which the clock stands.", default="")
    parser.addini("tfe_tls", "Speak https at `tfe.url`.", type="bool", default=False)
    group = parser.getgroup("tfe", "mock server of the Terraform Enterprise API")
    group.addoption(
        "--tfe-coverage",
        action="append",
        default=[],
        metavar="REPORT",
        help="Report how much of the contract the tests exercise: table, json=FILE or html=FILE, each with every edition that was used. May be repeated.",
    )
    group.addoption(
        "--tfe-coverage-fail-under",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="Fail if less of the contract is exercised.",
    )
    group.addoption(
        "--tfe-coverage-only",
        action="append",
        default=[],
        metavar="NAME",
        help="Count this page or operation alone, or those that were `touched`. May be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)
    for name in ("tfe_strict", "tfe_tls"):
        try:
            config.getini(name)
        except (ValueError, TypeError, pytest.UsageError) as error:  # which one, pytest has changed
            raise pytest.UsageError(f"{name}: {error}; say true or false") from None
    try:
        int(seed := config.getini("tfe_seed"))
    except ValueError:
        raise pytest.UsageError(f"tfe_seed: {seed!r} is not an integer") from None
    if config.getoption("tfe_coverage") or config.getoption("tfe_coverage_fail_under"):
        from mockserver.pytest_plugin.coverage import Collected

        config.pluginmanager.register(Collected(config, WORLDS), "tfe_coverage")


@pytest.fixture(scope="session")
def tfe_server() -> Iterator[Live]:
    """The session's server; it listens on a free port from the first use of `url` on."""
    from mockserver.web.testing import Live

    with Live() as live:
        yield live


@pytest.fixture(scope="session")
def _tfe_baselines() -> Baselines:
    from mockserver.pytest_plugin.worlds import Baselines

    return Baselines()


@pytest.fixture
def tfe(
    request: pytest.FixtureRequest, tfe_server: Live, _tfe_baselines: Baselines
) -> Iterator[World]:
    """A fresh world for this test: `client`, `url`, `token`, `journal`, `faults`, `clock`, ..."""
    from mockserver.client.opening import address_of, in_process
    from mockserver.pytest_plugin.options import options_of
    from mockserver.pytest_plugin.worlds import worlds_of_test

    name, options = request.node.nodeid, options_of(request)
    tls = options.pop("tls")
    with worlds_of_test(tfe_server, _tfe_baselines, name, options) as worlds:
        request.node.stash[WORLDS] = worlds
        yield in_process(
            tfe_server.server,
            worlds.universe.key,
            worlds.universe.edition,
            lambda: address_of(tfe_server, tls=tls),
            tfe_server.app,
        )
        if texts := worlds.news():  # broken after the test's body, e.g. by what cleans up after it
            pytest.fail("\n\n".join(texts), pytrace=False)


@pytest.fixture
def tfe_env(tfe: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same world, with TFE_ADDRESS, TFE_TOKEN, TFE_HOSTNAME and NO_PROXY set for this test."""
    for name, value in tfe.env.items():
        monkeypatch.setenv(name, value)
    return tfe


WORLDS: pytest.StashKey[WorldsOfTest] = pytest.StashKey()
"""The worlds of a test, kept with it."""


# a test fails when its contract is broken


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    worlds = item.stash.get(WORLDS, None)
    if worlds is not None:
        texts, faults = worlds.news(), worlds.unfired()
        if texts or (faults and worlds.universe.strict):
            pytest.fail("\n\n".join([*texts, *faults]), pytrace=False)
        if faults:
            _warn(item, "\n".join(faults))
    return result


def _warn(item: pytest.Item, text: str) -> None:
    """Told in the summary of warnings, under the test's own file."""
    from mockserver.client.broken import UnfiredFault

    file, line, _ = item.location
    warnings.warn_explicit(text, UnfiredFault, file, (line or 0) + 1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report: Any = yield
    worlds = item.stash.get(WORLDS, None)
    if worlds is not None and report.failed:
        if texts := worlds.news():
            report.sections.append(("the contract was broken", "\n\n".join(texts)))
        if call.when == "call" and (faults := worlds.unfired()):
            report.sections.append(("faults that never happened", "\n".join(faults)))
        if lines := worlds.strangers():
            title = "requests with a token of no world, or with none"
            report.sections.append((title, "\n".join(lines)))
        if lines := list(worlds.exchanges()):
            report.sections.append(("exchanges with the mock server", "\n".join(lines)))
    if worlds is not None and call.when == "teardown":
        del item.stash[WORLDS]  # pytest keeps the items to the end; worlds shall not stay with them
    return report  # type: ignore[no-any-return]
