"""The recording proxy, what it writes, and the world that is made of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.cli.recording import edition_for
from mockserver.contract import Edition, load
from mockserver.judge.exchange import Exchange
from mockserver.traffic.http_transport import HttpTransport
from mockserver.traffic.masking import Mask
from mockserver.traffic.recorder import Recorder
from mockserver.web.proxy import Proxy
from mockserver.web.serving import LiveServer
from tests.verify.mutations.spoiling import drop, spoilt
from tests.verify.playing import NEW, OLD, TOKEN, server

EDITION = load("2019-07")
API = "/api/v2/organizations/my-organization"
CODE = b"main = rule { secret_sauce }"


def ask(url: str, method: str, path: str, body: Any = None) -> Any:
    """The answer's document, or its bytes; errors too."""
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/vnd.api+json"}
    request = urllib.request.Request(url + path, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            read = answer.read()
    except urllib.error.HTTPError as error:
        read = error.read()
    try:
        return json.loads(read) if read else None
    except ValueError:
        return read


@contextlib.contextmanager
def recording(
    app: Any, folder: Path, *keep: str, edition: Edition = EDITION
) -> Iterator[tuple[str, Recorder, list[str]]]:
    """The URL of a proxy before an application, its recorder, and the lines that it says."""
    said: list[str] = []
    with LiveServer(app) as upstream:
        recorder = Recorder(edition, folder, Mask(edition.secrets, keep), said.append)
        transport = HttpTransport(upstream.url, rate=0, patient=False)
        proxy = Proxy(transport, upstream.url, recorder)
        with LiveServer(answer=proxy) as live:
            yield live.url, recorder, said
        transport.close()


def session(url: str) -> str:
    """Some traffic; gives the id of the set it made."""
    policy = ask(url, "POST", f"{API}/policies", policy_body("recorded"))["data"]
    ask(url, "PUT", f"/api/v2/policies/{policy['id']}/upload", CODE)
    body = {
        "data": {
            "type": "policy-sets",
            "attributes": {"name": "recorded"},
            "relationships": {
                "policies": {"data": [{"type": "policies", "id": policy["id"]}]},
                "workspaces": {"data": [{"type": "workspaces", "id": "ws-2HRvNs49EWPjDqT1"}]},
            },
        }
    }
    made = ask(url, "POST", f"{API}/policy-sets", body)["data"]
    for path in ("policies", "workspaces", "policy-sets", "teams"):
        ask(url, "GET", f"{API}/{path}")
    ask(url, "GET", API)
    return str(made["id"])


def policy_body(name: str) -> Any:
    enforce = [{"path": f"{name}.sentinel", "mode": "advisory"}]
    return {"data": {"type": "policies", "attributes": {"name": name, "enforce": enforce}}}


def test_traffic_passes_and_is_written_down(tmp_path: Path) -> None:
    with recording(server(), tmp_path) as (url, recorder, said):
        session(url)
        names = sorted(path.name for path in tmp_path.iterdir())
        assert names[:3] == [
            "000001-create-policy.json",
            "000002-upload-policy.json",
            "000003-create-policy-set.json",
        ]
        assert said[0] == f"200 POST {API}/policies  create-policy"
        assert list(recorder.recorded.findings) == []
    first = json.loads((tmp_path / names[0]).read_text())
    assert first["status"] == 200
    assert first["request"] == policy_body("recorded")
    assert first["response"]["data"]["attributes"]["name"] == "recorded"


def test_links_lead_back_through_the_proxy(tmp_path: Path) -> None:
    with recording(server(), tmp_path) as (url, _, _):
        page = ask(
            url, "GET", f"{API}/workspaces?page[size]=1".replace("[", "%5B").replace("]", "%5D")
        )
    assert page["links"]["next"].startswith(f"{url}/api/v2/")


def test_what_passes_is_judged_as_it_passes(tmp_path: Path) -> None:
    with recording(spoilt({"show-organization": drop("/attributes/email")}), tmp_path) as (
        url,
        recorder,
        said,
    ):
        ask(url, "GET", API)
        found = list(recorder.recorded.findings)
    assert [(f.operation, f.place) for f in found] == [
        ("show-organization", "/data/attributes/email")
    ]
    assert said[1].startswith("  fault: show-organization /data/attributes/email: ")
    kept = json.loads(next(iter(tmp_path.iterdir())).read_text())
    assert kept["findings"][0]["place"] == "/data/attributes/email"


def test_tokens_code_and_emails_are_masked(tmp_path: Path) -> None:
    with recording(server(), tmp_path) as (url, _, _):
        session(url)
        user = ask(url, "GET", "/api/v2/account/details")["data"]["id"]
        body = {"data": {"type": "authentication-tokens", "attributes": {"description": "d"}}}
        made = ask(url, "POST", f"/api/v2/users/{user}/authentication-tokens", body)
        secret = made["data"]["attributes"]["token"]
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert TOKEN not in written
    assert secret not in written
    assert "secret_sauce" not in written
    assert "owner@example.com" not in written
    assert "person-1@example.com" in written
    assert '"[28 bytes]"' in written


def test_a_secret_under_a_wrong_name_is_not_written_down(tmp_path: Path) -> None:
    odd = {"passwrod": "mistyped-passwords", "a/b~c": "stranger-passwords"}
    body = {"data": {"type": "users", "attributes": odd}}
    with recording(server(), tmp_path) as (url, _, _):
        ask(url, "PATCH", "/api/v2/account/password", body)
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "passwrod" in written
    assert "-passwords" not in written


def test_what_is_asked_for_is_kept(tmp_path: Path) -> None:
    with recording(server(), tmp_path, "code", "emails") as (url, _, _):
        session(url)
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "secret_sauce" in written
    assert "owner@example.com" in written
    assert TOKEN not in written


def test_what_was_written_is_what_verify_reads(tmp_path: Path) -> None:
    with recording(server(), tmp_path) as (url, _, _):
        session(url)
        ask(url, "GET", "/api/v2/policies/nothing")
    said = CliRunner().invoke(main, ["verify", "--exchanges", str(tmp_path)])
    assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 9 exchanges\n"
    assert said.exit_code == 0


def test_what_conforms_as_it_passes_conforms_as_it_was_written(tmp_path: Path) -> None:
    """A relationship that is named as a secret is no secret, nor is which token is meant."""
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, recorder, _):
        client = {"service-provider": "github", "http-url": "https://github.com",
                  "api-url": "https://api.github.com", "oauth-token-string": "secret-of-github"}  # fmt: skip
        body = {"data": {"type": "oauth-clients", "attributes": client}}
        ask(url, "POST", f"{API}/oauth-clients", body)
        ask(url, "GET", f"{API}/oauth-clients")
        ask(url, "POST", f"{API}/authentication-token?token=audit-trails")
        assert recorder.recorded.findings.faults == []
    said = CliRunner().invoke(main, ["verify", "--exchanges", str(tmp_path)])
    assert said.output == "conforms to 2026-08: 0 faults, 0 notes; 3 exchanges\n"
    assert "secret-of-github" not in "".join(file.read_text() for file in tmp_path.iterdir())


