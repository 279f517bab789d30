"""Lists: pages and their links, search, order, include; counts and linkage on both sides."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.client import ORG, POLICY, ROOT, SET, SETS, WORKSPACE

from .asking import (
    EXAMPLE,
    FIRST,
    FOURTH,
    OTHER,
    POLICIES,
    PRODUCTION,
    SECOND,
    THIRD,
    WORKSPACES,
    a_policy,
    a_set,
    a_workspace,
    an_organization,
    data,
    error,
    errors,
    linked,
    names,
    policies,
    said,
    workspaces,
)

PAGED = pytest.mark.parametrize("path", [SETS, POLICIES, WORKSPACES])


def many(count: int, **first: Any) -> dict[str, Any]:
    """A fixture with so many of each in one organization."""
    return {
        "organizations": [
            {
                "name": "my-organization",
                "workspaces": [{"name": f"ws-{at:03}"} for at in range(count)],
                "policies": [{"name": f"pol-{at:03}"} for at in range(count)],
                "policy-sets": [{"name": f"set-{at:03}"} for at in range(count)],
            }
        ]
    }


def pagination(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json["meta"]["pagination"]
    return found


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


# pages


@pytest.mark.tfe(fixture=many(151))
@pytest.mark.parametrize(("path", "size"), [(SETS, 20), (POLICIES, 20), (WORKSPACES, 150)])
def test_a_page_holds_20_records_of_workspaces_150(tfe: Any, path: str, size: int) -> None:
    answer = tfe.client.get(path)
    assert len(data(answer)) == size
    assert pagination(answer)["total-count"] == 151
    assert query_of(answer.json["links"]["self"])["page[size]"] == str(size)


@pytest.mark.tfe(fixture=many(5))
@PAGED
def test_pages_tell_where_they_stand(tfe: Any, path: str) -> None:
    def page(number: int) -> dict[str, Any]:
        return pagination(tfe.client.get(f"{path}?page[number]={number}&page[size]=2"))

    common = {"total-pages": 3, "total-count": 5}
    assert page(1) == {"current-page": 1, "prev-page": None, "next-page": 2, **common}
    assert page(2) == {"current-page": 2, "prev-page": 1, "next-page": 3, **common}
    assert page(3) == {"current-page": 3, "prev-page": 2, "next-page": None, **common}


@pytest.mark.tfe(fixture=many(5))
@PAGED
def test_a_page_past_the_end_is_empty_and_echoes_its_number(tfe: Any, path: str) -> None:
    answer = tfe.client.get(f"{path}?page[number]=999&page[size]=100")
    assert data(answer) == []
    assert pagination(answer)["current-page"] == 999
    assert pagination(answer)["total-count"] == 5
    assert pagination(answer)["next-page"] is None
    assert answer.json["links"]["next"] is None


@pytest.mark.tfe(fixture=many(5))
@PAGED
def test_links_are_absolute_with_encoded_brackets_and_lead_where_they_say(
    tfe: Any, path: str
) -> None:
    links = tfe.client.get(f"{path}?page[number]=2&page[size]=2").json["links"]

    def link(number: int) -> str:
        return f"http://localhost{path}?page%5Bnumber%5D={number}&page%5Bsize%5D=2"

    assert links == {
        "self": link(2),
        "first": link(1),
        "prev": link(1),
        "next": link(3),
        "last": link(3),
    }
    assert [len(data(tfe.client.get(links[name]))) for name in ("first", "self", "last")] == [
        2,
        2,
        1,
    ]


@PAGED
def test_the_link_to_itself_has_number_and_size_although_none_was_asked_for(
    tfe: Any, path: str
) -> None:
    asked = query_of(tfe.client.get(path).json["links"]["self"])
    assert asked == {"page[number]": "1", "page[size]": "150" if path == WORKSPACES else "20"}


def test_links_are_absolute_by_the_host_that_was_asked(tfe: Any) -> None:
    answer = tfe.client.get(SETS, base_url="http://127.0.0.1:8080")
    assert answer.json["links"]["first"].startswith(f"http://127.0.0.1:8080{SETS}?")


@pytest.mark.tfe(fixture=many(5))
@PAGED
def test_links_of_one_page_and_of_none_lead_to_the_first(tfe: Any, path: str) -> None:
    links = tfe.client.get(path).json["links"]
    assert links["prev"] is None
    assert links["next"] is None
    assert links["first"] == links["self"] == links["last"]
    links = tfe.client.get(f"{path}?search[name]=nothing-has-this").json["links"]
    assert links["first"] == links["last"]


@pytest.mark.tfe(fixture=many(5))
@pytest.mark.parametrize(
    ("path", "include"),
    [(SETS, "policies,workspaces"), (POLICIES, "policy-sets"), (WORKSPACES, "organization")],
)
def test_links_keep_search_and_include(tfe: Any, path: str, include: str) -> None:
    answer = tfe.client.get(f"{path}?search[name]=00&include={include}&page[size]=2&stray=1")
    for name in ("self", "first", "next", "last"):
        asked = query_of(answer.json["links"][name])
        assert asked["search[name]"] == "00"
        assert asked["include"] == include
        assert "stray" not in asked
    following = tfe.client.get(answer.json["links"]["next"])
    assert len(data(following)) == 2
    assert "included" in following.json


@PAGED
@pytest.mark.parametrize("size", ["0", "151", "-1", "ten", "", "1.0", "1e2", "+5", "٣", "9" * 30])
def test_a_page_size_outside_1_to_150_is_422_without_a_source(
    tfe: Any, path: str, size: str
) -> None:
    found = error(tfe.client.get(path, query_string={"page[size]": size}))
    assert found["meta"].pop("operation").startswith("list-")
    assert found["meta"].pop("source").endswith("#query-parameters")
    assert found == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "page[size] must be between 1 and 150",
        "meta": {
            "edition": "2019-07",
            "pointer": "",
            "fact": f"page[size] is {size!r}",
            "expected": "between 1 and 150",
            "key-path": "page[size]",
            "hint": "Send between 1 and 150 as page[size].",
        },
    }


@PAGED
@pytest.mark.parametrize("number", ["0", "-1", "one", "", "1.5"])
def test_a_bad_page_number_likewise(tfe: Any, path: str, number: str) -> None:
    found = error(tfe.client.get(path, query_string={"page[number]": number}))
    assert (found["title"], found["detail"]) == (
        "invalid attribute",
        "page[number] must be 1 or more",
    )
    assert "source" not in found
    assert found["meta"]["fact"] == f"page[number] is {number!r}"
    assert found["meta"]["hint"] == "Send 1 or more as page[number]."


@PAGED
def test_sizes_of_1_and_150_are_taken(tfe: Any, path: str) -> None:
    assert len(data(tfe.client.get(f"{path}?page[size]=1"))) == 1
    assert tfe.client.get(f"{path}?page[size]=150").status_code == 200


def test_both_numbers_of_a_page_are_refused_at_once(tfe: Any) -> None:
    assert said(tfe.client.get(f"{SETS}?page[number]=0&page[size]=0")) == [
        ("invalid attribute", "page[number] must be 1 or more", None),
        ("invalid attribute", "page[size] must be between 1 and 150", None),
    ]


@pytest.mark.tfe(fixture={"organizations": [{"name": f"org-{at:03}"} for at in range(200)]})
def test_organizations_do_not_page_but_say_that_they_are_one_page(tfe: Any) -> None:
    answer = tfe.client.get(f"{ROOT}/organizations?page[size]=2")
    assert len(data(answer)) == 200
    assert pagination(answer) == {
        "current-page": 1,
        "prev-page": None,
        "next-page": None,
        "total-pages": 1,
        "total-count": 200,
    }
    assert "links" not in answer.json


# search


@PAGED
@pytest.mark.parametrize("needle", ["need", "NEED", "nEEd", "dle-i", "a-needle-in-b", "-"])
def test_search_finds_a_part_of_the_name_in_any_case(tfe: Any, path: str, needle: str) -> None:
    document = {SETS: a_set, POLICIES: a_policy, WORKSPACES: a_workspace}[path]
    assert tfe.client.post(path, json=document("a-Needle-in-b")).status_code in (200, 201)
    assert tfe.client.post(path, json=document("hay")).status_code in (200, 201)
    found = names(tfe.client.get(path, query_string={"search[name]": needle}))
    assert "a-Needle-in-b" in found
    assert "hay" not in found


@pytest.mark.tfe(fixture=many(30))
@PAGED
def test_search_filters_the_total_count_too(tfe: Any, path: str) -> None:
    answer = tfe.client.get(f"{path}?search[name]=-01&page[size]=4&page[number]=3")
    assert len(data(answer)) == 2
    assert pagination(answer)["total-count"] == 10
    assert pagination(answer)["total-pages"] == 3


@PAGED
def test_an_empty_search_finds_everything_and_a_strange_one_nothing(tfe: Any, path: str) -> None:
    everything = pagination(tfe.client.get(path))["total-count"]
    assert pagination(tfe.client.get(f"{path}?search[name]="))["total-count"] == everything
    for needle in ("no such", ".*", "%", "^", "production.*"):
        answer = tfe.client.get(path, query_string={"search[name]": needle})
        assert (data(answer), pagination(answer)["total-count"]) == ([], 0)


# order


@pytest.mark.parametrize(("path", "document"), [(SETS, a_set), (POLICIES, a_policy)])
def test_sets_and_policies_stand_by_name(tfe: Any, path: str, document: Any) -> None:
    for name in ("zeta", "alpha", "Mid", "10", "9"):
        tfe.client.post(path, json=document(name))
    found = names(tfe.client.get(path))
    assert found == sorted(found)
    assert {"zeta", "alpha", "Mid", "10", "9"} < set(found)


def test_organizations_stand_by_name(tfe: Any) -> None:
    for name in ("zeta", "alpha"):
        tfe.client.post(f"{ROOT}/organizations", json=an_organization(name))
    assert names(tfe.client.get(f"{ROOT}/organizations")) == ["alpha", "my-organization", "zeta"]


def test_a_renamed_set_moves_to_its_place(tfe: Any) -> None:
    for name in ("alpha", "beta"):
        tfe.client.post(SETS, json=a_set(name))
    tfe.client.patch(SET, json={"data": {"type": "policy-sets", "attributes": {"name": "aaa"}}})
    assert names(tfe.client.get(SETS)) == ["aaa", "alpha", "beta"]


def test_workspaces_stand_last_changed_first_and_ties_newest_first(tfe: Any) -> None:
    assert names(tfe.client.get(WORKSPACES)) == [f"workspace-{at}" for at in (4, 3, 2, 1)]
    tfe.clock.advance(1)
    tfe.client.patch(
        WORKSPACE, json={"data": {"type": "workspaces", "attributes": {"auto-apply": True}}}
    )
    assert names(tfe.client.get(WORKSPACES)) == [f"workspace-{at}" for at in (1, 4, 3, 2)]
    tfe.client.post(WORKSPACES, json=a_workspace("newest"))
    assert names(tfe.client.get(WORKSPACES))[:2] == ["newest", "workspace-1"]
    tfe.clock.advance(1)
    tfe.client.post(f"{ROOT}/workspaces/{THIRD}/actions/lock")
    assert names(tfe.client.get(WORKSPACES))[:3] == ["workspace-3", "newest", "workspace-1"]


def test_a_workspace_that_is_changed_to_what_it_was_stays_in_its_place(tfe: Any) -> None:
    tfe.clock.advance(1)
    tfe.client.patch(
        WORKSPACE, json={"data": {"type": "workspaces", "attributes": {"auto-apply": False}}}
    )
    assert names(tfe.client.get(WORKSPACES))[0] == "workspace-4"


@pytest.mark.tfe(fixture=many(23))
@PAGED
def test_order_is_stable_over_pages(tfe: Any, path: str) -> None:
    whole = names(tfe.client.get(f"{path}?page[size]=150"))
    by_sevens = [
        name
        for number in range(1, 5)
        for name in names(tfe.client.get(f"{path}?page[size]=7&page[number]={number}"))
    ]
    assert by_sevens == whole
    assert len(set(whole)) == 23


def test_linkage_stands_in_order_of_the_members_creation(tfe: Any) -> None:
    late = data(tfe.client.post(POLICIES, json=a_policy("a-late-one")))["id"]
    made = data(
        tfe.client.post(
            SETS, json=a_set(policies=(late, OTHER, EXAMPLE), workspaces=(FOURTH, FIRST))
        ),
        201,
    )
    assert linked(made, "policies") == [EXAMPLE, OTHER, late]
    assert linked(made, "workspaces") == [FIRST, FOURTH]
    tfe.client.post(f"{SET}/relationships/policies", json=policies(late, OTHER))
    assert linked(data(tfe.client.get(SET)), "policies") == [EXAMPLE, OTHER, late]
    first = data(tfe.client.post(SETS, json=a_set("a-first", policies=(EXAMPLE,))), 201)["id"]
    assert linked(data(tfe.client.get(POLICY)), "policy-sets") == [PRODUCTION, made["id"], first]


# include


def kinds_and_ids(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [(record["type"], record["id"]) for record in answer.json["included"]]


@pytest.mark.parametrize(
    ("include", "included"),
    [
        ("policies", [("policies", EXAMPLE)]),
        ("workspaces", [("workspaces", FIRST)]),
        ("policies,workspaces", [("policies", EXAMPLE), ("workspaces", FIRST)]),
        ("policies, workspaces", [("policies", EXAMPLE), ("workspaces", FIRST)]),
        ("policies,policies", [("policies", EXAMPLE)]),
    ],
)
def test_a_set_brings_its_policies_and_workspaces(
    tfe: Any, include: str, included: list[tuple[str, str]]
) -> None:
    for path in (SET, SETS):
        answer = tfe.client.get(path, query_string={"include": include})
        assert kinds_and_ids(answer) == included


def test_included_records_are_as_their_own_page_shows_them(tfe: Any) -> None:
    included = tfe.client.get(f"{SET}?include=policies,workspaces").json["included"]
    assert included == [data(tfe.client.get(POLICY)), data(tfe.client.get(WORKSPACE))]


def test_a_policy_brings_its_sets(tfe: Any) -> None:
    for path in (POLICY, POLICIES):
        answer = tfe.client.get(f"{path}?include=policy-sets")
        assert kinds_and_ids(answer) == [("policy-sets", PRODUCTION)]
        assert answer.json["included"] == [data(tfe.client.get(SET))]


def test_included_holds_each_record_once(tfe: Any) -> None:
    for name in ("one", "two"):
        tfe.client.post(
            SETS, json=a_set(name, policies=(EXAMPLE, OTHER), workspaces=(FIRST, SECOND))
        )
    answer = tfe.client.get(f"{SETS}?include=policies,workspaces")
    assert sorted(kinds_and_ids(answer)) == sorted(
        [("policies", EXAMPLE), ("policies", OTHER), ("workspaces", FIRST), ("workspaces", SECOND)]
    )


def test_only_what_the_page_shows_is_included(tfe: Any) -> None:
    tfe.client.post(SETS, json=a_set("a-first", policies=(OTHER,)))
    assert kinds_and_ids(tfe.client.get(f"{SETS}?include=policies&page[size]=1")) == [
        ("policies", OTHER)
    ]


@pytest.mark.parametrize("path", [WORKSPACE, f"{WORKSPACES}/workspace-1", WORKSPACES])
def test_a_workspace_brings_its_organization_and_takes_the_dotted_names_of_runs(
    tfe: Any, path: str
) -> None:
    names = (
        "organization",
        "current_run",
        "current_run.plan",
        "current_run.configuration_version",
        "current_run.configuration_version.ingress_attributes",
    )
    for include in (names[0], ",".join(names)):
        answer = tfe.client.get(path, query_string={"include": include})
        assert kinds_and_ids(answer) == [("organizations", "my-organization")]
        assert answer.json["included"] == [data(tfe.client.get(ORG))]
    for include in names[1:]:
        assert kinds_and_ids(tfe.client.get(path, query_string={"include": include})) == []


def test_a_global_set_includes_no_workspace(tfe: Any) -> None:
    tfe.client.patch(SET, json={"data": {"type": "policy-sets", "attributes": {"global": True}}})
    answer = tfe.client.get(f"{SET}?include=policies,workspaces")
    assert kinds_and_ids(answer) == [("policies", EXAMPLE)]


def test_without_include_nothing_is_included(tfe: Any) -> None:
    for path in (SET, SETS, f"{SET}?include=", f"{SET}?include=,"):
        assert "included" not in tfe.client.get(path).json


@pytest.mark.parametrize(
    ("path", "include"),
    [
        (SET, "policy"),
        (SET, "organization"),
        (SETS, "policies,runs"),
        (SETS, "Policies"),
        (POLICY, "policies"),
        (POLICIES, "policy_sets"),
        (WORKSPACE, "current-run"),
        (WORKSPACE, "current_run.apply"),
        (f"{WORKSPACES}/workspace-1", "organizations"),
        (WORKSPACES, "organization.owners"),
    ],
)
def test_an_unknown_name_is_400_whose_detail_ends_with_these_words(
    tfe: Any, path: str, include: str
) -> None:
    """terraform compares the end of the text."""
    (found,) = errors(tfe.client.get(path, query_string={"include": include}), 400)
    assert (found["title"], found["detail"]) == ("bad request", "Invalid include parameter")
    assert found["meta"]["fact"] == f"include is {include!r}"
    assert found["meta"]["key-path"] == "include"
    assert found["meta"]["expected"].startswith("one or more of ")


def test_include_on_what_pages_do_not_list_it_for_is_a_finding(tfe: Any) -> None:
    answer = tfe.client.patch(
        f"{SET}?include=policies", json={"data": {"type": "policy-sets", "attributes": {}}}
    )
    assert answer.status_code == 200
    assert "included" not in answer.json
    assert [finding["key-path"] for finding in list(tfe.journal)[-1].findings] == ["include"]


# counts and linkage, on both sides


def both_sides(tfe: Any) -> tuple[list[str], int, list[str], int, list[str], int]:
    """Linkage and counts of the documented set and policy."""
    set_, policy = data(tfe.client.get(SET)), data(tfe.client.get(POLICY))
    return (
        linked(set_, "policies"),
        set_["attributes"]["policy-count"],
        linked(set_, "workspaces"),
        set_["attributes"]["workspace-count"],
        linked(policy, "policy-sets"),
        policy["attributes"]["policy-set-count"],
    )


def test_counts_and_linkage_agree_on_both_sides_through_every_change(tfe: Any) -> None:
    assert both_sides(tfe) == ([EXAMPLE], 1, [FIRST], 1, [PRODUCTION], 1)
    tfe.client.post(f"{SET}/relationships/policies", json=policies(OTHER))
    tfe.client.post(f"{SET}/relationships/workspaces", json=workspaces(SECOND, THIRD))
    assert both_sides(tfe) == ([EXAMPLE, OTHER], 2, [FIRST, SECOND, THIRD], 3, [PRODUCTION], 1)
    tfe.client.delete(f"{SET}/relationships/policies", json=policies(EXAMPLE))
    assert both_sides(tfe) == ([OTHER], 1, [FIRST, SECOND, THIRD], 3, [], 0)
    tfe.client.post(f"{SET}/relationships/policies", json=policies(EXAMPLE))
    tfe.client.delete(f"{SET}/relationships/workspaces", json=workspaces(FIRST))
    assert both_sides(tfe) == ([EXAMPLE, OTHER], 2, [SECOND, THIRD], 2, [PRODUCTION], 1)
    tfe.client.delete(f"{ROOT}/policies/{OTHER}")
    tfe.client.delete(f"{ROOT}/workspaces/{SECOND}")
    assert both_sides(tfe) == ([EXAMPLE], 1, [THIRD], 1, [PRODUCTION], 1)


def test_lists_show_the_same_counts_and_linkage(tfe: Any) -> None:
    tfe.client.post(f"{SET}/relationships/policies", json=policies(OTHER))
    assert data(tfe.client.get(SETS)) == [data(tfe.client.get(SET))]
    assert data(tfe.client.get(POLICIES)) == [
        data(tfe.client.get(f"{ROOT}/policies/{id}")) for id in (EXAMPLE, OTHER)
    ]
