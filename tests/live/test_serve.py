"""The command line: what `serve` prints and refuses, and the commands that need no server or one."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.cli.ready import say_ready
from mockserver.pipeline.server import Server
from tests.client import ORG, ROOT, SET, SETS, a_set

from .serving import Served, command, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as process:
        yield process


# serve


def test_one_line_says_that_it_is_ready_with_url_and_key(served: Served) -> None:
    assert re.fullmatch(
        r"serving 2019-07 at (http://127\.0\.0\.1:\d+) and a page for people at \1/open/\w{24}"
        r" \(another edition: --edition 2026-08, or POST /_mock/universes\)"
        r" with the organization my-organization and the token test-token",
        served.lines[0],
    )
    status, document = served.ask("GET", SETS)
    assert (status, document["data"][0]["attributes"]["name"]) == (200, "production")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "with no organization and the token k"),
        (["acme", "globex"], "with the organizations acme, globex and the token k"),
        (list("edcba"), "with the organizations e, d, c and 2 more and the token k"),
    ],
)
def test_the_ready_line_names_organizations_of_its_world(
    names: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture = {"organizations": [{"name": name} for name in names]}
    say_ready("http://h", "k", Server().universe(key="k", fixture=fixture), None, None)
    assert capsys.readouterr().out.rstrip().endswith(told)


def test_port_0_takes_a_free_one_and_prints_it(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])
    assert port > 0
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_the_clock_runs_in_a_server(served: Served) -> None:
    _, clock = served.ask("GET", "/_mock/clock")
    assert clock["running"] is True


def test_options_say_what_is_served(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    fixture = tmp_path / "mine.json"
    fixture.write_text('{"organizations": [{"name": "mine"}]}')
    options = ["--token", "my-key", "--fixture", str(fixture), "--seed", "7", "--strict"]
    with serving(*options, "--ready-file", str(ready), "--edition", "2019-07") as served:
        assert served.token == "my-key"
        assert json.loads(ready.read_text()) == {
            "url": served.url,
            "token": "my-key",
            "edition": "2019-07",
        }
        status, shown = served.ask("GET", "/_mock/universe")
        assert (status, shown["seed"], shown["strict"]) == (200, 7, True)
        status, _ = served.ask("GET", f"{ROOT}/organizations/mine")
        assert status == 200
        assert served.ask("GET", ORG)[0] == 404
        assert served.ask("GET", f"{ROOT}/organizations?stray=1")[0] == 422
        assert served.stop() == 0


def test_a_fixture_and_a_kept_state_bring_their_edition_along(tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "state.json")]
    with serving("--fixture", "platform", *state) as served:
        assert served.lines[0].startswith("serving 2026-08 at ")
        assert "(another edition: --edition 2019-07, or " in served.lines[0]
        assert served.lines[0].endswith(" with the organization acme and the token test-token")
        query = "workspace=acme/network-dns"
        _, said = served.ask("GET", f"/_mock/effective-policies?{query}")
        assert [one["policy-set"]["name"] for one in said["effective"]] == ["baseline"]
        status, made = served.ask("POST", "/_mock/universes", {})
        assert (status, made["edition"]) == (201, "2026-08")
        assert served.stop() == 0
    with serving(*state) as served:
        assert served.lines[0].startswith("serving 2026-08 at ")
        assert served.stop() == 0


def test_a_port_in_use_is_a_clear_message_and_exit_code_2(served: Served) -> None:
    port = served.url.rpartition(":")[2]
    done = command("serve", "--port", port)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another with --port, or --port 0 for a free one\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (
            ["--fixture", "docmented"],
            2,
            "Error: There is no fixture named 'docmented'. Did you mean 'documented'? "
            "There are: busy, documented, empty, platform. A path ends in .json, .yaml, .yml or .toml.\n",
        ),
        (
            ["--fixture", "platform", "--edition", "2019-07"],
            2,
            "Error: The fixture 'platform' is of edition 2026-08, and 2019-07 is asked for. "
            "Make the world with edition 2026-08, or with this fixture and no edition.\n",
        ),
        (["--fixture", "none.json"], 2, f"Error: There is no fixture file 'none.json'. It was looked for in {Path.cwd()}.\n"),
        (["--edition", "2019-08"], 2, "Error: There is no edition named '2019-08'. Did you mean '2019-07'? There are: 2019-07, 2026-08.\n"),
        *(
            (["--token", token], 2, "--token takes 1 to 200 letters, digits and signs of ASCII, without ")
            for token in ("a.b", "a/b", "a b", "a\\b", 'a"b', "ä", "x" * 201)
        ),
        (["--token", ""], 2, "Error: --token is given an empty text, as a variable that is not set would be: "),
        (["--seed", "-1"], 2, "Invalid value for '--seed': -1 is not in the range 0<=x<="),
        (
            ["--host", "0.0.0.0"],
            2,
            "--host 0.0.0.0 can be reached from other machines: choose a --control-token as well, "
            "so that not everybody can make worlds there, or say --insecure.",
        ),
        *(
            (["--allowed-host", name], 2, f"Invalid value for '--allowed-host': {name!r} is not a host name: leave out "
             "scheme, port and path (tfe.example.com)")
            for name in ("http://foo:80/", "foo:80", "abc:80", "foo/bar", "a b", "a@b")
        ),
        *((["--grace", number], 2, f"Invalid value for '--grace': {number} is not from 0 to 1e+06.") for number in ("-1", "nan", "inf")),
        (["--port", "many"], 2, "Invalid value for '--port'"),
        (["--host", "no.such.host.invalid", "--control-token", "x"], 2, "Error: cannot listen on no.such.host.invalid:"),
    ],
)  # fmt: skip
def test_what_cannot_be_served_is_said_and_ends_it(
    options: list[str], code: int, message: str
) -> None:
    done = command("serve", "--port", "0", *options)
    assert done.exit_code == code, done
    said = re.sub(r"\s+", " ", done.stderr)
    assert re.sub(r"\s+", " ", message) in said + " "
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_bad_fixture_is_refused_with_the_place_of_every_fault(tmp_path: Path) -> None:
    fixture = tmp_path / "bad.json"
    fixture.write_text('{"organizations": [{"name": "o", "owners": ["a", "b"]}]}')
    done = command("serve", "--fixture", str(fixture))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"Error: The fixture '{fixture}' has 2 fault(s):",
        "  /organizations/0/owners/0: There is no user 'a'.",
        "  /organizations/0/owners/1: There is no user 'b'.",
    ]
    fixture.write_text('{"stray": 1, "version": 2}')
    done = command("serve", "--fixture", str(fixture))
    assert done.stderr.splitlines()[0] == f"Error: The fixture '{fixture}' has 2 fault(s):"
    fixture.write_text("{")
    done = command("serve", "--fixture", str(fixture))
    assert done.stderr.startswith(f"Error: {fixture}: not JSON: ")


def test_beyond_this_machine_it_serves_with_a_control_token() -> None:
    options = ["--host", "0.0.0.0", "--control-token", "open-sesame"]
    with serving(*options) as served:
        assert served.url.startswith("http://127.0.0.1:")
        assert re.fullmatch("[A-Za-z0-9]{24}", served.token)  # made, for others could guess one
        assert served.ask("GET", SETS)[0] == 200
        assert served.ask("GET", SETS, Host="tfe.example.com")[0] == 400
        assert served.ask("POST", "/_mock/universes", {})[0] == 401
        assert served.ask("POST", "/_mock/universes", {}, token="open-sesame")[0] == 201


def test_names_by_which_others_reach_it_can_be_given() -> None:
    names = ["--allowed-host", "tfe.example.com", "--allowed-host", "tfe"]
    with serving("--host", "0.0.0.0", "--control-token", "open-sesame", *names) as served:
        for host, status in (("tfe.example.com:8443", 200), ("tfe", 200), ("other", 400)):
            assert served.ask("GET", SETS, Host=host)[0] == status


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.2", "127.0.0.2"), ("localhost", "localhost")],
)
def test_the_whole_of_loopback_is_this_machine(host: str, url: str) -> None:
    with serving("--host", host) as served:
        assert served.url.startswith(
            "http://127.0.0.1:" if url == "localhost" else f"http://{url}:"
        )
        assert served.token == "test-token"
        assert served.ask("GET", SETS)[0] == 200
        assert served.ask("POST", "/_mock/universes", {})[0] == 201
        assert served.ask("GET", SETS, Host="tfe.example.com")[0] == 400


def test_on_this_machine_alone_another_host_is_refused(served: Served) -> None:
    assert served.ask("GET", SETS, Host="tfe.example.com")[0] == 400
    assert served.ask("GET", SETS, Origin="https://evil.example")[0] == 400


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(how: int) -> None:
    with serving() as served:
        assert served.ask("GET", SETS)[0] == 200
        assert served.stop(how) == 0
        assert len(served.lines) == 2, served.lines


def test_the_log_has_one_line_a_request_and_no_token() -> None:
    with serving("--token", "a-key-that-is-long") as served:
        token = "a-key-that-is-long"
        asked = [
            ("GET", SETS, None, token),
            ("POST", SETS, a_set("staging"), token),
            ("POST", SETS, a_set("staging"), f"{token}.laptop"),
            ("GET", f"{SETS}?token={token}.ann&page[size]=3", None, token),
            ("GET", f"{ROOT}/policy-sets/{token}", None, token),
            ("GET", f"{ROOT}/nothing", None, "wrong"),
            ("GET", f"{ROOT}/nothing?x={token}.laptop", None, "wrong"),
            ("GET", f"{ROOT}/ping", None, token),
            ("DELETE", SET, None, f"{token}.ann"),
            ("GET", f"/_mock/journal?operation={token}", None, token),
            ("GET", f"/_mock/{token}.ann", None, token),
            ("GET", "/", None, token),
        ]
        for method, path, document, sent in asked:
            served.ask(method, path, document, sent)
        assert served.stop() == 0
        logged = served.logged()
        assert len(logged) == len(asked)
        assert logged[0] == f"200 GET {SETS}  list-policy-sets"
        assert logged[1] == f"201 POST {SETS}  create-policy-set"
        assert logged[2].startswith(f"422 POST {SETS}  create-policy-set  [the policy set ")
        assert "already has the name 'staging'. Send another value" in logged[2]
        assert logged[3].startswith(
            f"200 GET {SETS}?token=[secret]&page[size]=3  list-policy-sets  "
            "[the query parameter token is not listed. Leave out token"
        )
        assert logged[7] == f"204 GET {ROOT}/ping  ping"
        assert logged[9] == "422 GET /_mock/journal  control plane"
        assert logged[10] == "404 GET /_mock/[secret]  control plane"
        assert logged[11] == "200 GET /  page"
        assert not any(token in line for line in logged)
        assert not any(".laptop" in line or ".ann" in line for line in logged)


# commands that need no server


def test_openapi_prints_an_edition() -> None:
    done = command("openapi")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "2019-07"
    assert SET.replace("polset-3yVQZvHzf5j3WRJ1", "{id}") in document["paths"]
    done = command("openapi", "--edition", "2019-70")
    assert (done.exit_code, done.stderr) == (
        2,
        "Error: There is no edition named '2019-70'. Did you mean '2019-07'? There are: 2019-07, 2026-08.\n",
    )


def test_operations_are_listed_from_the_contract() -> None:
    rows = json.loads(command("operations", "--edition", "2019-07", "--format", "json").stdout)
    by_id = {row["operation"]: row for row in rows}
    assert by_id["add-policies-to-policy-set"] == {
        "edition": "2019-07",
        "page": "policy-sets",
        "operation": "add-policies-to-policy-set",
        "method": "POST",
        "path": f"{ROOT}/policy-sets/{{id}}/relationships/policies",
        "statuses": by_id["add-policies-to-policy-set"]["statuses"],
    }
    pages: dict[str, int] = {}
    for row in rows:
        pages[row["page"]] = pages.get(row["page"], 0) + 1
    assert (
        pages["policy-sets"],
        pages["policies"],
        pages["workspaces"],
        pages["organizations"],
    ) == (9, 7, 12, 6)
    assert pages["index"] == 2
    table = command("operations", "--edition", "2019-07").stdout.splitlines()
    assert len(table) == 1 + len(rows)  # the heads
    assert any(
        re.fullmatch(r"2019-07  show-policy-set +GET +/api/v2/policy-sets/\{id\}", row)
        for row in table
    )
    done = command("operations", "--edition", "x")
    assert (done.exit_code, done.stderr) == (
        2,
        "Error: There is no edition named 'x'. There are: 2019-07, 2026-08.\n",
    )


def test_help_and_version_are_there() -> None:
    from mockserver.version import VERSION

    assert command("--version").stdout.strip() == f"mockserver, version {VERSION}"
    said = command("--help").stdout
    for name in ("serve", "openapi", "operations", "seed", "reset"):
        assert f"  {name} " in said


# commands that ask a server


def asking(served: Served) -> list[list[str] | dict[str, str]]:
    """By options, and by the environment that clients read."""
    return [
        ["--url", served.url, "--token", served.token],
        {"TFE_ADDRESS": served.url, "TFE_TOKEN": served.token},
    ]


def told(how: list[str] | dict[str, str], *arguments: str) -> Any:
    if isinstance(how, dict):
        return command(*arguments, env=how)
    return command(*arguments, *how)


@pytest.mark.parametrize("way", [0, 1], ids=["by options", "by the environment"])
def test_seed_adds_a_fixture_and_reset_takes_it_away(
    served: Served, tmp_path: Path, way: int
) -> None:
    how = asking(served)[way]
    fixture = tmp_path / "more.json"
    fixture.write_text(
        '{"organizations": [{"name": "more", "policy-sets": [{"name": "s", "id": "polset-s"}]}]}'
    )
    done = told(how, "seed", str(fixture))
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "organizations  more  more\npolicy-sets  more/s  polset-s\n"
    assert served.ask("GET", f"{ROOT}/policy-sets/polset-s")[0] == 200
    again = told(how, "seed", str(fixture))
    assert (again.exit_code, again.stdout) == (0, done.stdout), "what is there is added to"
    fixture.write_text(fixture.read_text().replace("polset-s", "polset-t"))
    clash = told(how, "seed", str(fixture))
    assert clash.exit_code == 1
    assert clash.stderr.startswith(
        f"Error: The fixture '{fixture}' is not added: "
        "/organizations/0/policy-sets/0/id: The world already has the policy set 's'"
    )
    done = told(how, "reset")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert served.ask("GET", f"{ROOT}/policy-sets/polset-s")[0] == 404


def test_a_shipped_fixture_is_seeded_by_its_name() -> None:
    with serving("--fixture", "empty") as served:
        done = told(asking(served)[0], "seed", "documented")
        assert done.exit_code == 0, done.stderr
        assert "policy-sets  my-organization/production  polset-3yVQZvHzf5j3WRJ1" in done.stdout
        assert served.ask("GET", SET)[0] == 200


def test_what_cannot_be_seeded_is_said(served: Served, tmp_path: Path) -> None:
    url = ["--url", served.url]
    done = command("seed", "docmented", *url)
    assert (done.exit_code, done.stderr.split(".")[0]) == (
        2,
        "Error: There is no fixture named 'docmented'",
    )
    bad = tmp_path / "bad.json"
    bad.write_text('{"stray": 1}')
    done = command("seed", str(bad), *url)
    assert done.exit_code == 1
    assert f"The fixture '{bad}' has 1 fault(s)" in done.stderr
    bad.write_text('{"organizations": [{"name": "o", "owners": ["b"]}]}')
    done = command("seed", str(bad), *url)
    assert (done.exit_code, done.stderr) == (
        1,
        f"Error: The fixture '{bad}' is not added: "
        "/organizations/0/owners/0: There is no user 'b'.\n",
    )


def test_a_server_that_is_not_there_and_a_key_that_is_wrong_are_said(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("seed", "reset", "coverage"):
        arguments = ["documented"] if name == "seed" else []
        done = command(name, *arguments, "--url", f"http://127.0.0.1:{port}")
        assert done.exit_code == 3
        assert done.stderr.startswith(f"Error: no mock server answers at http://127.0.0.1:{port}: ")
        done = command(name, *arguments, "--url", served.url, "--token", "wrong-key")
        assert done.exit_code == 2
        assert "Traceback" not in done.stderr
        assert "wrong-key" not in done.stderr
    assert command("coverage", "--url", served.url, "--fail-under", "99").exit_code == 1


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (
            "test-token.priya",
            "--token, or TFE_TOKEN, is the token of a user, which does not open the control plane: give the "
            "key of the world, which is what stands before the first dot.",
        ),
        ("test token", "--token takes 1 to 200 letters, digits and signs of ASCII, without a dot, slash, "
            "backslash, double quote or space."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["seed", "reset", "coverage"])
def test_what_cannot_be_the_key_of_a_world_is_one_sentence_of_every_command_that_wants_it(
    name: str, token: str, words: str
) -> None:
    arguments = ["documented"] if name == "seed" else []
    for given, environment in ((["--token", token], {}), ([], {"TFE_TOKEN": token})):
        done = command(name, *arguments, *given, env=environment)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1] == f"Error: {words}"
        assert token not in done.stderr
