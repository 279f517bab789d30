"""Inner pytest runs, and the same world through both handles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mockserver
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from tests.inner_runs import QUIET

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests of that source with our plugin, in the order they stand in: in this process, where it
    is the only one beside those named `also`, or in one of its own, where those that take long stay out.
    """

    def run(
        source: str,
        *arguments: str,
        ini: str = "",
        process: bool = False,
        also: tuple[str, ...] = (),
    ) -> pytest.RunResult:
        pytester.makepyfile(source)
        if ini:
            pytester.makeini(f"[pytest]\n{ini}")
        if process:
            quiet = (f"-pno:{name}" for name in QUIET if name not in also)
            return pytester.runpytest_subprocess(*quiet, *arguments)
        with monkeypatch.context() as alone:
            alone.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            wanted = (f"-p{name}" for name in ("tfe_mockserver", *also))
            return pytester.runpytest_inprocess(*wanted, *arguments)

    return run


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of a server that runs elsewhere, with one world in it, `test-token`."""
    with LiveServer(create_app()) as server:
        yield server.url


@pytest.fixture(params=["in process", "over http"])
def world(request: pytest.FixtureRequest, served: str) -> Iterator[mockserver.World]:
    """A world of the documented fixture: the same handle, whichever way it reaches its world."""
    if request.param == "in process":
        with mockserver.universe() as tfe:
            yield tfe
        return
    tfe = mockserver.connect(served).fork()
    yield tfe
    try:
        tfe.delete()
    except mockserver.client.Gone:
        return


@pytest.fixture
def create() -> Callable[..., Any]:
    """Makes a policy set by a client and gives the answer."""

    def create(client: Any, name: str = "staging", **attributes: Any) -> Any:
        return client.post(
            "/api/v2/organizations/my-organization/policy-sets",
            json={"data": {"type": "policy-sets", "attributes": {"name": name, **attributes}}},
        )

    return create
