"""The settings of a workspace that rules hold: the version of Terraform, the repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi.identifiers import known
from mockserver.world.calls import Call
from mockserver.world.problems import Problem, invalid
from mockserver.world.state import Record


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """The attributes as they are kept: version judged, `vcs-repo` merged into what is there."""
    version = attributes.pop("terraform-version", None)
    if version is not None:
        attributes["terraform-version"] = _version(call, version)
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
    versions = call.facts["terraform-versions"]
    if version == "latest":
        return str(versions[0])
    if version not in versions:
        raise invalid(
            f'Terraform version "{version}" is not a valid version',
            "/data/attributes/terraform-version",
            fact=f"{version!r} is no version that this edition knows",
            expected=f"one of {versions[0]} … {versions[-1]}, or latest",
            source="recorded answer of 2019; the list stands in edition.json",
            hint=f"Send {versions[0]}, or leave it out for the newest.",
        )
    return version


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
    if known(call, "oauth-tokens", id, organization) is None:
        raise unknown("Oauth token", id, f"{pointer}/oauth-token-id", "update-workspace")
    return {
        name: repo[name]
        for name in ("identifier", "branch", "oauth-token-id", "ingress-submodules")
    }


def unknown(what: str, id: str, pointer: str, source: str) -> Problem:
    """422: the organization has no such thing."""
    return invalid(
        f"{what} does not exist",
        pointer,
        fact=f"{id!r} is no {what.lower()} of this organization",
        expected=f"the id of one of the organization's {what.lower()}s",
        source=source,
        hint="Name one that the organization has; a fixture can hold it.",
    )