def test_a_second_recording_goes_on_counting(tmp_path: Path) -> None:
    for _ in range(2):
        with recording(server(), tmp_path) as (url, _, _):
            ask(url, "GET", API)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000001-show-organization.json",
        "000002-show-organization.json",
    ]


def test_an_upstream_that_is_gone_is_a_502_that_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    recorder = Recorder(EDITION, tmp_path, Mask(EDITION.secrets), said.append)
    transport = HttpTransport("http://127.0.0.1:9", rate=0, patient=False)
    proxy = Proxy(transport, "http://127.0.0.1:9", recorder)
    with LiveServer(answer=proxy) as live:
        answer = ask(live.url, "GET", f"{API}/{TOKEN}")
    why = "nothing listens at 127.0.0.1:9: is the server running, and the network there?"
    assert answer["errors"][0]["detail"] == f"mockserver record: {why}"
    assert said == [f"502 GET {API}/[secret]  not recorded: {why}"]


def test_the_recorded_world_becomes_a_fixture_and_a_world_again(tmp_path: Path) -> None:
    with recording(server(), tmp_path, "code") as (url, _, _):
        id = session(url)
        before = ask(url, "GET", f"/api/v2/policy-sets/{id}")["data"]
        ask(url, "DELETE", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1")
    said = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert said.exit_code == 0, said.output
    made = json.loads(said.stdout)
    names = [one["name"] for one in made["organizations"][0]["policy-sets"]]
    assert names == ["recorded"]
    with mockserver.universe(fixture=made) as tfe:
        after = tfe.client.get(f"/api/v2/policy-sets/{id}").get_json(force=True)["data"]
        path = before["relationships"]["policies"]["data"][0]["id"]
        code = tfe.client.get(f"/api/v2/policies/{path}/download").data
        workspaces = tfe.client.get(f"{API}/workspaces").get_json(force=True)
    assert after == before
    assert code == CODE
    assert workspaces["meta"]["pagination"]["total-count"] == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edition", "operation"),
    [(OLD, "create-policy-set"), (NEW, "invite-user-to-organization")],
)
def test_a_verification_through_the_proxy_conforms_and_is_a_world(
    tmp_path: Path, edition: str, operation: str
) -> None:
    with recording(server(edition), tmp_path, edition=load(edition)) as (url, recorder, _):
        said = CliRunner().invoke(
            main,
            ["verify", "--url", url, "--organization", "my-organization", "--jobs", "1",
             "--edition", edition, "--operation", operation, "--operation", "create-team"],
            env={"TFE_TOKEN": TOKEN},
        )  # fmt: skip
        assert said.exit_code == 0, said.output
        assert recorder.recorded.findings.faults == []
    made = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert made.exit_code == 0, made.output
    with mockserver.universe(fixture=json.loads(made.stdout), edition=edition) as tfe:
        assert "mockverify" not in json.dumps(tfe.state())


