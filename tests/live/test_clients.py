"""Real clients against a live server: curl and requests as people use them, pytfe, terrasnek."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import requests

import mockserver
from tests.client import JSONAPI, ORG, ROOT, SET, SETS, a_set
from tests.live.serving import one_server

NAME = "my-organization"
PRODUCTION = "polset-3yVQZvHzf5j3WRJ1"
EXAMPLE, OTHER = "pol-u3S5p2Uwk21keu1s", "pol-2HRvNs49EWPjDqT1"
FIRST, SECOND = "ws-2HRvNs49EWPjDqT1", "ws-u3S5p2Uwk21keu1s"
SSH_KEY = "sshkey-GxrePWre1Ezug7aM"
world, tfe = one_server(key="test-token")


# curl, as the page prints it

CURL = shutil.which("curl")
DATA = {"data": [{"id": EXAMPLE, "type": "policies"}, {"id": OTHER, "type": "policies"}]}


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("method", "path", "payload", "typed", "status"),
    [
        ("POST", SETS, a_set("staging"), True, 201),
        ("GET", SETS, None, False, 200),
        ("GET", SET, None, True, 200),
        ("PATCH", SET, a_set("renamed"), True, 200),
        ("POST", f"{SET}/relationships/policies", DATA, True, 204),
        ("DELETE", f"{SET}/relationships/policies", DATA, True, 204),
        ("DELETE", SET, None, False, 204),
        ("POST", SETS, a_set("no-type"), False, 201),  # curl says it is a form: a finding
    ],
)
def test_curl_lines_as_people_paste_them(
    tfe: mockserver.World,
    tmp_path: Any,
    method: str,
    path: str,
    payload: Any,
    typed: bool,
    status: int,
) -> None:
    (tmp_path / "payload.json").write_text(json.dumps(payload))
    done = subprocess.run(
        [
            str(CURL), "--silent", "--write-out", "\n%{http_code}",
            "--header", f"Authorization: Bearer {tfe.token}",
            *(["--header", f"Content-Type: {JSONAPI}"] if typed else []),
            "--request", method,
            *(["--data", "@payload.json"] if payload else []),
            tfe.url + path,
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    body, _, code = done.stdout.rpartition("\n")
    assert int(code) == status, body
    assert bool(body) == (status != 204)


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
def test_curl_uploads_a_big_file_and_waits_for_100_continue(
    tfe: mockserver.World, tmp_path: Any
) -> None:
    (tmp_path / "policy.sentinel").write_bytes(b"x" * 3_000_000)
    done = subprocess.run(
        [
            str(CURL), "--silent", "--header", f"Authorization: Bearer {tfe.token}",
            "--request", "PUT", "--data-binary", "@policy.sentinel",
            f"{tfe.url}{ROOT}/policies/{OTHER}/upload",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["data"]["id"] == OTHER


# requests


def test_requests_walk_through_the_life_of_a_set(tfe: mockserver.World) -> None:
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {tfe.token}", "Content-Type": JSONAPI})
        made = session.post(tfe.url + SETS, json=a_set("staging"))
        assert made.status_code == 201
        path = f"{tfe.url}{ROOT}/policy-sets/{made.json()['data']['id']}"
        add = session.post(f"{path}/relationships/policies", json=DATA)
        assert (add.status_code, add.content) == (204, b"")
        listed = session.get(tfe.url + SETS, params={"search[name]": "stag", "include": "policies"})
        assert [policy["id"] for policy in listed.json()["included"]] == [EXAMPLE, OTHER]
        following = session.get(listed.json()["links"]["first"])  # absolute: it leads back here
        assert following.json() == listed.json()
        renamed = session.patch(path, json=a_set("renamed"))
        assert renamed.json()["data"]["attributes"]["name"] == "renamed"
        assert session.delete(path).status_code == 204
        assert session.get(path).status_code == 404
    tfe.journal.in_order(
        "create-policy-set",
        "add-policies-to-policy-set",
        "list-policy-sets",
        "update-policy-set",
        "delete-policy-set",
    )


def test_json_of_requests_is_taken_although_it_says_another_type(tfe: mockserver.World) -> None:
    answer = requests.post(
        tfe.url + SETS, json=a_set("staging"), headers={"Authorization": f"Bearer {tfe.token}"}
    )
    assert answer.status_code == 201
    assert [finding["fact"] for finding in list(tfe.journal)[-1].findings] == [
        "the body was sent as application/json"
    ]


# pytfe, the vendor's client for Python


@pytest.fixture
def pytfe_module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """pytfe; where the machine names certificates, httpx would warn about how it passes them on."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return pytest.importorskip("pytfe")


