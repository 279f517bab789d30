"""`mockserver env` and `mockserver cli-config`: what they print leads clients to the server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner, Result

import mockserver
from mockserver.cli import main
from mockserver.contract import load
from mockserver.web.authorities import VARIABLES
from mockserver.web.serving import LiveServer
from mockserver.web.tls import given


def run(*arguments: str, **env: str) -> Result:
    # CliRunner keeps the environment, in which a developer may have a TFE_ADDRESS
    ours = dict.fromkeys(["TFE_ADDRESS", "TFE_TOKEN", *VARIABLES])
    return CliRunner().invoke(main, arguments, env={**ours, **env})


@contextmanager
def secured(folder: Path) -> Iterator[str]:
    """The address of a listener with a certificate of one's own, whose authority is `ca.pem`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "own.pem"))
    own = given(str(folder / "own.pem"), None)
    server = LiveServer(mockserver.create_app(), tls=own.context).start()
    try:
        yield server.url
    finally:
        server.stop()


def printed(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def variables(*arguments: str) -> dict[str, str]:
    """What a shell has after `eval "$(mockserver env …)"`."""
    script = printed("env", *arguments) + "\nenv -0"
    done = subprocess.run(
        ["sh", "-ec", script], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)


def test_a_shell_that_evaluates_env_has_what_the_handle_of_a_world_has() -> None:
    with mockserver.universe(key="key-of-a$world;#") as tfe:
        found = variables("--url", f"{tfe.url}/api/v2/", "--token", tfe.token)
        assert {name: found[name] for name in tfe.env} == tfe.env


def test_env_of_a_ready_file_trusts_the_authority_that_it_names(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    said = {"url": "https://127.0.0.1:1", "token": "k", "edition": "2019-07", "authority": "/a b"}
    file.write_text(json.dumps(said))
    found = variables("--ready-file", str(file))
    assert found["TFE_ADDRESS"] == "https://127.0.0.1:1"
    assert {found["SSL_CERT_FILE"], found["CURL_CA_BUNDLE"], found["REQUESTS_CA_BUNDLE"]} == {
        "/a b"
    }


def test_env_with_tls_leads_to_https_whatever_the_url_says() -> None:
    found = variables("--tls", "--url", "http://127.0.0.1:8443")
    assert found == variables("--url", "https://127.0.0.1:8443")
    assert (found["TFE_ADDRESS"], found["TFE_HOSTNAME"]) == (
        "https://127.0.0.1:8443",
        "127.0.0.1:8443",
    )


def test_env_finds_the_authority_of_a_server_of_this_machine_by_itself() -> None:
    """Of all the authorities that lie about it names the one that the server's certificate has."""
    with mockserver.universe(tls=True), mockserver.universe(tls=True) as tfe:
        found = variables("--tls", "--url", tfe.url.replace("https:", "http:"))
        assert tfe.authority
        assert {found[name] for name in VARIABLES} == {tfe.authority}
        assert found == variables("--url", tfe.url)


def test_env_says_nothing_where_the_certificate_is_trusted_already(tmp_path: Path) -> None:
    with secured(tmp_path) as url:
        done = run("env", "--url", url, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert not [name for name in VARIABLES if name in done.stdout]


def test_env_says_what_to_do_where_no_authority_of_a_certificate_is_found(tmp_path: Path) -> None:
    with secured(tmp_path) as url:
        done = run("env", "--url", url)
    assert done.exit_code == 0
    assert f"export TFE_ADDRESS={url}\n" in done.stdout
    assert done.stderr == (
        f"No file of an authority here has signed the certificate of {url}, so the lines name none: "
        "set SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and NODE_EXTRA_CA_CERTS to it "
        "yourself, or start `mockserver serve --tls --ready-file FILE` and run `mockserver env "
        "--ready-file FILE`.\n"
    )


@pytest.mark.parametrize("serves", ["nothing", "plain http"])
def test_env_says_what_to_do_where_nothing_speaks_https(serves: str) -> None:
    with mockserver.universe() as tfe:
        address = tfe.url if serves == "plain http" else "http://127.0.0.1:1"
        done = run("env", "--tls", "--url", address)
    assert done.exit_code == 0
    url = address.replace("http:", "https:")
    assert done.stderr == (
        f"Nothing speaks https at {url}, so the lines name no certificate: start `mockserver serve "
        "--tls` first, then run this command again.\n"
    )


def test_env_asks_no_server_of_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("socket.create_connection", asked)
    assert run("env", "--url", "https://127.0.0.1").stderr != ""
    assert run("env", "--url", "https://tfe.example.com").stderr == ""


def test_an_authority_of_somebody_else_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may lay a folder of that name into /tmp; who evaluates the lines trusts the file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with mockserver.universe(tls=True) as tfe:
        monkeypatch.setattr("os.getuid", lambda: 12345)
        assert "No file of an authority here" in run("env", "--url", tfe.url).stderr


def test_a_file_that_is_no_authority_hides_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends beside this one removes its file, or has not written it yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, text in (("0", ""), ("~", "none")):
        (tmp_path / f"mockserver-{name}").mkdir()
        (tmp_path / f"mockserver-{name}" / "authority.pem").write_text(text)
    (tmp_path / "mockserver-1" / "authority.pem").mkdir(parents=True)
    with mockserver.universe(tls=True) as tfe:
        done = run("env", "--url", tfe.url)
        assert f"export SSL_CERT_FILE={tfe.authority}\n" in done.stdout
    assert done.stderr == ""


def test_the_curl_line_of_env_is_answered() -> None:
    with mockserver.universe() as tfe:
        said = printed("env", "--url", tfe.url, "--token", tfe.token)
        (line,) = re.findall("^# (curl .*)$", said, re.M)
        done = subprocess.run(
            ["sh", "-ec", f"{said}\n{line} --silent --fail"], capture_output=True, text=True
        )
    assert json.loads(done.stdout)["data"]["attributes"]["username"] == "admin"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "ftp://here",
        "http://",
        "http://[",
        "http://:80",
        "http://here:http",
        "https://127.0.0.1:65536",
        "http://a b",
        "http://ann@here",
    ],
)
def test_a_url_that_is_none_is_a_usage_error(url: str) -> None:
    for command in ("env", "cli-config"):
        done = run(command, "--url", url)
        assert done.exit_code == 2
        assert f"--url '{url}': write http:// or https:// and a host, and a port" in done.output


@pytest.mark.parametrize(
    "text", ["serving", '{"url": 5}', '{"token": null}', '[["url", "http://h"]]', "[" * 100_000]
)
def test_a_file_that_serve_did_not_write_is_a_usage_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "ready.json").write_text(text)
    for command in ("env", "cli-config"):
        done = run(command, "--ready-file", str(tmp_path / "ready.json"))
        assert done.exit_code == 2
    assert "is not what `serve --ready-file` writes" in done.output


