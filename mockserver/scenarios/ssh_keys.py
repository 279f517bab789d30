"""The scenario of SSH keys, whose value is never shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.scenario import Known, Scenario, shown_attributes

VALUE = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {"value": (VALUE, VALUE * 2)}


def fixture_entry(resource: Resource, known: Known) -> Any:
    return shown_attributes(resource, "name")


SCENARIO = Scenario(
    values=values,
    fixture_entry=fixture_entry,
)
