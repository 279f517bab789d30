"""Text from outside, driven through everything that we print and write: no line is theirs."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.client import Broken, ControlError
from mockserver.contract import load
from mockserver.escaping import escaped
from mockserver.reports.forms import FORMS
from mockserver.traffic.masking import Mask
from mockserver.traffic.recorder import Recorder
from mockserver.traffic.transport import Response
from mockserver.web.logs import OneLine
from mockserver.web.proxy import Proxy
from mockserver.web.wsgi import received

EDITION = load("2019-07")
ORG = "/api/v2/organizations/my-organization"
HOSTILE = {
    "a line break": "x\n::error::pwned",
    "a return": "x\r::error::pwned",
    "both": "x\r\n::stop-commands::y",
    "a next line, of C1": "x\x85::error::pwned",
    "a separator of lines": "x\u2028::error::pwned",
    "a separator of paragraphs": "x\u2029::error::pwned",
    "a vertical tab": "x\x0b::error::pwned",
    "an escape sequence": "x\x1b[2J\x1b[31mred",
    "a C1 sequence": "x\x9b2J",
    "an override": "x\u202egnp.exe",
    "an isolate": "x\u2066y\u2069",
    "a zero": "x\x00y",
    "a delete": "x\x7fy",
    "half a pair": "x\ud800y",
    "an older command": "x##[stop-commands]y",
    "another system's": "x##vso[task.setvariable variable=a]b",
    "markup": "x<script>`]]>&|[y](z)",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def refuse_foreign(told: str) -> None:
    """Fails where a line is not one of ours, or a terminal or CI system would obey it."""
    assert told
    for line in told.split("\n"):
        assert line.isprintable(), repr(line)
        assert not line.lstrip().startswith(("::error::pwned", "::stop-commands", "gnp")), line
        assert "##[" not in line
        assert "##vso[" not in line


@hostile
def test_the_escape_leaves_one_line_that_reads_the_same_when_nothing_is_hidden(text: str) -> None:
    refuse_foreign(escaped(text))
    assert escaped("Straße 名前 🚀 a\\b") == "Straße 名前 🚀 a\\b"


def body(text: str) -> bytes:
    attributes = {"name": "staging", text: text, "description": 1}
    return json.dumps({"data": {"type": "policy-sets", "attributes": attributes}}).encode()


def asked(text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Requests that hold a text wherever a client may put one."""
    encoded = quote(text, safe="", errors="surrogatepass")
    wire = text.encode("utf-8", "surrogatepass").decode("latin-1")
    yield "GET", f"/api/v2/{encoded}", {}
    yield "GET", f"{ORG}/policy-sets?{encoded}={encoded}&search[name]={encoded}", {}
    yield "GET", f"/_mock/{encoded}", {}
    yield "GET", f"/_mock/journal?{encoded}={encoded}", {}
    yield "POST", f"{ORG}/policy-sets", {"data": body(text)}
    yield "GET", f"/api/v2/policies/{encoded}", {}
    yield f"GET{wire}", ORG, {}
    yield f"GET{wire}", "/_mock/state", {}


