"""Policy sets of August 2026 against a plain model, step by step: attachments, projects, exclusions,
tags and where they come from, selectors, global sets, kinds.

Whatever is done, in whatever order: which sets are in force in which workspaces and why, what of a set
is shown, effective tags and filtered lists are what the model says.
"""

from __future__ import annotations

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
from tests.client import ORG, ROOT, SETS
from tests.examples import examples
from tests.invariants import unsound

from .asking import WORKSPACES, body, identifiers
from .scopes_model import Organization, PolicySet, Project, Selector, Workspace

EDITION = "2026-08"
KINDS = kinds(EDITION)
TOOLS = {"sentinel": "0.23.0", "opa": "0.59.0"}
"""A version of each that the edition knows."""
POLICY = {"sentinel": "limit", "opa": "deny"}
NAMES = st.sampled_from(["a-1", "B-2", "b-2", "c-3", "d-4", "e-5", "f-6", "g-7"])
TAGS = st.dictionaries(st.sampled_from(["env", "tier"]), st.sampled_from(["", "prod", "test"]))
SELECTORS = st.lists(
    st.builds(
        Selector,
        st.sampled_from(["env", "tier"]),
        st.sampled_from([None, "", "prod", "test"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=2,
)
METHODS = st.sampled_from(["POST", "POST", "DELETE"])
TYPES = {"prj": "projects", "ws": "workspaces", "polset": "policy-sets"}
RELATIONS = {
    "workspaces": ("workspaces", "attached"),
    "projects": ("projects", "attached"),
    "workspace-exclusions": ("workspaces", "excluded"),
    "project-exclusions": ("projects", "excluded"),
}


def beginning() -> Organization:
    """Something of everything, and a tag of a project that one of its workspaces says otherwise."""
    return Organization(
        projects={
            "prj-1": Project("Default Project", default=True),
            "prj-2": Project("payments", {"env": "prod"}),
        },
        workspaces={
            "ws-1": Workspace("a-1", "prj-1", {"tier": "prod"}),
            "ws-2": Workspace("b-2", "prj-2"),
            "ws-3": Workspace("c-3", "prj-2", {"env": "test"}),
        },
        sets={
            "polset-1": PolicySet("a-1", "opa", False, selectors=[Selector("env", "prod", False)]),
            "polset-2": PolicySet("b-2", "sentinel", False, attached={"ws-1", "prj-2"}),
            "polset-3": PolicySet(
                "c-3", "sentinel", True, excluded={"ws-1"}, selectors=[Selector("env", None, True)]
            ),
        },
    )


def document(of: Organization) -> dict[str, Any]:
    """The fixture of a model."""
    ids = {**of.workspaces, **of.projects}

    def named(members: set[str], prefix: str) -> list[str]:
        return [ids[id].name for id in sorted(members) if id.startswith(prefix)]

    return {
        "organizations": [
            {
                "name": "my-organization",
                "projects": [
                    {"id": id, "name": one.name, "tag-bindings": one.tags, "default": one.default}
                    for id, one in of.projects.items()
                ],
                "workspaces": [
                    {
                        "id": id,
                        "name": one.name,
                        "tag-bindings": one.tags,
                        "project": of.projects[one.project].name,
                    }
                    for id, one in of.workspaces.items()
                ],
                "policies": [
                    {"id": "pol-sentinel", "name": "limit"},
                    {"id": "pol-opa", "name": "deny", "kind": "opa", "query": "data.deny"},
                ],
                "policy-sets": [
                    {
                        "id": id,
                        "name": one.name,
                        "kind": one.kind,
                        "global": one.everywhere,
                        "policies": [POLICY[one.kind]],
                        "workspaces": named(one.attached, "ws-"),
                        "projects": named(one.attached, "prj-"),
                        "workspace-exclusions": named(one.excluded, "ws-"),
                        "project-exclusions": named(one.excluded, "prj-"),
                        "tag-selectors": [spelled(each) for each in one.selectors],
                    }
                    for id, one in of.sets.items()
                ],
            }
        ]
    }


class Scopes(RuleBasedStateMachine):
    projects = Bundle("projects")
    workspaces = Bundle("workspaces")
    sets = Bundle("sets")

    def __init__(self) -> None:
        super().__init__()
        self.live = live = Live()
        self.model = beginning()
        world = document(self.model)
        self.universe = live.server.universe(key="test-token", fixture=world, edition=EDITION)
        self.tfe = in_process(
            live.server, "test-token", EDITION, lambda: Address(live.url), live.app
        )
        self.ask = self.tfe.client

    def teardown(self) -> None:
        assert not self.universe.journal.breaches
        self.live.stop()

    def refused(self, answer: Any, status: int = 422) -> None:
        assert answer.status_code == status, answer.get_data(as_text=True)

    def done(self, answer: Any, status: int = 200) -> Any:
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json["data"] if answer.data else None

    # projects

    @initialize(target=projects)
    def begin_with_projects(self) -> Any:
        return multiple(*self.model.projects)

    @initialize(target=workspaces)
    def begin_with_workspaces(self) -> Any:
        return multiple(*self.model.workspaces)

    @initialize(target=sets)
    def begin_with_sets(self) -> Any:
        return multiple(*self.model.sets)

    @rule(target=projects, name=NAMES, tags=TAGS)
    def create_project(self, name: str, tags: dict[str, str]) -> Any:
        said = body("projects", {"tag-bindings": {"data": bindings(tags)}}, name=name)
        answer = self.ask.post(f"{ORG}/projects", json=said)
        if any(name.lower() == one.name.lower() for one in self.model.projects.values()):
            self.refused(answer)
            return multiple()
        id = self.done(answer, 201)["id"]
        self.model.projects[id] = Project(name, tags)
        return id

    @rule(id=projects, name=NAMES)
    def rename_project(self, id: str, name: str) -> None:
        answer = self.ask.patch(f"{ROOT}/projects/{id}", json=body("projects", name=name))
        if id not in self.model.projects:
            return self.refused(answer, 404)
        others = [one.name.lower() for key, one in self.model.projects.items() if key != id]
        if name.lower() in others:
            return self.refused(answer)
        self.done(answer)
        self.model.projects[id].name = name
        return None

    # workspaces

    @rule(target=workspaces, name=NAMES, project=st.none() | projects, tags=TAGS)
    def create_workspace(self, name: str, project: str | None, tags: dict[str, str]) -> Any:
        related: dict[str, Any] = {"tag-bindings": {"data": bindings(tags)}}
        if project:
            related["project"] = {"data": {"type": "projects", "id": project}}
        answer = self.ask.post(WORKSPACES, json=body("workspaces", related, name=name))
        taken = any(name.lower() == one.name.lower() for one in self.model.workspaces.values())
        if taken or (project and project not in self.model.projects):
            self.refused(answer)
            return multiple()
        id = self.done(answer, 201)["id"]
        home = project or next(key for key, one in self.model.projects.items() if one.default)
        self.model.workspaces[id] = Workspace(name, home, tags)
        return id

    @rule(ids=st.lists(workspaces, min_size=1, max_size=2, unique=True), project=projects)
    def move(self, ids: list[str], project: str) -> None:
        """One by its own project, several by the project's workspaces."""
        path, said = (
            f"{ROOT}/projects/{project}/relationships/workspaces",
            identifiers("workspaces", *ids),
        )
        if len(ids) > 1:
            answer = self.ask.post(path, json=said)
        else:
            related = {"project": {"data": {"type": "projects", "id": project}}}
            answer = self.ask.patch(f"{ROOT}/workspaces/{ids[0]}", json=body("workspaces", related))
        there, known = project in self.model.projects, set(ids) <= self.model.workspaces.keys()
        if not there or not known:
            by_path = not there if len(ids) > 1 else not known
            unknown = 403 if len(ids) > 1 else 422  # may not be moved (page)
            return self.refused(answer, 404 if by_path else unknown)
        self.done(answer, 204 if len(ids) > 1 else 200)
        for id in ids:
            self.model.workspaces[id].project = project
        return None

    # deletion

    @rule(id=projects | workspaces | sets)
    def delete(self, id: str) -> None:
        type = TYPES[id.partition("-")[0]]
        answer = self.ask.delete(f"{ROOT}/{type}/{id}")
        of_type: dict[str, Any] = getattr(self.model, "sets" if type == "policy-sets" else type)
        if id not in of_type:
            return self.refused(answer, 404)
        if type == "projects" and (self.model.projects[id].default or self.model.within(id)):
            return self.refused(answer)
        self.done(answer, 204)
        del of_type[id]
        self.model.deleted(id)
        return None

    # tags

    @rule(id=workspaces | projects, tags=TAGS, replacing=st.booleans())
    def bind(self, id: str, tags: dict[str, str], replacing: bool) -> None:
        """More of them, or others instead."""
        type = TYPES[id.partition("-")[0]]
        path, said = f"{ROOT}/{type}/{id}", {"tag-bindings": {"data": bindings(tags)}}
        if replacing:
            answer = self.ask.patch(path, json=body(type, said))
        else:
            answer = self.ask.patch(f"{path}/tag-bindings", json=said["tag-bindings"])
        of_type: dict[str, Any] = getattr(self.model, type)
        if (one := of_type.get(id)) is None:
            return self.refused(answer, 404)
        self.done(answer)
        one.tags = dict(tags) if replacing else one.tags | tags
        return None

    # policy sets

    @rule(
        target=sets,
        name=NAMES,
        kind=st.sampled_from(["sentinel", "opa"]),
        everywhere=st.booleans(),
        agents=st.booleans(),
        attached=st.lists(workspaces | projects, max_size=3),
        excluded=st.lists(workspaces | projects, max_size=2),
        selectors=st.just([]) | SELECTORS,
    )
    def create_set(
        self,
        name: str,
        kind: str,
        everywhere: bool,
        agents: bool,
        attached: list[str],
        excluded: list[str],
        selectors: list[Selector],
    ) -> Any:
        related = linked(attached, "") | linked(excluded, "-exclusions")
        related["policies"] = identifiers("policies", f"pol-{kind}")
        said = body(
            "policy-sets",
            related,
            name=name,
            kind=kind,
            agent_enabled=agents,
            **{"global": everywhere},
        )
        if selectors:
            chosen = [spelled(one) for one in selectors]
            said["data"]["attributes"]["tag-selectors"] = chosen
        answer = self.ask.post(SETS, json=said)
        known = self.model.workspaces.keys() | self.model.projects.keys()
        taken = any(name == one.name for one in self.model.sets.values())
        clash = (everywhere or attached) and any(not one.exclude for one in selectors)
        if taken or clash or not {*attached, *excluded} <= known or (everywhere and attached):
            self.refused(answer)
            return multiple()
        id = self.done(answer, 201)["id"]
        once = [one for at, one in enumerate(selectors) if one not in selectors[:at]]
        self.model.sets[id] = PolicySet(
            name,
            kind,
            everywhere,
            agents,
            attached={*attached},
            excluded={*excluded},
            selectors=once,
        )
        return id

    @rule(id=sets, on=st.booleans())
    def turn_global(self, id: str, on: bool) -> None:
        said = body("policy-sets", **{"global": on})
        answer = self.ask.patch(f"{ROOT}/policy-sets/{id}", json=said)
        if id not in self.model.sets:
            return self.refused(answer, 404)
        if on and self.model.sets[id].by_tags:
            return self.refused(answer)
        self.done(answer)
        self.model.sets[id].everywhere = on
        return None

    @rule(
        id=sets,
        agents=st.booleans(),
        overridable=st.sampled_from([None, True, False]),
        tool=st.sampled_from([None, *TOOLS.values()]),
    )
    def choose_the_tool(
        self, id: str, agents: bool, overridable: bool | None, tool: str | None
    ) -> None:
        said = body(
            "policy-sets", agent_enabled=agents, overridable=overridable, policy_tool_version=tool
        )
        answer = self.ask.patch(f"{ROOT}/policy-sets/{id}", json=said)
        if id not in self.model.sets:
            return self.refused(answer, 404)
        one = self.model.sets[id]
        if tool == TOOLS["sentinel"] and one.kind == "opa":
            return self.refused(answer)  # newer ones than are known are taken, older ones are not
        self.done(answer)
        one.agents, one.overridable, one.tool = agents, overridable, tool
        return None

    @rule(
        id=sets,
        method=METHODS,
        member=st.sampled_from(["attached", "excluded"]),
        ids=st.lists(workspaces, max_size=3) | st.lists(projects, min_size=1, max_size=2),
    )
    def relate(self, id: str, method: str, member: str, ids: list[str]) -> None:
        type = "projects" if ids and ids[0].startswith("prj-") else "workspaces"
        relation = next(name for name, to in RELATIONS.items() if to == (type, member))
        path = f"{ROOT}/policy-sets/{id}/relationships/{relation}"
        answer = self.ask.open(path, method=method, json=identifiers(type, *ids))
        if id not in self.model.sets:
            return self.refused(answer, 404)
        one, known = self.model.sets[id], getattr(self.model, type).keys()
        refused = member == "attached" and (one.everywhere or (one.by_tags and method == "POST"))
        if refused or (method == "POST" and not set(ids) <= known):
            return self.refused(answer)
        self.done(answer, 204)
        old: set[str] = getattr(one, member)
        setattr(one, member, old | set(ids) if method == "POST" else old - set(ids))
        return None

    @rule(id=sets, method=METHODS, selectors=SELECTORS)
    def select(self, id: str, method: str, selectors: list[Selector]) -> None:
        path = f"{ROOT}/policy-sets/{id}/tag-selectors"
        said = {"data": [spelled(one) for one in selectors]}
        answer = self.ask.open(path, method=method, json=said)
        if id not in self.model.sets:
            return self.refused(answer, 404)
        one = self.model.sets[id]
        including = any(not each.exclude for each in selectors)
        if method == "POST" and including and (one.everywhere or one.attached):
            return self.refused(answer)
        self.done(answer, 204)
        if method == "POST":
            for each in selectors:
                one.selectors += [each] if each not in one.selectors else []
        else:
            gone = [(each.key, each.value) for each in selectors]
            one.selectors = [each for each in one.selectors if (each.key, each.value) not in gone]
        return None

    @rule(id=sets, selectors=SELECTORS)
    def select_anew(self, id: str, selectors: list[Selector]) -> None:
        """A set that applies by tags from now on: detached, not global, without its selectors."""
        if id in self.model.sets:
            one = self.model.sets[id]
            self.turn_global(id, False)
            self.relate(id, "DELETE", "attached", [i for i in one.attached if i.startswith("ws-")])
            if projects := [i for i in one.attached if i.startswith("prj-")]:
                self.relate(id, "DELETE", "attached", projects)
            if one.selectors:
                self.select(id, "DELETE", [*one.selectors])
            self.select(id, "POST", selectors)

    # what the model says

    @invariant()
    def each_set_is_in_force_where_and_why_the_model_says(self) -> None:
        wanted = {*self.model.in_force()}
        assert self.told("") == wanted
        for id in self.model.workspaces:
            assert self.told(f"?workspace={id}") == {one for one in wanted if one[2] == id}
        for id in self.model.sets:
            assert self.told(f"?policy-set={id}") == {one for one in wanted if one[1] == id}

    def told(self, query: str) -> set[tuple[str, str, str, str]]:
        said = self.ask.get(f"/_mock/effective-policies{query}").json
        for one in (*said["effective"], *said["excluded"]):
            kind = self.model.sets[one["policy-set"]["id"]].kind
            assert [policy["name"] for policy in one["policies"]] == [POLICY[kind]]
        found = [
            (what, one["policy-set"]["id"], one["workspace"]["id"], one["reason"])
            for what in ("effective", "excluded")
            for one in said[what]
        ]
        assert len(found) == len(set(found))
        return set(found)

    @invariant()
    def sets_show_what_the_model_says(self) -> None:
        shown = self.done(self.ask.get(f"{SETS}?page[size]=100"))
        assert [one["id"] for one in shown] == list(self.model.sets), "as they were made"
        for one in shown:
            self.is_shown(one, self.model.sets[one["id"]])
        for kind in POLICY:
            narrowed = self.done(self.ask.get(SETS, query_string={"filter[kind]": kind}))
            assert {one["id"] for one in narrowed} == {
                id for id, one in self.model.sets.items() if one.kind == kind
            }

    def is_shown(self, shown: dict[str, Any], one: PolicySet) -> None:
        counts, related = shown["attributes"], shown["relationships"]
        things = {"workspaces": self.model.workspaces, "projects": self.model.projects}
        for relation, (type, member) in RELATIONS.items():
            ids = getattr(one, member) & things[type].keys()
            if one.everywhere and member == "attached":
                assert relation not in related
                ids = things[type].keys()
            else:
                assert {item["id"] for item in related[relation]["data"]} == ids
            if member == "attached":
                assert counts[f"{type.removesuffix('s')}-count"] == len(ids)
        chosen = one.agents or one.kind == "opa"
        assert counts["overridable"] == (bool(one.overridable) if chosen else None)
        assert counts["policy-tool-version"] == (one.tool if chosen else None)
        assert counts["tag-selectors"] == [spelled(each) for each in one.selectors]
        assert counts["scoping-type"] == ("tag" if one.selectors else "explicit")
        assert (counts["kind"], counts["global"]) == (one.kind, one.everywhere)

    @invariant()
    def workspaces_have_the_tags_that_the_model_says_and_are_found_by_them(self) -> None:
        tags = {id: self.model.tags(id) for id in self.model.workspaces}
        for id, wanted in tags.items():
            shown = self.done(self.ask.get(f"{ROOT}/workspaces/{id}/effective-tag-bindings"))
            found = {}
            for one in shown:
                source = one["relationships"]["inherited-from"]["data"]
                said = one["attributes"]
                found[said["key"]] = (said["value"], source and source["id"])
            assert found == wanted
        queries = [
            {"env": ""}, {"env": "prod"}, {"tier": "test"}, {"env": "prod", "tier": ""},
        ]  # fmt: skip
        for query in queries:
            asked = {}
            for at, (key, value) in enumerate(query.items()):
                asked[f"filter[tagged][{at}][key]"] = key
                asked[f"filter[tagged][{at}][value]"] = value
            shown = self.done(self.ask.get(WORKSPACES, query_string=asked))
            assert {one["id"] for one in shown} == {
                id
                for id, has in tags.items()
                if all(k in has and v in ("", has[k][0]) for k, v in query.items())
            }

    @invariant()
    def projects_have_the_workspaces_that_the_model_says(self) -> None:
        shown = self.done(self.ask.get(f"{ORG}/projects"))
        counts = {one["id"]: one["attributes"]["workspace-count"] for one in shown}
        assert counts == {id: len(self.model.within(id)) for id in self.model.projects}
        for id in self.model.projects:
            narrowed = self.done(self.ask.get(WORKSPACES, query_string={"filter[project][id]": id}))
            assert {one["id"] for one in narrowed} == {*self.model.within(id)}

    @invariant()
    def what_must_always_hold_holds(self) -> None:
        state = self.universe.state
        assert unsound(View(KINDS, state, authenticate(KINDS, state, None, ""))) == []


def bindings(tags: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"type": "tag-bindings", "attributes": {"key": key, "value": value}}
        for key, value in tags.items()
    ]


def spelled(one: Selector) -> dict[str, Any]:
    return {"tag-key": one.key, "tag-value": one.value, "is-exclude": one.exclude}


def linked(ids: list[str], ending: str) -> dict[str, Any]:
    """Relationships to workspaces and projects: `workspaces`, or `workspace-exclusions`."""
    found: dict[str, Any] = {}
    for type, prefix in (("workspaces", "ws-"), ("projects", "prj-")):
        name = f"{type.removesuffix('s')}{ending}" if ending else type
        if mine := [id for id in ids if id.startswith(prefix)]:
            found[name] = identifiers(type, *mine)
    return found


TestScopes = Scopes.TestCase
TestScopes.settings = settings(
    max_examples=examples(75),
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
