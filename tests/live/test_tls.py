"""https: an authority of this run or one's own certificate, for the command, the handle, the marker."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import trustme

import mockserver
from tests.client import SET, SETS

from .serving import clean, command, serving
from .test_nobody_waits import head

VARIABLES = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
HEADERS = {"Authorization": "Bearer test-token"}


def exported(lines: list[str]) -> dict[str, str]:
    """What the lines to paste say."""
    told = [line.removeprefix("export ") for line in lines if line.startswith("export ")]
    return dict(line.split("=", 1) for line in told)


def test_the_lines_to_paste_have_requests_and_curl_trust_the_server() -> None:
    with serving("--tls") as served:
        url = served.url
        assert url.startswith("https://127.0.0.1:")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url + SET, headers=HEADERS, timeout=10)
        served.wait_for_lines(5)
        env = exported(served.lines)
        assert list(env) == VARIABLES
        for name in ("127.0.0.1", "localhost"):
            there = url.replace("127.0.0.1", name)
            made = requests.get(
                there + SET, headers=HEADERS, timeout=10, verify=env["REQUESTS_CA_BUNDLE"]
            )
            assert made.status_code == 200
            done = subprocess.run(
                ["curl", "-sf", "-H", "Authorization: Bearer test-token", there + SET],
                env={**clean(), **env}, capture_output=True,
            )  # fmt: skip
            assert done.returncode == 0
            assert b"polset-" in done.stdout
        assert b"PRIVATE" not in Path(env["SSL_CERT_FILE"]).read_bytes()
        assert served.stop() == 0
    assert not Path(env["SSL_CERT_FILE"]).parent.exists()


def test_a_certificate_that_is_not_trusted_is_told_with_what_has_it_trusted() -> None:
    with serving("--tls") as served:
        url = served.url
        shell = f'eval "$(mockserver env --url {url})"'
        for words in (["seed", "documented"], ["reset"], ["coverage"]):
            done = command(*words, "--url", url, "--token", "test-token")
            assert (done.exit_code, done.stdout) == (3, "")
            assert done.stderr == (
                f"Error: a server answers at {url}, and its certificate is not trusted here "
                f"(unable to get local issuer certificate): {shell} or set SSL_CERT_FILE to the "
                "certificate of its authority\n"
            )
        script = f"mockserver() {{ '{sys.executable}' -m mockserver \"$@\"; }}; {shell}; mockserver reset"
        done = subprocess.run(["sh", "-ec", script], env=clean(), capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_https_to_a_server_without_tls_is_told_as_that() -> None:
    with serving() as served:
        url = served.url.replace("http:", "https:")
        done = command("reset", "--url", url)
        assert (done.exit_code, done.stderr) == (
            3,
            f"Error: what answers at {url} speaks no TLS: write http:// if it is a mock server "
            "without --tls\n",
        )


def test_ones_own_certificate_and_key_are_taken(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    own = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")]
    with serving(*own) as served:
        made = requests.get(
            served.url + SET, headers=HEADERS, timeout=10, verify=str(tmp_path / "ca.pem")
        )
        assert made.status_code == 200
        assert not any(line.startswith("export") for line in served.lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tls-key", "key.pem"], "--tls-key belongs to a --tls-cert."),
        (["--tls-cert", "none.pem"], "Error: cannot use none.pem: No such file or directory"),
        (
            ["--tls-cert", "README.md"],
            "Error: cannot use README.md: it is no certificate in PEM, or no private key in it (--tls-key names its file)\n",
        ),
        (
            ["--tls-cert", "README.md", "--tls-key", "setup.cfg"],
            "Error: cannot use README.md: it is no certificate in PEM, or setup.cfg no private key\n",
        ),
    ],
)
def test_what_is_no_certificate_is_said(options: list[str], message: str) -> None:
    done = command("serve", "--port", "0", *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_of_another_certificate_is_said(tmp_path: Path) -> None:
    one, other = (trustme.CA().issue_cert("127.0.0.1") for _ in range(2))
    one.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    own = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")]
    done = command("serve", "--port", "0", *own)
    assert (done.exit_code, done.stderr) == (
        2,
        f"Error: cannot use {tmp_path}/cert.pem: its private key belongs to another certificate\n",
    )


def test_a_world_of_its_own_speaks_https_where_asked_for() -> None:
    with mockserver.universe(tls=True) as tfe:
        assert tfe.url.startswith("https://localhost:")
        assert tfe.authority
        made = requests.get(
            f"{tfe.url}/api/v2/organizations",
            headers={"Authorization": f"Bearer {tfe.token}"},
            timeout=10,
            verify=tfe.authority,
        )
        assert made.status_code == 200
        assert {name: tfe.env[name] for name in VARIABLES} == dict.fromkeys(
            VARIABLES, tfe.authority
        )
        assert tfe.env["TFE_HOSTNAME"] == urlsplit(tfe.url).netloc
        assert tfe.fork().authority == tfe.authority
        folder = Path(tfe.authority).parent
        assert folder.exists()
    assert not folder.exists()
    with mockserver.universe() as tfe:
        assert tfe.authority is None
        assert not set(VARIABLES) & set(tfe.env)


def test_a_process_that_ends_without_closing_leaves_no_folder_behind(tmp_path: Path) -> None:
    code = "from mockserver.web import tls; made = tls.made('localhost'); print(made.authority)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean(), "TMPDIR": str(tmp_path)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()).parent.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


AT = """
import os, sys
from mockserver.cli import run