@hostile
def test_the_log_and_the_journals_lines_are_ours(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with mockserver.universe() as tfe, caplog.at_level(logging.INFO):
        for method, path, options in asked(text):
            wire = text.encode("utf-8", "surrogatepass").decode("latin-1")
            for token in (tfe.token, f"{tfe.token}.{wire}", wire):
                sent = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
                tfe.client.open(
                    path,
                    method=method,
                    environ_overrides=sent,
                    content_type="application/vnd.api+json",
                    **options,
                )
        lines = [record.getMessage() for record in caplog.records]
        seen = [str(exchange) for exchange in tfe.journal]
    assert len(lines) == 24
    for line in (*lines, *seen):
        refuse_foreign(line)
        assert "\n" not in line


@hostile
def test_a_traceback_in_the_log_of_serve_is_ours(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError:
        record = logging.LogRecord("x", 40, "x", 1, "unexpected", (), sys.exc_info())
    told = OneLine().format(record)
    refuse_foreign(told)
    assert all(line.startswith("| ") for line in told.split("\n")[1:])


@hostile
def test_what_a_failed_test_is_told_is_ours(text: str) -> None:
    def strict() -> None:
        with mockserver.universe(strict=True) as tfe:
            tfe.client.post(f"{ORG}/policy-sets", data=body(text), content_type="application/json")
            with pytest.raises(AssertionError) as missed:
                tfe.journal.expect("create-policy-set", body={"data": {text: text}}, status=201)
            refuse_foreign(str(missed.value).replace(json.dumps(text), ""))
            with pytest.raises(ControlError) as refused:
                tfe.faults.add("status", operation=text)
            refuse_foreign(str(refused.value))

    with pytest.raises(Broken) as caught:
        strict()
    refuse_foreign(str(caught.value))


def recording(text: str) -> dict[str, Any]:
    """A HAR in which client and server both are hostile."""
    attributes: dict[str, Any] = {"name": text, text: text, "workspace-count": text}
    answer = {"data": {"id": text, "type": text, "attributes": attributes, text: text}}
    entries = [
        {
            "request": {
                "method": method,
                "url": f"https://tfe.example.com{path}",
                "postData": {"text": body(text).decode()},
            },
            "response": {
                "status": status,
                "content": {"text": json.dumps(answer), "mimeType": kind},
            },
        }
        for method, path, status, kind in (
            ("POST", f"{ORG}/policy-sets", 201, "application/vnd.api+json"),
            ("GET", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", 200, text),
            ("GET", f"/api/v2/{text}", 200, text),
            (f"GET {text}", "/api/v2/policy-sets", 200, text),
            ("DELETE", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", 299, text),
        )
    ]
    return {"log": {"entries": entries}}


@hostile
def test_every_report_of_verify_is_ours(text: str, tmp_path: Path) -> None:
    har, step = tmp_path / "in.har", tmp_path / "step.md"
    har.write_text(json.dumps(recording(text)))
    files = {form: tmp_path / f"{form}.out" for form in FORMS if form != "github"}
    reports = [f"--report={form}={path}" for form, path in files.items()]
    told = CliRunner().invoke(
        main,
        ["verify", "--har", str(har), *reports, "--report", "github"],
        env={"GITHUB_STEP_SUMMARY": str(step)},
    )
    assert told.exit_code == 1, told.output
    assert told.stdout.count("create-policy-set") > 3
    refuse_foreign(told.stdout)
    for line in told.stdout.splitlines():
        assert line.startswith(
            ("fault: ", "note: ", "drift: ", "unknown route: ", "does not", "::")
        ), line
        if line.startswith("::"):
            assert line.startswith(("::error title=", "::notice title=")), line
    refuse_foreign(step.read_text())
    assert "[y](z)" not in re.sub(r"(?<!\\)`.*?(?<!\\)`", "", step.read_text())
    for path in files.values():
        refuse_foreign(path.read_text(encoding="utf-8"))
    Xml.parse(files["junit"])
    assert json.loads(files["sarif"].read_text())["runs"][0]["results"]
    assert json.loads(files["json"].read_text())["findings"]
    assert "<script>" not in files["html"].read_text()
    assert "<script>" not in step.read_text()


def can_be_a_name(text: str) -> bool:
    return "\0" not in text and "\ud800" not in text


FILES = [*filter(can_be_a_name, HOSTILE.values()), *["x\udcffy"] * (sys.platform == "linux")]


@pytest.mark.parametrize("text", FILES, ids=ascii)
def test_what_commands_say_of_a_file_is_ours(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path(f"{text}.json")
    commands = [
        ["serve", "--port", "0", "--fixture", str(file)],
        ["serve", "--port", "0", "--tls-cert", str(file)],
        ["who", "--fixture", str(file)],
        ["env", "--ready-file", str(file)],
        *(["verify", f"--{form}", str(file)] for form in ("har", "journal", "exchanges")),
        ["diff", "2019-07", "--against", str(file)],
        ["fixture", "--from", str(file)],
    ]
    for content in ("{bad", "[]", '{"organizations": [{"nam": 1}]}'):
        file.write_text(content)
        for command in commands:
            result = CliRunner().invoke(main, command)
            assert result.exit_code
            refuse_foreign(result.output)
    file.unlink()
    refuse_foreign(CliRunner().invoke(main, ["who", "--fixture", str(file)]).output)


@pytest.mark.parametrize("text", FILES, ids=ascii)
def test_what_a_world_is_made_from_is_shown_on_one_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / f"{text}.json"
    file.write_text("{bad")
    with pytest.raises(ValueError, match="not JSON") as raised:
        mockserver.universe(fixture=file)
    refuse_foreign(str(raised.value))
    file.write_text("{}")
    with mockserver.universe(fixture=file) as tfe:
        shown = tfe.client.get("/_mock/universe").json["fixture"]
    assert shown == escaped(str(file))


@hostile
def test_what_record_says_is_ours(text: str, tmp_path: Path) -> None:
    class Upstream:
        def send(self, method: str, target: str, headers: Any, body: bytes | None) -> Response:
            answer = {"data": {"id": text, "type": "policies", text: text}}
            kind = {"content-type": "application/vnd.api+json"}
            return Response(200, kind, json.dumps(answer).encode())

    said: list[str] = []
    recorder = Recorder(EDITION, tmp_path, Mask(EDITION.secrets), said.append)
    proxy = Proxy(Upstream(), "http://upstream", recorder)
    wsgi = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for method, path in (("GET", "/api/v2/policies/pol-1"), (f"G{text}", "/"), ("GET", f"/{wsgi}")):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
        }
        proxy(received(environ))
    assert len(said) > 4
    for line in said:
        refuse_foreign(line)
    for path in tmp_path.iterdir():
        json.loads(path.read_text(encoding="utf-8"))
