"""The commands that tell clients where the server is: `env` for a shell, `cli-config` for terraform."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli.common import EDITION, TOKEN, URL, edition_named
from mockserver.cli.printing import say
from mockserver.escaping import escaped
from mockserver.loopback import is_loopback, origin_of, split, without_proxy

READY = click.option(
    "--ready-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read URL, token and authority from what `serve --ready-file` wrote.",
)  # fmt: skip
TLS = click.option("--tls", is_flag=True, help="The server speaks https, whatever --url says.")
CURL = """# curl -g -H "Authorization: Bearer $TFE_TOKEN" "$TFE_ADDRESS/api/v2/account/details"\n"""
UNKNOWN = (
    "No file of an authority here has signed the certificate of {url}, so the lines name none: set "
    "SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and NODE_EXTRA_CA_CERTS to it yourself, or "
    "start `mockserver serve --tls --ready-file FILE` and run `mockserver env --ready-file FILE`."
)
SILENT = (
    "Nothing speaks https at {url}, so the lines name no certificate: start `mockserver serve --tls` "
    "first, then run this command again."
)


@click.command()
@URL
@TOKEN
@READY
@TLS
def env(url: str, token: str, ready_file: Path | None, tls: bool) -> None:
    """Print the environment variables that lead clients to a server.

    Use it as eval "$(mockserver env)". go-tfe, pytfe, the provider and curl read them.
    """
    said = _said(url, token, ready_file, tls)
    named = {
        "TFE_ADDRESS": said["url"],
        "TFE_TOKEN": said["token"],
        "TFE_HOSTNAME": split(said["url"]).netloc,
        **without_proxy(said["url"]),
    }
    named |= _trusting(said)
    for name, value in named.items():
        say(f"export {name}={shlex.quote(value)}")
    say(CURL, newline=False)


@click.command("cli-config")
@URL
@TOKEN
@READY
@TLS
@click.option("--hostname", help="Host that your configurations name; the server's if omitted.")
@EDITION
def cli_config(
    url: str, token: str, ready_file: Path | None, tls: bool, hostname: str | None, edition: str
) -> None:
    """Print a configuration of terraform that leads to a server, for TF_CLI_CONFIG_FILE.

    Without TLS, and for a host that is not the server's, it names the services itself.
    """
    said, facts = _said(url, token, ready_file, tls), edition_named(edition).facts
    base = said["url"]
    own = split(base).netloc
    name = hostname or own
    if origin_of(f"https://{name}") != f"https://{name.lower()}":
        raise click.UsageError(
            f"--hostname {name!r}: write a host, and a port where there is one (app.terraform.io)"
        )
    say("disable_checkpoint = true")
    if name != own or base.startswith("http:"):
        services = {service: f"{base}{path}" for service, path in facts["services"].items()}
        say(_host(name, services), newline=False)
    say(f"credentials {_text(name)} {{\n  token = {_text(said['token'])}\n}}")


def _said(url: str, token: str, ready_file: Path | None, tls: bool) -> Mapping[str, Any]:
    """URL, token and authority of a server, the URL without a path. Raises UsageError for none."""
    said: dict[str, Any] = {"url": url, "token": token}
    if ready_file is not None:
        _refuse_both(ready_file)
        try:
            written = json.loads(ready_file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            written = None
        if not isinstance(written, dict) or not all(isinstance(v, str) for v in written.values()):
            raise click.UsageError(
                f"{escaped(str(ready_file))} is not what `serve --ready-file` writes: no JSON object of texts"
            )
        said |= written
    origin = origin_of(said["url"])
    if origin is None:
        raise click.UsageError(
            f"--url {said['url']!r}: write http:// or https:// and a host, and a port where there is "
            "one (http://localhost:8080)"
        )
    return said | {"url": f"https{origin[origin.index(':') :]}" if tls else origin}


def _refuse_both(ready_file: Path) -> None:
    """A usage error where the command line names the server twice."""
    context = click.get_current_context()
    for name in ("url", "token"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"--ready-file and --{name} exclude each other: {escaped(str(ready_file))} has the {name}"
            )


def _trusting(said: Mapping[str, Any]) -> dict[str, str]:
    """The variables that have clients trust a server on this machine; stderr says why there are none."""
    from ssl import SSLCertVerificationError

    from mockserver.web.authorities import VARIABLES, found

    authority, url = said.get("authority"), split(said["url"])
    if authority is None and url.scheme == "https" and is_loopback(url.hostname):
        try:
            authority = found(url.hostname or "", url.port or 443)
        except SSLCertVerificationError:
            say(UNKNOWN.format(url=said["url"]), err=True)
        except OSError:
            say(SILENT.format(url=said["url"]), err=True)
    return {} if authority is None else dict.fromkeys(VARIABLES, str(authority))


def _host(name: str, services: Mapping[str, str]) -> str:
    """A `host` block; terraform reads no discovery of a host that has one."""
    width = max(len(service) for service in services) + 2
    lines = [f"    {_text(name):<{width}} = {_text(url)}" for name, url in services.items()]
    return "\n".join([f"host {_text(name)} {{", "  services = {", *lines, "  }", "}", ""])


def _text(said: str) -> str:
    """A string of HCL, in which `${` and `%{` begin a template."""
    return json.dumps(said, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
