"""README.md and docs/ are held to what they say: snippets run, tables are what the code says."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner

import mockserver
from mockserver.cli import COMMANDS, main
from mockserver.pipeline.server import fixture_for
from tests.doc_tables import PAGES, ROOT, marks, tables

README = ROOT / "README.md"
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
WHOLE = "\n".join(TEXTS.values())
TABLES = tables()
ADDRESS = "http://127.0.0.1:8080"
LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language on a page, in order."""
    return re.findall(rf"```{language}\n(.*?)```", TEXTS[page], re.S)


def pages_with(language: str) -> list[str]:
    return [page for page in TEXTS if blocks(page, language)]


# the pages


def test_the_readme_is_read_in_ten_minutes() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 250


def test_the_readme_links_every_page_of_docs() -> None:
    linked = set(LINK.findall(TEXTS["README.md"]))
    assert {f"docs/{page}" for page in TEXTS if page != "README.md"} <= linked


def _anchors(text: str) -> set[str]:
    """Of the headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file.read_text(encoding="utf-8")), target


# the tables


@pytest.mark.parametrize("name", TABLES)
def test_a_table_stands_on_one_page_and_is_what_the_code_says(name: str) -> None:
    """Every command with its options, the plugin's, the fixture's members, create_app's arguments."""
    found = marks(name).findall(WHOLE)
    assert len(found) == 1, f"<!-- {name} --> … <!-- /{name} --> stands on {len(found)} pages"
    assert found[0][1].strip() == TABLES[name], "run `make docs`"


def test_every_command_has_its_table_between_marks() -> None:
    marked = set(re.findall(r"^<!-- /([^\n]+) -->$", WHOLE, re.MULTILINE))
    assert {name for name in marked if name.startswith("command ")} == {
        f"command {name}" for name in COMMANDS
    }


def _members(thing: object) -> set[str]:
    """The public names of an object: those of its class, and those that it was given."""
    return {name for name in {*vars(type(thing)), *vars(thing)} if not name.startswith("_")}


@pytest.mark.parametrize(
    ("mark", "prefix"),
    [
        ("handle", "tfe."),
        ("journal", "tfe.journal."),
        ("clock", "tfe.clock."),
        ("fault handle", "tfe.faults."),
    ],
)
def test_every_member_of_the_handle_is_documented_once(mark: str, prefix: str) -> None:
    table = marks(mark).findall(WHOLE)[0][1]
    first = "\n".join(re.split(r"(?<!\\)\|", line)[1] for line in table.splitlines()[2:])
    named = re.findall(rf"`{re.escape(prefix)}(\w+)", first)
    with mockserver.universe("empty") as tfe:
        what = getattr(tfe, prefix.split(".")[1]) if prefix.count(".") > 1 else tfe
        assert sorted(named) == sorted(_members(what))
        for name, said in re.findall(rf"`{re.escape(prefix)}(\w+)\(([^)`]*)\)`", first):
            for argument in re.findall(r"\w+(?==)", said):
                assert argument in signature(getattr(what, name)).parameters, f"{name}({said})"


def test_every_argument_of_connect_is_named() -> None:
    about = re.search(r"`mockserver\.connect\(.*?\n\n", TEXTS["pytest.md"], re.S)
    assert about
    assert set(re.findall(r"`(\w+)`", about[0])) >= {"timeout", "control_token"}
    assert list(signature(mockserver.connect).parameters) == [
        "url", "key", "timeout", "control_token",
    ]  # fmt: skip


# the snippets


def test_the_shell_snippets_run_as_they_stand(tmp_path: Path) -> None:
    """But for `pip install`, which a slow test runs."""
    pages = pages_with("sh")
    assert pages == ["README.md", "control-plane.md", "fixtures.md"]
    said: dict[str, str] = {}
    for page in pages:
        script = "set -e\n" + "".join(b for b in blocks(page, "sh") if "pip install" not in b)
        fixture = "platform" if page == "fixtures.md" else "documented"
        with mockserver.universe(fixture=fixture, key="test-token") as tfe:
            script = script.replace(ADDRESS, tfe.url).replace("/tmp/", f"{tmp_path}/")
            done = subprocess.run(
                ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
            )
            said[page] = done.stdout
    names = re.findall(r'"name":"(\w+)"', said["README.md"])
    assert {"production", "staging"} <= set(names)
    shown = json.loads(blocks("README.md", "json")[0])
    assert json.dumps(shown, separators=(",", ":")) in said["README.md"]
    assert '"operation":"list-policies"' in said["control-plane.md"].replace(": ", ":")
    assert '"the tag env=prod is selected"' in said["fixtures.md"]
    assert '"its project Sandbox is excluded"' in said["fixtures.md"]


