"""`mockserver env` and `mockserver cli-config`: what they print leads clients to the server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import mockserver
from mockserver.cli import main
from mockserver.contract import load


def run(*arguments: str) -> Result:
    # CliRunner keeps the environment, in which a developer may have a TFE_ADDRESS
    return CliRunner().invoke(main, arguments, env={"TFE_ADDRESS": None, "TFE_TOKEN": None})


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
