"""Policies of August 2026: kinds, levels, queries, and fixtures of them."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.world.seeding import BadFixture
from tests.client import ORG, ROOT
from tests.resources.asking import EXAMPLE, OTHER, body, last

SETS, POLICIES = f"{ORG}/policy-sets", f"{ORG}/policies"
TAGGED, VERSIONED = "polset-oPa4567890Abcdef", "polset-vErs10n567890Abc"
pytestmark = pytest.mark.tfe(edition="2026-08")
OPA = {"kind": "opa", "query": "data.terraform.deny"}
DEFAULTS = [({"kind": "sentinel"}, "hard-mandatory"), (OPA, "advisory")]


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"kind": "opa", "query": "q", "enforcement_level": "hard-mandatory"}, "not included"),
        ({"kind": "sentinel", "enforcement_level": "mandatory"}, "not included"),
        ({"kind": "opa"}, "Query can't be blank"),
    ],
)
def test_each_kind_of_policy_has_levels_of_its_own(
    tfe: mockserver.World, said: dict[str, Any], detail: str
) -> None:
    refused = tfe.client.post(POLICIES, json=body("policies", name="new", **said))
    assert refused.status_code == 422
    assert detail in refused.json["errors"][0]["detail"]


def test_a_level_is_said_alone_or_with_the_file_and_shown_both_ways(tfe: mockserver.World) -> None:
    enforce = [{"path": "opa.rego", "mode": "mandatory"}]
    said = body("policies", name="opa", kind="opa", query="q", enforce=enforce)
    made = tfe.client.post(POLICIES, json=said).json["data"]
    assert made["attributes"]["enforcement-level"] == "mandatory"
    tfe.client.put(f"{ROOT}/policies/{made['id']}/upload", data=b"package terraform")
    change = body("policies", enforcement_level="advisory")
    shown = tfe.client.patch(f"{ROOT}/policies/{made['id']}", json=change).json["data"]
    assert shown["attributes"]["enforce"] == [{"path": "opa.rego", "mode": "advisory"}]
    sentinel = tfe.client.get(f"{ROOT}/policies/{EXAMPLE}").json["data"]["attributes"]
    assert (sentinel["kind"], sentinel["query"]) == ("sentinel", None)


def test_lists_are_narrowed_by_kind(tfe: mockserver.World) -> None:
    found = tfe.client.get(SETS, query_string={"filter[kind]": "opa"}).json["data"]
    assert [one["id"] for one in found] == [TAGGED, VERSIONED]
    found = tfe.client.get(POLICIES, query_string={"filter[kind]": "sentinel"}).json["data"]
    assert {one["id"] for one in found} == {EXAMPLE, OTHER}


@pytest.mark.parametrize("path", [SETS, POLICIES])
def test_a_filter_and_a_search_narrow_a_list_together(tfe: mockserver.World, path: str) -> None:
    one = tfe.client.get(path).json["data"][0]["attributes"]
    other = "opa" if one["kind"] == "sentinel" else "sentinel"
    for kind, count in ((one["kind"], 1), (other, 0)):
        query = {"filter[kind]": kind, "search[name]": one["name"].upper()}
        found = tfe.client.get(path, query_string=query)
        assert found.status_code == 200
        assert len(found.json["data"]) == count


def created(tfe: mockserver.World, **said: Any) -> Any:
    answer = tfe.client.post(POLICIES, json=body("policies", name="new", **said))
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


@pytest.mark.parametrize(("kind", "level"), DEFAULTS)
@pytest.mark.parametrize("said", [{}, {"enforce": []}, {"enforce": [{}]}])
def test_without_a_level_a_policy_has_that_of_its_kind(
    tfe: mockserver.World, kind: dict[str, Any], level: str, said: dict[str, Any]
) -> None:
    """The page of policies: of OPA it is advisory."""
    assert created(tfe, **kind, **said)["attributes"]["enforcement-level"] == level
    assert last(tfe).findings == []


@pytest.mark.parametrize(
    ("kind", "file", "level"),
    [({"kind": "sentinel"}, "new.sentinel", "hard-mandatory"), (OPA, "new.rego", "advisory")],
)
def test_a_level_for_another_file_is_told_with_the_file_and_what_it_is_instead(
    tfe: mockserver.World, kind: dict[str, Any], file: str, level: str
) -> None:
    other = {"advisory": "mandatory", "hard-mandatory": "advisory"}[level]
    made = created(tfe, **kind, enforce=[{"path": "other", "mode": other}])
    assert made["attributes"]["enforcement-level"] == level
    (finding,) = last(tfe).findings
    assert finding["pointer"] == "/data/attributes/enforce/0/path"
    said = f"the policy is {level}: its one file is {file}, and enforce[0].path is 'other'"
    assert finding["fact"] == said
    assert finding["hint"] == f"Send {file}."


@pytest.mark.parametrize(
    ("mode", "told"), [("soft-mandatory", True), ("advisory", False), (None, False)]
)
def test_a_level_goes_before_that_of_the_file_and_says_so_where_they_differ(
    tfe: mockserver.World, mode: str | None, told: bool
) -> None:
    entry = {"path": "new.sentinel", **({"mode": mode} if mode else {})}
    made = created(tfe, enforcement_level="advisory", enforce=[entry])
    assert made["attributes"]["enforcement-level"] == "advisory"
    findings = last(tfe).findings
    assert bool(findings) is told
    for finding in findings:
        assert finding["pointer"] == "/data/attributes/enforce/0/mode"
        assert (
            finding["fact"]
            == "enforce[0].mode is soft-mandatory, and enforcement-level is advisory"
        )
        assert (
            finding["hint"] == "Leave out data.attributes.enforce; enforcement-level goes before."
        )


def test_an_enforce_beside_a_level_is_looked_at_as_one_alone(tfe: mockserver.World) -> None:
    two = [{"path": "new.sentinel", "mode": "advisory"}, {"path": "b", "mode": "advisory"}]
    said = body("policies", name="new", enforcement_level="advisory", enforce=two)
    refused = tfe.client.post(POLICIES, json=said)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["detail"] == "Enforce can only have one entry"
    made = created(tfe, enforcement_level="advisory", enforce=[{"path": "x", "mode": "advisory"}])
    assert made["attributes"]["enforcement-level"] == "advisory"
    (finding,) = last(tfe).findings
    assert finding["fact"] == (
        "the policy is advisory: its one file is new.sentinel, and enforce[0].path is 'x'"
    )


@pytest.mark.parametrize(
    ("kind", "file", "level"),
    [({"kind": "sentinel"}, "new.sentinel", "advisory"), (OPA, "new.rego", "mandatory")],
)
def test_a_patch_that_names_no_mode_keeps_the_level(
    tfe: mockserver.World, kind: dict[str, Any], file: str, level: str
) -> None:
    """Neither an empty `enforce`, which is shown before the first upload, nor a file without a mode."""
    path = f"{ROOT}/policies/{created(tfe, **kind, enforcement_level=level)['id']}"
    for enforce in ([], [{}], [{"path": file}]):
        shown = tfe.client.patch(path, json=body("policies", enforce=enforce)).json["data"]
        assert shown["attributes"]["enforcement-level"] == level
        assert last(tfe).findings == []
    shown = tfe.client.patch(path, json=body("policies", enforce=[{"path": "x"}])).json["data"]
    assert shown["attributes"]["enforcement-level"] == level
    (finding,) = last(tfe).findings
    assert finding["fact"].startswith(f"the policy is {level}: its one file is {file}")


@pytest.mark.parametrize("query", ["", " ", "\n\t", None])
def test_a_policy_of_opa_never_loses_its_query(tfe: mockserver.World, query: str | None) -> None:
    path = f"{ROOT}/policies/{created(tfe, **OPA)['id']}"
    before = tfe.client.get(path).json
    refused = tfe.client.patch(path, json=body("policies", query=query))
    assert refused.json["errors"][0]["detail"] == "Query can't be blank"
    assert tfe.client.get(path).json == before
    assert tfe.client.patch(path, json=body("policies", description="x")).status_code == 200


def a_fixture(**policy: Any) -> dict[str, Any]:
    return {"organizations": [{"name": "acme", "policies": [{"name": "new", **policy}]}]}


@pytest.mark.parametrize(("kind", "level"), DEFAULTS)
def test_a_policy_of_a_fixture_without_a_mode_has_that_of_its_kind(
    kind: dict[str, Any], level: str
) -> None:
    with mockserver.universe(edition="2026-08", fixture=a_fixture(**kind)) as tfe:
        (shown,) = tfe.client.get(f"{ROOT}/organizations/acme/policies").json["data"]
        assert shown["attributes"]["enforcement-level"] == level


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (
            {**OPA, "mode": "soft-mandatory"},
            "/organizations/0/policies/0/mode: A policy of kind opa is mandatory or advisory, "
            "not soft-mandatory.",
        ),
        (
            {"mode": "mandatory"},
            "/organizations/0/policies/0/mode: A policy of kind sentinel is hard-mandatory, "
            "soft-mandatory or advisory, not mandatory.",
        ),
        (
            {"kind": "opa"},
            "/organizations/0/policies/0: A policy of kind opa has a query, such as "
            "'terraform.main'; 'new' has none.",
        ),
        (
            {"query": "data.terraform.deny"},
            "/organizations/0/policies/0/query: A policy of kind sentinel has no query: leave it "
            'out, or write "kind": "opa".',
        ),
    ],
)
def test_a_policy_of_a_fixture_that_cannot_be_is_told_with_its_place(
    policy: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadFixture) as refused:
        mockserver.create_app(edition="2026-08", fixture=a_fixture(**policy))
    assert str(refused.value) == f"The fixture has 1 fault(s):\n  {said}"


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_set_from_a_repository_is_refused_and_told_what_to_do_instead(
    tfe: mockserver.World, method: str
) -> None:
    repository = {"identifier": "acme/policies", "branch": "", "oauth-token-id": "ot-1"}
    path = SETS if method == "post" else f"{ROOT}/policy-sets/{TAGGED}"
    refused = tfe.client.open(
        path, method=method.upper(), json=body("policy-sets", name="new", vcs_repo=repository)
    )
    (error,) = refused.json["errors"]
    assert refused.status_code == 422
    assert error["source"] == {"pointer": "/data/attributes/vcs-repo"}
    assert error["meta"]["expected"] == "null"
    assert error["meta"]["hint"] == (
        "No repository is read: leave it out; add policies, or upload a version."
    )
    taken = body("policy-sets", name="without", vcs_repo=None)
    assert tfe.client.open(path, method=method.upper(), json=taken).status_code in (200, 201)
    assert last(tfe).findings == []


def test_every_fault_of_a_policy_is_told_at_once_and_none_of_what_names_it() -> None:
    """A set finds it all the same, and is of its kind."""
    policy = {"kind": "opa", "mode": "hard-mandatory"}
    fixture = a_fixture(**policy)
    fixture["organizations"][0]["policy-sets"] = [
        {"name": "set", "kind": "opa", "policies": ["new"]}
    ]
    with pytest.raises(BadFixture) as refused:
        mockserver.create_app(edition="2026-08", fixture=fixture)
    place = "/organizations/0/policies/0"
    assert [fault.pointer for fault in refused.value.faults] == [f"{place}/mode", place]
