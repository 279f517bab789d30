"""The command `mockserver verify` against a live server: its words and its exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.client import connect
from mockserver.contract import load
from mockserver.judge.findings import Finding
from mockserver.judge.likely_edition import edition_of_answer, likely_edition
from mockserver.judge.result import verdict
from mockserver.judge.sources import Level
from mockserver.traffic.naming import named_edition
from mockserver.traffic.transport import CutOff, Response
from mockserver.web.serving import LiveServer
from tests.verify.mutations.spoiling import Answer, add, drop, spoilt
from tests.verify.playing import NEW, OLD, TOKEN, context_of, run, server, unnamed


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LiveServer(server()) as live:
        yield live.url


def verify(*arguments: str, token: str = TOKEN) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments], env={"TFE_TOKEN": token})


def test_a_server_that_conforms_is_0(url: str) -> None:
    said = verify("--url", url, "--organization", "my-organization", "--jobs", "2")
    assert said.exit_code == 0
    last = said.stdout.splitlines()[-1]
    assert last.startswith("conforms to 2019-07: 0 faults, 0 notes; ")
    assert "verify: policy-sets (" in said.stderr
    assert "127.0.0.1" not in said.output


def test_a_server_that_differs_is_1_and_the_field_is_named() -> None:
    leak = add("/attributes/token", f"{TOKEN}.atlasv1.leaked")
    with LiveServer(spoilt({"show-user-token": leak})) as live:
        said = verify(
            "--url", live.url, "--organization", "my-organization", "--operation", "show-user-token"
        )
    assert said.exit_code == 1
    lines = re.sub(r"at-\w+", "ID", said.stdout).splitlines()
    assert lines[1] == (
        "fault: show-user-token /data/attributes/token: /attributes/token holds a value; expected "
        "null (user-tokens.html, ssh-keys.html: a secret is shown at creation alone) (3 times) "
        "[GET /api/v2/authentication-tokens/ID]"
    )
    assert TOKEN not in said.output


def test_an_edition_is_covered_as_far_as_it_was_played_and_the_rest_says_why() -> None:
    with LiveServer(server(NEW)) as live:
        said = verify(
            "--url", live.url, "--organization", "my-organization", "--edition", NEW,
            "--operation", "create-agent-pool", "--coverage", "--only", "agent-pools",
            "--fail-under", "99", "--unreached",
        )  # fmt: skip
    assert said.exit_code == 1
    lines = said.stdout.splitlines()
    assert "5 of 5 operations" in said.stdout
    assert "create-agent-pool conforms to 2026-08: 0 faults, 0 notes; " in said.stdout
    storm = "only more requests a second than the server allows bring it about"
    assert f"not reached: create-agent-pool 429: {storm}" in lines
    assert "not asked: vcs-repo of workspaces: it needs a repository, and who may read it" in lines
    assert "not reached: show-agent-pool 405: --operation names others" in lines
    assert not [line for line in lines if line.endswith("it should have been")]


def test_what_operation_names_is_all_that_is_said_to_conform_in_every_report(
    tmp_path: Path,
) -> None:
    stray = add("/attributes/stray", 1)
    reports = [f"{form}={tmp_path / form}" for form in ("junit", "sarif", "json", "html")]
    with LiveServer(spoilt({"show-team-information": stray, "create-team": stray})) as live:
        said = CliRunner().invoke(
            main,
            [
                "verify", "--url", live.url, "--organization", "my-organization", "--operation",
                "list-teams", "--operation", "delete-team", "--fail-on-drift",
                "--report", " ".join([*reports, "github"]),
            ],
            env={"TFE_TOKEN": TOKEN, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
        )  # fmt: skip
    told = "list-teams, delete-team conform to 2019-07: 0 faults, 0 notes; "
    notice = "::notice title=mockserver verify::judged alone: 2019-07: list-teams, delete-team"
    assert said.exit_code == 0, said.output
    *_, last, annotation = said.stdout.splitlines()
    assert (last.startswith(told), annotation) == (True, notice)
    for name in ("summary", "html"):
        text = (tmp_path / name).read_text()
        assert "Contract 2019-07: list-teams, delete-team" in text
        assert told in text
    suite = Xml.fromstring((tmp_path / "junit").read_text())
    assert suite.attrib["name"] == "mockserver verify 2019-07: list-teams, delete-team"
    assert [case.attrib["name"] for case in suite] == ["list-teams", "delete-team"]
    document = json.loads((tmp_path / "json").read_text())
    assert document["only"] == ["list-teams", "delete-team"]
    assert [*document["operations"]] == document["only"]
    run = json.loads((tmp_path / "sarif").read_text())["runs"][0]
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {
            "level": "note",
            "message": {"text": "judged alone: 2019-07: list-teams, delete-team"},
        }
    ]


@pytest.mark.parametrize(
    ("level", "only", "told"),
    [
        ("note", (), "conforms to 2019-07: 0 faults, 1 note"),
        ("fault", (), "does not conform to 2019-07: 1 fault, 0 notes"),
        ("note", ("a",), "a conforms to 2019-07: 0 faults, 1 note"),
        ("fault", ("a",), "a does not conform to 2019-07: 1 fault, 0 notes"),
        ("note", ("a", "b"), "a, b conform to 2019-07: 0 faults, 1 note"),
        ("fault", ("a", "b"), "a, b do not conform to 2019-07: 1 fault, 0 notes"),
    ],
)
def test_a_verdict_says_of_what_it_is(level: Level, only: tuple[str, ...], told: str) -> None:
    finding = Finding(level, "a", "/", "x", "y", "z")
    assert verdict(load(OLD), [finding], only) == told


def test_a_server_of_another_edition_is_told_by_one_line_that_names_it() -> None:
    with LiveServer(unnamed(server(NEW))) as live:
        said = verify("--url", live.url, "--organization", "my-organization", "--read-only")
    assert said.exit_code == 1
    assert said.stdout.startswith(
        "edition 2019-07: the server names none that is known here; --edition takes another\n"
    )
    lines = [line for line in said.stdout.splitlines() if "looks like edition" in line]
    assert len(lines) == 1
    assert re.fullmatch(
        "hint: what is answered looks like edition 2026-08, which lists [0-9]+ members and routes "
        "that 2019-07 does not: --edition 2026-08",
        lines[0],
    )


def test_a_server_that_speaks_another_edition_alone_is_told_so_and_nothing_else() -> None:
    with LiveServer(unnamed(server(OLD))) as live:
        said = verify("--url", live.url, "--organization", "my-organization", "--edition", NEW)
    assert (said.exit_code, said.stdout) == (1, "")
    assert re.fullmatch(
        "Error: the server speaks edition 2019-07: what it answers to show-organization conforms to "
        r"that, and has \d\d faults in 2026-08; give --edition 2019-07, or name with --operation what "
        "is to be held to 2026-08 all the same; nothing was made",
        said.stderr.strip(),
    )


@pytest.mark.parametrize(
    ("edition", "token"), [(OLD, f"{TOKEN}.laptop"), (NEW, TOKEN)], ids=["caller", "key"]
)
def test_without_edition_a_server_is_held_to_the_one_that_it_names(
    edition: str, token: str
) -> None:
    words = ("--organization", "my-organization", "--read-only")
    with LiveServer(server(edition)) as live:
        said = verify("--url", live.url, *words, token=token)
    assert said.exit_code == 0, said.output
    first, *_, last = said.stdout.splitlines()
    assert first == f"edition {edition}, which the server names"
    assert last.startswith(f"conforms to {edition}: 0 faults, ")


@pytest.mark.parametrize(("speaks", "held_to"), [(OLD, NEW), (NEW, OLD)])
def test_a_server_that_names_another_edition_than_is_given_is_told_so_and_nothing_else(
    speaks: str, held_to: str
) -> None:
    with LiveServer(server(speaks)) as live:
        said = verify("--url", live.url, "--organization", "my-organization", "--edition", held_to)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        f"Error: the server speaks edition {speaks}: it says so itself (/_mock/universe); give "
        f"--edition {speaks}, or name with --operation what is to be held to {held_to} all the same; "
        "nothing was made\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        b'{"edition": "2031-01"}', b'{"edition": ["2026-08"]}', b"[]", b"{", b"", None,
    ],
)  # fmt: skip
def test_what_names_no_edition_that_is_known_names_none(answer: bytes | None) -> None:
    class Odd:
        def send(self, *asked: Any) -> Response:
            if answer is None:
                raise CutOff("the connection broke off")
            return Response(200, {}, answer)

    assert named_edition(Odd(), TOKEN) == ""


def test_what_operation_names_is_held_to_an_edition_that_the_server_does_not_speak() -> None:
    _, outcome = run(server(OLD), frozenset({"create-ssh-key"}), edition=NEW)
    assert (outcome.stopped, outcome.operations["create-ssh-key"] > 0) == ("", True)


@pytest.mark.parametrize(("lacks", "edition"), [("assessments-enforced", NEW), ("email", OLD)])
def test_what_an_answer_lacks_in_each_edition_is_of_none(lacks: str, edition: str) -> None:
    here = load(NEW)
    also = ("external-id", "cost-estimation-enabled")
    spoils = [drop(f"/attributes/{name}") for name in (lacks, *also)]

    def poorer(answer: Answer) -> None:
        for spoil in spoils:
            spoil(answer)

    context = context_of(spoilt({"show-organization": poorer}, edition=edition), edition=NEW)
    operation = here.operation("show-organization")
    path = dict.fromkeys(operation.records, "my-organization")
    name, faults = edition_of_answer(context.exchanged(operation, path), operation, here)
    assert (name, faults >= 3) == ("", True)


def test_another_edition_is_named_only_where_it_lists_most_of_what_is_shown() -> None:
    old = {
        "organizations": ["attributes.enterprise-plan"],
        "teams": ["relationships.authentication-token.meta"],
        "workspaces": ["attributes.migration-environment"],
    }
    own = {"teams": ["attributes.a", "attributes.b", "relationships.c", "links", "meta"]}
    assert likely_edition(old, (), load(NEW)) == [
        "hint: what is answered looks like edition 2019-07, which lists 3 members and routes that "
        "2026-08 does not: --edition 2019-07"
    ]
    assert likely_edition(old | own, (), load(NEW)) == []
    names = ("organizations/*/projects", "projects/*", "agent-pools/*")
    routes = [f"GET /api/v2/{name}" for name in names]
    assert likely_edition({}, routes[:2], load(OLD)) == []
    assert len(likely_edition({}, routes, load(OLD))) == 1


def test_what_was_not_reached_is_printed_on_request(url: str) -> None:
    said = verify("--url", url, "--organization", "my-organization", "--read-only", "--unreached")
    assert said.exit_code == 0
    assert "not reached: create-policy 201: --read-only sends GETs alone" not in said.stdout
    assert "not reached: list-policies 429: only more requests a second" in said.stdout


def test_a_run_that_only_reads_asks_for_the_lists_below_a_record_too() -> None:
    app = server(NEW)
    with LiveServer(app) as live:
        said = verify("--url", live.url, "--organization", "my-organization", "--read-only")
    assert said.exit_code == 0, said.output
    assert "not played: tags" not in said.stdout
    journal = app.extensions["mockserver"].universes.get(TOKEN).journal
    asked = {entry.operation for entry in journal if entry.status == 200}
    assert not {"list-tags", "list-workspace-tags", "list-project-tag-bindings"} - asked


def test_no_server_is_usage() -> None:
    said = verify()
    assert said.exit_code == 2
    assert "give --url and --organization of a server, or one of --har, --journal," in said.stderr


def test_no_token_is_usage(url: str) -> None:
    said = verify("--url", url, "--organization", "my-organization", token="")
    assert said.exit_code == 2
    assert "the environment variable TFE_TOKEN holds no token" in said.stderr


def test_an_unknown_operation_is_usage_with_the_nearest(url: str) -> None:
    said = verify("--url", url, "--organization", "x", "--operation", "creat-policy-set")
    assert said.exit_code == 2
    assert "Did you mean 'create-policy-set'" in said.stderr


def test_an_unknown_edition_is_usage() -> None:
    assert verify("--edition", "1999-01").exit_code == 2


def test_nothing_listens_is_3() -> None:
    said = verify("--url", "http://127.0.0.1:9", "--organization", "my-organization")
    assert said.exit_code == 3
    assert said.stderr.endswith(
        "Error: nothing listens at 127.0.0.1:9: is the server running, and the network there?\n"
    )


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "localhost", "ftp://localhost", "http://"])
def test_an_address_without_http_is_usage(address: str) -> None:
    needs = " needs http:// or https:// and a host, as in https://tfe.example.com\n"
    said = verify("--url", address, "--organization", "my-organization")
    assert (said.exit_code, said.stderr.endswith(f"Error: --url{needs}")) == (2, True)
    said = CliRunner().invoke(main, ["record", "--upstream", address])
    assert (said.exit_code, said.stderr.endswith(f"Error: --upstream{needs}")) == (2, True)


def test_an_address_with_a_port_that_is_none_is_usage() -> None:
    said = verify("--url", "http://localhost:70000", "--organization", "my-organization")
    assert said.exit_code == 2
    assert said.stderr.endswith("Error: --url needs a port from 1 to 65535, or none\n")


def test_a_storm_of_429_is_3_and_leaves_nothing() -> None:
    def storm(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("429 Too Many Requests", [("X-RateLimit-Reset", "0.001")])
        return [b""]

    with LiveServer(storm) as live:  # type: ignore[arg-type]
        said = verify("--url", live.url, "--organization", "my-organization")
    assert said.exit_code == 3
    assert "Error: the server answered 429 13 times in a row, each wait included" in said.stderr


def test_a_rate_limit_is_waited_out_and_the_server_conforms() -> None:
    with LiveServer(server()) as live:
        faults = {"fault": "rate-limit", "limit": 40, "when": "all"}
        connect(live.url, TOKEN).faults.add(**faults)
        said = verify(
            "--url", live.url, "--organization", "my-organization", "--operation", "get-ssh-key"
        )
    assert said.exit_code == 0, said.output


def test_tls_that_is_refused_is_3(url: str) -> None:
    said = verify("--url", url.replace("http:", "https:"), "--organization", "my-organization")
    assert said.exit_code == 3
    assert "Error: TLS was refused: " in said.stderr


@pytest.mark.slow
def test_organizations_can_be_left_alone(url: str) -> None:
    said = verify("--url", url, "--organization", "my-organization", "--no-organizations")
    assert said.exit_code == 0
    assert "it needs organizations, which were to be left alone" in said.stdout


def test_the_command_costs_nothing_until_it_is_used() -> None:
    code = (
        "import mockserver.cli, sys;"
        "rooms = 'mockserver.judge', 'mockserver.scenarios', 'mockserver.traffic', 'urllib3';"
        "print([n for n in sys.modules if n.startswith(rooms)])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
