"""Projects, and workspaces in them, in the edition of today."""

from __future__ import annotations

import re
from typing import Any

import pytest

import mockserver
from mockserver.world.seeding import BadFixture
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, FOURTH, SECOND, THIRD, body

pytestmark = pytest.mark.tfe(edition="2026-08")
DEFAULT, PLATFORM, EMPTY = "prj-DefAuLt567890Abc", "prj-pLatf0rm567890Ab", "prj-eMpty567890AbcdE"
PROJECTS, WORKSPACES = f"{ORG}/projects", f"{ORG}/workspaces"


def at(tfe: mockserver.World, path: str) -> Any:
    """The resource object of a record."""
    return tfe.client.get(f"{ROOT}/{path}").json["data"]


def ids(answer: Any) -> list[str]:
    return [record["id"] for record in answer.json["data"]]


def details(answer: Any) -> list[str]:
    return [error["detail"] for error in answer.json["errors"]]


def test_an_organization_is_made_with_a_default_project(tfe: mockserver.World) -> None:
    made = tfe.client.post(
        f"{ROOT}/organizations", json=body("organizations", name="acme", email="a@example.com")
    )
    project = made.json["data"]["relationships"]["default-project"]["data"]["id"]
    assert at(tfe, f"projects/{project}")["attributes"]["name"] == "Default Project"
    assert ids(tfe.client.get(f"{ROOT}/organizations/acme/projects")) == [project]


def test_a_workspace_that_names_no_project_is_in_the_default_one(tfe: mockserver.World) -> None:
    made = tfe.client.post(WORKSPACES, json=body("workspaces", name="w")).json["data"]
    assert made["relationships"]["project"]["data"]["id"] == DEFAULT
    said = {"project": {"data": {"type": "projects", "id": PLATFORM}}}
    made = tfe.client.post(WORKSPACES, json=body("workspaces", said, name="v")).json["data"]
    assert made["relationships"]["project"]["data"]["id"] == PLATFORM
    assert at(tfe, f"projects/{PLATFORM}")["attributes"]["workspace-count"] == 2


def test_projects_are_found_by_names_without_regard_to_case(tfe: mockserver.World) -> None:
    """As the provider's suite asks."""
    found = tfe.client.get(PROJECTS, query_string={"filter[names]": "PLATFORM,nothing"})
    assert ids(found) == [PLATFORM]


def test_projects_are_found_by_tags_with_and_without_values(tfe: mockserver.World) -> None:
    """As go-tfe's suite asks."""

    def found(**query: str) -> list[str]:
        return ids(tfe.client.get(PROJECTS, query_string=query))

    env = {"filter[tagged][0][key]": "env"}
    assert found(**env) == [PLATFORM]
    assert found(**env, **{"filter[tagged][0][value]": "prod"}) == [PLATFORM]
    assert found(**env, **{"filter[tagged][0][value]": "test"}) == []
    assert found(**env, **{"filter[tagged][1][key]": "nothing"}) == []


@pytest.mark.parametrize(
    "when", [{"auto-destroy-at": "2100-01-01T00:00:00Z"}, {"auto-destroy-activity-duration": "14d"}]
)
def test_a_workspace_that_says_when_it_is_destroyed_does_not_leave_it_to_its_project(
    tfe: mockserver.World, when: dict[str, str]
) -> None:
    def inherits(path: str, method: str, **said: Any) -> bool:
        document = {"data": {"type": "workspaces", "attributes": said}}
        shown = tfe.client.open(path, method=method, json=document).json["data"]
        return bool(shown["attributes"]["inherits-project-auto-destroy"])

    assert not inherits(WORKSPACES, "POST", name="made", **when)
    path = f"{ROOT}/workspaces/{FIRST}"
    assert inherits(path, "PATCH", description="nothing of that")
    assert not inherits(path, "PATCH", **when)
    assert inherits(path, "PATCH", **{"inherits-project-auto-destroy": True})