@pytest.mark.parametrize("command", ["env", "cli-config"])
def test_a_server_that_is_named_twice_is_a_usage_error(tmp_path: Path, command: str) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text('{"url": "http://127.0.0.1:1", "token": "t"}')
    for name in ("url", "token"):
        done = run(command, "--ready-file", str(ready), f"--{name}", "http://127.0.0.1:2")
        assert done.exit_code == 2
        assert (
            f"--ready-file and --{name} exclude each other: {ready} has the {name}" in done.stderr
        )
    done = CliRunner().invoke(
        main, [command, "--ready-file", str(ready)], env={"TFE_ADDRESS": "http://127.0.0.1:2"}
    )
    assert "127.0.0.1:1" in done.stdout, "an address in the environment is no wish"


@pytest.mark.parametrize(
    "name", ["https://app.terraform.io", "app.terraform.io/", "a b", "a:b", "ann@app.terraform.io"]
)
def test_what_terraform_would_refuse_as_a_host_is_refused(name: str) -> None:
    done = run("cli-config", "--hostname", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == (
        f"Error: --hostname {name!r}: write a host, and a port where there is one (app.terraform.io)"
    )


def test_the_host_block_names_every_service_of_the_edition() -> None:
    said = printed("cli-config", "--url", "http://127.0.0.1:8080")
    assert said.startswith('disable_checkpoint = true\nhost "127.0.0.1:8080" {\n  services = {\n')
    services = re.findall(r'^    "(.*)" +=', said, re.M)
    assert services == list(load("2019-07").facts["services"])
    assert said.endswith('credentials "127.0.0.1:8080" {\n  token = "test-token"\n}\n')


def test_with_tls_terraform_discovers_the_services_itself() -> None:
    told = printed("cli-config", "--url", "https://127.0.0.1:8080")
    assert "host " not in told
    assert told == printed("cli-config", "--url", "http://127.0.0.1:8080", "--tls")


def test_a_host_of_a_configuration_that_is_not_the_servers_has_a_block_with_tls_too() -> None:
    said = printed("cli-config", "--url", "https://127.0.0.1:1", "--hostname", "app.terraform.io")
    assert 'host "app.terraform.io" {' in said
    assert '"tfe.v2.2"   = "https://127.0.0.1:1/api/v2/"' in said
    assert 'credentials "app.terraform.io" {' in said


def test_what_begins_a_template_in_hcl_is_escaped() -> None:
    assert 'token = "a$${b}%%{c}\\"d"' in printed("cli-config", "--token", 'a${b}%{c}"d')


@pytest.mark.terraform
@pytest.mark.parametrize("hostname", ["", "app.terraform.io"])
def test_terraform_initialises_a_cloud_block_by_what_cli_config_prints(
    tmp_path: Path, hostname: str
) -> None:
    terraform = shutil.which("terraform")
    assert terraform, "terraform is not installed"
    with mockserver.universe() as tfe:
        own = ["--hostname", hostname] if hostname else []
        config = printed("cli-config", "--url", tfe.url, "--token", tfe.token, *own)
        (tmp_path / "terraformrc").write_text(config)
        name = hostname or tfe.env["TFE_HOSTNAME"]
        (tmp_path / "main.tf").write_text(
            f'terraform {{\n  cloud {{\n    hostname     = "{name}"\n'
            '    organization = "my-organization"\n    workspaces { name = "workspace-1" }\n  }\n}\n'
        )
        done = subprocess.run(
            [terraform, "init", "-no-color", "-input=false"],
            cwd=tmp_path,
            env={**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "terraformrc")},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "show-workspace-by-name" in [e.operation for e in tfe.journal.exchanges()]
