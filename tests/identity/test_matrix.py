"""Who may do what: every caller and every operation of the edition, as one table.

The table, `tests/facts/2019-07.who.txt`, is written by hand from the pages; nothing in it was
computed. A type that is not named here has the record, and sends the bodies, of its own examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Operation, load
from mockserver.resources import kinds
from tests.client import ROOT

from .asking import (
    ACCESS,
    DOCUMENT,
    ORG,
    Asked,
    a,
    a_team,
    an_access,
    asked,
    token_of,
    under_another_name,
    users,
)

CALLERS = (
    "sam",  # a stranger
    "mel",  # member of the plain team `staff`
    "rex",  # reads `web` by team access
    "pia",  # plans there
    "wes",  # writes there
    "ada",  # administers it
    "pol",  # may manage policies
    "wanda",  # may manage workspaces
    "vic",  # may manage VCS settings
    "olga",  # an owner
    "owners-token",
    "staff-token",
    "org-token",
)

TABLE = (Path(__file__).parents[1] / "facts" / "2019-07.who.txt").read_text(encoding="utf-8")
ROWS = {
    line.split()[0]: line.split()[1:]
    for line in TABLE.splitlines()
    if not line.startswith(("#", " "))
}
EDITION = load("2019-07")
KINDS = kinds(EDITION.name)
OWN_TEAM = {"ada": "helpers", "wanda": "platform", "rex": "readers", "pia": "planners"}
"""Whose access a caller may name: a team that he sees, without access of its own where he may."""


class Matrix:
    """Paths and bodies of every operation in one world, looked up once."""

    def __init__(self, ask: Asked) -> None:
        self.ask = ask
        state, acme = ask.tfe.state(), ask.organization()
        self.web = ask.workspace()
        self.ids = {
            "organizations": "acme",
            "teams": ask.team("staff"),
            "team-workspaces": ask.access("readers"),
            "workspaces": self.web,
            "users": ask.user("mel"),
            "authentication-tokens": next(
                t["id"] for t in state["tokens"] if t.get("user") == "mel"
            ),
            **{name: acme[name][0]["id"] for name in ("ssh-keys", "policies", "policy-sets")},
        }
        self.teams = {team["name"]: team["id"] for team in acme["teams"]}
        self.bodies = self._bodies()
        for operation in EDITION.operations.values():
            for type in set(operation.records.values()) - set(self.ids):
                self.ids[type] = self._made(type)
        ask.tfe.snapshot("made")

    def _made(self, type: str) -> str:
        """The id of a record as the example of its creation makes it, under another name."""
        create = next(
            operation
            for operation in EDITION.operations.values()
            if operation.id.startswith("create-")
            and self.body(operation.id, "olga")["data"]["type"] == type
        )
        document = under_another_name(self.body(create.id, "olga"), KINDS[type])
        answer = self.ask.post("olga", self.path(create), document)
        return str(answer.data(201)["id"])

    def path(self, operation: Operation) -> str:
        """The path of an operation in acme: its workspace by name where the path says so."""
        path = operation.path
        for name, kind in operation.records.items():
            by_name = kind == "workspaces" and len(operation.records) > 1
            path = path.replace("{" + name + "}", "web" if by_name else self.ids[kind])
        return path

    def body(self, operation: str, who: str) -> Any:
        """A good body for an operation; None where it takes none."""
        if operation == "add-team-access-to-workspace":
            return an_access("read", self.web, self.teams[OWN_TEAM.get(who, "staff")])
        return self.bodies.get(operation, EDITION.examples[operation].get("body"))

    def _bodies(self) -> dict[str, Any]:
        web = {"data": [{"type": "workspaces", "id": self.web}]}
        policy = {"data": [{"type": "policies", "id": self.ids["policies"]}]}
        enforce = [{"path": "new.sentinel", "mode": "advisory"}]
        twice = {"password": "a new one", "password_confirmation": "a new one"}
        return {
            "update-your-account-info": a("users", email="new@example.com"),
            "change-your-password": a("users", current_password="", **twice),
            "create-user-token": a("authentication-tokens", description="new"),
            "create-organization": a("organizations", name="new", email="new@example.com"),
            "update-organization": a("organizations", email="new@example.com"),
            "create-team": a_team("new"),
            "update-team": a_team("new", "manage-policies"),
            "add-user-to-team": users("rex"),
            "delete-user-from-team": users("mel"),
            "create-workspace": a("workspaces", name="new"),
            "update-workspace": a("workspaces", auto_apply=True),
            "update-workspace-by-name": a("workspaces", auto_apply=True),
            "assign-ssh-key-to-workspace": a("workspaces", id=None),
            "create-ssh-key": a("ssh-keys", name="new", value="text"),
            "update-ssh-key": a("ssh-keys", name="new"),
            "create-policy": a("policies", name="new", enforce=enforce),
            "update-policy": a("policies", description="new", enforce=enforce),
            "upload-policy": b"main = rule { false }",
            "create-policy-set": a("policy-sets", name="new"),
            "update-policy-set": a("policy-sets", description="new"),
            "add-policies-to-policy-set": policy,
            "remove-policies-from-policy-set": policy,
            "attach-policy-set-to-workspaces": web,
            "detach-policy-set-from-workspaces": web,
        }

    def attempted(self, operation: Operation, who: str) -> bool:
        """Whether a caller may do it: any answer but a refusal, be it a conflict."""
        self.ask.tfe.restore("made")
        self.ask.tfe.journal.clear()
        lists = operation.path == ACCESS and operation.method == "GET"
        query = {"filter[workspace][id]": self.web} if lists else None
        document = self.body(operation.id, who)
        answer = self.ask(who, operation.method, self.path(operation), document, query)
        if operation.path == ACCESS and answer.status == 422:  # not seen is unknown, in a body
            unseen = ("Workspace does not exist", "/data/relationships/workspace/data")
            assert answer.said()[0] == unseen
            return False
        assert answer.status in (200, 201, 204, 404, 409), (who, operation.id, answer.text)
        if answer.status == 404:
            assert f"{operation.id} is for " in self.ask.why, (who, operation.id, self.ask.why)
        return answer.status != 404


@contextmanager
def by_fixture() -> Iterator[Asked]:
    with asked(DOCUMENT) as ask:
        yield ask


@contextmanager
def by_api() -> Iterator[Asked]:
    """The same organization through calls alone; users and their tokens come from a fixture."""
    tokens = [token for token in DOCUMENT["tokens"] if "user" in token]
    with asked({"users": DOCUMENT["users"], "tokens": tokens}) as ask:
        made = {}
        for entry in DOCUMENT["organizations"]:
            owner = entry["owners"][0]
            place = f"{ROOT}/organizations/{entry['name']}"
            ask.post(
                owner,
                f"{ROOT}/organizations",
                a("organizations", name=entry["name"], email="o@x.y"),
            ).ok(201)
            for team in entry.get("teams", ()):
                rights = [name for name, on in team.get("organization-access", {}).items() if on]
                id = ask.post(owner, f"{place}/teams", a_team(team["name"], *rights)).data()["id"]
                members = f"{ROOT}/teams/{id}/relationships/users"
                ask.post(owner, members, users(*team["members"])).ok()
            for workspace in entry["workspaces"]:
                web = ask.post(
                    owner, f"{place}/workspaces", a("workspaces", name=workspace["name"])
                )
                for team, level in workspace.get("team-access", {}).items():
                    document = an_access(level, web.data(201)["id"], ask.team(team))
                    ask.post(owner, ACCESS, document).ok(201)
        ask.post("olga", f"{ORG}/ssh-keys", a("ssh-keys", name="modules", value="text")).ok(201)
        enforce = [{"path": "tagged.sentinel", "mode": "advisory"}]
        policy = ask.post(
            "olga", f"{ORG}/policies", a("policies", name="tagged", enforce=enforce)
        ).data()["id"]
        ask("olga", "PUT", f"{ROOT}/policies/{policy}/upload", b"main = rule { true }").ok(200)
        ask.post("olga", f"{ORG}/policy-sets", a("policy-sets", name="production")).ok(201)
        for name, path in (
            ("owners-token", f"{ROOT}/teams/{ask.team('owners')}/authentication-token"),
            ("staff-token", f"{ROOT}/teams/{ask.team('staff')}/authentication-token"),
            ("org-token", f"{ORG}/authentication-token"),
        ):
            made[name] = ask.post("olga", path).attributes(201)["token"]
        by_name, ask.token = ask.token, lambda who: made.get(who) or by_name(who)  # type: ignore[method-assign]
        yield ask


def test_the_table_has_a_row_for_every_operation_and_a_cell_for_every_caller() -> None:
    assert set(ROWS) == set(EDITION.operations)
    assert all(len(cells) == len(CALLERS) and {*cells} <= {"+", "."} for cells in ROWS.values())


@pytest.mark.parametrize("world", [by_fixture, by_api], ids=["by fixture", "by the API"])
def test_every_caller_may_do_what_the_table_says_and_no_more(world: Any) -> None:
    wrong = []
    with world() as ask:
        matrix = Matrix(ask)
        for id, cells in ROWS.items():
            for who, cell in zip(CALLERS, cells, strict=True):
                if matrix.attempted(EDITION.operations[id], who) != (cell == "+"):
                    wrong.append(f"{id}: {who}, expected {cell}")
    assert wrong == []


@pytest.mark.parametrize("token", [None, "nobody", "KEY.nobody", "KEY."])
def test_without_a_good_token_nobody_may_anything_and_nothing_changes(token: str | None) -> None:
    with by_fixture() as ask:
        matrix, before = Matrix(ask), ask.tfe.state()
        value = f"Bearer {token.replace('KEY', ask.tfe.token)}" if token else ""
        for operation in EDITION.operations.values():
            made = ask.tfe.client.open(
                matrix.path(operation), method=operation.method, headers={"Authorization": value}
            )
            if operation.open:
                assert made.status_code in (200, 204)
            else:
                assert made.status_code == 401, operation.id
                assert made.json == {"errors": [{"status": "401", "title": "unauthorized"}]}
        assert ask.tfe.state() == before


def test_a_refusal_looks_like_what_is_not_there() -> None:
    with by_fixture() as ask:
        matrix = Matrix(ask)
        for id, cells in ROWS.items():
            operation = EDITION.operations[id]
            if cells[0] == "." and operation.path != ACCESS:
                path, document = matrix.path(operation), matrix.body(id, "sam")
                answer = ask("sam", operation.method, path, document)
                assert answer.json == {"errors": [{"status": "404", "title": "not found"}]}


def test_the_matrix_holds_for_teams_as_it_holds_for_their_members() -> None:
    """A team's token may do what its team may, save what is a user's own."""
    personal = ("get-your", "update-your", "change-your", "user-token", "create-organization")
    teams = {"pol": "policy", "wanda": "platform", "vic": "vcs", "ada": "admins"}
    with by_fixture() as ask:
        tokens = {
            who: token_of(ask.post("olga", f"{ROOT}/teams/{ask.team(team)}/authentication-token"))
            for who, team in teams.items()
        }
        matrix = Matrix(ask)
        for id, cells in ROWS.items():
            if any(word in id for word in personal) or id == "add-team-access-to-workspace":
                continue
            for who, token in tokens.items():
                may = matrix.attempted(EDITION.operations[id], token)
                assert may == (cells[CALLERS.index(who)] == "+"), (id, who)


def test_who_gives_the_same_answers_beforehand() -> None:
    """`/_mock/who` is asked of the very records that the table is about."""
    holders = {
        "owners-token": "team acme/owners",
        "staff-token": "team acme/staff",
        "org-token": "organization acme",
    }
    wrong = []
    with by_fixture() as ask:
        matrix = Matrix(ask)
        for id, cells in ROWS.items():
            operation = EDITION.operations[id]
            if operation.open:
                continue
            kinds = list(operation.records.values()) or [operation.judged]
            of = {"record": matrix.ids[kinds[-1]]} if kinds[-1] else {}
            for who, cell in zip(CALLERS, cells, strict=True):
                query = {"caller": holders.get(who, f"user {who}"), "operation": id, **of}
                (verdict,) = ask.get("key", "/_mock/who", **query).json["verdicts"]
                if verdict["may"] != (cell == "+"):
                    wrong.append(f"{id}: {who}, expected {cell}")
    assert wrong == []