@pytest.mark.parametrize("sent", [["/modules"], []])
@pytest.mark.parametrize("names", [("prefixes", "patterns"), ("patterns", "prefixes")])
def test_trigger_prefixes_and_patterns_take_the_place_of_each_other(
    tfe: mockserver.World, names: tuple[str, str], sent: list[str]
) -> None:
    one, other = (f"trigger-{name}" for name in names)

    def changed(**said: Any) -> Any:
        document = {"data": {"type": "workspaces", "attributes": said}}
        answer = tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=document)
        return answer.json["data"]["attributes"]

    assert changed(**{one: ["/network/*"]})[one] == ["/network/*"]
    assert changed(description="something else")[one] == ["/network/*"]
    shown = changed(**{other: sent})
    assert (shown[one], shown[other]) == ([], sent)


def test_there_are_trigger_patterns_only_where_files_trigger_runs(tfe: mockserver.World) -> None:
    off = body("workspaces", file_triggers_enabled=False)
    path = f"{ROOT}/workspaces/{FIRST}"
    assert tfe.client.patch(path, json=off).status_code == 200
    patterns = body("workspaces", trigger_patterns=["/network/*"])
    refused = tfe.client.patch(path, json=patterns)
    said = "'trigger_patterns' cannot be populated when 'file_triggers_enabled' is set to false."
    assert (refused.status_code, details(refused)) == (422, [said])
    off["data"]["attributes"] |= {"name": "made", **patterns["data"]["attributes"]}
    assert details(tfe.client.post(WORKSPACES, json=off)) == [said]
    on = body("workspaces", trigger_patterns=["/network/*"], file_triggers_enabled=True)
    assert tfe.client.patch(path, json=on).status_code == 200


def test_a_workspace_moves_out_of_the_project_it_was_in(tfe: mockserver.World) -> None:
    moved = {"data": [{"type": "workspaces", "id": FIRST}]}
    path = f"{ROOT}/projects/{EMPTY}/relationships/workspaces"
    assert tfe.client.post(path, json=moved).status_code == 204
    assert at(tfe, f"workspaces/{FIRST}")["relationships"]["project"]["data"]["id"] == EMPTY
    assert at(tfe, f"projects/{PLATFORM}")["attributes"]["workspace-count"] == 0
    said = {"project": {"data": {"type": "projects", "id": DEFAULT}}}
    tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=body("workspaces", said))
    assert at(tfe, f"workspaces/{FIRST}")["relationships"]["project"]["data"]["id"] == DEFAULT
    found = tfe.client.get(WORKSPACES, query_string={"filter[project][id]": DEFAULT})
    assert set(ids(found)) == {FIRST, SECOND, THIRD, FOURTH}


def test_a_project_of_another_organization_is_unknown(tfe: mockserver.World) -> None:
    tfe.seed({"organizations": [{"name": "acme", "projects": [{"name": "theirs"}]}]})
    (theirs,) = ids(tfe.client.get(f"{ROOT}/organizations/acme/projects?q=theirs"))
    said = {"project": {"data": {"type": "projects", "id": theirs}}}
    for answer in (
        tfe.client.post(WORKSPACES, json=body("workspaces", said, name="w")),
        tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=body("workspaces", said)),
    ):
        assert answer.status_code == 422
        assert answer.json["errors"][0]["source"]["pointer"].startswith(
            "/data/relationships/project"
        )


def test_neither_the_default_project_nor_one_with_workspaces_is_deleted(
    tfe: mockserver.World,
) -> None:
    refused = tfe.client.delete(f"{ROOT}/projects/{DEFAULT}")
    assert (refused.status_code, details(refused)) == (
        422,
        ["The default project cannot be deleted"],
    )
    refused = tfe.client.delete(f"{ROOT}/projects/{PLATFORM}")
    assert (refused.status_code, details(refused)) == (
        422,
        ["Project cannot be deleted while it has workspaces"],
    )
    assert tfe.client.delete(f"{ROOT}/projects/{EMPTY}").status_code == 204


def test_a_default_project_keeps_its_place_under_a_new_name_in_a_dump(
    tfe: mockserver.World,
) -> None:
    tfe.client.patch(f"{ROOT}/projects/{DEFAULT}", json=body("projects", name="main"))
    with mockserver.universe(edition="2026-08", fixture=tfe.state()) as other:
        assert other.state() == tfe.state()
        organization = at(other, "organizations/my-organization")
        assert organization["relationships"]["default-project"]["data"]["id"] == DEFAULT
        assert at(other, f"projects/{DEFAULT}")["attributes"]["name"] == "main"