@pytest.fixture
def pytfe(tfe: mockserver.World, pytfe_module: Any) -> Iterator[Any]:
    client = pytfe_module.TFEClient(
        pytfe_module.TFEConfig(address=tfe.url, token=tfe.token, ca_bundle=None)
    )
    yield client
    client.close()


def options(name: str, /, **values: Any) -> Any:
    """Options of pytfe by the name of their class."""
    from pytfe import models

    return getattr(models, name)(**values)


def test_pytfe_organizations(tfe: mockserver.World, pytfe: Any) -> None:
    made = pytfe.organizations.create(
        options("OrganizationCreateOptions", name="acme", email="a@acme.example")
    )
    assert (made.id, made.name, made.email) == ("acme", "acme", "a@acme.example")
    assert {organization.name for organization in pytfe.organizations.list()} == {"acme", NAME}
    changed = pytfe.organizations.update(
        "acme", options("OrganizationUpdateOptions", email="b@acme.example")
    )
    assert changed.email == "b@acme.example"
    assert pytfe.organizations.read("acme").email == "b@acme.example"
    assert pytfe.organizations.read_entitlements("acme").operations is True
    pytfe.organizations.delete("acme")
    from pytfe.errors import NotFound

    with pytest.raises(NotFound):
        pytfe.organizations.read("acme")


def test_pytfe_workspaces(tfe: mockserver.World, pytfe: Any) -> None:
    workspaces = pytfe.workspaces
    made = workspaces.create(
        NAME, options("WorkspaceCreateOptions", name="network", auto_apply=True)
    )
    assert (made.name, made.auto_apply, made.locked) == ("network", True, False)
    assert made.permissions.can_update is True
    assert next(w.name for w in workspaces.list(NAME)) == "network"
    found = workspaces.list(NAME, options("WorkspaceListOptions", search="NETW"))
    assert [w.id for w in found] == [made.id]
    assert workspaces.read("network", organization=NAME).id == made.id
    changes = options("WorkspaceUpdateOptions", name="renamed", working_directory="envs")
    changed = workspaces.update("network", changes, organization=NAME)
    assert (changed.id, changed.name, changed.working_directory) == (made.id, "renamed", "envs")
    again = workspaces.update_by_id(made.id, options("WorkspaceUpdateOptions", auto_apply=False))
    assert (again.auto_apply, again.working_directory) == (False, "envs")
    workspaces.delete("renamed", organization=NAME)
    workspaces.delete_by_id(SECOND)
    assert {w.name for w in workspaces.list(NAME)} == {"workspace-1", "workspace-3", "workspace-4"}


def test_pytfe_connects_and_disconnects_a_repository(tfe: mockserver.World, pytfe: Any) -> None:
    repo = options(
        "VCSRepoOptions", identifier="acme/network", oauth_token_id="ot-hmAyP66qk2AMVdbJ"
    )
    changed = pytfe.workspaces.update_by_id(FIRST, options("WorkspaceUpdateOptions", vcs_repo=repo))
    assert changed.vcs_repo.identifier == "acme/network"
    kept = pytfe.workspaces.update_by_id(FIRST, options("WorkspaceUpdateOptions", auto_apply=True))
    assert kept.vcs_repo.identifier == "acme/network"  # its empty object changes nothing
    pytfe.workspaces.remove_vcs_connection_by_id(FIRST)
    assert pytfe.workspaces.read_by_id(FIRST).vcs_repo is None


