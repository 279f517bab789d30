"""What an organization is not entitled to is closed.

Verification can take no entitlement away: it asks where the organization that it was given has one
less, and else says that it did not.
"""

from __future__ import annotations

from contextlib import suppress

from mockserver.contract import Edition, Operation
from mockserver.judge.pointers import at
from mockserver.scenarios.runner.actions import primary
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.unanswered import NoAnswer

SOURCE = "{feature-entitlements}"


def withheld(context: Context) -> frozenset[str]:
    """The entitlements that the organization does not have, as the server shows them."""
    names = {o.entitlement for o in context.edition.operations.values() if o.entitlement}
    show = _shown_by(context.edition, names)
    if not names or show is None:
        return frozenset()
    try:
        exchange = context.exchanged(show, dict.fromkeys(show.records, context.organization))
    except NoAnswer:  # which is told
        return frozenset()
    has = at(exchange.document, "/data/attributes") if exchange.status == 200 else None
    return frozenset(name for name in names if isinstance(has, dict) and has.get(name) is False)


def _shown_by(edition: Edition, names: set[str]) -> Operation | None:
    """The operation whose answer has an attribute for each entitlement."""
    for operation in edition.operations.values():
        known = edition.types.get(primary(operation, edition)[0] or "")
        if operation.method == "GET" and known and names <= known.attributes.keys():
            return operation
    return None


def closed(driver: Driver, plan: Plan) -> str:
    """The entitlement that a type is closed without, which is asked; empty where it is open."""
    context = driver.context
    missing = context.closing(plan)
    if not missing:
        return ""
    why = f"an organization without {missing}"
    required = (
        any(p.get("required") for p in plan.listing.parameters.values()) if plan.listing else True
    )
    if plan.listing and not required:
        driver.refused(404, plan.listing.id, why=why, source=SOURCE)
    if plan.actions.create and not context.read_only:
        with suppress(CannotContinue):
            document = create_body(plan, driver.name("closed"), driver.need)
            parent = driver.parent(plan)
            driver.refused(404, plan.actions.create, document, of=parent, why=why, source=SOURCE)
    return missing
