"""Nobody reads another organization's data, in random calls by random callers.

Whatever a call has changed, the truth of who belongs where is read anew from the state, which no
caller sees.
"""

from __future__ import annotations

import random
from typing import Any

from mockserver.contract import Operation, load
from tests.examples import examples

from .asking import Asked, asked

CALLS = examples(25_000)
SEED = 2019
NAMES = ("alpha", "bravo", "carol")
EDITION = load("2019-07")
OPERATIONS = [o for o in EDITION.operations.values() if not o.open]


def organization(name: str) -> dict[str, Any]:
    """Everything an organization can have, each with a name that tells whose it is."""
    return {
        "name": f"{name}-org",
        "email": f"owner@{name}.example",
        "owners": [f"{name}-owner"],
        "teams": [
            {"name": f"{name}-staff", "members": [f"{name}-user", "both"]},
            {
                "name": f"{name}-rights",
                "members": [f"{name}-right"],
                "organization-access": {"manage-policies": True, "manage-workspaces": True},
            },
        ],
        "ssh-keys": [{"name": f"{name}-key", "value": f"{name}-text-of-a-key"}],
        "workspaces": [
            {"name": f"{name}-web", "team-access": {f"{name}-staff": "admin"}},
            {"name": f"{name}-db", "working-directory": f"{name}-directory"},
        ],
        "policies": [{"name": f"{name}-policy", "code": f"# {name}-code"}],
        "policy-sets": [
            {
                "name": f"{name}-set",
                "description": f"{name}-description",
                "policies": [f"{name}-policy"],
                "workspaces": [f"{name}-web"],
            }
        ],
    }


PEOPLE = [f"{name}-{what}" for name in NAMES for what in ("owner", "user", "right")] + ["both"]
TEAMS = [
    f"{name}-org/{team}" for name in NAMES for team in ("owners", f"{name}-staff", f"{name}-rights")
]
DOCUMENT: dict[str, Any] = {
    "users": [{"username": name, "email": f"{name}@secret.example"} for name in PEOPLE],
    "tokens": [
        *({"name": name, "user": name} for name in PEOPLE),
        *({"name": team.replace("/", "."), "team": team} for team in TEAMS),
        *({"name": f"{name}-org", "organization": f"{name}-org"} for name in NAMES),
    ],
    "organizations": [organization(name) for name in NAMES],
}
DOCUMENT["organizations"][2]["teams"][0]["members"].remove("both")  # he is in two of the three
TOKENS = [token["name"] for token in DOCUMENT["tokens"]] + ["key"]


class Truth:
    """Who belongs where and what is whose, read from the state."""

    def __init__(self, ask: Asked) -> None:
        self.state = ask.tfe.state()
        self.ids: dict[str, list[str]] = {}
        self.marks: dict[str, set[str]] = {}
        self.people: dict[str, set[str]] = {}
        users = {user["username"]: user for user in self.state["users"]}
        self.names = [w["name"] for o in self.state["organizations"] for w in o["workspaces"]]
        for org in self.state["organizations"]:
            marks = self.marks[org["name"]] = {org["name"], org["email"]}
            members = {name for team in org["teams"] for name in team["members"]}
            for name in members:
                self.people.setdefault(name, set()).add(org["name"])
            self.note("organizations", org["name"])
            for type in ("teams", "ssh-keys", "workspaces", "policies", "policy-sets"):
                for record in org[type]:
                    self.note(type, record["id"])
                    if record["name"] != "owners":
                        marks.add(record["name"])
                    marks.update([record["id"], record.get("description") or record["id"]])
            for workspace in org["workspaces"]:
                for access in workspace["team-access"].values():
                    self.note("team-workspaces", access["id"])
        for token in self.state["tokens"]:
            self.note("authentication-tokens", token["id"])
        for name, user in users.items():
            self.note("users", user["id"])
            self.marks[f"user {name}"] = {user["id"], *({name} - {"admin"})}  # is-site-admin
            self.marks[f"private {name}"] = {user["email"]}

    def note(self, type: str, id: str) -> None:
        self.ids.setdefault(type, []).append(id)

    def forbidden(self, caller: str) -> set[str]:
        """Every text that a caller must not be shown: no name of his own organizations among it."""
        person = "admin" if caller == "key" else caller
        own = {caller.split(".")[0]} if caller.endswith("-org") or "." in caller else set()
        own |= self.people.get(person, set())
        hidden: set[str] = set()
        shown: set[str] = set()
        for whose, marks in self.marks.items():
            what, _, name = whose.partition(" ")
            if what == "private":
                may = name == person
            elif what == "user":
                may = name == person or bool(self.people.get(name, set()) & own)
            else:
                may = whose in own
            (shown if may else hidden).update(marks)
        return hidden - shown