def test_pytfe_locks_and_ssh_keys(tfe: mockserver.World, pytfe: Any) -> None:
    from pytfe.errors import TFEError

    locked = pytfe.workspaces.lock(FIRST, options("WorkspaceLockOptions", reason="why"))
    assert locked.locked is True
    with pytest.raises(TFEError, match="already locked"):
        pytfe.workspaces.lock(FIRST, options("WorkspaceLockOptions", reason="again"))
    assert pytfe.workspaces.unlock(FIRST).locked is False
    pytfe.workspaces.lock(FIRST, options("WorkspaceLockOptions", reason="why"))
    assert pytfe.workspaces.force_unlock(FIRST).locked is False
    assigned = pytfe.workspaces.assign_ssh_key(
        FIRST, options("WorkspaceAssignSSHKeyOptions", ssh_key_id=SSH_KEY)
    )
    assert assigned.ssh_key.id == SSH_KEY
    assert pytfe.workspaces.unassign_ssh_key(FIRST).ssh_key is None


def test_pytfe_policies(tfe: mockserver.World, pytfe: Any) -> None:
    assert [policy.name for policy in pytfe.policies.list(NAME)] == [
        "my-example-policy",
        "my-other-policy",
    ]
    shown = pytfe.policies.read(EXAMPLE)
    assert (shown.id, shown.policy_set_count) == (EXAMPLE, 1)
    changed = pytfe.policies.update(EXAMPLE, options("PolicyUpdateOptions", description="*why*"))
    assert changed.description == "*why*"
    pytfe.policies.upload(OTHER, b"main = rule { false }")
    assert pytfe.policies.download(OTHER) == b"main = rule { false }"
    pytfe.policies.delete(OTHER)
    assert [policy.id for policy in pytfe.policies.list(NAME)] == [EXAMPLE]


def test_pytfe_creates_and_changes_policies_by_their_enforcement_level(
    tfe: mockserver.World, pytfe: Any
) -> None:
    """It sends today's `enforcement-level`; the page of this edition has `enforce`."""

    def mode(policy: str) -> str:
        """As a client of this edition reads it."""
        answer = requests.get(
            f"{tfe.url}{ROOT}/policies/{policy}", headers={"Authorization": f"Bearer {tfe.token}"}
        )
        (entry,) = answer.json()["data"]["attributes"]["enforce"]
        assert entry["path"] == "tagged.sentinel"
        return str(entry["mode"])

    wanted = options("PolicyCreateOptions", name="tagged", enforcement_level="advisory")
    made = pytfe.policies.create(NAME, wanted)
    (finding,) = list(tfe.journal)[-1].findings
    assert finding["pointer"] == "/data/attributes/enforcement-level"
    assert finding["hint"] == "Send enforce in its place, as the page says."
    pytfe.policies.upload(made.id, b"main = rule { true }")
    assert mode(made.id) == "advisory"
    change = options("PolicyUpdateOptions", enforcement_level="soft-mandatory")
    pytfe.policies.update(made.id, change)
    assert mode(made.id) == "soft-mandatory"


def test_pytfe_makes_organization_and_team_tokens(tfe: mockserver.World, pytfe: Any) -> None:
    """It sends a type where the pages document no body at all."""
    assert pytfe.organization_tokens.create(NAME).token.startswith(tfe.token)
    facts = [finding["fact"] for finding in list(tfe.journal)[-1].findings]
    assert facts[-1] == 'data.type is "authentication-token"'
    (owners,) = [team for team in pytfe.teams.list(NAME) if team.name == "owners"]
    assert pytfe.team_tokens.create(owners.id).token.startswith(tfe.token)


