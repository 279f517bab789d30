"""A life is recorded, a fixture made of it, and served: every GET answers as it was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.contract import load
from mockserver.scenarios.policy_set_versions import archive
from tests.verify.playing import NEW, OLD, TOKEN, server
from tests.verify.test_recording import API, CODE, ask, policy_body, recording

WORKSPACE = "/api/v2/workspaces/ws-2HRvNs49EWPjDqT1"
Ask = Callable[..., Any]


def resource(type: str, **said: Any) -> Any:
    """A document to send: attributes with `_` for `-`; linkage where a value is of records."""
    data: dict[str, Any] = {"type": type, "attributes": {}}
    for name, value in said.items():
        name = name.replace("_", "-")
        if isinstance(value, dict) and "type" in value:
            linkage: Any = {"type": value["type"], "id": value["id"]}
        elif isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
            linkage = [{"type": one["type"], "id": one["id"]} for one in value]
        else:
            data["attributes"][name] = value
            continue
        data.setdefault("relationships", {})[name] = {"data": linkage}
    return {"data": data}


def workspaces(ask: Ask) -> list[str]:
    """Locked, with a key, made, renamed, deleted; with access and a notification."""
    key = ask("POST", f"{API}/ssh-keys", resource("ssh-keys", name="k", value="secret-value"))
    ask("POST", f"{API}/ssh-keys", resource("ssh-keys", name="another", value="secret-value"))
    assign = {"data": {"type": "workspaces", "attributes": {"id": key["id"]}}}
    ask("PATCH", f"{WORKSPACE}/relationships/ssh-key", assign)
    ask("POST", f"{WORKSPACE}/actions/lock", {"reason": "maintenance"})
    made = ask("POST", f"{API}/workspaces", resource("workspaces", name="later", auto_apply=True))
    changed = resource("workspaces", name="renamed", working_directory="x")
    ask("PATCH", f"/api/v2/workspaces/{made['id']}", changed)
    ask("POST", f"{API}/workspaces", resource("workspaces", name="short-lived"))
    ask("DELETE", f"{API}/workspaces/short-lived")
    team = ask("POST", f"{API}/teams", resource("teams", name="devs"))
    user = {"data": [{"type": "users", "id": "ann"}]}
    ask("POST", f"/api/v2/teams/{team['id']}/relationships/users", user)
    body = resource("team-workspaces", access="write", workspace=made, team=team)
    access = ask("POST", "/api/v2/team-workspaces", body)
    hooks = f"/api/v2/workspaces/{made['id']}/notification-configurations"
    hook = resource(
        "notification-configurations", name="hook", destination_type="generic", enabled=False,
        url="https://example.com/hook", token="secret-token",
    )  # fmt: skip
    told = ask("POST", hooks, hook)
    ask("POST", f"/api/v2/teams/{team['id']}/authentication-token")
    ask("PATCH", WORKSPACE, resource("workspaces", queue_all_runs=True))
    return [
        f"{API}/workspaces", f"{API}/workspaces?page%5Bsize%5D=2&page%5Bnumber%5D=2", WORKSPACE,
        f"{API}/workspaces/renamed", f"/api/v2/workspaces/{made['id']}?include=organization",
        f"{API}/ssh-keys", f"/api/v2/ssh-keys/{key['id']}", f"{API}/teams?include=users",
        f"/api/v2/teams/{team['id']}", f"/api/v2/teams/{team['id']}/authentication-token",
        f"/api/v2/team-workspaces?filter%5Bworkspace%5D%5Bid%5D={made['id']}",
        f"/api/v2/team-workspaces/{access['id']}", hooks,
        f"/api/v2/notification-configurations/{told['id']}",
    ]  # fmt: skip


def policies(ask: Ask) -> list[str]:
    """With content and without, in sets that name workspaces and in a global one."""
    bare = ask("POST", f"{API}/policies", policy_body("never-uploaded"))
    whole = ask("POST", f"{API}/policies", policy_body("uploaded"))
    ask("PUT", f"/api/v2/policies/{whole['id']}/upload", CODE)
    members = {"type": "workspaces", "id": WORKSPACE.rpartition("/")[2]}
    body = resource(
        "policy-sets", name="mine", description="ä 🚀", policies=[bare, whole], workspaces=[members]
    )
    mine = ask("POST", f"{API}/policy-sets", body)
    every = ask(
        "POST", f"{API}/policy-sets", resource("policy-sets", name="all", **{"global": True})
    )
    ask("DELETE", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1")
    return [
        f"{API}/policies", f"{API}/policies?include=policy-sets", f"{API}/policy-sets",
        f"{API}/policy-sets?include=policies%2Cworkspaces", f"/api/v2/policies/{bare['id']}",
        f"/api/v2/policies/{whole['id']}", f"/api/v2/policies/{bare['id']}/download",
        f"/api/v2/policies/{whole['id']}/download", f"/api/v2/policy-sets/{mine['id']}",
        f"/api/v2/policy-sets/{every['id']}", f"{API}/policies?search%5Bname%5D=upload",
    ]  # fmt: skip


def projects_of_today(ask: Ask) -> list[str]:
    """Projects with tags and agents; workspaces in them with variables, tags and consumers."""
    organization = resource("organizations", name="my-organization", email="ann@example.com")
    ask("POST", "/api/v2/organizations", organization)
    project = ask(
        "POST", f"{API}/projects", resource("projects", name="Network 1", description="ä 🚀")
    )
    tagged = {"data": [{"type": "tag-bindings", "attributes": {"key": "team", "value": "wörk"}}]}
    ask("PATCH", f"/api/v2/projects/{project['id']}/tag-bindings", tagged)
    pool = ask(
        "POST",
        f"{API}/agent-pools",
        resource("agent-pools", name="agents", organization_scoped=False),
    )
    agents = resource("projects", default_execution_mode="agent", default_agent_pool_id=pool["id"])
    ask("PATCH", f"/api/v2/projects/{project['id']}", agents)
    web = ask(
        "POST",
        f"{API}/workspaces",
        resource("workspaces", name="web", project=project, global_remote_state=False),
    )
    own = resource(
        "workspaces", name="own", execution_mode="local", auto_apply=True, trigger_patterns=["*.tf"]
    )
    own = ask("POST", f"{API}/workspaces", own)
    ask(
        "PATCH",
        f"/api/v2/agent-pools/{pool['id']}",
        resource("agent-pools", allowed_workspaces=[web], excluded_workspaces=[own]),
    )
    one = f"/api/v2/workspaces/{web['id']}"
    mine = {"data": [{"type": "tag-bindings", "attributes": {"key": "tier", "value": None}}]}
    ask("PATCH", f"{one}/tag-bindings", mine)
    names = {"data": [{"type": "tags", "attributes": {"name": name}} for name in ("blue", "green")]}
    ask("POST", f"{one}/relationships/tags", names)
    ask(
        "POST",
        f"{one}/relationships/remote-state-consumers",
        {"data": [{"type": "workspaces", "id": own["id"]}]},
    )
    ask(
        "POST",
        f"{one}/vars",
        resource("vars", key="region", value="eu", category="env", description="Where."),
    )
    ask(
        "POST",
        f"{one}/vars",
        resource("vars", key="list", value="[1]", category="terraform", hcl=True),
    )
    ask("POST", f"{one}/actions/lock", {"reason": "maintenance"})
    return [
        f"{API}/projects", f"/api/v2/projects/{project['id']}", f"/api/v2/projects/{project['id']}/tag-bindings",
        f"/api/v2/projects/{project['id']}/effective-tag-bindings", f"{API}/agent-pools", f"/api/v2/agent-pools/{pool['id']}",
        f"{one}/relationships/tags", f"{one}/relationships/remote-state-consumers", f"{one}/tag-bindings",
        f"{one}/effective-tag-bindings", f"{one}/vars", f"{API}/workspaces", one, f"{API}/workspaces/own",
        f"{API}/workspaces?filter%5Bproject%5D%5Bid%5D={project['id']}", f"{API}/workspaces?search%5Btags%5D=blue",
    ]  # fmt: skip


def policies_of_today(ask: Ask) -> list[str]:
    """OPA and Sentinel; sets by projects, exclusions and tags, with parameters."""
    opa = resource(
        "policies", name="rego", kind="opa", query="terraform.main", enforcement_level="advisory"
    )
    opa = ask("POST", f"{API}/policies", opa)
    ask("PUT", f"/api/v2/policies/{opa['id']}/upload", CODE)
    bare = ask(
        "POST",
        f"{API}/policies",
        resource("policies", name="bare", enforcement_level="soft-mandatory"),
    )
    project = ask("GET", f"{API}/projects?q=network")[0]
    workspace = ask("GET", f"{API}/workspaces/own")
    made = resource(
        "policy-sets", name="mine", kind="opa", overridable=True, policies=[opa], projects=[project],
        workspace_exclusions=[workspace],
    )  # fmt: skip
    mine = ask("POST", f"{API}/policy-sets", made)
    tagged = ask(
        "POST", f"{API}/policy-sets", resource("policy-sets", name="by-tags", agent_enabled=True)
    )
    selected = {
        "data": [{"tag-key": "team", "tag-value": "wörk"}, {"tag-key": "tier", "is-exclude": True}]
    }
    ask("POST", f"/api/v2/policy-sets/{tagged['id']}/tag-selectors", selected)
    parameters = f"/api/v2/policy-sets/{mine['id']}/parameters"
    ask("POST", parameters, resource("vars", key="limit", value="10", category="policy-set"))
    return [
        f"{API}/policies", f"/api/v2/policies/{opa['id']}", f"/api/v2/policies/{bare['id']}",
        f"/api/v2/policies/{opa['id']}/download", f"{API}/policy-sets", f"/api/v2/policy-sets/{mine['id']}",
        f"/api/v2/policy-sets/{tagged['id']}", parameters, f"{API}/policy-sets?filter%5Bkind%5D=opa",
    ]  # fmt: skip


def people_of_today(ask: Ask) -> list[str]:
    """Teams with custom access, who is invited, and what the organization has by default."""
    team = ask("POST", f"{API}/teams", resource("teams", name="devs", visibility="organization"))
    project = ask("GET", f"{API}/projects?q=network")[0]
    workspace = ask("GET", f"{API}/workspaces/own")
    custom = {"settings": "update"}, {"runs": "plan"}
    body = resource("team-projects", access="custom", project=project, team=team)
    body["data"]["attributes"] |= {"project-access": custom[0], "workspace-access": custom[1]}
    ask("POST", "/api/v2/team-projects", body)
    body = resource(
        "team-workspaces", access="custom", runs="apply", workspace=workspace, team=team
    )
    access = ask("POST", "/api/v2/team-workspaces", body)
    ask("PATCH", API, resource("organizations", session_timeout=60, assessments_enforced=True))
    guest = resource("organization-memberships", email="guest@example.org", teams=[team])
    guest = ask("POST", f"{API}/organization-memberships", guest)
    for described in (None, "of the team"):
        token = resource("authentication-tokens", description=described)
        ask("POST", f"/api/v2/teams/{team['id']}/authentication-tokens", token)
    ask("POST", f"{API}/authentication-token")
    ask("POST", f"{API}/authentication-token?token=audit-trails")
    return [
        f"{API}/teams", f"/api/v2/teams/{team['id']}", f"/api/v2/team-workspaces/{access['id']}",
        f"/api/v2/team-projects?filter%5Bproject%5D%5Bid%5D={project['id']}", API, f"{API}/projects",
        f"{API}/organization-memberships", f"/api/v2/organization-memberships/{guest['id']}",
        f"{API}/team-tokens", f"/api/v2/teams/{team['id']}/authentication-token",
        f"{API}/authentication-token", f"{API}/authentication-token?token=audit-trails",
    ]  # fmt: skip


def accounts(ask: Ask) -> list[str]:
    me = ask("GET", "/api/v2/account/details")["id"]
    tokens = f"/api/v2/users/{me}/authentication-tokens"
    made = ask("POST", tokens, resource("authentication-tokens", description="d"))
    return [
        "/api/v2/organizations", API, f"{API}/entitlement-set", "/api/v2/account/details",
        f"/api/v2/users/{me}", tokens, f"/api/v2/authentication-tokens/{made['id']}",
    ]  # fmt: skip


LIVES: Mapping[str, Sequence[Callable[[Ask], list[str]]]] = {
    OLD: (workspaces, policies, accounts),
    NEW: (projects_of_today, policies_of_today, people_of_today, accounts),
}


def recorded(folder: Path, *keep: str, edition: str = OLD) -> int:
    """A life, and then the GETs of what there is. Gives how many these are."""
    world = "documented" if edition == OLD else "empty"
    app = mockserver.create_app(key=TOKEN, edition=edition, fixture=world)
    with recording(app, folder, *keep, edition=load(edition)) as (url, _, _):

        def data(method: str, path: str, body: Any = None) -> Any:
            answer = ask(url, method, path, body)
            refused = isinstance(answer, dict) and "errors" in answer
            assert method == "GET" or not refused, (path, answer)
            return answer.get("data") if isinstance(answer, dict) else answer

        paths = [path for live in LIVES[edition] for path in live(data)]
        for path in paths:
            data("GET", path)
    return len(paths)


def plain(text: str) -> str:
    """An answer with one host for all servers."""
    return re.sub(r"http://[^/\"]+", "http://HOST", text)


@pytest.mark.parametrize("keep", [("code", "emails"), ()], ids=["kept", "masked"])
@pytest.mark.parametrize("edition", [OLD, NEW])
def test_a_life_that_was_recorded_is_served_again(
    tmp_path: Path, keep: tuple[str, ...], edition: str
) -> None:
    count = recorded(tmp_path, *keep, edition=edition)
    made = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path), "--edition", edition])
    assert made.exit_code == 0, made.output
    files = sorted(tmp_path.glob("*.json"))[-count:]
    compared = 0
    fixture = json.loads(made.stdout)
    with mockserver.universe(fixture=fixture, key=TOKEN, edition=edition) as tfe:
        for file in files:
            entry = json.loads(file.read_text())
            query = f"?{entry['query']}" if entry["query"] else ""
            answer = tfe.client.get(entry["path"] + query)
            assert answer.status_code == entry["status"], entry["path"]
            if isinstance(entry["response"], str):  # of policy code, its length or the code itself
                wanted = entry.get("response-text")
                assert wanted is None or answer.data.decode() == wanted
                continue
            served = json.dumps(json.loads(answer.data), ensure_ascii=False)
            told = json.dumps(entry["response"], ensure_ascii=False)
            assert plain(served) == plain(told), entry["path"]
            compared += 1
    assert compared == count - 1
    state = json.loads(made.stdout)["organizations"][0]["workspaces"]
    locked = next(one for one in state if one.get("locked"))
    assert locked["lock-reason"] == "maintenance"
    assert locked["locked-by"]


def made_of(folder: Path) -> tuple[Any, str]:
    """The fixture of a recording of today, and what is said beside it."""
    made = CliRunner().invoke(main, ["fixture", "--from", str(folder), "--edition", NEW])
    assert made.exit_code == 0, made.output
    return json.loads(made.stdout), made.stderr


def test_who_is_invited_and_has_no_username_is_in_the_fixture_by_the_address(
    tmp_path: Path,
) -> None:
    invitation = resource("organization-memberships", email="guest@example.org")
    with recording(server(NEW), tmp_path, "emails", edition=load(NEW)) as (url, _, _):
        ask(url, "POST", f"{API}/organization-memberships", invitation)
    fixture, said = made_of(tmp_path)
    assert said == ""
    with mockserver.universe(fixture=fixture, edition=NEW) as tfe:
        (guest,) = tfe.client.get(f"{API}/organization-memberships?q=guest&include=user").json[
            "included"
        ]
        state = tfe.client.get(f"{API}/organization-memberships?q=guest").json["data"][0]
    assert guest["attributes"]["username"] is None
    assert state["attributes"]["status"] == "invited"
    assert state["attributes"]["email"] == "guest@example.org"


def test_a_token_in_a_list_of_an_organization_stays_its_team_s(tmp_path: Path) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        team = ask(url, "GET", f"{API}/teams")["data"][0]["id"]
        ask(
            url,
            "POST",
            f"/api/v2/teams/{team}/authentication-tokens",
            resource("authentication-tokens"),
        )
        ask(url, "GET", f"{API}/team-tokens")
    fixture, _ = made_of(tmp_path)
    name = next(one for one in fixture["organizations"][0]["teams"] if one["id"] == team)["name"]
    assert f"my-organization/{name}" in [one["team"] for one in fixture["tokens"]]
    assert not any("organization" in one for one in fixture["tokens"])


def test_an_organization_of_which_only_paths_were_seen_is_there_under_its_last_name(
    tmp_path: Path,
) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        ask(url, "POST", f"{API}/authentication-token")
        ask(url, "GET", f"{API}/projects")
        ask(url, "PATCH", API, resource("organizations", name="renamed"))
        ask(url, "GET", "/api/v2/organizations/RENAMED/projects")
    fixture, _ = made_of(tmp_path)
    (organization,) = fixture["organizations"]
    assert organization["name"] == "renamed"
    assert organization["projects"]
    assert [one["organization"] for one in fixture["tokens"]] == ["renamed"]


def test_a_maker_whom_nothing_has_shown_is_left_out_and_named(tmp_path: Path) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        ask(url, "POST", f"{API}/authentication-token")
    for file in tmp_path.glob("*.json"):
        text = file.read_text().replace("user-aDm1n567890abcdE", "user-tneDnyHtGa7mxD7o")
        file.write_text(text)
    fixture, said = made_of(tmp_path)
    (token,) = fixture["tokens"]
    assert "created-by" not in token
    assert said.splitlines()[-1] == (
        f"hint: tokens {token['id']}: its created-by is left out: There is no user "
        "'user-tneDnyHtGa7mxD7o'."
    )


@pytest.mark.parametrize("edition", [OLD, NEW])
def test_what_fixture_writes_of_any_part_of_a_recording_is_served(
    tmp_path: Path, edition: str
) -> None:
    """Each list and each record alone, and every third exchange: who made what is mostly not in it."""
    recorded(tmp_path, edition=edition)
    files = sorted(tmp_path.glob("*.json"))
    last = {file.name.partition("-")[2]: file for file in files}
    parts = [[file] for file in last.values()] + [files[start::3] for start in range(3)]
    for number, part in enumerate(parts):
        folder = tmp_path / str(number)
        folder.mkdir()
        for file in part:
            (folder / file.name).hardlink_to(file)
        made = CliRunner().invoke(main, ["fixture", "--from", str(folder), "--edition", edition])
        assert made.exit_code == 0, (part, made.output)
        mockserver.universe(fixture=json.loads(made.stdout), edition=edition).close()


def _recorded_today(folder: Path, edition: str) -> None:
    with recording(server(NEW), folder, edition=load(edition)) as (url, _, _):
        for list in ("workspaces", "projects"):
            ask(url, "GET", f"{API}/{list}")


LIKE = "looks like edition 2026-08, which lists "


def test_a_folder_is_of_the_edition_that_it_was_recorded_by(tmp_path: Path) -> None:
    _recorded_today(tmp_path, NEW)
    said = CliRunner().invoke(main, ["verify", "--exchanges", str(tmp_path)])
    assert said.output == "conforms to 2026-08: 0 faults, 0 notes; 2 exchanges\n"
    made = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    assert json.loads(made.stdout)["edition"] == NEW


@pytest.mark.parametrize("command", [["verify", "--exchanges"], ["fixture", "--from"]])
def test_a_folder_of_two_editions_is_judged_by_the_one_that_is_named(
    tmp_path: Path, command: list[str]
) -> None:
    _recorded_today(tmp_path, NEW)
    _recorded_today(tmp_path, OLD)
    said = CliRunner().invoke(main, [*command, str(tmp_path)])
    assert said.exit_code == 2
    assert said.stderr == (
        f"Error: {tmp_path.name} holds exchanges of the editions 2019-07 and 2026-08: name with "
        "--edition the one to judge by\n"
    )
    said = CliRunner().invoke(main, [*command, str(tmp_path), "--edition", NEW])
    assert said.exit_code == 0


@pytest.mark.parametrize("command", [["verify", "--exchanges"], ["fixture", "--from"]])
def test_a_recording_of_another_edition_is_told_by_one_line_that_names_it(
    tmp_path: Path, command: list[str]
) -> None:
    _recorded_today(tmp_path, OLD)
    said = CliRunner().invoke(main, [*command, str(tmp_path)])
    hints = [line for line in said.output.splitlines() if LIKE in line]
    assert len(hints) == 1
    assert " that 2019-07 does not: " in hints[0]
    assert "--edition 2026-08" in hints[0]
    assert said.exit_code == (1 if command[0] == "verify" else 0)
    said = CliRunner().invoke(main, [*command, str(tmp_path), "--edition", NEW])
    assert "looks like" not in said.output


@pytest.mark.parametrize("form", ["har", "journal"])
def test_a_recording_that_looks_like_another_edition_neither_conforms_nor_differs_without_one(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / "recording"
    with mockserver.universe(edition=NEW, key=TOKEN) as tfe:
        for list in ("workspaces", "projects"):
            tfe.client.get(f"{API}/{list}")
        path.write_text(
            json.dumps(tfe.journal.to_har()) if form == "har" else tfe.journal.to_json()
        )
    said = CliRunner().invoke(main, ["verify", f"--{form}", str(path)])
    assert said.exit_code == 1
    assert "conform" not in said.output
    assert said.stdout.splitlines()[-1].startswith("judged by 2019-07: ")
    assert said.stderr.startswith(f"Error: the recording {LIKE}")
    assert said.stderr.endswith(
        " that 2019-07 does not: give --edition 2026-08, or --edition 2019-07 to judge it by that "
        "all the same\n"
    )
    said = CliRunner().invoke(main, ["verify", f"--{form}", str(path), "--edition", OLD])
    assert said.stdout.splitlines()[-1].startswith("conforms to 2019-07: ")
    said = CliRunner().invoke(main, ["verify", f"--{form}", str(path), "--edition", NEW])
    assert said.output.startswith("conforms to 2026-08: ")


def test_calls_that_another_edition_alone_answers_are_enough_to_name_it(tmp_path: Path) -> None:
    path, calls = tmp_path / "today.har", ("tags", "agent-pools")
    for many, what in ((2, "2 members and routes"), (1, "a member or route")):
        with mockserver.universe(edition=NEW, key=TOKEN) as tfe:
            for list in calls[:many]:
                tfe.client.get(f"{API}/{list}")
            path.write_text(json.dumps(tfe.journal.to_har()))
        said = CliRunner().invoke(main, ["verify", "--har", str(path)])
        assert (said.exit_code, said.stderr) == (
            1,
            f"Error: the recording looks like edition 2026-08, which lists {what} that 2019-07 does not: give "
            "--edition 2026-08, or --edition 2019-07 to judge it by that all the same\n",
        )
    said = CliRunner().invoke(main, ["verify", "--har", str(path), "--operation", "show-team"])
    assert said.exit_code == 2, "of one operation nobody knows what else was answered"


def test_a_journal_says_of_which_edition_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.json"
    with mockserver.universe(edition=NEW, key=TOKEN) as tfe:
        for list in ("workspaces", "projects"):
            tfe.client.get(f"{API}/{list}")
        path.write_text(tfe.client.get("/_mock/journal").text)
    said = CliRunner().invoke(main, ["verify", "--journal", str(path)])
    assert (said.exit_code, said.output) == (
        0,
        "conforms to 2026-08: 0 faults, 0 notes; 2 exchanges\n",
    )


def test_the_default_project_is_known_by_its_name_where_the_organization_was_not_read(
    tmp_path: Path,
) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        shown = ask(url, "GET", f"{API}/projects")
    made = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path), "--edition", NEW])
    fixture = json.loads(made.stdout)
    with mockserver.universe(edition=NEW, fixture=fixture, key=TOKEN) as tfe:
        served = tfe.client.get(f"{API}/projects").json
        home = tfe.client.get(API).json["data"]["relationships"]["default-project"]["data"]["id"]
    assert [one["id"] for one in served["data"]] == [one["id"] for one in shown["data"]]
    assert home == shown["data"][0]["id"]


def test_versions_of_a_policy_set_that_were_recorded_are_served_again(tmp_path: Path) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        body = resource("policy-sets", name="of-versions", kind="opa")
        made = ask(url, "POST", f"{API}/policy-sets", body)["data"]
        path = f"/api/v2/policy-sets/{made['id']}"
        sent, waiting = (ask(url, "POST", f"{path}/versions")["data"] for _ in range(2))
        ask(url, "PUT", urlsplit(sent["links"]["upload"]).path, archive())
        asked = [f"/api/v2/policy-set-versions/{one['id']}" for one in (sent, waiting)]
        shown = {one: ask(url, "GET", one)["data"]["attributes"] for one in (path, *asked)}
    kept = "".join(file.read_text() for file in tmp_path.iterdir())
    assert [one["status"] for one in shown.values() if "status" in one] == ["ready", "pending"]
    assert "/v1/object/[secret]" in kept
    assert not any(one["links"]["upload"].rpartition(".")[2] in kept for one in (sent, waiting))
    fixture = CliRunner().invoke(main, ["fixture", "--edition", NEW, "--from", str(tmp_path)])
    with mockserver.universe(edition=NEW, fixture=json.loads(fixture.stdout)) as tfe:
        for one, attributes in shown.items():
            assert tfe.client.get(one).json["data"]["attributes"] == attributes


def test_an_oauth_token_is_kept_with_its_client_and_not_without(tmp_path: Path) -> None:
    with recording(server(NEW), tmp_path, edition=load(NEW)) as (url, _, _):
        (token,) = ask(url, "GET", f"{API}/oauth-tokens")["data"]
        alone = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
        ask(url, "GET", f"{API}/oauth-clients")
    both = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)])
    client = token["relationships"]["oauth-client"]["data"]["id"]
    assert "oauth-tokens" not in alone.stdout
    assert alone.stderr == (
        f"hint: oauth-tokens {token['id']} is left out: what it belongs to was not seen\n"
    )
    (kept,) = json.loads(both.stdout)["organizations"][0]["oauth-tokens"]
    assert (kept["id"], kept["oauth-client"], both.stderr) == (token["id"], client, "")


def test_what_a_fixture_cannot_keep_of_a_life_is_named(tmp_path: Path) -> None:
    recorded(tmp_path)
    said = CliRunner().invoke(main, ["fixture", "--from", str(tmp_path)]).stderr.splitlines()
    secrets = [line for line in said if line.endswith(" opens in its place")]
    codes = [line for line in said if line.endswith(": its code was not recorded")]
    assert len(secrets) == 3
    assert len(codes) == 2
    assert set(said) == {*secrets, *codes}
    assert re.fullmatch(
        r"hint: authentication-tokens (at-\w+): its secret was not recorded; KEY\.masked-\1 opens "
        "in its place",
        secrets[0],
    )


def test_what_a_fixture_of_today_cannot_keep_is_named(tmp_path: Path) -> None:
    recorded(tmp_path, edition=NEW)
    command = ["fixture", "--from", str(tmp_path), "--edition", NEW]
    said = CliRunner().invoke(main, command).stderr.splitlines()
    assert [re.sub(r"-\w{16}", "-ID", line) for line in said] == [
        "hint: policies pol-ID: its code was not recorded",
        "hint: projects prj-ID: values of its tag-bindings were not recorded",
        "hint: workspaces ws-ID: values of its tag-bindings were not recorded",
        *[
            "hint: authentication-tokens at-ID: its secret was not recorded; KEY.masked-at-ID opens "
            "in its place"
        ]
        * 5,
        *["hint: vars var-ID: its value was not recorded"] * 3,
    ]
