"""The scenario of SSH keys, whose value is never shown. Source: ssh-keys.html."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Change, Known, Scenario, body, chosen

VALUE = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"


def document(driver: Driver, name: str, **about: Any) -> Any:
    return body("ssh-keys", {"name": name, "value": VALUE})


def changes(driver: Driver) -> Sequence[Change]:
    return (Change({"name": driver.name("renamed")}), Change({"value": VALUE * 2}), Change({}))


def fixture_entry(resource: Resource, known: Known) -> Any:
    return chosen(resource, "name")


SCENARIO = Scenario(
    document=document,
    changes=changes,
    fixture_entry=fixture_entry,
)
