"""The scenario of OAuth clients: no provider is asked for anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.scenario import Known, Scenario, shown_attributes

PEM = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """Azure DevOps Server takes everything there is."""
    return {
        "service-provider": ("ado_server",),
        "http-url": ("https://ado.example.com",),
        "api-url": ("https://ado.example.com/api",),
        "oauth-token-string": ("verify-token-1", "verify-token-2"),
        "private-key": (PEM,),
        "secret": ("verify-secret-1", "verify-secret-2"),
    }


def fixture_entry(resource: Resource, known: Known) -> Any:
    names = ("name", "service-provider", "http-url", "api-url", "key", "rsa-public-key")
    return shown_attributes(resource, *names, "ado-entra-tenant-id", "organization-scoped")


SCENARIO = Scenario(
    open=True,
    values=values,
    needed=("oauth-token-string",),
    fixture_entry=fixture_entry,
)