def test_a_folder_without_exchanges_is_usage(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert said.exit_code == 2
    assert "holds no exchange" in said.stderr


@pytest.mark.parametrize(
    "stop",
    [signal.SIGTERM, signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)],
)
def test_the_command_records_until_it_is_stopped(tmp_path: Path, stop: int) -> None:
    ready, into = tmp_path / "ready.json", tmp_path / "exchanges"
    with LiveServer(server()) as upstream:
        command = [
            sys.executable, "-m", "mockserver", "record", "--upstream", upstream.url,
            "--into", str(into), "--port", "0", "--ready-file", str(ready),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        try:
            for _ in range(400):
                if ready.exists() and ready.read_text().endswith("\n"):
                    break
                time.sleep(0.05)
            ask(json.loads(ready.read_text())["url"], "GET", API)
        finally:
            process.send_signal(stop)
            out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    lines = out.splitlines()
    assert lines[0].startswith(f"recording 2019-07 into {into} at http://127.0.0.1:")
    assert lines[1] == f"200 GET {API}  show-organization"
    assert lines[2] == "conforms to 2019-07: 0 faults, 0 notes; 1 exchange"


def test_a_recording_that_cannot_begin_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    record = ["record", "--upstream", "http://127.0.0.1:9", "--into", str(tmp_path / "into")]
    with LiveServer(server()) as taken:
        told = {
            ("--port", str(taken.port)): f"cannot listen on 127.0.0.1:{taken.port}: Address already in use; "
            "choose another with --port, or --port 0 for a free one",
            ("--into", str(tmp_path / "file" / "x")): f"cannot write into {tmp_path}/file/x: Not a directory",
        }  # fmt: skip
        for given, words in told.items():
            done = CliRunner().invoke(main, [*record, *given])
            assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {words}\n")


def test_a_recording_goes_on_in_the_edition_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "000001-unknown.json").write_text('{"edition": "2026-08", "status": 200}')
    assert edition_for(tmp_path, None) == edition_for(tmp_path, "2026-08") == "2026-08"
    assert edition_for(tmp_path / "new", None) == "2019-07"
    record = ["record", "--upstream", "http://127.0.0.1:9", "--port", "0", "--into", str(tmp_path)]

    def refused(*given: str) -> str:
        done = CliRunner().invoke(main, [*record, *given])
        assert (done.exit_code, done.stdout) == (2, "")
        return done.stderr

    end = ": take another folder with --into\n"
    said = f"Error: {tmp_path} holds exchanges of edition"
    assert refused("--edition", "2019-07") == f"{said} 2026-08{end}"
    (tmp_path / "000002-unknown.json").write_text('{"edition": "2019-07", "status": 200}')
    assert refused() == f"{said} 2019-07 and 2026-08{end}"
    assert refused("--edition", "2019-07") == f"{said} 2026-08{end}"


