"""What organizations and workspaces play alike: a policy of how long data is kept."""

from __future__ import annotations

from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, attribute
from mockserver.judge.pointers import MISSING, at
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Known

NAME = "data-retention-policy"
DAYS = "delete-older-than-n-days"
OLDERS = {"type": "data-retention-policy-delete-olders"}
FOREVER: Any = {"data": {"type": "data-retention-policy-dont-deletes", "attributes": {}}}


def retained(driver: Driver, of: str, holder: Resource) -> None:
    """Where the edition has them: said, changed, of another type, taken back."""
    named = f"data-retention-policy-of-{of}"
    if f"show-{named}" not in driver.context.edition.operations:
        return
    for operation, days in (("create-or-update", 33), ("update", 34)):
        said: Any = {"data": {**OLDERS, "attributes": {DAYS: days}}}
        driver.call(f"{operation}-{named}", said, of=holder)
        shown = driver.call(f"show-{named}", of=holder)
        found = at(shown.document, place := f"/data/attributes/{DAYS}")
        if found is not MISSING:
            what = f"{DAYS} is {brief(found)}"
            source = f"{{{operation}-{named}}}"
            driver.holds(found == days, shown, place, what, str(days), source)
    driver.call(f"update-{named}", FOREVER, of=holder)
    driver.call(f"remove-{named}", of=holder)
    source = f"go-tfe v1.109.0 {of}_integration_test.go (data retention)"
    why = "a policy that was removed"
    driver.refused(404, f"show-{named}", of=holder, why=why, source=source)
    driver.call(f"create-or-update-{named}", FOREVER, of=holder)


def retention(resource: Resource, known: Known) -> dict[str, Any]:
    """What a fixture's entry says of it; nothing where no answer has shown the policy itself."""
    data = (resource.get("relationships") or {}).get(NAME, {}).get("data")
    if not isinstance(data, dict):
        return {}
    policy = known(data["type"], data["id"])
    days = attribute(policy, DAYS) if policy else None
    forever = data["type"] == FOREVER["data"]["type"]
    return {NAME: {"id": data["id"], DAYS: days}} if days or forever else {}
