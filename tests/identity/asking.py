"""One organization with a caller for every right, and the means to ask it anything as anybody.

Plain functions and one small class; nothing here knows a rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import mockserver
from mockserver.contract.operations import JSONAPI

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/acme"
TEAMS = f"{ORG}/teams"
ACCESS = f"{ROOT}/team-workspaces"
ACCOUNT = f"{ROOT}/account"
EPOCH = "2019-07-15T00:00:00.000Z"
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


@dataclass(frozen=True)
class Answer:
    """One answer, and what of it tests look at."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text) if self.text else None

    def data(self, status: int = 200) -> Any:
        """`data`, of an answer with that status."""
        assert self.status == status, self.text
        return self.json["data"]

    def attributes(self, status: int = 200) -> Any:
        return self.data(status)["attributes"]

    def names(self) -> list[str]:
        """Names of the records of a list, in order."""
        return [record["attributes"]["name"] for record in self.data()]

    def said(self, status: int = 422) -> list[tuple[str, str | None]]:
        """Detail and pointer of every error."""
        assert self.status == status, self.text
        errors = self.json["errors"]
        return [(e.get("detail", e["title"]), e.get("source", {}).get("pointer")) for e in errors]

    def ok(self, status: int = 204) -> None:
        assert self.status == status, self.text


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
        options: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.token(who)}"}}
        if isinstance(document, bytes):
            options |= {"data": document, "content_type": "application/octet-stream"}
        elif document is not None:
            options |= {"data": json.dumps(document), "content_type": JSONAPI}
        url = path + (f"?{urlencode(query)}" if query else "")
        made = self.tfe.client.open(url, method=method, **options)
        return Answer(made.status_code, made.get_data(as_text=True))

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
