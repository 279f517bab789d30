"""The table's sixth part: versions of tools, what is kept how long, tokens of agent pools.

Only a client's suite shows most of it: what is found of its values is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.verify.mutations import servers
from tests.verify.mutations.breaking_today import anyone, changed, spoilt, taken
from tests.verify.mutations.spoiling import Spoil, drop, put
from tests.verify.mutations.table import MANY, ONE, Place, Row, _idle
from tests.verify.playing import NEW

DAYS = "/data/attributes/delete-older-than-n-days"
OF_ORGANIZATION = "data-retention-policy-of-organization"
OF_WORKSPACE = "data-retention-policy-of-workspace"


def told(what: str, server: Callable[[], Any], *places: Place, exit: int = 1) -> Row:
    return Row(what, server, places, exit=exit, edition=NEW)


def at(operation: str, spoil: Spoil, place: str, what: str, *more: str, exit: int = 1) -> Row:
    places = [(operation, one) for one in (place, *more)]
    return told(what, lambda: spoilt({operation: spoil}), *places, exit=exit)


def tools() -> list[Row]:
    """Versions of OPA and Terraform."""
    attributes = f"{ONE}/attributes"
    return [
        at("show-opa-version", put("/attributes/enabled", None), f"{attributes}/enabled", "a version of OPA that is neither on nor off", exit=0),
        at("create-opa-version", put("/attributes/version", "0.0.1"), f"{attributes}/version", "a version of OPA under another number", "status"),
        at("update-opa-version", put("/attributes/deprecated-reason", "none"), f"{attributes}/deprecated-reason", "a reason that a PATCH does not show", exit=0),
        at("list-all-opa-versions", drop("/attributes/beta"), f"{MANY}/attributes/beta", "a list of versions that does not tell a beta"),
        told("a version of Sentinel that stays", lambda: changed("sentinel-versions", delete_sentinel_version=_idle), ("delete-sentinel-version", "effect"), exit=0),
        told("the id of a deleted version comes again", lambda: servers.reusing("create-opa-version", "delete-opa-version", NEW), ("create-opa-version", f"{ONE}/id")),
        told("a version of Terraform twice", lambda: spoilt({"create-terraform-version": taken}), ("create-terraform-version", "status")),
        anyone("create-opa-version"), anyone("list-all-opa-versions", MANY), anyone("delete-terraform-version"),
    ]  # fmt: skip


def retention() -> list[Row]:
    """What is deleted after how many days."""
    return [
        at(f"show-{OF_ORGANIZATION}", _days, DAYS, "another number of days of an organization"),
        at(f"show-{OF_WORKSPACE}", _days, DAYS, "another number of days of a workspace"),
        told("a policy of data retention that stays", lambda: changed("workspaces", **{f"remove_{OF_WORKSPACE}".replace("-", "_"): _idle}), (f"show-{OF_WORKSPACE}", "status"), exit=0),
        anyone(f"create-or-update-{OF_ORGANIZATION}"), anyone(f"show-{OF_WORKSPACE}"),
    ]  # fmt: skip


def _days(answer: Any) -> None:
    document = answer.document
    if answer.status == 200 and document["data"]["attributes"]:
        document["data"]["attributes"]["delete-older-than-n-days"] = 1
        answer.document = document


def _emptied(answer: Any) -> None:
    if answer.status == 200:
        answer.document = answer.document | {"data": []}


def agents() -> list[Row]:
    """Tokens of agent pools."""
    made, listed = "create-agent-token", "list-agent-tokens"
    return [
        at(made, put("/attributes/token", None), f"{ONE}/attributes/token", "a token of a pool that is never shown"),
        at(listed, put("/attributes/token", "leaked"), f"{MANY}/attributes/token", "the tokens of a pool shown in its list"),
        at(listed, _emptied, "/data", "a token of a pool missing in the list"),
        anyone(made), anyone(listed),
    ]  # fmt: skip


ADMINISTRATION: Sequence[Row] = [*tools(), *retention(), *agents()]