def test_a_fixture_that_does_not_say_which_project_is_the_default_one_is_told_how_to() -> None:
    """An entry that says so takes the name."""
    fixture: Any = {"organizations": [{"name": "o", "projects": [{"name": "default project"}]}]}
    with pytest.raises(BadFixture) as told:
        mockserver.create_app(edition="2026-08", fixture=fixture)
    assert re.search(
        r"/organizations/0/projects/0: The name 'default project' is that of the default project \S+: "
        r'an entry with "default": true describes that one\.',
        str(told.value),
    )
    fixture["organizations"][0]["projects"][0]["default"] = True
    mockserver.universe(edition="2026-08", fixture=fixture).close()


def test_an_id_that_an_entry_names_is_made_for_nothing_that_the_fixture_does_not_list() -> None:
    fixture: Any = {"organizations": [{"name": "o"}]}
    with mockserver.universe(edition="2026-08", fixture=fixture) as world:
        made = at(world, "organizations/o")["relationships"]["default-project"]["data"]["id"]
    fixture["organizations"][0]["projects"] = [{"name": "main", "id": made}]
    with mockserver.universe(edition="2026-08", fixture=fixture) as world:
        assert at(world, f"projects/{made}")["attributes"]["name"] == "main"
        default = at(world, "organizations/o")["relationships"]["default-project"]["data"]["id"]
    assert default != made


@pytest.mark.parametrize("name", ["a!b", "ab", "x" * 41, "zeile\n"])
def test_a_name_of_a_project_has_few_signs(tfe: mockserver.World, name: str) -> None:
    assert tfe.client.post(PROJECTS, json=body("projects", name=name)).status_code == 422


def test_what_is_wrong_with_a_name_is_quoted_and_one_workspace_is_one(
    tfe: mockserver.World,
) -> None:
    refused = tfe.client.post(PROJECTS, json=body("projects", name="a/b!c!"))
    meta = refused.json["errors"][0]["meta"]
    assert meta["fact"] == "data.attributes.name is 'a/b!c!', with '/!' in it"
    assert meta["hint"] == "Leave out '/!'."
    made = tfe.client.post(PROJECTS, json=body("projects", name="spare")).json["data"]["id"]
    related = {"project": {"data": {"type": "projects", "id": made}}}
    tfe.client.post(WORKSPACES, json=body("workspaces", related, name="w"))
    kept = tfe.client.delete(f"{ROOT}/projects/{made}").json["errors"][0]["meta"]
    assert kept["fact"] == f"{made} has 1 workspace"


def test_an_execution_mode_comes_from_the_project_or_the_organization_until_said(
    tfe: mockserver.World,
) -> None:
    def mode() -> tuple[str, bool]:
        shown = at(tfe, f"workspaces/{FIRST}")["attributes"]
        return shown["execution-mode"], shown["setting-overwrites"]["execution-mode"]

    def say(path: str, type: str, **said: Any) -> None:
        assert tfe.client.patch(f"{ROOT}/{path}", json=body(type, **said)).status_code == 200

    assert mode() == ("remote", False)
    say("organizations/my-organization", "organizations", default_execution_mode="local")
    assert mode() == ("local", False)
    say(f"projects/{PLATFORM}", "projects", default_execution_mode="remote")
    assert mode() == ("remote", False)
    say(f"workspaces/{FIRST}", "workspaces", execution_mode="local")
    assert mode() == ("local", True)
    inherited = {"execution-mode": False, "agent-pool": False}
    say(f"workspaces/{FIRST}", "workspaces", setting_overwrites=inherited)
    assert mode() == ("remote", False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"execution_mode": "agent"}, "must be specified when using 'agent' execution mode"),
        (
            {"execution_mode": "remote", "agent_pool_id": "apool-1"},
            "must not be specified unless using 'agent' execution mode",
        ),
        ({"execution_mode": "agent", "agent_pool_id": "apool-1"}, "Agent pool does not exist"),
        (
            {"setting_overwrites": {"execution-mode": True, "agent-pool": False}},
            "their values must be the same.",
        ),
    ],
)
def test_execution_mode_and_agent_pool_belong_together(
    tfe: mockserver.World, said: dict[str, Any], told: str
) -> None:
    answer = tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=body("workspaces", **said))
    assert answer.status_code == 422
    assert told in details(answer)[0]


