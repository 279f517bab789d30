"""The scenario of SSH keys, whose value is never shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import gone, must_show
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

VALUE = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {"value": (VALUE, VALUE * 2)}


def steps(driver: Driver, record: Resource) -> None:
    """A key that is deleted is held by no workspace, which stays."""
    workspace, key = driver.need("workspaces"), driver.need("ssh-keys")
    held = body("workspaces", {"id": key["id"]})
    driver.call("assign-ssh-key-to-workspace", held, of=workspace)
    driver.call("show-workspace", of=workspace)  # which is to be there before, if it is gone after
    deleted = driver.call("delete-ssh-key", of=key)
    if not deleted.ok:
        return
    driver.made.gone(key)
    source = "{delete-ssh-key}"
    if gone(driver, driver.peek("show-workspace", workspace)):
        what = "a workspace is gone with its SSH key"
        driver.context.blame_write(deleted, what, "one key less", source)
        return
    expected = (workspace, {"/relationships/ssh-key/data": None})
    must_show(driver, deleted, expected, why="its key was deleted", source=source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    return shown_attributes(resource, "name")


SCENARIO = Scenario(
    values=values,
    steps=steps,
    fixture_entry=fixture_entry,
)