def test_pytfe_policy_sets(tfe: mockserver.World, pytfe: Any) -> None:
    from pytfe.errors import NotFound
    from pytfe.models.policy import Policy
    from pytfe.models.policy_set import (
        PolicySetAddPoliciesOptions,
        PolicySetAddWorkspacesOptions,
        PolicySetRemovePoliciesOptions,
        PolicySetRemoveWorkspacesOptions,
    )
    from pytfe.models.workspace import Workspace

    sets = pytfe.policy_sets
    made = sets.create(NAME, options("PolicySetCreateOptions", name="staging", description="*why*"))
    assert (made.name, made.description, made.policy_count) == ("staging", "*why*", 0)
    assert [each.name for each in sets.list(NAME)] == ["production", "staging"]
    sets.add_policies(
        made.id, PolicySetAddPoliciesOptions(policies=[Policy(id=EXAMPLE), Policy(id=OTHER)])
    )
    sets.add_workspaces(made.id, PolicySetAddWorkspacesOptions(workspaces=[Workspace(id=FIRST)]))
    shown = sets.read(made.id)
    assert (shown.policy_count, shown.workspace_count) == (2, 1)
    sets.remove_policies(made.id, PolicySetRemovePoliciesOptions(policies=[Policy(id=OTHER)]))
    sets.remove_workspaces(
        made.id, PolicySetRemoveWorkspacesOptions(workspaces=[Workspace(id=FIRST)])
    )
    changed = sets.update(made.id, options("PolicySetUpdateOptions", name="everywhere"))
    assert (changed.name, changed.policy_count, changed.workspace_count) == ("everywhere", 1, 0)
    sets.delete(made.id)
    with pytest.raises(NotFound):
        sets.read(made.id)
    state = tfe.client.get(SETS).json["data"]
    assert [record["id"] for record in state] == [PRODUCTION]