def test_a_workspace_that_is_locked_or_manages_resources_is_not_deleted_safely(
    tfe: mockserver.World,
) -> None:
    tfe.client.post(f"{ROOT}/workspaces/{FIRST}/actions/lock")
    refused = tfe.client.post(f"{ROOT}/workspaces/{FIRST}/actions/safe-delete")
    assert (refused.status_code, details(refused)) == (
        409,
        ["Workspace is locked and cannot be safely deleted."],
    )
    assert refused.json["errors"][0]["meta"]["fact"] == f"{FIRST} is locked by User admin"
    busy = {"name": "busy", "resource-count": 3}
    tfe.seed({"organizations": [{"name": "acme", "workspaces": [busy]}]})
    path = f"{ROOT}/organizations/acme/workspaces/busy"
    refused = tfe.client.post(f"{path}/actions/safe-delete")
    assert (refused.status_code, details(refused)) == (
        409,
        ["Workspace has resources under management and cannot be safely deleted."],
    )
    assert refused.json["errors"][0]["meta"]["fact"].endswith(" manages 3 resources")
    assert tfe.client.delete(path).status_code == 204
    assert tfe.client.post(f"{ROOT}/workspaces/{SECOND}/actions/safe-delete").status_code == 204


def test_who_only_administers_a_workspace_deletes_what_it_manages_where_that_is_allowed(
    tfe: mockserver.World,
) -> None:
    team = {
        "name": "ops",
        "members": ["bob"],
        "organization-access": {"manage-workspaces": True},
    }
    tfe.seed(
        {
            "users": [{"username": "bob", "email": "bob@example.com"}],
            "tokens": [{"name": "bob", "user": "bob"}],
            "organizations": [
                {
                    "name": "acme",
                    "teams": [team],
                    "workspaces": [{"name": "w", "resource-count": 1}],
                }
            ],
        }
    )
    path = f"{ROOT}/organizations/acme/workspaces/w"
    bob = {"Authorization": f"Bearer {tfe.tokens['bob']}"}
    may = tfe.client.get(path, headers=bob).json["data"]["attributes"]["permissions"]
    assert (may["can-destroy"], may["can-force-delete"]) == (True, False)
    refused = tfe.client.delete(path, headers=bob)
    assert refused.status_code == 403
    (error,) = refused.json["errors"]
    assert error["detail"] == "Not authorized to perform a force delete on the workspace"
    assert error["meta"]["hint"] == "Destroy the resources first, or let an owner delete it."
    allowed = body("organizations", allow_force_delete_workspaces=True)
    tfe.client.patch(f"{ROOT}/organizations/acme", json=allowed)
    may = tfe.client.get(path, headers=bob).json["data"]["attributes"]["permissions"]
    assert may["can-force-delete"] is True
    assert tfe.client.delete(path, headers=bob).status_code == 204