def test_a_ready_file_that_cannot_be_written_ends_a_recording_with_one_sentence(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "mockserver", "record", "--upstream", "http://127.0.0.1:9", "--port", "0",
            "--into", str(tmp_path), "--ready-file", str(tmp_path / "no" / "ready"),
        ],
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    said = f"Error: cannot write {tmp_path}/no/ready: No such file or directory\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_a_lock_a_key_and_a_mode_without_content_become_part_of_the_fixture(tmp_path: Path) -> None:
    workspace = "/api/v2/workspaces/ws-2HRvNs49EWPjDqT1"
    with recording(server(), tmp_path) as (url, _, _):
        body = {"data": {"type": "ssh-keys", "attributes": {"name": "k", "value": "secret-value"}}}
        key = ask(url, "POST", f"{API}/ssh-keys", body)["data"]
        assign = {"data": {"type": "workspaces", "attributes": {"id": key["id"]}}}
        ask(url, "PATCH", f"{workspace}/relationships/ssh-key", assign)
        ask(url, "POST", f"{workspace}/actions/lock", {"reason": "maintenance"})
        policy = ask(url, "POST", f"{API}/policies", policy_body("never-uploaded"))["data"]
        before = ask(url, "GET", workspace)["data"]
    said = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert said.exit_code == 0, said.output
    with mockserver.universe(fixture=json.loads(said.stdout)) as tfe:
        after = tfe.client.get(workspace).get_json(force=True)["data"]
        tfe.client.put(f"/api/v2/policies/{policy['id']}/upload", data=CODE)
        shown = tfe.client.get(f"/api/v2/policies/{policy['id']}").get_json(force=True)["data"]
        state = tfe.state()["organizations"][0]["workspaces"][0]
    assert after["attributes"]["locked"] is True
    assert after["relationships"]["ssh-key"] == before["relationships"]["ssh-key"]
    assert state["lock-reason"] == "maintenance"
    assert said.stderr == ""
    assert shown["attributes"]["enforce"][0]["mode"] == "advisory"


def test_what_a_fixture_loses_is_named(tmp_path: Path) -> None:
    with recording(server(), tmp_path) as (url, _, _):
        policy = ask(url, "POST", f"{API}/policies", policy_body("masked"))["data"]
        ask(url, "PUT", f"/api/v2/policies/{policy['id']}/upload", CODE)
    said = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert said.exit_code == 0, said.output
    assert said.stderr == f"hint: policies {policy['id']}: its code was not recorded\n"


@pytest.mark.parametrize("depth", [250, 900, 100_000])
def test_a_body_that_is_nested_without_end_is_recorded_by_its_length(
    tmp_path: Path, depth: int
) -> None:
    recorder = Recorder(EDITION, tmp_path, Mask(EDITION.secrets), lambda line: None)
    deep = b'{"data": ' + b"[" * depth + b"]" * depth + b"}"
    made = Exchange(
        method="POST", path=f"{API}/policies", request=deep, status=200, answer=deep,
        media_type="application/vnd.api+json",
    )  # fmt: skip
    recorder.take(made)
    (file,) = tmp_path.glob("*.json")
    entry = json.loads(file.read_text())
    assert entry["request"] == entry["response"] == f"[{len(deep)} bytes]"
    assert "the body is not JSON" in str(entry["findings"])
