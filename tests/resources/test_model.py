"""Policy sets, policies and workspaces against plain dictionaries, step by step.

Whatever is done, in whatever order: status, names, linkage on both sides, counts, order of lists and
the times of sets are what the dictionaries say, and what must always hold in the state holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from mockserver.client.handle import Address
from mockserver.client.opening import in_process
from mockserver.resources import kinds
from mockserver.web.testing import Live
from mockserver.world.access import authenticate
from mockserver.world.view import View
from tests.client import ROOT, SETS
from tests.examples import examples
from tests.invariants import unsound

from .asking import POLICIES, WORKSPACES, a_policy, a_set, a_workspace, body, identifiers

KINDS = kinds("2019-07")

NAMES = st.sampled_from(["a", "A", "b", "b-2", "C", "d_3"])
WORLD = {"organizations": [{"name": "my-organization"}]}
UNKNOWN = {"policies": "pol-none", "workspaces": "ws-none"}


@dataclass
class Thing:
    """A policy or a workspace; `born` counts creations, `changed` is the second of the last change."""

    name: str
    born: int
    changed: int


@dataclass
class Set:
    name: str
    born: int
    updated: int
    everywhere: bool = False
    members: dict[str, set[str]] = field(default_factory=dict)


class Worlds(RuleBasedStateMachine):
    policies = Bundle("policies")
    workspaces = Bundle("workspaces")
    sets = Bundle("sets")

    def __init__(self) -> None:
        super().__init__()
        self.live = Live()
        self.universe = self.live.server.universe(key="test-token", fixture=WORLD)
        live = self.live
        self.tfe = in_process(
            live.server, "test-token", "2019-07", lambda: Address(live.url), live.app
        )
        self.ask = self.tfe.client
        self.second = self.births = 0
        self.things: dict[str, dict[str, Thing]] = {"policies": {}, "workspaces": {}}
        self.made: dict[str, Set] = {}

    def teardown(self) -> None:
        assert not self.universe.journal.breaches
        self.live.stop()

    def born(self) -> int:
        self.births += 1
        return self.births

    def stamp(self, second: int) -> str:
        return f"2019-07-15T00:{second // 60:02}:{second % 60:02}.000Z"

    def refused(self, answer: Any, status: int = 422) -> None:
        assert answer.status_code == status, answer.get_data(as_text=True)

    @rule()
    def time_passes(self) -> None:
        self.second += 1
        self.tfe.clock.advance(1)

    # creation

    @initialize(target=policies)
    def begin_with_a_policy(self) -> Any:
        return self.create_policy("a", [])

    @initialize(target=workspaces)
    def begin_with_a_workspace(self) -> Any:
        return self.create_workspace("a")

    @initialize(target=sets)
    def begin_with_a_set(self) -> Any:
        attached = [self.create_workspace("b-2"), self.create_workspace("d_3")]
        return self.create_set("a", [], attached, False, None)

    @rule(target=policies, name=NAMES, sets=st.lists(sets, max_size=2))
    def create_policy(self, name: str, sets: list[str]) -> Any:
        related = {"policy-sets": identifiers("policy-sets", *sets)}
        document = a_policy(name)
        document["data"]["relationships"] = related
        answer = self.ask.post(POLICIES, json=document)
        gone = [id for id in sets if id not in self.made]
        if gone or any(name == policy.name for policy in self.things["policies"].values()):
            self.refused(answer)
            return multiple()
        assert answer.status_code == 200
        id = answer.json["data"]["id"]
        self.things["policies"][id] = Thing(name, self.born(), self.second)
        for each in set(sets):
            self.made[each].members["policies"].add(id)
            self.made[each].updated = self.second
        return id

    @rule(target=workspaces, name=NAMES)
    def create_workspace(self, name: str) -> Any:
        answer = self.ask.post(WORKSPACES, json=a_workspace(name))
        if any(name.lower() == w.name.lower() for w in self.things["workspaces"].values()):
            self.refused(answer)
            return multiple()
        assert answer.status_code == 201
        id = answer.json["data"]["id"]
        self.things["workspaces"][id] = Thing(name, self.born(), self.second)
        return id

    @rule(
        target=sets,
        name=NAMES,
        policies=st.lists(policies, max_size=3),
        workspaces=st.lists(workspaces, max_size=3),
        everywhere=st.booleans(),
        unknown=st.sampled_from([None, None, None, "policies", "workspaces"]),
    )
    def create_set(
        self,
        name: str,
        policies: list[str],
        workspaces: list[str],
        everywhere: bool,
        unknown: str | None,
    ) -> Any:
        named = {"policies": list(policies), "workspaces": list(workspaces)}
        if unknown:
            named[unknown].append(UNKNOWN[unknown])
        document = a_set(
            name,
            policies=tuple(named["policies"]),
            workspaces=tuple(named["workspaces"]),
            **{"global": everywhere},
        )
        answer = self.ask.post(SETS, json=document)
        known = all(set(ids) <= set(self.things[relation]) for relation, ids in named.items())
        taken = any(name == made.name for made in self.made.values())
        if not known or taken or (everywhere and named["workspaces"]):
            self.refused(answer)
            return multiple()
        assert answer.status_code == 201
        shown = answer.json["data"]
        members = {relation: set(ids) for relation, ids in named.items()}
        self.made[shown["id"]] = Set(name, self.born(), self.second, everywhere, members)
        assert shown == self.shown_set(shown["id"])
        return shown["id"]

    # change

    @rule(id=sets, name=NAMES)
    def rename_set(self, id: str, name: str) -> None:
        answer = self.ask.patch(f"{ROOT}/policy-sets/{id}", json=body("policy-sets", name=name))
        if id not in self.made:
            return self.refused(answer, 404)
        made = self.made[id]
        if any(name == other.name for each, other in self.made.items() if each != id):
            return self.refused(answer)
        assert answer.status_code == 200
        made.updated = self.second if made.name != name else made.updated
        made.name = name
        return None

    @rule(id=sets, turns=st.lists(st.booleans(), min_size=1, max_size=3))
    def turn_global(self, id: str, turns: list[bool]) -> None:
        for on in turns:
            self.turn(id, on)

    def turn(self, id: str, on: bool) -> None:
        document = body("policy-sets", **{"global": on})
        answer = self.ask.patch(f"{ROOT}/policy-sets/{id}", json=document)
        if id not in self.made:
            return self.refused(answer, 404)
        made = self.made[id]
        made.updated = self.second if made.everywhere != on else made.updated
        made.everywhere = on
        assert answer.json["data"] == self.shown_set(id)
        return None

    @rule(id=workspaces, name=NAMES)
    def rename_workspace(self, id: str, name: str) -> None:
        answer = self.ask.patch(f"{ROOT}/workspaces/{id}", json=body("workspaces", name=name))
        things = self.things["workspaces"]
        if id not in things:
            return self.refused(answer, 404)
        if any(name.lower() == w.name.lower() for each, w in things.items() if each != id):
            return self.refused(answer)
        if things[id].name != name:
            things[id].name, things[id].changed = name, self.second
        assert answer.status_code == 200
        return None

    def relate(self, method: str, id: str, relation: str, ids: list[str]) -> None:
        answer = self.ask.open(
            f"{ROOT}/policy-sets/{id}/relationships/{relation}",
            method=method,
            json=identifiers(relation, *ids),
        )
        if id not in self.made:
            return self.refused(answer, 404)
        made, known = self.made[id], set(self.things[relation])
        if relation == "workspaces" and made.everywhere:
            return self.refused(answer)
        if method == "POST" and not set(ids) <= known:
            return self.refused(answer)
        assert answer.status_code == 204
        old = made.members[relation]
        new = old | set(ids) if method == "POST" else old - set(ids)
        if new != old:
            made.members[relation], made.updated = new, self.second
        return None

    @rule(id=sets, ids=st.lists(policies, max_size=4), unknown=st.sampled_from([0, 0, 0, 1]))
    def add_policies(self, id: str, ids: list[str], unknown: int) -> None:
        self.relate("POST", id, "policies", [*ids, *["pol-none"] * unknown])

    @rule(id=sets, ids=st.lists(policies, max_size=4), unknown=st.integers(0, 1))
    def remove_policies(self, id: str, ids: list[str], unknown: int) -> None:
        self.relate("DELETE", id, "policies", [*ids, *["pol-none"] * unknown])

    @rule(id=sets, ids=st.lists(workspaces, max_size=4), unknown=st.sampled_from([0, 0, 0, 1]))
    def attach(self, id: str, ids: list[str], unknown: int) -> None:
        self.relate("POST", id, "workspaces", [*ids, *["ws-none"] * unknown])

    @rule(id=sets, ids=st.lists(workspaces, max_size=4), unknown=st.integers(0, 1))
    def detach(self, id: str, ids: list[str], unknown: int) -> None:
        self.relate("DELETE", id, "workspaces", [*ids, *["ws-none"] * unknown])

    # deletion

    def delete(self, relation: str, id: str) -> None:
        answer = self.ask.delete(f"{ROOT}/{relation}/{id}")
        if id not in self.things[relation]:
            return self.refused(answer, 404)
        assert answer.status_code == 204
        del self.things[relation][id]
        for made in self.made.values():
            made.members[relation].discard(id)
        return None

    @rule(id=policies)
    def delete_policy(self, id: str) -> None:
        self.delete("policies", id)

    @rule(id=workspaces)
    def delete_workspace(self, id: str) -> None:
        self.delete("workspaces", id)

    @rule(id=sets)
    def delete_set(self, id: str) -> None:
        answer = self.ask.delete(f"{ROOT}/policy-sets/{id}")
        if self.made.pop(id, None) is None:
            return self.refused(answer, 404)
        assert answer.status_code == 204
        return None

    @rule(size=st.integers(1, 4), needle=st.sampled_from(["", "a", "B", "-", "zz"]))
    def list_in_pages(self, size: int, needle: str) -> None:
        found: list[str] = []
        number: int | None = 1
        while number:
            query = {"page[size]": size, "page[number]": number, "search[name]": needle}
            answer = self.ask.get(SETS, query_string=query).json
            found += [record["id"] for record in answer["data"]]
            number = answer["meta"]["pagination"]["next-page"]
        names = {id: made.name for id, made in self.made.items()}
        fitting = [id for id in names if needle.lower() in names[id].lower()]
        assert found == sorted(fitting, key=lambda id: names[id])

    # what the dictionaries say

    def shown_set(self, id: str) -> dict[str, Any]:
        made = self.made[id]

        def linked(relation: str) -> dict[str, Any]:
            things = self.things[relation]
            ids = sorted(made.members[relation], key=lambda each: things[each].born)
            return identifiers(relation, *ids)

        attached = len(made.members["workspaces"])
        shown = self.ask.get(f"{ROOT}/policy-sets/{id}").json["data"]
        return {
            "id": id,
            "type": "policy-sets",
            "attributes": {
                "name": made.name,
                "description": None,
                "global": made.everywhere,
                "policy-count": len(made.members["policies"]),
                "workspace-count": len(self.things["workspaces"]) if made.everywhere else attached,
                "created-at": shown["attributes"]["created-at"],
                "updated-at": self.stamp(made.updated),
            },
            "relationships": {
                "organization": {"data": {"type": "organizations", "id": "my-organization"}},
                "policies": linked("policies"),
            }
            | ({} if made.everywhere else {"workspaces": linked("workspaces")}),
            "links": {"self": f"{ROOT}/policy-sets/{id}"},
        }

    @invariant()
    def lists_show_what_the_dictionaries_say(self) -> None:
        sets = self.ask.get(f"{SETS}?page[size]=150").json
        by_name = sorted(self.made, key=lambda id: self.made[id].name)
        assert sets["data"] == [self.shown_set(id) for id in by_name]
        assert sets["meta"]["pagination"]["total-count"] == len(self.made)

    @invariant()
    def policies_show_the_sets_that_they_are_in(self) -> None:
        things = self.things["policies"]
        shown = self.ask.get(f"{POLICIES}?page[size]=150").json["data"]
        assert [record["id"] for record in shown] == sorted(things, key=lambda id: things[id].name)
        for record in shown:
            within = [
                id for id, made in self.made.items() if record["id"] in made.members["policies"]
            ]
            within.sort(key=lambda id: self.made[id].born)
            assert [item["id"] for item in record["relationships"]["policy-sets"]["data"]] == within
            assert record["attributes"]["policy-set-count"] == len(within)

    @invariant()
    def workspaces_stand_last_changed_first(self) -> None:
        things = self.things["workspaces"]
        order = sorted(things, key=lambda id: (-things[id].changed, -things[id].born))
        shown = self.ask.get(WORKSPACES).json["data"]
        assert [(r["id"], r["attributes"]["name"]) for r in shown] == [
            (id, things[id].name) for id in order
        ]

    @invariant()
    def what_must_always_hold_holds(self) -> None:
        state = self.universe.state
        view = View(KINDS, state, authenticate(KINDS, state, None, ""))
        assert unsound(view) == []


TestWorlds = Worlds.TestCase
TestWorlds.settings = settings(
    max_examples=examples(70),
    stateful_step_count=45,
    suppress_health_check=list(HealthCheck),
)