def test_the_curl_lines_change_the_world_as_the_comments_say() -> None:
    with mockserver.universe(fixture="documented", key="test-token") as tfe:
        shell = next(block for block in blocks("README.md", "sh") if "tfe()" in block)
        without_reset = shell.replace(ADDRESS, tfe.url).rsplit("\n", 3)[0]
        script = "set -e\n" + without_reset
        subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=True)
        tfe.journal.in_order(
            "list-policy-sets",
            "create-policy-set",
            "add-policies-to-policy-set",
            "update-policy-set",
            "delete-policy-set",
        )
        assert {exchange.status for exchange in tfe.journal} <= {200, 201, 204}


def test_the_python_snippets_run_as_they_stand(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what hypothesis has read in our modules is kept there; it would read them all anew
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".hypothesis"))
    every = [(page, block) for page in pages_with("python") for block in blocks(page, "python")]
    tests = [block for _, block in every if "def test_" in block]
    for at, block in enumerate(tests):
        pytester.makepyfile(**{f"test_snippet_{at}": block})
    count = sum(len(re.findall(r"^def test_", block, re.M)) for block in tests)
    assert count >= 9
    without = ("randomly", "schemathesis", "hypothesispytest", "asyncio")  # no page speaks of them
    pytester.runpytest_subprocess(*(f"-pno:{name}" for name in without)).assert_outcomes(
        passed=count
    )
    for _, block in every:
        if "def test_" not in block:
            subprocess.run([sys.executable, "-c", block], check=True, timeout=60)


