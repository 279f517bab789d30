"""What a test asks for and does not get is told: names, faults, tokens, proxies; and what a handle says of
itself in a REPL and in a notebook."""

from __future__ import annotations

import re
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import requests

import mockserver
from mockserver.client import Broken, ControlError
from mockserver.client.broken import UnfiredFault
from mockserver.client.tokens import UnknownToken

SETS = "/api/v2/organizations/my-organization/policy-sets"
Tfe = mockserver.World
Run = Callable[..., pytest.RunResult]


# tokens


def test_an_unknown_name_of_a_token_raises_with_the_names_there_are(world: Tfe) -> None:
    with pytest.raises(UnknownToken) as unknown:
        world.tokens["anm"]
    assert str(unknown.value) == (
        "There is no token named 'anm'. Did you mean 'ann'? There are: ann, laptop, org, platform."
    )
    assert list(world.tokens) == ["ann", "laptop", "org", "platform"]
    assert dict(world.tokens)["ann"] == f"{world.token}.ann"
    assert "ann" in world.tokens
    assert "anm" not in world.tokens
    assert len(world.tokens) == 4


def test_what_is_seeded_is_known_by_name_and_so_is_what_is_revoked(world: Tfe) -> None:
    world.seed({"users": [{"username": "bob"}], "tokens": [{"name": "bob", "user": "bob"}]})
    assert "bob" in world.tokens
    assert list(world.tokens) == ["ann", "bob", "laptop", "org", "platform"]
    fork = world.fork()
    assert fork.tokens["bob"] == f"{fork.token}.bob"
    fork.delete()
    world.client.delete("/api/v2/organizations/my-organization/authentication-token")
    assert world.tokens["org"] == f"{world.token}.org"  # a test may try one that is revoked


def test_a_world_made_from_a_dump_knows_its_tokens_though_not_their_names(world: Tfe) -> None:
    with mockserver.universe(world.state()) as copy:
        assert list(copy.tokens) == []
        assert copy.tokens["ann"] == f"{copy.token}.ann"
        with pytest.raises(
            UnknownToken, match=r"There is no token named 'anm'. No names of tokens"
        ):
            copy.tokens["anm"]


# faults that never happened


NEVER = (
    "the fault 'latency', operation='show-policy', when={'nth': 2}, seconds=0 never happened: 1 "
    "request came as far as it. Send what it waits for, or take it away with faults.clear()."
)


@pytest.mark.parametrize("strict", [False, True])
def test_a_fault_that_never_happened_is_told_at_the_end_of_the_test(run: Run, strict: bool) -> None:
    result = run(
        f"""
        import pytest

        pytestmark = pytest.mark.tfe(strict={strict})

        def test_never(tfe):
            tfe.faults.add("latency", operation="show-policy", seconds=0.0, when={{"nth": 2}})
            tfe.client.get("/api/v2/policies/pol-2HRvNs49EWPjDqT1")

        def test_happens(tfe):
            tfe.faults.add("expired-token")
            tfe.client.get("{SETS}")

        def test_cleared(tfe):
            tfe.faults.add("expired-token")
            tfe.faults.clear()
        """,
        "-Wdefault",
    )
    result.assert_outcomes(passed=2 if strict else 3, failed=int(strict), warnings=int(not strict))
    assert NEVER in result.stdout.str()