def test_tags_are_added_by_name_and_id_listed_searched_and_removed(tfe: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/{SECOND}/relationships/tags"
    named = {"data": [{"type": "tags", "attributes": {"name": "Blue"}}]}
    assert tfe.client.post(path, json=named).status_code == 204
    known = {"data": [{"type": "tags", "id": "tag-gReen567890AbcdE"}]}
    assert tfe.client.post(path, json=known).status_code == 204
    assert at(tfe, f"workspaces/{SECOND}")["attributes"]["tag-names"] == ["blue", "green"]
    both = {"search[tags]": "green,blue"}
    assert ids(tfe.client.get(WORKSPACES, query_string=both)) == [SECOND]
    neither = {"search[exclude-tags]": "green"}
    assert set(ids(tfe.client.get(WORKSPACES, query_string=neither))) == {THIRD, FOURTH}
    assert ids(tfe.client.get(WORKSPACES, query_string={"search[tags]": "grey"})) == []
    assert tfe.client.delete(path, json=named).status_code == 204
    assert at(tfe, f"workspaces/{SECOND}")["attributes"]["tag-names"] == ["green"]
    unknown = tfe.client.post(path, json={"data": [{"type": "tags", "id": "tag-nobody"}]})
    assert (unknown.status_code, details(unknown)) == (422, ["Tag does not exist"])


def test_a_list_is_narrowed_by_wildcards_tags_with_values_and_sorted(tfe: mockserver.World) -> None:
    def found(**query: str) -> list[str]:
        return ids(tfe.client.get(WORKSPACES, query_string=query))

    assert found(**{"search[wildcard-name]": "*-2"}) == [SECOND]
    assert found(sort="name") == [FIRST, SECOND, THIRD, FOURTH]
    assert found(sort="-name") == [FOURTH, THIRD, SECOND, FIRST]
    inherited = {"filter[tagged][0][key]": "env", "filter[tagged][0][value]": "prod"}
    assert found(**inherited) == [FIRST]
    assert found(**inherited, **{"filter[tagged][1][key]": "nothing"}) == []
    assert found(**inherited, **{"filter[tagged][1][key]": "tier"}) == [FIRST]


def test_the_key_of_a_tag_binding_is_a_name_that_tags_are_searched_by(
    tfe: mockserver.World,
) -> None:
    """terraform sends the keys of its `tags` as names too, and expects the same workspaces."""

    def found(**query: str) -> list[str]:
        return ids(tfe.client.get(WORKSPACES, query_string=query))

    both = {"search[tags]": "env,tier", "filter[tagged][0][key]": "env"}
    assert found(**both) == [FIRST]
    assert found(**{"search[tags]": "env,nothing"}) == []
    assert FIRST not in found(**{"search[exclude-tags]": "tier"})
    assert SECOND in found(**{"search[exclude-tags]": "tier"})


def test_a_tag_of_the_workspace_goes_before_that_of_its_project(tfe: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/{FIRST}/tag-bindings"
    said = {"data": [{"type": "tag-bindings", "attributes": {"key": "env", "value": "test"}}]}
    assert tfe.client.patch(path, json=said).status_code == 200
    shown = tfe.client.get(f"{ROOT}/workspaces/{FIRST}/effective-tag-bindings").json["data"]
    assert {one["attributes"]["key"]: one["attributes"]["value"] for one in shown} == {
        "env": "test",
        "tier": "web",
    }
    many = [{"type": "tag-bindings", "attributes": {"key": f"k{n}"}} for n in range(9)]
    refused = tfe.client.patch(path, json={"data": many})
    assert (refused.status_code, details(refused)) == (
        422,
        ["Cannot exceed 10 bindings per resource"],
    )


def test_effective_tags_are_included_with_projects_and_workspaces_as_they_are_now(
    tfe: mockserver.World,
) -> None:
    def tags(path: str, **query: str) -> dict[str, tuple[str, str]]:
        """What each effective tag says, and which record gives it, of the first that is shown."""
        query = {"include": "effective_tag_bindings", **query}
        answer = tfe.client.get(f"{ROOT}/{path}", query_string=query)
        data = answer.json["data"]
        shown = data[0] if isinstance(data, list) else data
        named = [one["id"] for one in shown["relationships"]["effective-tag-bindings"]["data"]]
        found = {one["id"]: one for one in answer.json["included"]}
        return {
            found[id]["attributes"]["key"]: (
                found[id]["attributes"]["value"],
                found[id].get("links", {}).get("inherited-from", "its own").rpartition("/")[2],
            )
            for id in named
        }

    of_both = {"env": ("prod", PLATFORM), "tier": ("web", "its own")}
    assert tags(f"workspaces/{FIRST}") == of_both
    listed = "organizations/my-organization/workspaces"
    assert tags(listed, **{"search[name]": "workspace-1"}) == of_both
    assert tags(f"projects/{PLATFORM}") == {"env": ("prod", "its own")}
    said = {"data": [{"type": "tag-bindings", "attributes": {"key": "env", "value": "test"}}]}
    tfe.client.patch(f"{ROOT}/projects/{PLATFORM}/tag-bindings", json=said)
    assert tags(f"workspaces/{FIRST}")["env"] == ("test", PLATFORM)
    assert tags(f"projects/{PLATFORM}") == {"env": ("test", "its own")}
    assert tags(f"projects/{EMPTY}") == {}


def test_state_is_read_by_the_workspaces_that_are_named_or_by_all(tfe: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/{FIRST}/relationships/remote-state-consumers"
    assert ids(tfe.client.get(path)) == [SECOND]
    third = {"data": [{"type": "workspaces", "id": THIRD}]}
    assert tfe.client.post(path, json=third).status_code == 204
    assert set(ids(tfe.client.get(path))) == {SECOND, THIRD}
    assert tfe.client.patch(path, json=third).status_code == 204
    assert ids(tfe.client.get(path)) == [THIRD]
    everyone = body("workspaces", global_remote_state=True)
    tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=everyone)
    assert set(ids(tfe.client.get(path))) == {SECOND, THIRD, FOURTH}
    assert ids(tfe.client.get(f"{path}?show_only_configured=true")) == [THIRD]
    assert tfe.client.delete(path, json=third).status_code == 204
    assert ids(tfe.client.get(f"{path}?show_only_configured=true")) == []


def test_who_has_locked_a_workspace_is_shown_until_it_is_unlocked(tfe: mockserver.World) -> None:
    tfe.client.post(f"{ROOT}/workspaces/{FIRST}/actions/lock", json={"reason": "by hand"})
    shown = at(tfe, f"workspaces/{FIRST}")
    assert shown["relationships"]["locked-by"]["data"]["type"] == "users"
    assert shown["attributes"]["locked-reason"] == "by hand"
    tfe.client.post(f"{ROOT}/workspaces/{FIRST}/actions/unlock")
    assert at(tfe, f"workspaces/{FIRST}")["relationships"]["locked-by"] == {"data": None}


@pytest.mark.parametrize("path", [f"{ROOT}/projects/{PLATFORM}", f"{ROOT}/workspaces/{FIRST}"])
def test_a_tag_binding_without_a_key_is_refused_where_it_stands(
    tfe: mockserver.World, path: str
) -> None:
    bindings = [{"type": "tag-bindings", "attributes": {"key": "env"}}, {"type": "tag-bindings"}]
    type = "projects" if "projects" in path else "workspaces"
    sent = {"data": {"type": type, "relationships": {"tag-bindings": {"data": bindings}}}}
    refused = tfe.client.patch(path, json=sent)
    assert refused.status_code == 422
    place = "/data/relationships/tag-bindings/data/1"
    assert refused.json["errors"][0]["source"]["pointer"].startswith(place)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("trigger-prefixes", []), ("trigger-patterns", []), ("working-directory", "")],
)
def test_a_null_is_shown_as_nothing_where_the_page_shows_no_null(
    tfe: mockserver.World, name: str, shown: object
) -> None:
    sent: Any = {"data": {"type": "workspaces", "attributes": {"name": "new", name: None}}}
    made = tfe.client.post(f"{ORG}/workspaces", json=sent)
    assert made.json["data"]["attributes"][name] == shown
    del sent["data"]["attributes"]["name"]
    changed = tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=sent)
    assert changed.json["data"]["attributes"][name] == shown


@pytest.mark.parametrize("name", ["   ", "      "])
def test_a_project_has_no_name_of_spaces_alone(tfe: mockserver.World, name: str) -> None:
    made = tfe.client.post(PROJECTS, json=body("projects", name="web")).json["data"]
    path = f"{ROOT}/projects/{made['id']}"
    for answer in (
        tfe.client.post(PROJECTS, json=body("projects", name=name)),
        tfe.client.patch(path, json=body("projects", name=name)),
    ):
        assert answer.status_code == 422
        assert answer.json["errors"][0]["detail"] == "Name can't be blank"
    assert tfe.client.get(path).json["data"]["attributes"]["name"] == "web"
