"""Any series of memberships, rights, team access and tokens, held to a model that is a plain dict.

The property is who may do what: after every step every caller is asked what the model answers.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockserver.pipeline.server import Server
from mockserver.resources import kinds
from mockserver.world.access import authenticate
from mockserver.world.view import View
from tests.client import ROOT, Answer
from tests.examples import examples
from tests.invariants import unsound

from .asking import ACCESS, ORG, RIGHTS, TEAMS, a, a_team, an_access, asked, users

KINDS = kinds("2019-07")

PEOPLE = ("olga", "ann", "ben", "cleo")
WORKSPACES = ("web", "db")
LEVELS = ("read", "plan", "write", "admin")
DOCUMENT: dict[str, Any] = {
    "users": [{"username": name} for name in PEOPLE],
    "tokens": [{"name": name, "user": name} for name in PEOPLE],
    "organizations": [
        {"name": "acme", "owners": ["olga"], "workspaces": [{"name": name} for name in WORKSPACES]}
    ],
}

people = st.sampled_from(PEOPLE)
team_names = st.sampled_from(("owners", "red", "green", "blue"))
plain_names = st.sampled_from(("red", "green", "blue"))
workspaces = st.sampled_from(WORKSPACES)
callers = st.sampled_from((*PEOPLE, "owners", "red", "green", "blue", "acme"))
"""People by name, the tokens of teams, and the organization's; who has none sits the step out."""


