"""One organization with a caller for every right, and the means to ask it anything as anybody.

Plain functions and one small class; no such member knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import mockserver
from mockserver.world.kinds import Kind
from tests.client import ROOT, Answer, send

ORG = f"{ROOT}/organizations/acme"
TEAMS = f"{ORG}/teams"
ACCESS = f"{ROOT}/team-workspaces"
ACCOUNT = f"{ROOT}/account"
RIGHTS = ("manage-policies", "manage-workspaces", "manage-vcs-settings")

USERS = ("olga", "mel", "rex", "pia", "wes", "ada", "pol", "wanda", "vic", "sam")
"""An owner; a member of a plain team; by team access a reader, a planner, a writer and an admin;
who may manage policies, workspaces, VCS settings; and a stranger."""

DOCUMENT: dict[str, Any] = {
    "users": [{"username": name} for name in USERS],
    "tokens": [
        *({"name": name, "user": name} for name in USERS),
        {"name": "owners-token", "team": "acme/owners"},
        {"name": "staff-token", "team": "acme/staff"},
        {"name": "org-token", "organization": "acme"},
    ],
    "organizations": [
        {
            "name": "acme",
            "owners": ["olga"],
            "teams": [
                {"name": "staff", "members": ["mel"]},
                {"name": "readers", "members": ["rex"]},
                {"name": "planners", "members": ["pia"]},
                {"name": "writers", "members": ["wes"]},
                {"name": "admins", "members": ["ada"]},
                {"name": "helpers", "members": ["ada"]},
                {
                    "name": "policy",
                    "members": ["pol"],
                    "organization-access": {"manage-policies": True},
                },
                {
                    "name": "platform",
                    "members": ["wanda"],
                    "organization-access": {"manage-workspaces": True},
                },
                {
                    "name": "vcs",
                    "members": ["vic"],
                    "organization-access": {"manage-vcs-settings": True},
                },
            ],
            "ssh-keys": [{"name": "modules", "value": "the text of a key"}],
            "workspaces": [
                {
                    "name": "web",
                    "team-access": {
                        "readers": "read",
                        "planners": "plan",
                        "writers": "write",
                        "admins": "admin",
                    },
                }
            ],
            "policies": [{"name": "tagged", "code": "main = rule { true }"}],
            "policy-sets": [{"name": "production", "policies": ["tagged"]}],
        },
        {"name": "globex", "owners": ["sam"], "workspaces": [{"name": "web"}]},
    ],
}


TODAY: dict[str, Any] = {
    "users": [{"username": name} for name in ("olga", "mel", "max", "tim", "ina", "sam")],
    "tokens": [
        *({"name": name, "user": name} for name in ("olga", "mel", "max", "tim", "ina", "sam")),
        {"name": "staff-token", "team": "acme/staff"},
        {"name": "org-token", "organization": "acme"},
    ],
    "organizations": [
        {
            "name": "acme",
            "owners": ["olga"],
            "organization-memberships": [{"user": "ina", "status": "invited"}],
            "teams": [
                {"name": "staff", "members": ["mel"]},
                {"name": "open", "visibility": "organization"},
                {
                    "name": "hosts",
                    "members": ["max"],
                    "organization-access": {"manage-membership": True, "access-secret-teams": True},
                },
                {
                    "name": "leads",
                    "members": ["tim"],
                    "organization-access": {"manage-teams": True, "access-secret-teams": True},
                },
            ],
        },
        {"name": "globex", "owners": ["sam"]},
    ],
}
"""An organization of August 2026: an owner, a plain member, who manages members, who manages teams
(both of secret teams too), one who is invited, and a stranger."""


class Asked:
    """A world that answers whoever asks."""

    def __init__(self, tfe: mockserver.World) -> None:
        self.tfe = tfe

    def token(self, who: str) -> str:
        """`key` is the universe's; a name is a token of the fixture; what has a dot, a value."""
        if who == "key":
            return self.tfe.token
        return who if "." in who else self.tfe.tokens[who]

    def __call__(
        self,
        who: str,
        method: str,
        path: str,
        document: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """What `who` is answered. Bytes are sent as they are."""
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        if isinstance(document, bytes):
            headers["Content-Type"] = "application/octet-stream"
        return send(
            self.tfe.client, method, path, query=query or "", body=document, headers=headers
        )

    def get(self, who: str, path: str, **query: str) -> Answer:
        return self(who, "GET", path, query=query)

    def post(self, who: str, path: str, document: Any = None) -> Answer:
        return self(who, "POST", path, document)

    def patch(self, who: str, path: str, document: Any = None) -> Answer:
        return self(who, "PATCH", path, document)

    def delete(self, who: str, path: str, document: Any = None) -> Answer:
        return self(who, "DELETE", path, document)

    # what tests need to find

    @property
    def why(self) -> str:
        """What the journal says about the last refusal."""
        return str(list(self.tfe.journal)[-1].why)

    def organization(self, name: str = "acme") -> Any:
        """An organization as the state has it."""
        return next(o for o in self.tfe.state()["organizations"] if o["name"] == name)

    def team(self, name: str, organization: str = "acme") -> str:
        """Id of a team."""
        teams = self.organization(organization)["teams"]
        return str(next(team["id"] for team in teams if team["name"] == name))

    def workspace(self, name: str = "web", organization: str = "acme") -> str:
        workspaces = self.organization(organization)["workspaces"]
        return str(next(w["id"] for w in workspaces if w["name"] == name))

    def access(self, team: str) -> str:
        """Id of a team's access to the workspace `web`."""
        (web,) = self.organization()["workspaces"]
        return str(web["team-access"][team]["id"])

    def user(self, name: str) -> str:
        users = self.tfe.state()["users"]
        return str(next(user["id"] for user in users if user["username"] == name))

    def members(self, team: str) -> list[str]:
        teams = self.organization()["teams"]
        return list(next(t["members"] for t in teams if t["name"] == team))


@contextmanager
def asked(document: Any = DOCUMENT, **options: Any) -> Iterator[Asked]:
    """A world made from a fixture."""
    with mockserver.universe(fixture=document, **options) as tfe:
        yield Asked(tfe)


# documents


def a(type: str, **attributes: Any) -> dict[str, Any]:
    """A document with attributes spelled with `_` for `-`."""
    spelled = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {"data": {"type": type, "attributes": spelled}}


def of_type(document: Any) -> str | None:
    """The type of the record that a body sets; None where it sets none."""
    data = document.get("data") if isinstance(document, dict) else None
    return data.get("type") if isinstance(data, dict) else None


def under_another_name(document: Any, kind: Kind) -> Any:
    """A body that makes a record beside that of the body itself, where names are unique."""
    data = document["data"]
    if not kind.titled:
        return document
    named = {kind.title: f"{data['attributes'][kind.title]}-made"}
    return {"data": {**data, "attributes": {**data["attributes"], **named}}}


def a_team(name: str, *rights: str) -> dict[str, Any]:
    return a("teams", name=name, organization_access=dict.fromkeys(rights, True))


def users(*names: str) -> dict[str, Any]:
    """Members by username."""
    return {"data": [{"type": "users", "id": name} for name in names]}


def an_access(level: str, workspace: str, team: str) -> dict[str, Any]:
    document = a("team-workspaces", access=level)
    document["data"]["relationships"] = {
        "workspace": {"data": {"type": "workspaces", "id": workspace}},
        "team": {"data": {"type": "teams", "id": team}},
    }
    return document


def token_of(answer: Answer) -> str:
    """The secret that a creation shows."""
    return str(answer.attributes(201)["token"])
