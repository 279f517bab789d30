"""Who may do what in August 2026: every caller and every operation of the edition, as one table.

The table, `tests/facts/2026-08.who.txt`, is written by hand from the permissions pages; nothing in it
was computed. A row `operation/other` is about another record, or another body, than the others.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Operation, load
from mockserver.resources import kinds
from tests.client import ROOT

from .asking import Asked, a, asked, of_type, under_another_name
from .who_today import DOCUMENT, SERVICES, URLS

LINES = [
    line.split()
    for line in (Path(__file__).parents[1] / "facts" / "2026-08.who.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
]
CALLERS, ROWS = LINES[0], {line[0]: line[1:] for line in LINES[1:]}
EDITION = load("2026-08")
KINDS = kinds(EDITION.name)
ARCHIVE = b64decode("".join(EDITION.examples["upload-policy-set-versions"]["body-base64"]))
TOOLS = ("terraform-versions", "sentinel-versions", "opa-versions")
REFUSED = (401, 403, 404)
"""401 is for the token of an agent pool, with which nobody calls the API (api-tokens.mdx)."""
UNSEEN = ("does not exist", "is not one of the organization's workspaces")


def linked(document: Any, **relationships: Any) -> Any:
    said = {name.replace("_", "-"): {"data": data} for name, data in relationships.items()}
    document["data"]["relationships"] = said
    return document


def unasked(operation: Operation) -> bool:
    """Whether it takes no token: an upload is allowed by its address."""
    return operation.open or "{object_id}" in operation.path


class Matrix:
    """Paths, queries and bodies of every row in one world, looked up once."""

    def __init__(self, ask: Asked) -> None:
        self.ask, acme = ask, ask.organization()
        state = ask.tfe.state()
        self.ids = {
            (type, record["name"]): record["id"]
            for type in ("teams", "projects", "workspaces", "ssh-keys", "agent-pools")
            for record in acme[type]
        } | {(type, ""): acme[type][0]["id"] for type in ("policies", "policy-sets")}
        self.tokens = {
            holder: token["id"]
            for token in state["tokens"]
            for what in ("user", "team", "organization")
            if (holder := token.get(what))
        }
        self.memberships = {m["user"]: m["id"] for m in acme["organization-memberships"]}
        self.users = {user["username"]: user["id"] for user in state["users"]}
        self.places = {
            ("workspaces", w["name"]): w.get("team-access", {}) for w in acme["workspaces"]
        } | {("projects", p["name"]): p.get("team-access", {}) for p in acme["projects"]}
        self.of = {  # the record of a type, and by row that of another
            "organizations": "acme",
            "workspaces": self.ids["workspaces", "web"],
            "projects": self.ids["projects", "platform"],
            "teams": self.ids["teams", "staff"],
            **dict.fromkeys(("teams/open", "teams/access"), self.ids["teams", "open"]),
            "organization-memberships": self.memberships["mel"],
            "organization-memberships/ned": self.memberships["ned"],
            "users": self.users["mel"],
            "authentication-tokens": self.tokens["mel"],
            "policies": self.ids["policies", ""],
            "policy-sets": self.ids["policy-sets", ""],
            "ssh-keys": self.ids["ssh-keys", "modules"],
            "agent-pools": self.ids["agent-pools", "builders"],
            "feature-sets": "fs-free",
            "oauth-clients": "oc-acme",
            "tags": "tag-acme",
            "oauth-tokens": "ot-acme",
            **{type: state[type][0]["id"] for type in TOOLS},
            "team-workspaces": self.places["workspaces", "web"]["rex"]["id"],
            "team-projects": self.places["projects", "platform"]["pre"]["id"],
            "team-projects/open": self.places["projects", "platform"]["open"]["id"],
            "projects/delete-project": self.ids["projects", "empty"],
        }
        self.vars = {
            f"{place}s": record["id"]
            for record in state["vars"]
            for place in ("workspace", "policy-set")
            if place in record
        }
        self.of |= self._version(acme["policy-sets"])
        self.bodies = self._bodies()
        named = {type for one in EDITION.operations.values() for type in one.records.values()}
        for type in sorted(named - self.of.keys() - {"vars"}):
            self.of[type] = self._made(type)
        ask.tfe.snapshot("made")

    def _made(self, type: str) -> str:
        """The id of a record of a type that is not named above, as the example of its creation makes it."""
        create = next(
            id
            for id, operation in EDITION.operations.items()
            if id.startswith("create-") and of_type(self.body(id)) == type
        )
        document = under_another_name(self.body(create), KINDS[type])
        return str(self.ask.post("olg", self.path(create), document).data(201)["id"])

    def _version(self, sets: list[dict[str, Any]]) -> dict[str, str]:
        """A version that awaits its archive, with the address for it."""
        policies = str(next(one["id"] for one in sets if one["name"] == "sourced"))
        made = self.ask.post("olg", f"{ROOT}/policy-sets/{policies}/versions").data(201)
        return {
            "policy-sets/create-policy-set-version": policies,
            "policy-set-versions": made["id"],
            "object": made["links"]["upload"].rpartition("/")[2],
        }

    def path(self, row: str) -> str:
        id, _, other = row.partition("/")
        operation = EDITION.operations[id]
        path = operation.path.replace("{object_id}", self.of["object"])
        kinds = list(operation.records.values())
        for name, kind in operation.records.items():
            record = self.record(kind, id, other)
            if kind == "vars":
                record = self.vars[kinds[0]]
            if kind == "workspaces" and len(kinds) > 1 and name == "name":
                record = "web"
            path = path.replace("{" + name + "}", record)
        return path

    def record(self, kind: str, id: str, other: str) -> str:
        for name in (f"{kind}/{other}", f"{kind}/{id}", kind):
            if name in self.of:
                return self.of[name]
        return ""

    def named(self, row: str) -> dict[str, str]:
        """What `/_mock/who` calls the innermost record of a row."""
        id, _, other = row.partition("/")
        operation = EDITION.operations[id]
        kinds = list(operation.records.values()) or [operation.judged]
        if not kinds[-1]:
            return {}
        found = self.vars[kinds[0]] if kinds[-1] == "vars" else self.record(kinds[-1], id, other)
        return {"record": found}

    def query(self, row: str) -> Mapping[str, str] | None:
        place = {
            "list-team-access-to-workspaces": "workspace",
            "list-team-access-to-project": "project",
        }.get(row)
        return {f"filter[{place}][id]": self.of[f"{place}s"]} if place else None

    def body(self, row: str) -> Any:
        id = row.partition("/")[0]
        return self.bodies.get(row, self.bodies.get(id, EDITION.examples[id].get("body")))

    def _bodies(self) -> dict[str, Any]:
        def named(type: str, *names: str) -> Any:
            return {"data": [{"type": type, "id": self.ids[type, name]} for name in names]}

        def one(type: str, name: str) -> Any:
            return {"type": type, "id": self.ids[type, name]}

        web, misc, staging = (
            named("workspaces", "web"),
            named("workspaces", "misc"),
            named("projects", "staging"),
        )
        password = {"password": "a longer one", "password_confirmation": "a longer one"}
        mode = {"name": "new", "enforcement_level": "advisory"}
        token = a("authentication-tokens", description="new")
        member = {"data": [{"type": "organization-memberships", "id": self.memberships["rex"]}]}
        access = {"access": "read"}
        return {
            "update-your-account-info": a("users", email="new@example.com"),
            "change-your-password": {
                "data": {"type": "users", "attributes": {"current_password": "", **password}}
            },
            "create-user-token": token,
            "create-team-token": token,
            "upload-policy-set-versions": ARCHIVE,
            "create-agent-token": token,
            "delete-team-tokens": {
                "data": [{"type": "authentication-tokens", "id": self.tokens["acme/open"]}]
            },
            "generate-new-team-token": None,
            "generate-new-organization-token": None,
            "create-organization": a("organizations", name="new", email="new@example.com"),
            **{f"update-{t.removesuffix('s')}": a(t, deprecated=True) for t in TOOLS},
            "create-oauth-client": a(
                "oauth-clients",
                service_provider="github",
                oauth_token_string="x",
                **{name.replace("-", "_"): "https://x" for name in URLS},
            ),
            "update-oauth-client": a("oauth-clients", name="new"),
            "attach-oauth-client-to-projects": {"data": []},
            "detach-oauth-client-from-projects": {"data": []},
            "update-organization": a("organizations", email="new@example.com"),
            "invite-user-to-organization": a("organization-memberships", email="x@example.com"),
            "create-team": a("teams", name="new"),
            "create-team/open": a("teams", name="new", visibility="organization"),
            "update-team": a("teams", name="new"),
            "update-team/access": a("teams", organization_access={"manage-policies": True}),
            "add-user-to-team": {"data": [{"type": "users", "id": "rex"}]},
            "delete-user-from-team": {"data": [{"type": "users", "id": "mel"}]},
            "delete-user-from-team/open": {"data": [{"type": "users", "id": "ned"}]},
            "add-organization-memberships-to-team": member,
            "delete-organization-memberships-from-team": {
                "data": [{"type": "organization-memberships", "id": self.memberships["mel"]}]
            },
            "delete-organization-memberships-from-team/open": {
                "data": [{"type": "organization-memberships", "id": self.memberships["ned"]}]
            },
            "add-team-access-to-workspace": linked(
                a("team-workspaces", **access),
                workspace=one("workspaces", "web"),
                team=one("teams", "seen"),
            ),
            "update-team-access-to-workspace": a("team-workspaces", access="plan"),
            "add-team-access-to-project": linked(
                a("team-projects", **access),
                project=one("projects", "platform"),
                team=one("teams", "seen"),
            ),
            "update-team-access-to-project": a("team-projects", access="write"),
            "create-project": a("projects", name="new"),
            "update-project": a("projects", description="new"),
            "move-workspaces-into-project": named("workspaces", "stage"),
            "move-workspaces-into-project/misc": misc,
            "create-ssh-key": a("ssh-keys", name="new", value="text"),
            "update-ssh-key": a("ssh-keys", name="new"),
            "create-policy": a("policies", **mode),
            "update-policy": a("policies", description="new"),
            "upload-policy": b"main = rule { false }",
            "create-policy-set": a("policy-sets", name="new"),
            "update-policy-set": a("policy-sets", description="new"),
            "add-policies-to-policy-set": {
                "data": [{"type": "policies", "id": self.of["policies"]}]
            },
            "remove-policies-from-policy-set": {
                "data": [{"type": "policies", "id": self.of["policies"]}]
            },
            **dict.fromkeys(
                (
                    "attach-policy-set-to-workspaces",
                    "detach-policy-set-from-workspaces",
                    "attach-policy-set-to-exclusions",
                    "detach-policy-set-from-exclusions",
                ),
                web,
            ),
            **dict.fromkeys(
                (
                    "attach-policy-set-to-projects",
                    "detach-policy-set-from-projects",
                    "attach-policy-set-to-project-exclusions",
                    "detach-policy-set-from-project-exclusions",
                ),
                staging,
            ),
            "create-agent-pool": a("agent-pools", name="new"),
            "update-agent-pool": a("agent-pools", name="new"),
            "create-workspace": a("workspaces", name="new"),
            "create-workspace/platform": linked(
                a("workspaces", name="new"), project=one("projects", "platform")
            ),
            "update-workspace": a("workspaces", auto_apply=True),
            "update-workspace-by-name": a("workspaces", auto_apply=True),
            "assign-ssh-key-to-workspace": a("workspaces", id=None),
            "add-remote-state-consumers": web,
            "remove-remote-state-consumers": web,
            "replace-remote-state-consumers": web,
            "add-workspaces-to-tag": web,
            "delete-tags": {"data": [{"type": "tags", "id": self.of["tags"]}]},
            "add-tags-to-workspace": {"data": [{"type": "tags", "attributes": {"name": "new"}}]},
            "remove-tags-from-workspace": {
                "data": [{"type": "tags", "attributes": {"name": "new"}}]
            },
        }

    def attempted(self, row: str, who: str) -> bool:
        """Whether a caller may do it: any answer but a refusal, be it a conflict."""
        self.ask.tfe.restore("made")
        operation = EDITION.operations[row.partition("/")[0]]
        caller = "key" if who == "adm" else who
        answer = self.ask(caller, operation.method, self.path(row), self.body(row), self.query(row))
        if answer.status == 422 and answer.said()[0][0].endswith(UNSEEN):
            return False  # what is not seen is unknown, in a body
        assert answer.status in (200, 201, 204, 409, *REFUSED), (who, row, answer.text)
        assert (answer.status == 401) is (who == "age" and not unasked(operation))
        return answer.status not in REFUSED


def test_the_table_has_a_row_for_every_operation_and_a_cell_for_every_caller() -> None:
    assert {row.partition("/")[0] for row in ROWS} == set(EDITION.operations)
    assert all(len(cells) == len(CALLERS) and {*cells} <= {"+", "."} for cells in ROWS.values())


def test_every_caller_may_do_what_the_table_says_and_no_more() -> None:
    wrong = []
    with asked(DOCUMENT, edition="2026-08") as ask:
        matrix = Matrix(ask)
        for row, cells in ROWS.items():
            may = "".join("+" if matrix.attempted(row, who) else "." for who in CALLERS)
            if may != "".join(cells):
                pairs = zip(CALLERS, may, cells, strict=True)
                wrong.append((row, [f"{who}: {got}" for who, got, cell in pairs if got != cell]))
    assert wrong == []


BODY_DECIDES = {
    "create-team": "whether it becomes a secret team",
    "update-team/access": "whether organization access changes",
    "create-workspace": "which project it goes to",
    "create-workspace/platform": "which project it goes to",
    "move-workspaces-into-project/misc": "which project a workspace leaves",
    "add-workspaces-to-tag": "which workspaces get it",
    "remove-user-from-organization": "which teams the member is in",
}
"""Rows in which more decides than the record that the path names."""


@pytest.mark.slow
def test_who_gives_the_same_answers_beforehand() -> None:
    """`/_mock/who` is asked of the very records that the table is about."""
    holders = {name: " ".join(next(iter(of.items()))) for name, of in SERVICES.items()}
    wrong = []
    with asked(DOCUMENT, edition="2026-08") as ask:
        matrix = Matrix(ask)
        for row, cells in ROWS.items():
            operation = EDITION.operations[row.partition("/")[0]]
            if unasked(operation) or row in BODY_DECIDES:
                continue
            query = {"operation": operation.id, **matrix.named(row)}
            for who, cell in zip(CALLERS[:-1], cells[:-1], strict=True):
                name = "user admin" if who == "adm" else holders.get(who, f"user {who}")
                (verdict,) = ask.get("key", "/_mock/who", caller=name, **query).json["verdicts"]
                if verdict["may"] != (cell == "+"):
                    wrong.append(f"{row}: {who}, expected {cell}")
    assert wrong == []


PERMISSIONS = {
    "show-organization": {
        "can-update": "update-organization",
        "can-destroy": "destroy-organization",
        "can-create-team": "create-team/open",
        "can-create-workspace": "create-workspace",
        "can-create-project": "create-project",
        "can-update-api-token": "generate-new-organization-token",
        "can-update-sentinel": "create-policy-set",
        "can-read-policies": "list-policies",
        "can-update-agent-pools": "create-agent-pool",
        "can-update-ssh-keys": "create-ssh-key",
        "can-manage-users": "invite-user-to-organization",
        "can-view-users": "list-memberships-for-organization",
    },
    "show-team-information/open": {
        "can-destroy": "delete-team/open",
        "can-update-name": "update-team/open",
        "can-update-membership": "add-user-to-team/open",
        "can-update-organization-access": "update-team/access",
        "can-update-api-token": "create-team-token/open",
        "can-view-api-token": "show-team-token/open",
    },
    "show-project": {
        "can-read": "show-project",
        "can-update": "update-project",
        "can-destroy": "delete-project",
        "can-create-workspace": "create-workspace/platform",
        "can-move-workspace": "move-workspaces-into-project",
        "can-manage-tags": "add-or-update-tag-bindings-on-project",
        "can-manage-teams": "add-team-access-to-project",
    },
    "show-workspace": {
        "can-update": "update-workspace",
        "can-destroy": "delete-workspace",
        "can-lock": "lock-workspace",
        "can-unlock": "unlock-workspace",
        "can-force-unlock": "force-unlock-workspace",
        "can-read-settings": "show-workspace",
        "can-read-variable": "list-variables",
        "can-update-variable": "create-variable",
        "can-manage-tags": "add-tags-to-workspace",
    },
}
"""By the row that shows them, the permissions and the row of what each permits."""


@pytest.mark.parametrize("row", PERMISSIONS)
def test_the_permissions_that_are_shown_are_what_the_caller_may_do(row: str) -> None:
    with asked(DOCUMENT, edition="2026-08") as ask:
        path = Matrix(ask).path(row)
        for at, who in enumerate(CALLERS):
            if ROWS[row][at] == "+":
                shown = ask(who, "GET", path).attributes()["permissions"]
                may = {name: shown[name] for name in PERMISSIONS[row]}
                played = {name: ROWS[of][at] == "+" for name, of in PERMISSIONS[row].items()}
                assert may == played, who


def test_a_teams_token_may_do_what_its_team_may_save_what_is_a_users_own() -> None:
    personal = ("get-your", "update-your", "change-your", "user-token", "-for-user")
    wrong = []
    with asked(DOCUMENT, edition="2026-08") as ask:
        matrix, tokens = Matrix(ask), {}
        for team in ("ada", "cus", "pad", "pcu", "pol", "wan", "tim"):
            path = f"{ROOT}/teams/{ask.team(team)}/authentication-token"
            tokens[team] = ask.post("olg", path).attributes(201)["token"]
        ask.tfe.snapshot("made")
        for row, cells in ROWS.items():
            if any(word in row for word in personal) or row == "create-organization":
                continue
            wrong += [
                f"{row}: {team}"
                for team, token in tokens.items()
                if matrix.attempted(row, token) != (cells[CALLERS.index(team)] == "+")
            ]
    assert wrong == []


@pytest.mark.parametrize("token", [None, "nobody", "KEY.nobody", "KEY."])
def test_without_a_good_token_nobody_may_anything_and_nothing_changes(token: str | None) -> None:
    with asked(DOCUMENT, edition="2026-08") as ask:
        matrix, before = Matrix(ask), ask.tfe.state()
        value = f"Bearer {token.replace('KEY', ask.tfe.token)}" if token else ""
        for row in ROWS:
            operation = EDITION.operations[row.partition("/")[0]]
            made = ask.tfe.client.open(
                matrix.path(row), method=operation.method, headers={"Authorization": value}
            )
            wanted = (200, 204, 422) if unasked(operation) else (401,)
            assert made.status_code in wanted, row
        assert ask.tfe.state() == before