class Calls:
    """Random calls: a good form, and ids from everywhere."""

    def __init__(self, ask: Asked, seed: int) -> None:
        self.ask, self.chance = ask, random.Random(seed)
        self.count = 0

    def one(self, truth: Truth) -> tuple[str, Operation, str, dict[str, str], Any]:
        chance = self.chance
        operation = chance.choice(OPERATIONS)
        path = operation.path
        for name, kind in operation.records.items():
            by_name = kind == "workspaces" and len(operation.records) > 1
            pool = truth.names if by_name else truth.ids.get(kind)
            path = path.replace("{" + name + "}", chance.choice(pool or ["none"]))
        return (
            chance.choice(TOKENS),
            operation,
            path,
            self.query(operation, truth),
            (self.body(operation.id, truth)),
        )

    def query(self, operation: Operation, truth: Truth) -> dict[str, str]:
        query = {}
        for name, parameter in operation.parameters.items():
            if names := parameter["schema"].get("x-include"):
                query["include"] = ",".join(self.chance.sample(names, min(2, len(names))))
            elif name == "search[name]":
                query[name] = self.chance.choice(["", "a", "web", "set"])
            elif name.startswith("filter"):
                query[name] = self.chance.choice(truth.ids.get("workspaces") or ["none"])
        return query

    def identifiers(self, type: str, truth: Truth) -> list[dict[str, str]]:
        pool = truth.ids.get(type) or ["none"]
        return [
            {"type": type, "id": self.chance.choice(pool)} for _ in range(self.chance.randint(1, 2))
        ]

    def body(self, operation: str, truth: Truth) -> Any:
        """Names are new or anybody's; relations name anybody's records."""
        chance = self.chance
        self.count += 1
        taken = [*truth.names, *truth.ids.get("organizations", ()), f"new-{self.count:06}"]
        name = chance.choice([f"new-{self.count:06}"] * 3 + taken)
        many = lambda type: {"data": self.identifiers(type, truth)}  # noqa: E731
        one = lambda type: {"data": self.identifiers(type, truth)[0]}  # noqa: E731

        def of(type: str, attributes: dict[str, Any], **related: Any) -> dict[str, Any]:
            related = {n.replace("_", "-"): r for n, r in related.items()}
            data = {"type": type, "attributes": attributes}
            return {"data": data | ({"relationships": related} if related else {})}

        enforce = [{"path": f"{name}.sentinel", "mode": "advisory"}]
        password = {"password": "p", "password-confirmation": "p", "current-password": "p"}
        keys = truth.ids.get("ssh-keys") or [None]
        members = chance.sample(PEOPLE, 2)
        makers = {
            "create-organization": lambda: of("organizations", {"name": name, "email": "x@y.z"}),
            "update-organization": lambda: of("organizations", {"email": "x@y.z"}),
            "create-team": lambda: of("teams", {"name": name}),
            "update-team": lambda: of("teams", {"organization-access": {"manage-policies": True}}),
            "add-user-to-team": lambda: {"data": [{"type": "users", "id": n} for n in members]},
            "delete-user-from-team": lambda: {"data": [{"type": "users", "id": members[0]}]},
            "add-team-access-to-workspace": lambda: of(
                "team-workspaces",
                {"access": "read"},
                workspace=one("workspaces"),
                team=one("teams"),
            ),
            "create-workspace": lambda: of("workspaces", {"name": name}),
            "update-workspace": lambda: of("workspaces", {"auto-apply": chance.random() < 0.5}),
            "update-workspace-by-name": lambda: of("workspaces", {"name": name}),
            "assign-ssh-key-to-workspace": lambda: of("workspaces", {"id": chance.choice(keys)}),
            "create-ssh-key": lambda: of("ssh-keys", {"name": name, "value": "x"}),
            "update-ssh-key": lambda: of("ssh-keys", {"value": "y"}),
            "create-policy": lambda: of(
                "policies", {"name": name, "enforce": enforce}, policy_sets=many("policy-sets")
            ),
            "update-policy": lambda: of("policies", {"enforce": enforce}),
            "upload-policy": lambda: b"main = rule { true }",
            "create-policy-set": lambda: of(
                "policy-sets",
                {"name": name},
                policies=many("policies"),
                workspaces=many("workspaces"),
            ),
            "update-policy-set": lambda: of("policy-sets", {"global": chance.random() < 0.3}),
            "add-policies-to-policy-set": lambda: many("policies"),
            "remove-policies-from-policy-set": lambda: many("policies"),
            "attach-policy-set-to-workspaces": lambda: many("workspaces"),
            "detach-policy-set-from-workspaces": lambda: many("workspaces"),
            "create-user-token": lambda: of("authentication-tokens", {"description": "new"}),
            "update-your-account-info": lambda: of("users", {"email": "new@example.com"}),
            "change-your-password": lambda: of("users", password),
        }
        return makers[operation]() if operation in makers else None


def test_nobody_reads_another_organizations_data_in_random_calls() -> None:
    read = {"refused": 0, "answered": 0, "changed": 0}
    with asked(DOCUMENT) as ask:
        ask.tfe.snapshot("made")
        calls, truth = Calls(ask, SEED), Truth(ask)
        for number in range(CALLS):
            if number % 500 == 499:  # not too far from a world in which there is much to read
                ask.tfe.restore("made")
                truth = Truth(ask)
            who, operation, path, query, body = calls.one(truth)
            forbidden = truth.forbidden(who)
            answer = ask(who, operation.method, path, body, query)
            sent = f"{path} {query} {body!r}".casefold()
            leaked = [t for t in forbidden if t in answer.text and t.casefold() not in sent]
            assert leaked == [], (number, who, operation.id, path, query, body, answer.text)
            assert answer.status < 500, (operation.id, answer.text)
            read["answered" if answer.status < 300 else "refused"] += 1
            if answer.status < 300 and operation.method != "GET":
                read["changed"] += 1
                truth = Truth(ask)
    assert read["answered"] > CALLS / 20, read  # else the test has looked at nothing
    assert read["changed"] > CALLS / 200, read
    print(f"{CALLS} calls: {read}")
