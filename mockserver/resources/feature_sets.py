"""Feature sets: the plans that organizations are on. Every world of August 2026 has three; who
administers the installation puts an organization on another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.jsonapi.identifiers import identifier
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.resources.site_administration import RIGHT, SOUGHT, demand, grants
from mockserver.world import clock, ids
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, Values
from mockserver.world.naming import by_id
from mockserver.world.problems import invalid
from mockserver.world.state import Record
from mockserver.world.view import View

TYPE = "feature-sets"
PLANS: Mapping[str, str] = {
    "fs-business": "Business",
    "fs-standard": "Standard (entitlement)",
    "fs-free": "Free",
}
"""By id, the name: those that the client's suite asks for."""


def begins(facts: Facts) -> Iterable[tuple[str, Values]]:
    return ((id, {"name": name}) for id, name in PLANS.items())


def plan_of(view: View, record: Record) -> str:
    """`business`, `standard`, `free`: what organizations show."""
    return str(record["name"]).partition(" ")[0].casefold()


# operations


def list_feature_sets(call: Call) -> Reply:
    demand(call)
    asked = str(call.query.get("q", "")).casefold()
    found = (r.key for r in call.state.every(TYPE) if asked in r["name"].casefold())
    return Reply(data=listed(call, found))


def subscribe(call: Call) -> Reply:
    """The organization shows the plan and its end from now on; what it may do stays (decision)."""
    organization = call.record
    id = call.linkage["feature-set"]["id"]
    plan = call.state.find(TYPE, id)
    if plan is None:
        raise invalid(
            "Feature set does not exist",
            "/data/relationships/feature-set/data",
            fact=f"{id!r} is no feature set",
            expected="the id of a feature set",
            hint="List the feature sets to find their ids.",
        )
    end = _end(call.attributes.get("end-at"))
    changes = {"plan-identifier": plan_of(call, plan), "plan-expires-at": end}
    state, _ = call.change(call.kinds["organizations"], call.state, organization, changes)
    return Reply(
        state=state,
        data={
            "id": f"sub-{ids.code(call.seed, 'sub', organization.key)}",
            "type": "subscriptions",
            "attributes": {"is-active": end is None or end > call.now, "end-at": end},
            "relationships": {
                "organization": {"data": identifier(organization)},
                "feature-set": {"data": identifier(plan)},
            },
        },
    )


def _end(sent: str | None) -> str | None:
    try:
        return None if sent is None else clock.timestamp(clock.parse_timestamp(sent))
    except ValueError as error:
        raise invalid(
            "End at is invalid",
            "/data/attributes/end-at",
            fact=str(error),
            expected="a moment of the calendar",
            hint="Send a timestamp such as 2027-01-31T12:00:00Z, or null.",
        ) from None


TODAY = Kind(
    type=TYPE,
    prefix="fs",
    title="name",
    find=by_id(TYPE),
    show=resource,
    computed={
        "identifier": plan_of,
        "description": lambda view, record: record["name"],
        "is-current": True,
        "is-free-tier": lambda view, record: record.id == "fs-free",
        "sentinel": True,
        "teams": lambda view, record: record.id != "fs-free",
    },
    operations={
        "list-feature-sets": list_feature_sets,
        "update-organization-subscription": subscribe,
    },
    right=RIGHT,
    read=RIGHT,
    grants={TYPE: grants},
    sought={"organizations": SOUGHT},
    about="Plans that organizations can be on; the same in every world.",
    member=TYPE,
    begins=begins,
)
EDITIONS = {"2026-08": TODAY}
