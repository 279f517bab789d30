"""Tokens of teams that end, as the list of an organization finds and sorts them."""

from __future__ import annotations

from mockserver.judge.documents import Resource, is_resource, linked_one, resources
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.scenario import body


def ending(driver: Driver, team: Resource) -> None:
    """Tokens of teams by when they end, and those that do not."""
    made = []
    for end in ("2098-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", None):
        sent = {"description": driver.name("ending"), "expired-at": end}
        made.append(
            driver.call("create-team-token", body("authentication-tokens", sent), of=team).data
        )
    id = linked_one(team, "organization")
    if not all(map(is_resource, made)) or not id:
        return
    organization: Resource = {"type": "organizations", "id": id}
    endless, listing = {"filter[expiry_status]": "no_expiration"}, "list-team-tokens"
    must_find(driver, listing, organization, endless, there=made[2:], not_there=made[:2])
    for sort, wanted in (("expired-at", made[:2]), ("-expired-at", made[1::-1])):
        listed = driver.call(listing, of=organization, query={"sort": sort})
        ids = [one["id"] for one in wanted]
        found = [one["id"] for _, one in resources(listed.document) if one["id"] in ids]
        what = f"sort={sort} brings tokens in another order"
        if listed.ok:
            source = f"{{{listing}}}"
            driver.holds(found == ids, listed, "/data", what, "tokens by their end", source)
