"""The settings of a workspace that rules hold: the version of Terraform, the repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi import identifiers
from mockserver.resources.known_versions import (
    VERSION,
    is_newer,
    known,
    newest,
    numbers,
    span,
    why_not,
)
from mockserver.world.calls import Call
from mockserver.world.facts import Facts
from mockserver.world.problems import Problem, invalid
from mockserver.world.state import Record, State

POINTER = "/data/attributes/terraform-version"
TOOL = "terraform-versions"
_CONSTRAINT = r" *(=|!=|>=?|<=?|~>) *[0-9]{1,4}(\.[0-9]{1,4}){0,2}(-[0-9A-Za-z.-]{1,40})? *"
CONSTRAINTS = re.compile(rf"{_CONSTRAINT}(,{_CONSTRAINT}){{0,9}}")
"""As terraform's `required_version` has them: `~> 0.11.0`, `>= 0.11, < 0.13`."""


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """The attributes as they are kept: version judged, `vcs-repo` merged into what is there."""
    old = record["terraform-version"] if record else newest(call.state, call.facts, TOOL)
    version = attributes.pop("terraform-version", None)
    if version is not None and version != old:
        attributes["terraform-version"] = _version(call, version)
    elif record is None:
        attributes["terraform-version"] = old
    if attributes.get("trigger-prefixes", ()) is None:
        attributes["trigger-prefixes"] = []
    if attributes.get("vcs-repo") == {}:  # pytfe sends it where nothing is meant
        del attributes["vcs-repo"]
    if attributes.get("vcs-repo"):
        organization = call.owner(record) if record else call.record
        old = record["vcs-repo"] if record else None
        attributes["vcs-repo"] = _connected(call, organization, attributes["vcs-repo"], old)
    return attributes


def _version(call: Call, version: str) -> str:
    """`latest` is the newest; constraints were taken and echoed long before 2019 (reports of 2021)."""
    last = newest(call.state, call.facts, TOOL)
    if version == "latest":
        return last
    said = {
        "expected": f"{span(call.state, call.facts, TOOL)}, or latest",
        "source": call.facts.source(TOOL),
        "hint": f"Send {last}, or leave it out for the newest.",
    }
    if not is_version(call.state, call.facts, version):
        raise invalid(
            f'Terraform version "{version}" is not a valid version',
            POINTER,
            fact=why_not(call.state, TOOL, version),
            **said,
        )
    if not known(call.state, call.facts, TOOL, version):
        what = "is a constraint" if CONSTRAINTS.fullmatch(version) else f"is newer than {last}"
        fact = f"the version {version!r} {what}"
        call.let_pass(POINTER, fact=fact, **said)
    return version


def is_version(state: State, facts: Facts, version: str) -> bool:
    """Whether a workspace may have it: one that is enabled, a newer one, or constraints."""
    if known(state, facts, TOOL, version) or CONSTRAINTS.fullmatch(version):
        return True
    return is_newer(state, facts, TOOL, version)


def may_have(state: State, facts: Facts, version: str) -> bool:
    """Whether a workspace may have it already: what it could have once was disabled since, or others
    that are newer were added.
    """
    since = VERSION.fullmatch(version) and numbers(version) > numbers(facts[TOOL][0])
    return bool(since or state.find(TOOL, "version", version)) or is_version(state, facts, version)


def _connected(
    call: Call, organization: Record, sent: Mapping[str, Any], old: Any
) -> dict[str, Any]:
    """A `vcs-repo` merged into the old one; it needs an identifier and a known token."""
    repo = {"branch": "", "ingress-submodules": False, **(old or {})}
    repo |= {name: value for name, value in sent.items() if name != "default-branch"}
    pointer = "/data/attributes/vcs-repo"
    for name in ("identifier", "oauth-token-id"):
        if not repo.get(name):
            raise invalid(
                f"Vcs repo {name.replace('-', ' ')} can't be blank",
                f"{pointer}/{name}",
                fact=f"the workspace has no vcs-repo yet, and {name} is missing or empty",
                expected="identifier and oauth-token-id",
                source="update-workspace",
                hint="To add a VCS repo, send at least oauth-token-id and identifier.",
            )
    if not organization["entitlements"]["vcs-integrations"]:
        raise invalid(
            "Vcs repo cannot be set: the organization is not entitled to VCS integrations",
            pointer,
            fact="the entitlement vcs-integrations is off",
            expected="no vcs-repo",
            source="feature-entitlements",
            hint="Turn the entitlement on in the fixture.",
        )
    id = repo["oauth-token-id"]
    if identifiers.known(call, "oauth-tokens", id, organization) is None:
        raise no_such("Oauth token", id, f"{pointer}/oauth-token-id", "update-workspace")
    first = ("identifier", "branch", "oauth-token-id", "ingress-submodules")
    return {name: repo[name] for name in (*first, *(name for name in repo if name not in first))}


def no_such(what: str, id: str, pointer: str, source: str) -> Problem:
    """422: the organization has no such thing."""
    return invalid(
        f"{what} does not exist",
        pointer,
        fact=f"{id!r} is not one of this organization's {what.lower()}s",
        expected=f"the id of one of the organization's {what.lower()}s",
        source=source,
        hint="Name one that the organization has; a fixture can hold it.",
    )