class Membership(RuleBasedStateMachine):
    """`teams` is the model: per team its id, members, rights, access by workspace, and token."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.ask = self.stack.enter_context(asked(DOCUMENT))
        self.web = {name: self.ask.workspace(name) for name in WORKSPACES}
        owners = {
            "id": self.ask.team("owners"),
            "members": {"olga"},
            "rights": set(RIGHTS),
            "access": {},
            "token": None,
        }
        self.teams: dict[str, dict[str, Any]] = {"owners": owners}
        self.organization: str | None = None
        self.dead: list[str] = []

    def teardown(self) -> None:
        """What was done to the world can be written down, and keeps what must always hold."""
        state = self.ask.tfe.state()
        universe = Server().made(fixture=state)
        assert universe.dump() == state
        view = View(KINDS, universe.state, authenticate(KINDS, universe.state, None, ""))
        assert unsound(view) == []
        self.stack.close()

    # the model

    def token(self, caller: str) -> str | None:
        """What a caller sends; None where he has none."""
        if caller in PEOPLE:
            return self.ask.token(caller)
        if caller == "acme":
            return self.organization
        return self.teams[caller]["token"] if caller in self.teams else None

    def own(self, caller: str) -> list[dict[str, Any]]:
        """The teams that a caller belongs to, or the one he is."""
        if caller in PEOPLE:
            return [team for team in self.teams.values() if caller in team["members"]]
        return [self.teams[caller]] if caller in self.teams else []

    def owner(self, caller: str) -> bool:
        return self.teams["owners"] in self.own(caller)

    def manages(self, caller: str) -> bool:
        return caller == "acme" or self.owner(caller)

    def right(self, caller: str, right: str) -> bool:
        return self.manages(caller) or any(right in team["rights"] for team in self.own(caller))

    def level(self, caller: str, workspace: str) -> int:
        """Place in LEVELS of what a caller may do in a workspace, -1 for nothing."""
        if self.right(caller, "manage-workspaces"):
            return LEVELS.index("admin")
        levels = [team["access"].get(workspace, (None, -1))[1] for team in self.own(caller)]
        if self.right(caller, "manage-policies"):
            levels.append(0)
        return max(levels, default=-1)

    def sees(self, caller: str, team: str) -> bool:
        return self.manages(caller) or self.teams[team] in self.own(caller)

    # the steps: each by anybody, and refused to whom the model says

    def done(self, caller: str, may: bool, answer: Answer) -> bool:
        """Whether the step happened; it must be refused to who may not."""
        if not may:
            assert answer.said(404) == [("not found", None)], caller
        return may

    def path(self, team: str) -> str:
        return f"{ROOT}/teams/{self.teams[team]['id']}"

    @rule(caller=callers, name=plain_names, rights=st.sets(st.sampled_from(RIGHTS)))
    def make_a_team(self, caller: str, name: str, rights: set[str]) -> None:
        if not (token := self.token(caller)):
            return
        answer = self.ask.post(token, TEAMS, a_team(name, *sorted(rights)))
        if not self.done(caller, self.manages(caller), answer):
            return
        if name in self.teams:
            assert answer.said() == [("Name has already been taken", "/data/attributes/name")]
            return
        made: dict[str, Any] = {"id": answer.data()["id"], "rights": rights, "token": None}
        self.teams[name] = made | {"members": set(), "access": {}}

    @rule(caller=callers, name=team_names)
    def delete_a_team(self, caller: str, name: str) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        answer = self.ask.delete(token, self.path(name))
        if not self.done(caller, self.manages(caller), answer):
            return
        if name == "owners":
            assert answer.said() == [("The owners team cannot be deleted", None)]
            return
        answer.ok()
        self.bury(self.teams.pop(name)["token"])

    @rule(caller=callers, name=team_names, right=st.sampled_from(RIGHTS), on=st.booleans())
    def change_a_right(self, caller: str, name: str, right: str, on: bool) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        document = a("teams", organization_access={right: on})
        answer = self.ask.patch(token, self.path(name), document)
        if not self.done(caller, self.manages(caller), answer):
            return
        if name == "owners":
            answer.ok(200 if on else 422)
            return
        rights: set[str] = self.teams[name]["rights"]
        (rights.add if on else rights.discard)(right)
        shown = answer.attributes()["organization-access"]
        assert {right for right, on in shown.items() if on} == rights

    @rule(caller=callers, name=team_names, who=st.sets(people, max_size=3))
    def add_members(self, caller: str, name: str, who: set[str]) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        path = self.path(name) + "/relationships/users"
        answer = self.ask.post(token, path, users(*sorted(who)))
        if self.done(caller, self.manages(caller), answer):
            answer.ok()
            self.teams[name]["members"] |= who

    @rule(caller=callers, name=team_names, who=st.sets(people, max_size=4))
    def remove_members(self, caller: str, name: str, who: set[str]) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        path = self.path(name) + "/relationships/users"
        answer = self.ask.delete(token, path, users(*sorted(who)))
        if not self.done(caller, self.manages(caller), answer):
            return
        members: set[str] = self.teams[name]["members"]
        if name == "owners" and members <= who:
            assert answer.said() == [("The owners team cannot be empty", "/data")]
            return
        answer.ok()
        members -= who

    @rule(caller=callers, name=team_names, workspace=workspaces, level=st.sampled_from(LEVELS))
    def give_access(self, caller: str, name: str, workspace: str, level: str) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        team, has = self.teams[name], self.level(caller, workspace)
        answer = self.ask.post(token, ACCESS, an_access(level, self.web[workspace], team["id"]))
        if has < 0:
            assert answer.said()[0][0] == "Workspace does not exist"
        elif self.done(caller, has == LEVELS.index("admin"), answer):
            if not self.sees(caller, name):
                assert answer.said()[0][0] == "Team does not exist"
            elif name == "owners":
                assert answer.said()[0][0].startswith("The owners team has admin access")
            elif workspace in team["access"]:
                assert answer.said()[0][0] == "Team has already been taken"
            else:
                id = answer.data(201)["id"]
                team["access"][workspace] = (id, LEVELS.index(level))

    @rule(caller=callers, name=plain_names, workspace=workspaces)
    def take_access(self, caller: str, name: str, workspace: str) -> None:
        token = self.token(caller)
        if not token or workspace not in self.teams.get(name, {"access": {}})["access"]:
            return
        id, _ = self.teams[name]["access"][workspace]
        may = self.level(caller, workspace) == LEVELS.index("admin")
        answer = self.ask.delete(token, f"{ACCESS}/{id}")
        if self.done(caller, may, answer):
            answer.ok()
            del self.teams[name]["access"][workspace]

    @rule(caller=callers, name=team_names, generate=st.booleans())
    def turn_a_teams_token(self, caller: str, name: str, generate: bool) -> None:
        if name not in self.teams or not (token := self.token(caller)):
            return
        team = self.teams[name]
        method, path = "POST" if generate else "DELETE", self.path(name) + "/authentication-token"
        answer = self.ask(token, method, path)
        may = self.sees(caller, name) and (generate or team["token"] is not None)
        if self.done(caller, may, answer):
            self.bury(team["token"])
            team["token"] = answer.attributes(201)["token"] if generate else None

    @rule(caller=callers, generate=st.booleans())
    def turn_the_organizations_token(self, caller: str, generate: bool) -> None:
        if not (token := self.token(caller)):
            return
        answer = self.ask(token, "POST" if generate else "DELETE", f"{ORG}/authentication-token")
        may = self.manages(caller) and (generate or self.organization is not None)
        if self.done(caller, may, answer):
            self.bury(self.organization)
            self.organization = answer.attributes(201)["token"] if generate else None

    def bury(self, token: str | None) -> None:
        if token:
            self.dead.append(token)

    # the property

    @invariant()
    def everybody_may_do_what_the_model_says(self) -> None:
        for caller in (*PEOPLE, *self.teams, "acme"):
            if token := self.token(caller):
                self.judge(caller, token)

    @invariant()
    def the_dead_stay_dead(self) -> None:
        for token in self.dead[-3:]:
            self.ask.get(token, TEAMS).ok(401)

    def judge(self, caller: str, token: str) -> None:
        def asked(path: str, method: str = "GET", document: Any = None) -> bool:
            answer = self.ask(token, method, path, document)
            assert answer.status in (200, 404), answer.text
            return answer.status == 200

        member = bool(self.own(caller)) or caller == "acme"
        assert asked(ORG) == member, caller
        assert asked(f"{ORG}/policy-sets") == self.right(caller, "manage-policies"), caller
        assert asked(f"{ORG}/ssh-keys") == self.owner(caller), caller
        for name, id in self.web.items():
            path, level = f"{ROOT}/workspaces/{id}", self.level(caller, name)
            assert asked(path) == (level >= 0), (caller, name)
            unchanged = {"data": {"type": "workspaces"}}
            assert asked(path, "PATCH", unchanged) == (level == 3), (caller, name)
        for name in self.teams:
            assert asked(self.path(name)) == self.sees(caller, name), (caller, name)
        if member:
            seen = sorted(name for name in self.teams if self.sees(caller, name))
            assert self.ask.get(token, TEAMS).names() == seen, caller


TestMembership = Membership.TestCase
TestMembership.settings = settings(
    max_examples=examples(40),
    stateful_step_count=20,
    suppress_health_check=list(HealthCheck),
)