def test_a_failed_test_shows_the_faults_that_never_happened(run: Run) -> None:
    result = run(
        """
        def test_fails(tfe):
            tfe.faults.add("lag")
            tfe.client.get("/api/v2/policies/none")
            tfe.faults.add("expired-token", operation="list-policies")
            raise RuntimeError
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*faults that never happened*", "the fault 'expired-token', operation='list-policies'*"]
    )
    assert "the fault 'lag'" not in result.stdout.str()


def test_without_pytest_it_is_a_warning_and_in_a_strict_world_an_error() -> None:
    tfe = mockserver.universe()
    tfe.faults.add("lag")
    tfe.check()
    with pytest.warns(
        UnfiredFault, match="the fault 'lag', when='next' never happened: 0 requests"
    ):
        tfe.close()
    tfe = mockserver.universe(strict=True)
    tfe.faults.add("lag")
    with pytest.raises(Broken, match="the fault 'lag'"):
        tfe.check()
    with pytest.raises(Broken, match="the fault 'lag'"):
        tfe.close()


# a wrong token


def test_a_wrong_token_over_a_socket_shows_in_the_report_of_the_test(run: Run) -> None:
    result = run(
        f"""
        import requests

        def test_first(tfe):
            requests.get(tfe.url + "{SETS}?before=1", headers={{"Authorization": "Bearer x"}})

        def test_fails(tfe):
            requests.get(tfe.url + "{SETS}", headers={{"Authorization": "Bearer wrong"}})
            tfe.client.get("{SETS}")
            raise RuntimeError
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*requests with a token of no world, or with none*",
            f"401 GET {SETS}  *no world has this token's key (the part before the first dot)*",
            "*exchanges with the mock server*",
        ]
    )
    text = result.stdout.str()
    assert "before=1" not in text  # of another test
    assert "Bearer wrong" not in text.partition("requests with a token")[2]


# proxies


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A proxy of the environment that must not be asked: it keeps what it hears."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def listen() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    with connection:
                        heard.append(connection.recv(1000))
            except OSError:
                return

        thread = threading.Thread(target=listen)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, url)
            monkeypatch.setenv(name.upper(), url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "intranet.example")
        yield heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_control_traffic_never_goes_through_a_proxy_of_the_environment(
    served: str, proxy: list[bytes]
) -> None:
    tfe = mockserver.connect(served).fork()
    assert tfe.clock.now
    assert tfe.client.get(SETS).status_code == 200
    tfe.delete()
    assert proxy == []


def test_with_its_environment_no_client_asks_a_proxy_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, proxy: list[bytes]
) -> None:
    with mockserver.universe() as tfe:
        assert tfe.env["NO_PROXY"] == tfe.env["no_proxy"]
        assert tfe.env["NO_PROXY"] == "intranet.example,127.0.0.1,localhost,::1"
        with pytest.raises(requests.RequestException):
            requests.get(tfe.url + SETS, timeout=5)
        assert len(proxy) == 1  # so it would be
        for name, value in tfe.env.items():
            monkeypatch.setenv(name, value)
        assert requests.get(tfe.url + SETS, timeout=5).status_code == 401
        assert len(proxy) == 1
    elsewhere = mockserver.World.__new__(mockserver.World)
    elsewhere._address = lambda: mockserver.client.handle.Address("https://tfe.example:8443")
    elsewhere.token = "k"
    assert "NO_PROXY" not in elsewhere.env


# in a REPL and in a notebook


def test_a_world_is_there_at_once_and_until_it_is_closed() -> None:
    tfe = mockserver.universe()
    assert tfe.client.get(SETS).status_code == 200
    assert requests.get(tfe.url, timeout=5).status_code == 200
    url = tfe.url
    tfe.close()
    tfe.close()
    with pytest.raises(ControlError, match="is gone: its `with` block has ended, or it was closed"):
        tfe.reset()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_what_was_broken_is_raised_at_the_close() -> None:
    tfe = mockserver.universe(strict=True)
    tfe.client.get(SETS + "?stray=1")
    with pytest.raises(Broken, match="the query parameter stray is not listed"):
        tfe.close()


def test_a_world_of_somebody_else_is_left_as_it_is(served: str) -> None:
    with mockserver.connect(served) as tfe:
        pass
    assert tfe.client.get(SETS).status_code == 200


