"""Edition 2026-08 says what the vendor's OpenAPI document and its pages say: `tests/facts/2026-08.json`
holds their facts as data.

Where the edition says something else, a table here names it, and the row of the table in
`contracts/2026-08/README.md` that tells why; an entry that is not needed any more fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sweeps import each, success, types

import mockserver
from mockserver.contract import Edition, Operation, load
from mockserver.contract.engines import Schema, resolve

EDITION: Edition = load("2026-08")
FACTS: Any = json.loads(
    (Path(__file__).parents[1] / "facts" / "2026-08.json").read_text(encoding="utf-8")
)
README = (Path(mockserver.__file__).parents[1] / "contracts" / "2026-08" / "README.md").read_text(
    encoding="utf-8"
)
ROWS = {line.split(" | ")[0].removeprefix("| ") for line in README.splitlines()}
"""The first column of the table: what the sources disagree about."""
RESOURCES: Mapping[str, Any] = FACTS["document"]["resources"]
OTHER = re.compile(r"go-tfe v|decision|\.mdx|tfe v|recorded")
"""A source beside the document."""


def shape(path: str) -> str:
    """A path without the names of its parameters: document and pages call them differently."""
    return re.sub(r"\{\w+\}|:\w+", "{}", path)


OURS = {(one.method, shape(one.path)): one for one in EDITION.operations.values()}


def built(facts: Mapping[str, Any]) -> Operation | None:
    return OURS.get((facts["method"], shape(facts["path"])))


DOCUMENTED = [
    pytest.param(operation, facts, id=f"{operation.edition}/{operation.id}")
    for facts in FACTS["document"]["operations"].values()
    if (operation := built(facts))
]
ON_PAGES = [
    pytest.param(page, operation, facts, id=f"{operation.edition}/{page}/{operation.id}")
    for page, every in FACTS["pages"].items()
    for facts in every
    if (operation := built(facts))
]


# what the edition says otherwise: each with the row of README.md that tells why

STATUSES = {
    ("update-data-retention-policy-of-organization", 200): "data retention policies",
    ("update-data-retention-policy-of-organization", 204): "data retention policies",
    ("add-user-to-team", 403): "organizations that HCP manages",
    ("add-organization-memberships-to-team", 403): "organizations that HCP manages",
    ("create-agent-pool", 201): "agent pool creation",
    ("create-policy", 200): "policy creation",
    ("add-team-access-to-project", 200): "team access that is added",
    ("add-team-access-to-workspace", 200): "team access that is added",
    ("delete-project", 403): "a project with workspaces, or the default one, is deleted",
}
QUERY = {
    ("list-oauth-clients", "show_affected_workspaces"): "affected workspaces of an OAuth client",
    ("show-oauth-client", "show_affected_workspaces"): "affected workspaces of an OAuth client",
    ("list-workspaces", "filter[tagged]"): "`filter[tagged][i][key]` of workspaces and projects",
    (
        "list-workspaces",
        "filter[tagged][value]",
    ): "`filter[tagged][i][key]` of workspaces and projects",
    (
        "list-team-access-to-workspaces",
        "filter[workspace][id]",
    ): "`filter[workspace][id]` of team access",
}
NOT_SHOWN = {
    ("oauth-clients", r"affected-workspaces.*"): "affected workspaces of an OAuth client",
    ("oauth-clients", "secret"): "`key` of an OAuth client",
    ("oauth-tokens", "vcs-organizations"): "relationships that only lead to lists",
    ("data-retention-policy", r"[a-z]+[A-Z].*"): "data retention policies",
    ("agent-pools", "authentication-tokens"): "relationships that only lead to lists",
    ("agent-pools", "agents"): "relationships that only lead to lists",
    ("organizations", r".*-producers|.*oauth-tokens|.*authentication-token"): (
        "relationships that only lead to lists"
    ),
    ("organizations", r"(parent-)?data-retention-policy.*"): "data retention of organizations",
    ("organizations", r".*stacks.*"): "settings of stacks",
    ("organizations", r".*recoverable-items.*|.*-consuming-.*|test-generation-enabled"): (
        "settings of organizations that no page has"
    ),
    ("organizations", r"subscription|primary-hyok-configuration"): (
        "settings of organizations that no page has"
    ),
    ("organization-memberships", "scim-identity"): "members of SCIM, of teams and users",
    ("policy-sets", r"vcs-repo.*"): "repositories of policy sets",
    ("projects", r".*stacks.*"): "settings of stacks",
    ("teams", r"scim-.*"): "members of SCIM, of teams and users",
    ("users", "password"): "what the account may do with the installation's settings",
    ("users", r"permissions\..*"): "what the account may do with the installation's settings",
    ("users", "github-app-oauth-tokens|authenticated-resource"): (
        "relationships that only lead to lists"
    ),
    ("vars", "varset|workspace|overwritten|overwriter"): "variables of variable sets",
    ("workspaces", "current-assessment-result"): "assessments of workspaces",
}
ENUMS = {
    ("oauth-clients", "service-provider"): "`service-provider` of an OAuth client",
    ("policies", "enforce[].mode"): "mode of a policy",
    ("team-projects", "project-access.variable-sets"): "levels of `variable-sets`",
    ("vars", "category"): "`policy-set` and other categories",
}
NO_NULL = {
    ("create-oauth-client", r"(http|api)-url"): "null in a body",
    ("update-your-account-info", "username"): "null in a body",
    ("create-agent-token", "description"): "null in a body",
    ("create-team", "organization-access.*"): "null in a body",
    ("update-team", "organization-access.*"): "null in a body",
    ("add-team-access-to-project", "project-access.variable-sets"): "null in a body",
    ("update-team-access-to-project", "project-access.variable-sets"): "null in a body",
}
REQUIRED = {
    ("create-policy", r"data\.attributes\.(query|enforce.*)"): "what a page requires of one kind",
    ("update-policy", r"data\.attributes\.(query|enforce.*)"): "what a page requires of one kind",
    ("create-user-token", "data.attributes.description"): "descriptions that pages require",
    ("create-variable", "data.attributes.description"): "descriptions that pages require",
    ("update-parameter", "data.id|data.attributes"): "what a PATCH must hold",
    ("update-variable", "data.id|data.attributes"): "what a PATCH must hold",
    ("create-workspace", "data.attributes.name"): "name of a new workspace",
    ("create-workspace", r"data\.relationships\.tag-bindings.*key"): "key of a tag",
    ("create-project", r"data\.relationships\.tag-bindings.*key"): "key of a tag",
}
DEFAULTS = {
    ("create-organization", "data.attributes.session-(timeout|remember)"): "sessions",
    ("create-policy-set", "data.attributes.overridable"): "defaults that a kind or a level says",
    ("add-team-access-to-project", r"data\.attributes\..*"): "defaults that a kind or a level says",
    ("add-team-access-to-workspace", r"data\.attributes\..*"): (
        "defaults that a kind or a level says"
    ),
    ("create-workspace", "data.attributes.operations"): "`operations` of a workspace",
    ("create-workspace", "data.attributes.vcs-repo.ingress-submodules"): (
        "`ingress-submodules` of a repository"
    ),
}
USED: set[tuple[str, ...]] = set()


def told(table: Mapping[Any, str], *place: Any) -> bool:
    """Whether a table names a place, by a pattern where it says one."""
    for entry, row in table.items():
        if entry[0] == place[0] and (
            entry[1] == place[1] or re.fullmatch(str(entry[1]), str(place[1]))
        ):
            USED.add((id_of(table), *map(str, entry)))
            return row in ROWS
    return False


def id_of(table: Mapping[Any, str]) -> str:
    return next(name for name, value in globals().items() if value is table)


# what a schema says


def inner(schema: Schema) -> Iterator[Schema]:
    """A schema, and what it may be instead."""
    schema = resolve(schema, EDITION.schemas)
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(word, ()):
            yield from inner(part)


def keys(schema: Schema, before: str = "") -> dict[str, Schema]:
    """Every key path of an object, as the facts spell it, with its schema."""
    found: dict[str, Schema] = {}
    for part in inner(schema):
        for name, member in part.get("properties", {}).items():
            key = f"{before}.{name}" if before else name
            found[key] = resolve(member, EDITION.schemas)
            found |= keys(member, key)
        if "items" in part:
            found |= keys(part["items"], f"{before}[]")
    return found


def kinds_of(schema: Schema) -> set[str]:
    return {type for part in inner(schema) for type in types(part)}


def values_of(schema: Schema) -> set[Any]:
    return {
        value
        for part in inner(schema)
        for value in (*part.get("enum", ()), *([part["const"]] if "const" in part else ()))
    } - {None}


def resource(operation: Operation, type: str) -> Schema | None:
    """The resource object of a type that an operation's success shows."""
    schema = operation.answer_schema(success(operation))
    if schema is None:
        return None
    members = keys(schema)
    data = members.get("data", {})
    shown = members.get("data[].type", members.get("data.type", {}))
    if type not in values_of(shown):
        return None
    return resolve(data.get("items", data), EDITION.schemas)