def test_pytfe_reads_address_and_token_from_the_environment(
    tfe: mockserver.World, pytfe_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in tfe.env.items():
        monkeypatch.setenv(name, value)
    client = pytfe_module.TFEClient(pytfe_module.TFEConfig.from_env())
    assert [organization.name for organization in client.organizations.list()] == [NAME]
    client.close()


# terrasnek


@pytest.fixture
def terrasnek(tfe: mockserver.World) -> Any:
    module = pytest.importorskip("terrasnek.api")
    client = module.TFC(tfe.token, url=tfe.url, skip_version_check=True)
    client.set_org(NAME)
    return client


def document(type: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": type, "attributes": attributes}}


def named(payload: Any) -> list[str]:
    return [record["attributes"]["name"] for record in payload["data"]]


def test_terrasnek_organizations(terrasnek: Any) -> None:
    from terrasnek.exceptions import TFCHTTPNotFound

    orgs = terrasnek.orgs
    made = orgs.create(document("organizations", name="acme", email="a@acme.example"))
    assert made["data"]["id"] == "acme"
    assert named(orgs.list()) == named(orgs.list_all()) == ["acme", NAME]
    changed = orgs.update("acme", document("organizations", email="b@acme.example"))
    assert changed["data"]["attributes"]["email"] == "b@acme.example"
    assert orgs.entitlements("acme")["data"]["attributes"]["sentinel"] is True
    assert orgs.destroy("acme") is None
    with pytest.raises(TFCHTTPNotFound):
        orgs.show("acme")


def test_terrasnek_workspaces(terrasnek: Any) -> None:
    from terrasnek.exceptions import TFCHTTPConflict

    workspaces = terrasnek.workspaces
    made = workspaces.create(document("workspaces", name="network"))["data"]
    assert workspaces.show(workspace_name="network")["data"] == made
    assert workspaces.show(workspace_id=made["id"])["data"] == made
    workspaces.update(document("workspaces", name="renamed"), workspace_id=made["id"])
    assert "renamed" in named(workspaces.list_all())
    assert len(named(workspaces.list(page=2, page_size=3))) == 2
    assert workspaces.lock(FIRST, {"reason": "why"})["data"]["attributes"]["locked"] is True
    with pytest.raises(TFCHTTPConflict):
        workspaces.lock(FIRST, {"reason": "again"})
    assert workspaces.unlock(FIRST)["data"]["attributes"]["locked"] is False
    workspaces.lock(FIRST, {"reason": "why"})
    assert workspaces.force_unlock(FIRST)["data"]["attributes"]["locked"] is False
    assigned = workspaces.assign_ssh_key(FIRST, document("workspaces", id=SSH_KEY))
    assert assigned["data"]["relationships"]["ssh-key"]["data"]["id"] == SSH_KEY
    workspaces.unassign_ssh_key(FIRST, document("workspaces", id=None))
    workspaces.destroy(workspace_name="renamed")
    workspaces.destroy(workspace_id=SECOND)
    assert named(workspaces.list()) == ["workspace-4", "workspace-3", "workspace-1"]


def test_terrasnek_policies(terrasnek: Any) -> None:
    policies = terrasnek.policies
    enforce = [{"path": "tagged.sentinel", "mode": "advisory"}]
    made = policies.create(document("policies", name="tagged", enforce=enforce))["data"]
    uploaded = policies.upload(made["id"], "main = rule { true }")
    assert uploaded["data"]["attributes"]["enforce"] == enforce
    assert policies.get_policy_text(made["id"]) is not None
    enforce[0]["mode"] = "soft-mandatory"
    changed = policies.update(made["id"], document("policies", enforce=enforce))
    assert changed["data"]["attributes"]["enforce"] == enforce
    assert "tagged" in named(policies.list_all())
    policies.destroy(made["id"])
    assert "tagged" not in named(policies.list_all(include=["policy-sets"]))


def test_terrasnek_policy_sets(terrasnek: Any) -> None:
    from terrasnek.exceptions import TFCHTTPNotFound, TFCHTTPUnprocessableEntity

    sets = terrasnek.policy_sets
    wanted = document("policy-sets", name="staging")
    wanted["data"]["relationships"] = {"policies": {"data": [{"type": "policies", "id": EXAMPLE}]}}
    made = sets.create(wanted)["data"]
    assert made["attributes"]["policy-count"] == 1
    assert (
        sets.add_policies_to_set(made["id"], {"data": [{"type": "policies", "id": OTHER}]}) is None
    )
    sets.remove_policies_from_set(made["id"], {"data": [{"type": "policies", "id": EXAMPLE}]})
    attached = {"data": [{"type": "workspaces", "id": FIRST}, {"type": "workspaces", "id": SECOND}]}
    sets.attach_policy_set_to_workspaces(made["id"], attached)
    sets.detach_policy_set_from_workspaces(made["id"], {"data": attached["data"][:1]})
    shown = sets.show(made["id"], include=["policies", "workspaces"])
    assert [record["id"] for record in shown["included"]] == [OTHER, SECOND]
    assert named(sets.list_all()) == ["production", "staging"]
    assert named(sets.list(page=2, page_size=1)) == ["staging"]
    sets.update(made["id"], document("policy-sets", name="renamed"))
    with pytest.raises(TFCHTTPUnprocessableEntity, match="Name has already been taken"):
        sets.create(document("policy-sets", name="renamed"))
    sets.destroy(made["id"])
    with pytest.raises(TFCHTTPNotFound):
        sets.show(made["id"])


def test_terrasnek_finds_its_way_by_discovery_without_a_token(
    tfe: mockserver.World, terrasnek: Any
) -> None:
    paths = terrasnek.well_known_paths()
    assert paths["tfe.v2"] == "/api/v2/"
    assert paths["modules.v1"] == "/api/registry/v1/modules/"


def test_orgs_of_another_caller_are_not_listed(tfe: mockserver.World) -> None:
    answer = requests.get(tfe.url + ORG, headers={"Authorization": f"Bearer {tfe.token}.nobody"})
    assert answer.status_code == 401
