"""The scenario of variables and parameters: a sensitive value is not shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, linked_one, resources
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.error_pointers import points_at
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    body,
    name_within,
    shown_attributes,
)

SECRET = "{secrets}: what is sensitive is never shown again"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {"value": ("one", "two"), "sensitive": ()}


def once(driver: Driver) -> None:
    """Parameters of a policy set, where the edition has them: made, shown, listed, deleted, hidden."""
    if not driver.has("create-parameter"):
        return
    policy_set = driver.need("policy-sets")
    one, two = (_parameter(driver, policy_set) for _ in range(2))
    if one is None or two is None:
        return
    _listed(driver, policy_set, [one, two], "parameters were made", "create-parameter")
    path = _path(policy_set, one)
    if not _deleted(driver, path):
        return
    _listed(driver, policy_set, [two], "a parameter was deleted", "delete-parameter")
    _unique(driver, policy_set, two)
    _changed(driver, _path(policy_set, two))


def _deleted(driver: Driver, path: Mapping[str, str]) -> bool:
    """A parameter that was deleted is found by nothing. Gives whether it is gone."""
    answer = driver.call("delete-parameter", path=path)
    if not answer.ok:
        return False
    if driver.sent("show-parameter", path=path).ok:
        what = "the parameter is still there after it was deleted"
        expected, source = "a parameter that is gone", "{delete-parameter}"
        driver.context.blame_write(answer, what, expected, source)
        return False
    changed = body("vars", {"value": "again"})
    for operation, sent in (
        ("show-parameter", None),
        ("update-parameter", changed),
        ("delete-parameter", None),
    ):
        why, source = "a parameter that was deleted", f"{{{operation}}}"
        driver.refused(404, operation, sent, path=path, why=why, source=source)
    return True


def _parameter(driver: Driver, policy_set: Resource) -> Resource | None:
    """One of a set, as its creation and its show agree on it; None where they cannot be read."""
    sent = {"key": driver.name("key"), "value": "ä 漢 🚀", "category": "policy-set"}
    made = driver.call("create-parameter", body("vars", sent), of=policy_set)
    if not isinstance(made.data, dict) or "id" not in made.data:
        return None
    shown = driver.call("show-parameter", path=_path(policy_set, made.data))
    for answer in (made, shown):
        _shows(driver, answer, {**sent, "sensitive": False}, "create-parameter")
        holder = driver.value(answer.data, "/relationships/configurable/data/id")
        place = "/data/relationships/configurable/data/id"
        what = f"configurable is {brief(holder)}"
        good = holder == policy_set["id"]
        driver.holds(good, answer, place, what, brief(policy_set["id"]), "{create-parameter}")
    return made.data


def _path(policy_set: Resource, parameter: Resource) -> dict[str, str]:
    return {"policy_set_id": str(policy_set["id"]), "id": str(parameter["id"])}


def _shows(driver: Driver, answer: JudgedAnswer, values: Mapping[str, Any], of: str) -> None:
    """What was sent is shown."""
    for name, value in values.items() if answer.ok else ():
        found = driver.value(answer.data, f"/attributes/{name}")
        place, what = f"/data/attributes/{name}", f"{name} is {brief(found)}"
        driver.holds(found == value, answer, place, what, brief(value), f"{{{of}}}")


def _listed(
    driver: Driver, policy_set: Resource, there: Sequence[Resource], why: str, of: str
) -> None:
    """A set's list holds its parameters, and no others."""
    answer = driver.call("list-parameters", of=policy_set)
    found = sorted(resource["id"] for _, resource in resources(answer.document))
    what, wanted = f"{why}: {len(found)} are listed", sorted(one["id"] for one in there)
    if answer.ok:
        driver.holds(
            found == wanted, answer, "/data", what, f"the {len(wanted)} there are", f"{{{of}}}"
        )


def _unique(driver: Driver, policy_set: Resource, parameter: Resource) -> None:
    """A key is one of its set; another set may have it too."""
    key = driver.value(parameter, "/attributes/key")
    sent = body("vars", {"key": key, "value": "", "category": "policy-set"})
    why, source = "a key that another parameter of the set has", "{create-parameter}"
    answer = driver.refused(422, "create-parameter", sent, of=policy_set, why=why, source=source)
    points_at(driver, answer, ("data", "attributes", "key"), why)
    driver.call("create-parameter", sent, of=driver.need("policy-sets"))


def _changed(driver: Driver, path: Mapping[str, str]) -> None:
    """A PATCH keeps what it omits; what turns sensitive is shown by nothing, and stays so."""
    before = driver.call("show-parameter", path=path)
    key = driver.value(before.data, "/attributes/key")
    renamed = driver.name("key")
    for sent, shown in (
        ({"value": "two"}, {"value": "two", "key": key}),
        ({"key": renamed}, {"value": "two", "key": renamed}),
    ):
        changed = driver.call("update-parameter", body("vars", sent), path=path)
        read = driver.call("show-parameter", path=path)
        _shows(driver, changed, shown, "update-parameter")
        if not changed.wrong:
            _shows(driver, read, shown, "update-parameter")
    hidden = body("vars", {"value": "three", "sensitive": True})
    _hidden(driver, driver.call("update-parameter", hidden, path=path))
    _hidden(driver, driver.call("show-parameter", path=path))
    why, source = "a sensitive parameter that shall be shown", "{update-parameter}"
    shown = body("vars", {"sensitive": False})
    driver.refused(422, "update-parameter", shown, path=path, why=why, source=source)
    # the last body that succeeds is what refusals start from
    driver.call("update-parameter", hidden, path=path)


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
    secret = {"key": driver.name("secret"), "category": attributes["category"], "value": "hidden"}
    made = driver.call("create-variable", body("vars", {**secret, "sensitive": True}), of=workspace)
    _hidden(driver, made)
    if isinstance(made.data, dict) and "id" in made.data:
        of = {"workspace_id": path["workspace_id"], "id": str(made.data["id"])}
        _hidden(driver, driver.call("show-variable", path=of))
        for operation in ("list-variables", "list-all-variables"):
            listed = driver.call(operation, of=workspace)
            for base, one in resources(listed.document):
                if one["id"] == made.data["id"]:
                    _hidden(driver, listed, one, f"{base}/attributes/value")
        again = body("vars", {"sensitive": True, "value": "hidden, too"})
        _hidden(driver, driver.call("update-variable", again, path=of))
        why, source = "a sensitive variable that shall be shown", "{update-variable}"
        plain = body("vars", {"sensitive": False})
        driver.refused(422, "update-variable", plain, path=of, why=why, source=source)


def _hidden(
    driver: Driver,
    answer: JudgedAnswer,
    variable: Any = None,
    place: str = "/data/attributes/value",
) -> None:
    """A variable, that of the answer where none is given, has no value."""
    shown = driver.value(variable or answer.data, "/attributes/value")
    what = "the value of a sensitive one is shown"
    if answer.ok:
        driver.holds(shown is None, answer, place, what, "null", SECRET)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Of a workspace or a policy set that was seen; the value of a sensitive one is lost."""
    holder_id = linked_one(resource, "configurable") or ""
    for type in ("workspaces", "policy-sets"):
        if holder := name_within(known(type, holder_id)):
            names = ("key", "value", "sensitive", "category", "hcl", "description", "created-at")
            return shown_attributes(resource, *names) | {type.removesuffix("s"): holder}
    return None


SCENARIO = Scenario(
    values=values,
    besides={"sensitive": ("/attributes/value",)},
    may_change=("/attributes/version-id",),
    once=once,
    steps=steps,
    fixture_entry=fixture_entry,
)