def shown_types() -> Iterator[Any]:
    """Every resource type of the facts with the operation that shows it here first."""
    seen = set()
    for facts in FACTS["document"]["operations"].values():
        operation = built(facts)
        for answer in facts["statuses"].values():
            name = (answer or {}).get("of")
            types = RESOURCES.get(name, {}).get("type")
            if (
                operation
                and types
                and name not in seen
                and (found := resource(operation, types[0]))
            ):
                seen.add(name)
                yield pytest.param(name, found, id=f"{EDITION.name}/{name}")


SHOWN = [*shown_types()]


def test_every_operation_of_the_document_is_built_or_listed() -> None:
    listed = {tuple(map(shape, line.split())) for line in EDITION.facts["not-built"]}
    documented = {(f["method"], shape(f["path"])) for f in FACTS["document"]["operations"].values()}
    documented |= {tuple(map(shape, line.split())) for line in FACTS["document"]["others"]}
    assert documented - set(OURS) - listed == set()


def lacking(operation: Operation, status: int) -> str:
    """What to do about a status of the facts that the edition has not."""
    said = f"answers of {operation.id} in {operation.page}.json must say {status}"
    return (
        f"{said}, or STATUSES here names the row of contracts/2026-08/README.md that tells why not"
    )


@each(DOCUMENTED)
def test_every_status_of_the_document_is_in_the_edition_and_no_other_success(
    operation: Operation, facts: Any
) -> None:
    for status in map(int, facts["statuses"]):
        assert status in operation.responses or told(STATUSES, operation.id, status), lacking(
            operation, status
        )
    succeeding = {status for status in map(int, facts["statuses"]) if status < 300}
    assert success(operation) in succeeding or told(STATUSES, operation.id, success(operation))