def test_a_fork_ends_with_its_block_and_is_checked(world: Tfe) -> None:
    with world.fork() as fork:
        assert fork.client.delete(SETS.rpartition("/")[0]).status_code == 204
    with pytest.raises(ControlError, match=r"gone|no universe"):
        fork.reset()
    fork.close()
    assert world.client.get(SETS).status_code == 200
    with mockserver.universe(strict=True) as strict, pytest.raises(RuntimeError), strict.fork():
        raise RuntimeError
    strict = mockserver.universe(strict=True)
    fork = strict.fork()
    fork.client.get(SETS + "?stray=1")
    with pytest.raises(Broken, match="stray is not listed"):
        fork.close()
    with pytest.raises(Broken):
        strict.close()


def test_under_hypothesis_each_example_has_a_fork_of_its_own(run: Run) -> None:
    """The recipe of docs/pytest.md, and what hypothesis says without it."""
    page = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")
    (recipe,) = [
        block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "@given" in block
    ]
    result = run(
        recipe
        + """

@given(st.integers())
def test_refused(tfe, number):
    pass
""",
        also=("hypothesispytest",),
    )
    result.assert_outcomes(passed=1, failed=1)
    assert "FailedHealthCheck" in result.stdout.str()


def test_a_world_says_where_it_is_its_organizations_and_how_much_there_is() -> None:
    with mockserver.universe() as tfe:
        assert repr(tfe).startswith(
            "<World 2019-07: in this process; organizations my-organization, "
        )
        assert "4 workspaces" in repr(tfe)
        assert repr(tfe).endswith("0 exchanges>")
        url = tfe.url
        assert repr(tfe).startswith(f"<World 2019-07: {url}; organizations my-organization, ")
        assert tfe.token not in repr(tfe)
    assert repr(tfe).startswith("<World 2019-07: the world of this key is gone: ")
    with mockserver.universe("empty") as tfe:
        assert repr(tfe) == "<World 2019-07: in this process; 1 users, 0 exchanges>"


def test_the_parts_of_a_world_say_what_they_hold(world: Tfe) -> None:
    assert repr(world.journal) == "<Journal: 0 exchanges>"
    world.faults.add("expired-token", when={"nth": 2})
    world.client.get(SETS)
    assert repr(world.journal) == (
        f"<Journal: 1 exchange, last #1 200 GET {SETS} (list-policy-sets)>"
    )
    assert repr(world.clock) == "<Clock: 2019-07-15T00:00:00.000Z, stands still>"
    assert repr(world.faults) == "<Faults: expired-token (0 of 1)>"
    world.faults.clear()
    assert repr(world.faults) == "<Faults: none>"
    assert repr(world.tokens) == "<Tokens: ann, laptop, org, platform>"
    parts = (world, world.journal, world.clock, world.faults, world.tokens)
    world.delete()
    for part in parts:
        assert "is gone" in repr(part) or "no universe" in repr(part)


class Read(HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_journal_is_a_table_in_a_notebook_and_nothing_in_it_is_markup(world: Tfe) -> None:
    world.client.get("/api/v2/<script>alert(1)</script>?<b>=\"'&amp;")
    world.client.get(SETS)
    read = Read(world.journal._repr_html_())
    assert read.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert "GET /api/v2/<script>alert(1)</script>" in "".join(read.texts)
    assert f"GET {SETS}" in read.texts
    assert "user admin" in read.texts


def test_a_journal_says_in_a_notebook_why_a_request_was_refused(world: Tfe) -> None:
    world.client.post(SETS, json={"data": {"type": "policy-sets", "attributes": {"name": 3}}})
    assert "data.attributes.name is 3" in Read(world.journal._repr_html_()).texts


def test_a_journal_says_in_a_notebook_what_it_no_longer_knows() -> None:
    with mockserver.universe() as tfe:
        tfe._link.universe.journal._entries = 1  # type: ignore[attr-defined]
        for _ in range(3):
            tfe.client.get(SETS)
        assert "<caption>2 earlier are no longer known</caption>" in tfe.journal._repr_html_()


def test_a_handle_that_nobody_closed_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mockserver.universe().client.get(SETS).status_code == 200
