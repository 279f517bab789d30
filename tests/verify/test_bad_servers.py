"""Servers and tokens that cannot be verified: one clear sentence, the right exit code, no traces."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.contract import load
from mockserver.escaping import escaped
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import Finding
from mockserver.judge.result import Result, cleaned
from mockserver.redaction import Redactor
from mockserver.traffic.http_transport import HttpTransport
from mockserver.traffic.patience import patiently
from mockserver.traffic.transport import Response, Unreachable
from mockserver.web.serving import LiveServer
from tests.verify.mutations.spoiling import spoilt, status
from tests.verify.playing import TOKEN, run, server

Start = Callable[..., Any]


def app(
    code: str, body: bytes, **headers: str
) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """An application with one answer to everything."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start(code, [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [body]

    return answer


def test_html_instead_of_json() -> None:
    _, outcome = run(app("200 OK", b"<html>", Content_Type="text/html"))
    assert outcome.exit == 3
    assert outcome.stopped == ("the server answers HTML, not JSON: is --url the API's own address?")


def test_a_redirect_to_a_login_page() -> None:
    _, outcome = run(app("302 Found", b"", Location="https://sso.example.com/login?next=/"))
    assert outcome.exit == 3
    assert outcome.stopped == (
        "the server answers 302 and sends its callers to a login page: is --url the API's own "
        "address, and the token one of the API?"
    )


def test_a_server_that_fails() -> None:
    _, outcome = run(app("502 Bad Gateway", b"", Content_Type="text/plain"))
    assert outcome.exit == 3
    assert outcome.stopped == "the server answers 502 to a simple GET: it is not in order"


def test_a_token_that_is_not_accepted() -> None:
    _, outcome = run(mockserver.create_app(key="another"))
    assert outcome.exit == 2
    assert outcome.stopped == (
        "the server does not accept the token: is it whole, and of this server?"
    )


def test_an_organization_that_does_not_exist() -> None:
    _, outcome = run(server(), organization="nobody")
    assert outcome.exit == 2
    assert (
        outcome.stopped == "There is no organization named 'nobody', or the token may not see it."
    )


def test_a_token_that_may_only_read_makes_nothing() -> None:
    ours = server()

    def as_reader(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ.get("HTTP_AUTHORIZATION") == f"Bearer {TOKEN}":
            environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}.ann"
        result: Iterable[bytes] = ours(environ, start)
        return result

    before = state(ours)
    _, outcome = run(as_reader)
    assert outcome.exit == 2
    assert outcome.stopped == (
        "the token may only read the organization my-organization: give one of an owner, "
        "or --read-only to send GETs alone; nothing was made"
    )
    assert state(ours) == before


