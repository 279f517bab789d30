"""The scenario of feature sets, which nobody makes: they are listed, and an organization is put on one."""

from __future__ import annotations

from typing import Any

from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Scenario


def once(driver: Driver) -> None:
    """An organization of verification's own goes onto the first plan there is."""
    plans = driver.call("list-feature-sets").data
    if not isinstance(plans, list) or not plans:
        return
    organization = driver.need("organizations")
    driver.call("update-organization-subscription", _onto(plans[0]), of=organization)
    stranger = {"type": "feature-sets", "id": driver.name("nobody")}
    why, source = "a feature set that there is not", "{update-organization-subscription}"
    refused = "update-organization-subscription"
    driver.refused(422, refused, _onto(stranger), of=organization, why=why, source=source)


def _onto(plan: Any) -> dict[str, Any]:
    named = {"type": "feature-sets", "id": plan["id"]}
    related = {"feature-set": {"data": named}}
    return {"data": {"type": "subscription", "relationships": related}}


SCENARIO = Scenario(once=once)
