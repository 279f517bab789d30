"""The scenario of variables and parameters: a sensitive value is not shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Scenario, body

SECRET = "{secrets}: what is sensitive is never shown again"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {"value": ("one", "two"), "sensitive": ()}


def once(driver: Driver) -> None:
    """Parameters of a policy set, where the edition has them."""
    if "create-parameter" not in driver.context.edition.operations:
        return
    policy_set = driver.need("policy-sets")
    sent = body("vars", {"key": driver.name("key"), "value": "one", "category": "policy-set"})
    made = driver.call("create-parameter", sent, of=policy_set).data
    driver.call("list-parameters", of=policy_set)
    if not isinstance(made, dict) or "id" not in made:
        return
    path = {"policy_set_id": str(policy_set["id"]), "id": made["id"]}
    driver.call("show-parameter", path=path)
    hidden = body("vars", {"value": "two", "sensitive": True})
    changed = driver.call("update-parameter", hidden, path=path)
    _hidden(driver, changed)
    why, source = "a sensitive parameter that shall be shown", "{update-parameter}"
    shown = body("vars", {"sensitive": False})
    driver.refused(422, "update-parameter", shown, path=path, why=why, source=source)
    driver.call("delete-parameter", path=path)


def steps(driver: Driver, record: Resource) -> None:
    """A key is one of its category, and what turns sensitive is hidden."""
    good = driver.context.good.get("show-variable")
    if good is None:
        return
    path = dict(good[0])
    attributes = record["attributes"]
    sent = body("vars", {"key": attributes["key"], "category": attributes["category"]})
    workspace = {"type": "workspaces", "id": path["workspace_id"]}
    why, source = "a key that another variable has", "{create-variable}"
    driver.refused(422, "create-variable", sent, of=workspace, why=why, source=source)


def _hidden(driver: Driver, answer: Any) -> None:
    shown = driver.value(answer.data, "/attributes/value")
    what = "the value of a sensitive one is shown"
    driver.holds(shown is None, answer, "/data/attributes/value", what, "null", SECRET)


SCENARIO = Scenario(
    values=values,
    may_change=("/attributes/version-id",),
    once=once,
    steps=steps,
)