def test_what_cannot_be_removed_is_named() -> None:
    ours = server()

    def stubborn(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "DELETE" and "/ssh-keys/" in environ["PATH_INFO"]:
            return app("500 No", b"")(environ, start)
        result: Iterable[bytes] = ours(environ, start)
        return result

    _, outcome = run(stubborn, only=frozenset({"get-ssh-key"}))
    assert outcome.exit == 4
    kept = [key for key in state(ours)["organizations"][0]["ssh-keys"] if "verify" in key["name"]]
    assert sorted(outcome.left) == sorted(escaped(f"ssh-keys {k['name']} {k['id']}") for k in kept)


def test_ctrl_c_in_the_middle_leaves_nothing_behind() -> None:
    ours, count = server(), [0]

    def interrupt(exchange: Any, operation: Any) -> None:
        count[0] += 1
        if count[0] == 150:
            raise KeyboardInterrupt

    _, outcome = run(ours, watch=interrupt)
    assert outcome.exit == 1
    assert outcome.stopped == "stopped by Ctrl-C before everything was played"
    assert outcome.left == []
    assert "mockverify" not in json.dumps(state(ours))


def stopped_at(removals: set[int], answered: bool) -> tuple[Result, Any, int]:
    """A run that is stopped at these of its removals, before or after the server has seen them; the
    writes after the first of them that are none."""
    ours, count, after = server(), [0], [0]

    def stopping(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        removal = environ["REQUEST_METHOD"] == "DELETE"
        write = environ["REQUEST_METHOD"] != "GET"
        count[0] += removal
        after[0] += write and not removal and count[0] >= min(removals)
        stop = removal and count[0] in removals
        if stop and not answered:
            raise KeyboardInterrupt("SIGTERM")
        result: Iterable[bytes] = ours(environ, start)
        if stop:
            raise KeyboardInterrupt("SIGTERM")
        return result

    _, outcome = run(stopping, only=frozenset({"get-ssh-key"}))
    return outcome, state(ours), after[0]


def removals() -> int:
    """How many there are in such a run."""
    seen: list[str] = []
    run(server(), only=frozenset({"get-ssh-key"}), watch=lambda e, _: seen.append(e.method))
    return seen.count("DELETE")


@pytest.mark.parametrize("answered", [False, True])
def test_a_stop_while_a_type_is_tidied_up_ends_the_run(answered: bool) -> None:
    """Whichever removal it meets: nothing new is begun, nothing stays."""
    last = removals()
    for at in (last - 9, last - 6, last - 2):
        outcome, left, after = stopped_at({at}, answered)
        assert (outcome.exit, outcome.left) == (1, [])
        assert outcome.stopped == "stopped by SIGTERM before everything was played"
        assert "mockverify" not in json.dumps(left)
        assert after == 0


@pytest.mark.parametrize("answered", [False, True])
def test_a_stop_while_the_run_tidies_up_at_its_end_is_told_and_leaves_nothing(
    answered: bool,
) -> None:
    outcome, left, _ = stopped_at({removals()}, answered)
    assert (outcome.exit, outcome.left) == (1, [])
    assert outcome.stopped == "stopped by SIGTERM while it removed what it had made"
    assert "mockverify" not in json.dumps(left)


def test_a_second_stop_gives_up_one_removal_and_names_what_is_left() -> None:
    """A server that hangs there can be left; the others are still removed."""
    last = removals()
    outcome, left, _ = stopped_at({last, last + 1}, answered=False)
    assert outcome.exit == 4
    assert set(re.findall(r"mockverify[\w-]+", json.dumps(left))) == {
        name.split()[1] for name in outcome.left
    }
    assert len(outcome.left) == 1


def heeding_ctrl_c() -> None:
    """As from a terminal: what a shell starts in the background ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(
    ("stop", "times"),
    [
        (signal.SIGTERM, 2),
        pytest.param(signal.SIGHUP, 2, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, 2, marks=pytest.mark.slow),
    ],
)
def test_a_job_that_is_cancelled_leaves_nothing_behind(stop: int, times: int) -> None:
    """The server is slow once it has made something, until the signal is on its way: twice, as `timeout`
    sends it."""
    ours, made, told = server(), threading.Event(), threading.Event()

    def slow(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if made.is_set():
            told.wait(0.05)

        def noted(status: str, *more: Any) -> Any:
            if environ["REQUEST_METHOD"] == "POST" and status.startswith("20"):
                made.set()
            return start(status, *more)

        result: Iterable[bytes] = ours(environ, noted)
        return result

    with LiveServer(cast(Any, slow)) as live:
        process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", "verify", "--url", live.url,
             "--organization", "my-organization", "--operation", "create-policy"],
            env=os.environ | {"TFE_TOKEN": TOKEN}, stderr=subprocess.PIPE, text=True,
            stdout=subprocess.DEVNULL, preexec_fn=heeding_ctrl_c,
        )  # fmt: skip
        assert made.wait(40)
        for _ in range(times):
            process.send_signal(stop)
            time.sleep(0.08)
        told.set()
        _, said = process.communicate(timeout=40)
    assert process.returncode == 1
    name = "Ctrl-C" if stop == signal.SIGINT else signal.Signals(stop).name
    assert said.endswith(f"Error: stopped by {name} before everything was played\n")
    assert "mockverify" not in json.dumps(state(ours))


def answered_500(ours: Any, path: str, mark: str = "") -> Callable[..., Any]:
    """A server that answers a GET of what is not there with 500. `mark` ends the ids of its SSH keys."""

    def failing(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        get = environ["REQUEST_METHOD"] == "GET" and path in environ["PATH_INFO"]
        environ["PATH_INFO"] = environ["PATH_INFO"].replace(mark, "")

        def noted(status: str, *more: Any) -> Any:
            return start("500 No" if get and status.startswith("404") else status, *more)

        ended = json.dumps(mark)[1:-1].encode()
        content = b"".join(ours(environ, noted))
        return [re.sub(rb'(?<=")sshkey-\w+', lambda id: id[0] + ended, content)]

    return failing


def test_a_wrong_status_is_told_with_the_first_request_that_it_answered() -> None:
    _, outcome = run(answered_500(server(), "/ssh-keys/"), only=frozenset({"get-ssh-key"}))
    (finding,) = [
        f for f in outcome.findings if "an unknown ssh_key_id is answered 500" in f.sentence
    ]
    assert re.fullmatch(r"GET /api/v2/ssh-keys/[\w-]+", finding.where)
    assert finding.line().endswith(f" [{finding.where}]")
    paged = Exchange("GET", "/api/v2/teams", [("page[size]", "0"), ("q", "a b&c")])
    assert paged.asked == "GET /api/v2/teams?page[size]=0&q=a+b%26c"


def nameless(ours: Any, mark: str) -> Callable[..., Any]:
    """Our server, which ends the ids of SSH keys with a mark, and shows none their names."""
    marked = answered_500(ours, "nowhere", mark)

    def spoilt(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        (content,) = marked(environ, start)
        return [content.replace(b'"name":', b'"no-name":') if b"sshkey-" in content else content]

    return spoilt


@pytest.mark.parametrize(
    ("spoiling", "mark", "place"),
    [
        (lambda ours, mark: answered_500(ours, "/ssh-keys/", mark), "\n\u202e", "status"),
        (nameless, "", "/data/attributes/name"),
    ],
)
def test_the_request_of_a_finding_is_told_masked_and_on_one_line(
    spoiling: Callable[..., Any], mark: str, place: str
) -> None:
    _, outcome = run(spoiling(server(), f"-{TOKEN}{mark}"), only=frozenset({"get-ssh-key"}))
    where = {f.where for f in outcome.findings if f.place == place and f.operation == "get-ssh-key"}
    assert where
    for one in where:
        assert re.fullmatch(r"GET /api/v2/ssh-keys/sshkey-\S+", one), one
        assert one.isprintable()
    assert TOKEN not in str(where)


def test_an_address_in_the_query_of_a_finding_is_masked() -> None:
    exchange = Exchange("GET", "/api/v2/teams", [("q", "ann@example.com")])
    found = Finding("fault", "show-team", "/data", "x", "y", "z", where=exchange.asked)
    made = Result(edition=load("2019-07"), findings=[found], exit=1, unplayed={}, operations={})
    (finding,) = cleaned(made, Redactor(frozenset(), ())).findings
    assert finding.where == "GET /api/v2/teams?q=someone@HOST"


def test_a_stateless_mock_is_told_what_it_cannot_do_and_breaks_nothing() -> None:
    _, outcome = run(stateless)
    told = {(finding.operation, finding.place) for finding in outcome.findings}
    assert ("delete-policy-set", "effect") in told
    assert ("list-policy-sets", "/data") in told
    assert ("create-policy-set", "status") in told
    asked = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /(api/v2|\.well-known)/\S+")
    assert [
        finding.line() for finding in outcome.findings if not asked.fullmatch(finding.where)
    ] == []
    assert outcome.exit in (1, 4)
    assert not [why for why in outcome.unplayed.values() if "defect" in why]


def stateless(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """What a mock without state answers: the example of the operation's success."""
    from tests.verify.mutations.spoiling import routed

    operation, _ = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    if operation is None:
        start("404 Not Found", [("Content-Type", "application/vnd.api+json")])
        return [b'{"errors":[{"status":"404","title":"not found"}]}']
    status = min(operation.responses)
    body = load("2019-07").examples[operation.id].get("answers", {}).get(str(status))
    start(f"{status} OK", [("Content-Type", "application/vnd.api+json")])
    return [b"" if body is None else json.dumps(body).encode()]


def state(application: Any) -> Any:
    answer = application.test_client().get(
        "/_mock/state", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    return answer.get_json(force=True)


# the wire


def test_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        HttpTransport(f"http://127.0.0.1:{port}").send("GET", "/", {}, None)
    assert str(caught.value) == (
        f"nothing listens at 127.0.0.1:{port}: is the server running, and the network there?"
    )


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(Unreachable) as caught:
        HttpTransport("http://no-such-host.invalid").send("GET", "/", {}, None)
    assert str(caught.value) == "the server's name is not known: check --url and the network"


@pytest.mark.parametrize("behind", ["", "/", "/api/v2", "/api/v2/"])
def test_an_address_may_be_that_of_the_server_or_of_its_api(behind: str) -> None:
    with LiveServer(server()) as live:
        assert HttpTransport(live.url + behind).send("GET", "/api/v2/ping", {}, None).status in (
            200,
            204,
        )


def test_tls_that_is_refused() -> None:
    with LiveServer(server()) as live, pytest.raises(Unreachable) as caught:
        HttpTransport(live.url.replace("http:", "https:")).send("GET", "/", {}, None)
    assert str(caught.value) == (
        "TLS was refused: the server's certificate is not trusted here, or it speaks no TLS; set "
        "SSL_CERT_FILE to its authority's certificate, or use its http address"
    )


def test_a_server_that_does_not_answer_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            HttpTransport(url, timeout=0.1).send("GET", "/", {}, None)
    assert str(caught.value) == "the server did not answer within 0.1 seconds (--timeout)"


@contextmanager
def talking(*answers: bytes, closed: threading.Semaphore | None = None) -> Iterator[str]:
    """The URL of a server that gives one answer a connection, and closes it without a word, as
    `closed` then tells."""

    def talk() -> None:
        for answer in answers:
            line, _ = listening.accept()
            line.recv(1000)
            line.sendall(answer)
            line.close()
            if closed is not None:
                closed.release()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=talk)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


NOTHING = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_a_connection_that_the_server_has_closed_is_made_anew() -> None:
    closed = threading.Semaphore(0)
    with talking(NOTHING, NOTHING, closed=closed) as url:
        wire = HttpTransport(url)
        for _ in range(2):
            assert wire.send("POST", "/", {}, None).status == 200
            assert closed.acquire(timeout=30)


def test_a_new_connection_that_is_closed_without_an_answer_is_told_and_not_made_again() -> None:
    with talking(b"", NOTHING) as url:
        wire = HttpTransport(url)
        with pytest.raises(
            Unreachable, match=r"^the connection broke off \(\w+\): is that an HTTP"
        ):
            wire.send("GET", "/", {}, None)
        assert wire.send("GET", "/", {}, None).status == 200


def test_an_answer_that_comes_before_all_is_sent_is_read() -> None:
    early = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
    with talking(early) as url:
        received = HttpTransport(url).send("POST", "/", {}, b"x" * 10_000_000)
    assert (received.status, received.body) == (413, b"no")


def test_a_body_that_is_compressed_unasked_is_read() -> None:
    packed = gzip.compress(b'{"data":[]}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    spoilt = packed[:-9] + b"x" * 9
    with talking(head.encode() + packed, head.encode() + spoilt) as url:
        assert HttpTransport(url).send("GET", "/", {}, None).body == b'{"data":[]}'
        with pytest.raises(Unreachable, match=r"the connection broke off \((BadGzipFile|error)\)"):
            HttpTransport(url).send("GET", "/", {}, None)


def test_a_header_that_is_said_twice_is_joined() -> None:
    with talking(NOTHING.replace(b"\r\n\r\n", b"\r\nX-A: 1\r\nx-a: 2\r\n\r\n")) as url:
        assert HttpTransport(url).send("GET", "/", {}, None).headers["x-a"] == "1, 2"


def test_a_429_is_waited_out_as_long_as_the_server_says() -> None:
    answers = [
        Response(429, {"x-ratelimit-reset": "0.25"}, b""),
        Response(429, {"retry-after": "2"}, b""),
        Response(200, {}, b"ok"),
    ]
    pauses: list[float] = []
    assert patiently(lambda: answers.pop(0), pauses.append).body == b"ok"
    assert pauses == [0.25, 2.0]


def test_a_storm_of_429_is_given_up() -> None:
    pauses: list[float] = []
    with pytest.raises(Unreachable) as caught:
        patiently(lambda: Response(429, {}, b""), pauses.append)
    assert len(pauses) == 12
    assert str(caught.value) == (
        "the server answered 429 13 times in a row, each wait included: lower --rate, or ask for "
        "a higher limit"
    )


def test_a_rate_is_kept() -> None:
    with LiveServer(server()) as live:
        wire = HttpTransport(live.url, rate=50)
        began = time.perf_counter()
        for _ in range(11):
            wire.send("GET", "/api/v2/ping", {}, None)
        assert time.perf_counter() - began >= 0.2


def test_an_answer_that_is_spoilt_is_not_followed_into_the_void() -> None:
    _, outcome = run(spoilt({"create-policy": status(200, 500, b"")}), frozenset({"show-policy"}))
    assert [(f.operation, f.place) for f in outcome.findings] == [("create-policy", "status")]
    assert outcome.unplayed == {"policies": "create-policy answered 500, and made no policies"}


def part(ours: Any, word: str) -> Any:
    """An application that serves the paths with a word in them alone."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if word not in environ["PATH_INFO"]:
            body = b'{"errors":[{"status":"404","title":"not found"}]}'
            return app("404 No", body, Content_Type="application/vnd.api+json")(environ, start)
        result: Iterable[bytes] = ours(environ, start)
        return result

    return answer


def test_a_fake_of_one_type_is_judged_on_what_it_has() -> None:
    with LiveServer(cast(Any, part(server(), "/policy-sets"))) as live:
        said = CliRunner().invoke(
            main,
            ["verify", "--url", live.url, "--organization", "my-organization",
             "--operation", "list-policy-sets", "--operation", "show-policy-set"],
            env={"TFE_TOKEN": TOKEN},
        )  # fmt: skip
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert lines[1:3] == [
        "not played: policy-sets: create-policy answered 404, and made no policies",
        "hint: the server shows no organization: what --operation names is played alone",
    ]
    judged = "list-policy-sets, show-policy-set conform to 2019-07: 0 faults, 0 notes; "
    assert lines[3].startswith(judged)
    broken = part(spoilt({"show-policy-set": status(404, 403)}), "/policy-sets")
    _, outcome = run(broken, only=frozenset({"show-policy-set"}))
    assert outcome.exit == 1


def test_an_organization_that_is_missing_is_no_fake_of_one_type() -> None:
    _, outcome = run(server(), organization="nobody", only=frozenset({"show-policy-set"}))
    assert outcome.exit == 2


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("data", ["{}", "[]", '{"id": "x", "type": "organizations"}', "[null]"])
def test_a_server_with_one_answer_to_everything(data: str, read_only: bool) -> None:
    body = f'{{"data": {data}}}'.encode()
    served = app("200 OK", body, Content_Type="application/vnd.api+json")
    _, outcome = run(served, read_only=read_only)
    assert outcome.exit in (1, 2, 4)
    assert not [why for why in outcome.unplayed.values() if "defect" in why]


@pytest.mark.parametrize("code", ["200 OK", "404 Not Found", "401 Unauthorized"])
def test_html_is_told_before_any_fault(code: str) -> None:
    _, outcome = run(app(code, b"<html>", Content_Type="text/html; charset=utf-8"))
    assert outcome.exit == 3
    assert list(outcome.findings) == []


def test_a_404_that_became_403_is_a_fault_and_leaves_nothing() -> None:
    every = {id: status(404, 403) for id in load("2019-07").operations}
    _, outcome = run(spoilt(every))
    assert outcome.exit == 1
    assert outcome.left == []
    assert {finding.level for finding in outcome.findings} == {"fault", "note"}
