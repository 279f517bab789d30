"""What is a fault, what a note and what drift: it depends on where a fact is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from mockserver.judge.sources import level_of
from tests.verify.mutations.servers import rewritten
from tests.verify.mutations.spoiling import Answer, Spoil, put, spoilt, status
from tests.verify.playing import run
from tests.verify.test_recordings import SHOW, entry, example, har, verify

SOURCES = {
    "policy-sets.html#create-a-policy-set": "fault",
    "recorded answers of the real service, 2019-12": "fault",
    "JSON:API 1.0": "fault",
    "index.html#response-codes": "fault",
    "organization-tokens.html#delete-the-organization-token, go-tfe v0.3.19 x_test.go:84": "fault",
    "go-tfe v0.3.19 policy_test.go:360": "note",
    "go-tfe v0.3.19 workspace.go:74": "note",
    "decision: the page gives no status; 201 as in later documents": "note",
    "policies.html#upload-a-policy, decision: the same limit for every body": "note",
}


@pytest.mark.parametrize(("source", "level"), SOURCES.items())
def test_a_fact_weighs_what_its_source_weighs(source: str, level: str) -> None:
    assert level_of(source) == level


def _global(new: int) -> Spoil:
    """The refusal of a global set with workspaces, by another number."""

    def spoil(answer: Answer) -> None:
        if answer.status == 422 and b"Global policy sets" in answer.body:
            answer.status = new

    return spoil


def _made_not_global() -> Any:
    """A global set with workspaces is made, and is not global."""
    return rewritten("create-policy-set", rb'"global": true(?=.*"workspaces")', b'"global": false')


MAKE, ATTACH = "create-policy-set", "attach-policy-set-to-workspaces"
Server = Callable[[], Any]


def by(operation: str, spoil: Spoil) -> tuple[str, Server]:
    return operation, lambda: spoilt({operation: spoil})


FACTS: list[tuple[str, tuple[str, Server], str]] = [
    ("page[size]=0 refused by 400", by("list-policy-sets", status(422, 400)), "note"),
    ("page[size]=0 of policies refused by 400", by("list-policies", status(422, 400)), "note"),
    ("page[size]=0 of workspaces refused by 400", by("list-workspaces", status(422, 400)), "note"),
    ("a workspace that is created by 200", by("create-workspace", status(201, 200)), "note"),
    ("a set that is created by 200", by(MAKE, status(201, 200)), "fault"),
    ("auto-apply that is ignored", by("create-workspace", put("/attributes/auto-apply", False)), "fault"),
    ("a wrong type that only a client knows", by("show-organization", put("/attributes/saml-enabled", "no")), "note"),
    ("a wrong type of the page", by("show-organization", put("/attributes/email", 7)), "fault"),
    ("a global set with workspaces refused by 400", by(MAKE, _global(400)), "note"),
    ("a global set attached, refused by 409", by(ATTACH, _global(409)), "note"),
    ("a global set with workspaces that is made", (MAKE, _made_not_global), "fault"),
    ("a global set that is attached", by(ATTACH, _global(204)), "fault"),
]  # fmt: skip
"""A fact, a server that breaks it, and what the source of the fact makes of that."""


@pytest.mark.parametrize(("what", "server", "level"), FACTS, ids=[f[0] for f in FACTS])
def test_each_fact_has_its_level(what: str, server: tuple[str, Server], level: str) -> None:
    operation, make = server
    _, result = run(make(), only=frozenset({operation}))
    assert {finding.level for finding in result.findings} == {level}, [
        finding.line() for finding in result.findings
    ]


def _without_size(environ: dict[str, Any]) -> None:
    """The parameter page[size], where it is 0, is ignored."""
    environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("page%5Bsize%5D=0", "")


@pytest.mark.parametrize("operation", ["list-policy-sets", "list-policies", "list-workspaces"])
def test_a_bad_page_size_that_is_taken_is_a_fault_of_every_list(operation: str) -> None:
    _, result = run(spoilt({}, {operation: _without_size}), only=frozenset({operation}))
    assert [(f.level, f.place, f.what) for f in result.findings] == [
        ("fault", "status", "page[size]=0 is answered 200")
    ]


def test_an_addition_is_drift_and_told_once_for_its_type(tmp_path: Path) -> None:
    more = example("show-policy-set")
    more["data"]["attributes"] |= {"kind": "opa", "overridable": True}
    more["data"]["relationships"]["projects"] = {"data": []}
    more["data"]["links"]["html"] = "/app"
    path = har(tmp_path / "a.har", *(entry("GET", SHOW, 200, more) for _ in range(3)))
    said = verify("--har", str(path), "--edition", "2019-07")
    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "drift: show-policy-set /data/attributes/kind: policy-sets show 4 members that 2019-07 does "
        "not list: attributes.kind, attributes.overridable, relationships.projects, links.html; "
        "expected the members that are listed (stability-policy.html: new attributes, links and "
        "relationships are backwards compatible) (3 times) [log.entries[0]]",
        "hint: what is answered looks like edition 2026-08, which lists 3 members and routes that 2019-07 "
        "does not: --edition 2026-08",
        "conforms to 2019-07: 0 faults, 0 notes, drift in 1 type; 3 exchanges",
    ]
    strict = verify("--har", str(path), "--fail-on-drift")
    assert strict.exit_code == 1
    assert strict.stdout.startswith(
        "fault: show-policy-set /data/attributes/kind: policy-sets show 4"
    )


def test_an_addition_is_filed_under_every_operation_that_shows_it(tmp_path: Path) -> None:
    more = example("list-policy-sets")
    more["data"][0]["attributes"]["kind"] = "opa"
    alone = example("show-policy-set")
    alone["data"]["attributes"]["kind"] = "opa"
    lists = "/api/v2/organizations/my-organization/policy-sets"
    path = har(
        tmp_path / "a.har",
        entry("GET", SHOW, 200, alone), entry("GET", lists, 200, more), entry("GET", SHOW, 200, alone),
    )  # fmt: skip
    file = tmp_path / "a.xml"
    said = verify("--har", str(path), "--fail-on-drift", "--report", f"junit={file}")
    assert said.exit_code == 1
    told = [
        (case.get("name"), failure.get("message"))
        for case in Xml.parse(file).iter("testcase")
        for failure in case.iter("failure")
    ]
    assert told == [
        ("list-policy-sets", "fault: list-policy-sets: as show-policy-set /data/attributes/kind, which tells it in full"),
        ("show-policy-set", said.stdout.splitlines()[0]),
    ]  # fmt: skip


def test_drift_of_documents_and_of_types_that_are_not_known(tmp_path: Path) -> None:
    more = example("show-policy-set")
    more["jsonapi"] = {"version": "1.1"}
    more["included"] = [{"id": "prj-1", "type": "projects", "attributes": {}}]
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, more))))
    assert said.exit_code == 0, said.stdout
    assert "documents show a member that 2019-07 does not list: jsonapi;" in said.stdout
    assert "projects show a member that 2019-07 does not list: the whole type;" in said.stdout


def test_a_fault_among_a_thousand_additions_is_seen(tmp_path: Path) -> None:
    more = example("show-policy-set")
    more["data"]["attributes"] |= {f"a{n}": n for n in range(1500)}
    more["data"]["attributes"]["workspace-count"] = "4"
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, more))))
    assert said.exit_code == 1
    assert "fault: show-policy-set /data/attributes/workspace-count: " in said.stdout
    assert (
        "policy-sets show 1500 members that 2019-07 does not list: attributes.a0, " in said.stdout
    )


@pytest.mark.parametrize("id", ["17", "PolicySet:17", "9f1c5f3e-0c1b-4f8c-a7de-1a2b3c4d5e6f"])
def test_the_form_of_an_id_is_nobodys_fault(tmp_path: Path, id: str) -> None:
    other = json.loads(
        json.dumps(example("show-policy-set")).replace("polset-3yVQZvHzf5j3WRJ1", id)
    )
    other["data"]["relationships"]["policies"]["data"][0]["id"] = "p/1"
    path = f"/api/v2/policy-sets/{id}"
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", path, 200, other))))
    assert said.exit_code == 0, said.stdout


def test_an_id_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    other = example("show-policy-set")
    other["data"]["id"] = 17
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, other))))
    assert said.exit_code == 1
    assert "/data/id: data.id is 17" in said.stdout


def test_what_only_a_client_names_is_demanded_of_nobody(tmp_path: Path) -> None:
    less = example("show-organization")
    for name in ("saml-enabled", "owners-team-saml-role-id", "trial-expires-at"):
        del less["data"]["attributes"][name]
    path = "/api/v2/organizations/my-organization"
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", path, 200, less))))
    assert said.exit_code == 0, said.stdout


@pytest.mark.parametrize("name", ["²", "9" * 5_000, "a/b", "~1", "\u202e\n::error::"])
def test_a_link_of_any_name_is_told_with_its_place(tmp_path: Path, name: str) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["links"][name] = "/api/v2/policy-sets/polset-another"
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, wrong))))
    assert said.exit_code in (0, 1)
    assert "leads to" in said.stdout
    assert len(said.stdout.splitlines()) <= 3
    assert said.stdout.replace("\n", "").isprintable()