@each(DOCUMENTED)
def test_every_query_parameter_of_the_document_is_in_the_edition(
    operation: Operation, facts: Any
) -> None:
    for name, says in facts.get("query", {}).items():
        here = operation.parameters.get(name)
        if here is None:
            assert told(QUERY, operation.id, name), name
            continue
        same = bool(here.get("required")) is bool(says.get("required"))
        assert same or told(QUERY, operation.id, name), f"{name}: required"
        if name == "include":
            missing = set(says["items"]["enum"]) - set(here["schema"]["x-include"])
            assert all(told(NOT_SHOWN, "organization-memberships", one) for one in missing), missing


@each(DOCUMENTED)
def test_a_query_parameter_that_the_document_lacks_has_another_source(
    operation: Operation, facts: Any
) -> None:
    for name in operation.parameters.keys() - facts.get("query", {}).keys():
        if name not in ("include", "page[number]", "page[size]"):
            assert OTHER.search(operation.parameters[name]["x-source"]), name


@each(SHOWN)
def test_every_attribute_of_a_resource_is_shown_with_its_type_and_its_values(
    name: str, schema: Schema
) -> None:
    here = keys(schema["properties"]["attributes"])
    for key, says in RESOURCES[name]["attributes"].items():
        if says.get("only") == "HCP Terraform" or says.get("write-only"):
            continue
        if key not in here:
            assert told(NOT_SHOWN, name, key), key
            continue
        documented = {says["type"], "null"} if says.get("null") else {says.get("type")}
        assert "type" not in says or kinds_of(here[key]) <= documented, key
        enum = set(says.get("enum", ()))
        assert values_of(here[key]) == enum or told(ENUMS, name, key), key


@each(SHOWN)
def test_every_relationship_of_a_resource_is_shown(name: str, schema: Schema) -> None:
    here = schema["properties"].get("relationships", {}).get("properties", {})
    for key, says in RESOURCES[name]["relationships"].items():
        assert key in here or says.get("only") or told(NOT_SHOWN, name, key), key