def stop(event, arguments, sent=[]):
    if event == "{event}" and {which} and not sent:
        sent.append(event)
        for _ in range({times}):
            os.kill(os.getpid(), {signal})

sys.addaudithook(stop)
run()
"""
"""The command, and a signal for it at a moment of its start."""


@pytest.mark.parametrize(
    ("event", "which", "times"),
    [
        ("import", "arguments[0] == 'decimal'", 1),
        ("os.remove", "arguments[0].endswith('.pem')", 2),
        ("socket.bind", True, 2),
    ],
    ids=[
        "where no exception of a signal would be let through",
        "while the key of the server is in a file",
        "when there is a certificate",
    ],
)
def test_a_sigterm_while_it_gets_ready_ends_it_with_0_and_leaves_no_file_behind(
    event: str, which: Any, times: int, tmp_path: Path
) -> None:
    code = AT.format(event=event, which=which, signal=int(signal.SIGTERM), times=times)
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", "--port", "0", "--tls"], timeout=30,
        env={**clean(), "TMPDIR": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_second_signal_leaves_no_file_behind_either(tmp_path: Path) -> None:
    with serving("--tls", "--grace", "30", env={"TMPDIR": str(tmp_path)}) as served:
        (authority,) = tmp_path.glob("*/authority.pem")
        context = ssl.create_default_context(cafile=str(authority))
        place = served.url.removeprefix("https://127.0.0.1:")
        with (
            socket.create_connection(("127.0.0.1", int(place)), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            line.sendall(head("POST", SETS, "Content-Length: 1000"))  # its body never comes
            served.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                served.process.wait(0.5)
            assert served.stop() == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_the_marker_has_a_test_speak_https(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, pytest, requests

        def ask():
            return requests.get(
                os.environ["TFE_ADDRESS"] + "/api/v2/organizations",
                headers={"Authorization": "Bearer " + os.environ["TFE_TOKEN"]},
                timeout=10,
            ).status_code

        @pytest.mark.tfe(tls=True)
        def test_https(tfe_env):
            assert tfe_env.url.startswith("https://")
            assert ask() == 200

        def test_http(tfe_env):
            assert tfe_env.url.startswith("http://")
            assert ask() == 200
        """
    )
    pytester.runpytest_inprocess("-pno:asyncio", "-pno:randomly").assert_outcomes(passed=2)


def test_a_client_that_speaks_no_tls_disturbs_nobody() -> None:
    with mockserver.universe(tls=True) as tfe:
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(tfe.url.replace("https", "http"), timeout=10)
        assert requests.get(tfe.url, timeout=10, verify=tfe.authority).status_code == 200


def terraform(
    place: Path, tfe: mockserver.World, block: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run terraform in a folder whose one file has this block."""
    found = shutil.which("terraform")
    assert found, "terraform is not installed"
    (place / "main.tf").write_text(f"terraform {{{block}}}\n")
    (place / "terraformrc").write_text(
        f"""disable_checkpoint = true
        credentials "{tfe.env["TFE_HOSTNAME"]}" {{ token = "{tfe.token}" }}
        """
    )
    return subprocess.run(
        [found, *arguments],
        cwd=place,
        env={**clean(), **tfe.env, "TF_CLI_CONFIG_FILE": str(place / "terraformrc")},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.terraform
def test_terraform_makes_a_workspace_by_its_remote_backend(tmp_path: Path) -> None:
    """It sends its own version, which is newer than any of the edition."""
    with mockserver.universe(tls=True) as tfe:
        block = f"""
            backend "remote" {{
              hostname     = "{tfe.env["TFE_HOSTNAME"]}"
              organization = "my-organization"
              workspaces {{ name = "network" }}
            }}
        """
        done = terraform(tmp_path, tfe, block, "init", "-input=false", "-no-color")
        (created,) = tfe.journal.exchanges("create-workspace", 201)
        (finding,) = created.findings
        assert finding["pointer"] == "/data/attributes/terraform-version"
        assert created.response["data"]["attributes"]["name"] == "network"
        assert done.returncode == 0, done.stderr


@pytest.mark.terraform
def test_terraform_initialises_a_cloud_block_over_https_without_a_host_block(
    tmp_path: Path,
) -> None:
    with mockserver.universe(tls=True) as tfe:
        block = f"""
            cloud {{
              hostname     = "{tfe.env["TFE_HOSTNAME"]}"
              organization = "my-organization"
              workspaces {{ name = "workspace-1" }}
            }}
        """
        done = terraform(tmp_path, tfe, block, "init", "-input=false", "-no-color")
        assert done.returncode == 0, done.stderr
        assert "successfully initialized" in done.stdout
        operations = [exchange.operation for exchange in tfe.journal.exchanges()]
        assert "discover-services" not in operations  # it needs no token, and so no world
        assert "show-workspace-by-name" in operations


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: Any) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
