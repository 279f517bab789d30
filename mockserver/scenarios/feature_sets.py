"""The scenario of feature sets, which nobody makes: they are listed, and an organization is put on one."""

from __future__ import annotations

from typing import Any

from mockserver.contract.explain import brief
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Scenario


def once(driver: Driver) -> None:
    """An organization of verification's own goes onto the first plan there is."""
    plans = driver.call("list-feature-sets").data
    if not isinstance(plans, list) or not plans:
        return
    organization = driver.need("organizations")
    made = driver.call("update-organization-subscription", _onto(plans[0]), of=organization)
    place = "/data/relationships/feature-set/data/id"
    named = driver.value(made.document, place)
    if made.ok and place not in made.wrong:
        what, source = f"feature-set is {brief(named)}", "{update-organization-subscription}"
        driver.holds(named == plans[0]["id"], made, place, what, brief(plans[0]["id"]), source)
    stranger = {"type": "feature-sets", "id": driver.name("nobody")}
    why, source = "a feature set that there is not", "{update-organization-subscription}"
    refused = "update-organization-subscription"
    driver.refused(422, refused, _onto(stranger), of=organization, why=why, source=source)


def _onto(plan: Any) -> dict[str, Any]:
    named = {"type": "feature-sets", "id": plan["id"]}
    related = {"feature-set": {"data": named}}
    return {"data": {"type": "subscription", "relationships": related}}


SCENARIO = Scenario(once=once)