@each(SHOWN)
def test_what_is_shown_beyond_the_document_has_another_source(name: str, schema: Schema) -> None:
    known = RESOURCES[name]["attributes"]
    for key, part in keys(schema["properties"]["attributes"]).items():
        if key not in known and key.rpartition(".")[0].replace("[]", "") not in known:
            assert OTHER.search(str(part.get("x-source", ""))), key


@each(DOCUMENTED)
def test_what_may_be_null_in_the_document_may_be_sent_as_null(
    operation: Operation, facts: Any
) -> None:
    name = facts.get("body", {}).get("of")
    if name is None or not operation.takes_json:
        return
    here = keys(operation.body_schema)
    for key, says in RESOURCES[name]["attributes"].items():
        sent = here.get(f"data.attributes.{key}")
        if sent is not None and says.get("null"):
            assert "null" in kinds_of(sent) or told(NO_NULL, operation.id, key), key


@each(ON_PAGES)
def test_every_status_of_a_page_is_in_the_edition(
    page: str, operation: Operation, facts: Any
) -> None:
    for status in facts.get("statuses", ()):
        assert status in operation.responses or told(STATUSES, operation.id, status), lacking(
            operation, status
        )


def required(schema: Schema, before: str = "") -> set[str]:
    """Every key path that must be sent."""
    found: set[str] = set()
    for part in inner(schema):
        for name, member in part.get("properties", {}).items():
            key = f"{before}.{name}" if before else name
            found |= {key} if name in part.get("required", ()) else set()
            found |= required(member, key)
        if "items" in part:
            found |= required(part["items"], f"{before}[]")
    return found


def spelled(key: str, here: Mapping[str, Schema]) -> str | None:
    """A key path of a page as bodies have it: a list's pages leave out `[]` or end with it."""
    for known in (key, key.replace(".data.", ".data[]."), key.removesuffix("[]")):
        if known in here:
            return known
    return None


def meant(default: Any) -> Any:
    """A default that a page prints, as JSON; None where it says nothing, or it in words."""
    try:
        return json.loads(str(default).strip("()"))
    except ValueError:
        return None


@each(ON_PAGES)
def test_a_body_requires_what_the_page_requires_and_no_more(
    page: str, operation: Operation, facts: Any
) -> None:
    if not operation.takes_json:
        return
    here, needed = keys(operation.body_schema), required(operation.body_schema)
    for key, says in facts.get("keys", {}).items():
        name = spelled(key, here)
        if name is None or "required" not in says or name.endswith((".type", "data", ".data.id")):
            continue
        same = (name in needed) is says["required"]
        assert same or told(REQUIRED, operation.id, name), key


@each(ON_PAGES)
def test_a_create_fills_in_the_defaults_of_the_page(
    page: str, operation: Operation, facts: Any
) -> None:
    if operation.method != "POST" or not operation.takes_json:
        return
    here = keys(operation.body_schema)
    for key, says in facts.get("keys", {}).items():
        name, default = spelled(key, here), meant(says.get("default"))
        if name is not None and default is not None and default != "":
            same = here[name].get("default") == default
            assert same or told(DEFAULTS, operation.id, name), key


def test_every_entry_of_a_table_is_needed_and_its_row_is_in_the_readme() -> None:
    USED.clear()
    for check, cases in (
        (test_every_status_of_the_document_is_in_the_edition_and_no_other_success, DOCUMENTED),
        (test_every_query_parameter_of_the_document_is_in_the_edition, DOCUMENTED),
        (test_what_may_be_null_in_the_document_may_be_sent_as_null, DOCUMENTED),
        (test_every_attribute_of_a_resource_is_shown_with_its_type_and_its_values, SHOWN),
        (test_every_relationship_of_a_resource_is_shown, SHOWN),
        (test_every_status_of_a_page_is_in_the_edition, ON_PAGES),
        (test_a_body_requires_what_the_page_requires_and_no_more, ON_PAGES),
        (test_a_create_fills_in_the_defaults_of_the_page, ON_PAGES),
    ):
        check(cases)
    for table in (STATUSES, QUERY, NOT_SHOWN, ENUMS, NO_NULL, REQUIRED, DEFAULTS):
        assert set(table.values()) <= ROWS
        assert [entry for entry in table if (id_of(table), *map(str, entry)) not in USED] == []