def test_the_fixture_on_its_page_makes_a_world() -> None:
    document = json.loads(blocks("fixtures.md", "json")[0])
    with mockserver.universe(fixture=fixture_for("2019-07", document)) as tfe:
        token = tfe.tokens["eve"]
        answer = tfe.client.get(
            "/api/v2/organizations/acme/policy-sets", headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.json["data"][0]["attributes"]["name"] == "production"


@pytest.mark.parametrize("ends", ["yaml", "toml"])
def test_a_fixture_in_another_format_on_its_page_makes_a_world(tmp_path: Path, ends: str) -> None:
    path = tmp_path / f"world.{ends}"
    (text,) = blocks("fixtures.md", ends)
    path.write_text(text, encoding="utf-8")
    with mockserver.universe(path) as tfe:
        code = tfe.state()["organizations"][0]["policies"][0]["code"]
    assert code == "main = rule { true }\n"


# the lines of consoles


@contextmanager
def _running(line: str, folder: Path, ready: str) -> Iterator[str]:
    """A command that serves, on a free port, until the block ends; gives its first line."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {line} --port 0"],
        cwd=folder, env=_environment(""), stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        try:
            first = process.stdout.readline()
            assert first.startswith(ready), line
            yield first
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
    assert process.returncode == 0, f"{line}\n{rest}"


def _environment(url: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"PATH": path, "PYTHONIOENCODING": "utf-8", "CONTROL_TOKEN": "only-for-this-test"}
    return {**os.environ, **known, "TFE_ADDRESS": url, "TFE_TOKEN": "test-token"}


def _lines() -> list[str]:
    """Each command once, without its comment."""
    found: list[str] = []
    for page in pages_with("console"):
        for block in blocks(page, "console"):
            found += [line.split("  #")[0].strip() for line in block.splitlines()]
    return [line for line in dict.fromkeys(found) if line and not line.startswith("export ")]


@pytest.mark.slow
def test_the_console_lines_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a server of ours in place of the vendor's; those that serve, until they are ready."""
    monkeypatch.chdir(tmp_path)
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    (tmp_path / "world.json").write_text(blocks("fixtures.md", "json")[0], encoding="utf-8")
    lines = _lines()
    assert {line.split()[0] for line in lines} == {"mockserver", "pytest", "eval"}
    ours: Any = [{"name": "contract-verification"}, {"name": "acme"}]
    with mockserver.universe({"organizations": ours}) as old:
        assert old.client.get("/api/v2/organizations/acme/policies").status_code == 200
        (tmp_path / "session.har").write_text(json.dumps(old.journal.to_har()), encoding="utf-8")
        (tmp_path / "journal.json").write_text(old.journal.to_json(), encoding="utf-8")
    with mockserver.universe({"organizations": ours}, edition="2026-08", key="test-token") as tfe:
        record = next(line for line in lines if line.startswith("mockserver record"))
        with _running(
            record.replace("https://app.terraform.io", tfe.url), tmp_path, "recording"
        ) as said:
            proxied = said.split()[-1] + "/api/v2/organizations/acme"
            asked = urllib.request.Request(proxied, headers={"Authorization": "Bearer test-token"})
            assert urllib.request.urlopen(asked, timeout=30).status == 200
        for line in lines:
            if line.startswith("mockserver serve"):
                with _running(line, tmp_path, "serving"):
                    pass
            if line.startswith(("mockserver serve", "mockserver record", "pytest")):
                continue
            if line.startswith("eval"):
                bash = ["bash", "-ec", f'{line}; test "$TFE_ADDRESS" = {tfe.url}']
                subprocess.run(bash, env=_environment(tfe.url), check=True, timeout=60)
                continue
            command, _, output = line.replace("https://app.terraform.io", tfe.url).partition(" > ")
            done = CliRunner(env=_environment(tfe.url)).invoke(main, shlex.split(command)[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}"
            if output:
                (tmp_path / output).write_text(done.stdout, encoding="utf-8")
    made = json.loads((tmp_path / "recorded.json").read_text(encoding="utf-8"))
    assert [organization["name"] for organization in made["organizations"]] == ["acme"]


def test_the_options_of_pytest_are_those_of_the_plugin() -> None:
    for line in _lines():
        if line.startswith("pytest "):
            for option in re.findall(r"--(?:tfe[\w-]+)", line):
                assert f"| `{option} " in TABLES["pytest options"]


# installing

INSTALLED = [
    *PAGES,
    *sorted(ROOT.glob("examples/**/*.md")),
    *sorted(ROOT.glob("examples/**/*.yml")),
]
INSTALLS = sorted(
    {
        line[line.index("pip install") :]
        for page in INSTALLED
        for line in page.read_text(encoding="utf-8").splitlines()
        if "pip install" in line
    }
)


@pytest.mark.parametrize("line", INSTALLS)
def test_no_line_installs_a_package_that_is_on_no_index(line: str) -> None:
    assert '"$TFE_MOCKSERVER"' in line


@pytest.mark.slow
@pytest.mark.parametrize("form", ["{root}", "git+file://{root}"])
def test_the_install_lines_install_the_package(tmp_path: Path, form: str) -> None:
    """With the path, or the URL, that a reader fills in."""
    block = next(block for block in blocks("README.md", "sh") if "pip install" in block)
    assert "/path/to/tfe-mockserver" in block
    script = block.replace("/path/to/tfe-mockserver", form.format(root=ROOT))
    pip = f"{sys.executable} -m pip install --quiet --no-deps"
    first = script.replace("pip install", f"{pip} --target new")
    others = [line.replace("pip install", f"{pip} --dry-run") for line in INSTALLS]
    subprocess.run(
        ["bash", "-ec", "\n".join([first, *others])], cwd=tmp_path, check=True, timeout=300
    )
    done = subprocess.run(
        [sys.executable, "-c", "import mockserver; print(mockserver.__file__)"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "new")},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith(str(tmp_path / "new"))


def test_the_changelog_says_each_thing_once() -> None:
    """Where two branches are joined, an entry that both have moved stands there twice."""
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## [0.")[0]
    entries = [" ".join(entry.split()) for entry in re.split(r"\n(?:- |#+ )", said)]
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []
