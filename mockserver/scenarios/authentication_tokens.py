"""The scenario of tokens: shown once, and dead when they are revoked.

Tokens of a team and of an organization end when another is made: those of verification's own alone.
"""

from __future__ import annotations

from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, is_resource, linked_one
from mockserver.judge.pointers import at
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.listings import must_find, must_sort
from mockserver.scenarios.runner.only_token import only_token, shown_secret
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    body,
    identifiers,
    name_within,
    shown_attributes,
)
from mockserver.traffic.masking import MASKED

ACCOUNTS = "{organization-service-accounts}"


def user(driver: Driver) -> Resource:
    """Who runs this."""
    data: Resource = driver.call("get-your-account-details").data
    return data


def once(driver: Driver) -> None:
    _ended(driver, "team")
    team = driver.need("teams")
    only_token(driver, "team", team, "show-team-information", team)
    _ended(driver, "organization")
    organization = driver.need("organizations")
    secret = only_token(driver, "organization", organization, "show-organization", organization)
    if secret:
        _no_account(driver, secret)
    secret = shown_secret(driver, driver.call("generate-new-team-token", of=team))
    _several(driver, team)
    _of_a_pool(driver)
    _of_audit_trails(driver, organization)
    if secret:
        mine = body("organizations", {"name": driver.name("team"), "email": "verify@example.com"})
        why = "an organization made with a team's token"
        source = "{organizations-of-a-user}"
        driver.refused(404, "create-organization", mine, token=secret, why=why, source=source)


def _ended(driver: Driver, what: str) -> None:
    """A token ends with the team or organization whose it is."""
    make = f"generate-new-{what}-token"
    holder = driver.need(f"{what}s")
    secret = shown_secret(driver, driver.call(make, of=holder))
    if secret and driver.removed(holder):
        why, source = f"a token whose {what} was deleted", f"{{{make}}}"
        driver.refused(401, "list-organizations", token=secret, why=why, source=source)


def _several(driver: Driver, team: Resource) -> None:
    """Where the edition has them: tokens of a team, told apart by their descriptions."""
    if not driver.has("create-team-token"):
        return
    sent = body("authentication-tokens", {"description": driver.name("one")})
    made = driver.call("create-team-token", sent, of=team)
    secret, source = (
        shown_secret(driver, made),
        "go-tfe v1.109.0 team_token_integration_test.go:154",
    )
    why = "a description that another token of the team has"
    driver.refused(422, "create-team-token", sent, of=team, why=why, source=source)
    if id := linked_one(team, "organization"):
        driver.call("list-team-tokens", of={"type": "organizations", "id": id})
    if secret:
        driver.call("show-team-information", of=team, token=secret)
        driver.call("destroy-user-token", of=made.data)
        why, source = "a token that was destroyed", "{destroy-user-token}"
        refused = "show-team-information"
        driver.refused(401, refused, of=team, token=secret, why=why, source=source)
    _ending(driver, team)
    _revoked_together(driver, team)


def _ending(driver: Driver, team: Resource) -> None:
    """Tokens of teams by when they end, and those that do not."""
    made = []
    for end in ("2098-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", None):
        named = {"description": driver.name("ending"), "expired-at": end}
        sent = body("authentication-tokens", named)
        made.append(driver.call("create-team-token", sent, of=team).data)
    id = linked_one(team, "organization")
    if not all(map(is_resource, made)) or not id:
        return
    organization: Resource = {"type": "organizations", "id": id}
    endless, listing = {"filter[expiry_status]": "no_expiration"}, "list-team-tokens"
    must_find(driver, listing, organization, endless, there=made[2:], not_there=made[:2])
    must_sort(driver, listing, organization, "expired-at", made[:2])


def _revoked_together(driver: Driver, team: Resource) -> None:
    """Tokens of teams that the organization revokes at once; what is none of them is gone already."""
    sent = body("authentication-tokens", {"description": driver.name("together")})
    made = driver.call("create-team-token", sent, of=team)
    secret, id = shown_secret(driver, made), linked_one(team, "organization")
    if secret and id and isinstance(made.data, dict):
        organization: Resource = {"type": "organizations", "id": id}
        driver.call("delete-team-tokens", identifiers(made.data), of=organization)
        why, source = "a token that was revoked with others", "{delete-team-tokens}"
        refused = "show-team-information"
        driver.refused(401, refused, of=team, token=secret, why=why, source=source)


def _of_a_pool(driver: Driver) -> None:
    """Where the edition has them: tokens of an agent pool, each with a description."""
    if "create-agent-token" not in driver.context.edition.operations:
        return
    pool = driver.need("agent-pools")
    sent = body("authentication-tokens", {"description": driver.name("agents")})
    made = driver.call("create-agent-token", sent, of=pool)
    shown_secret(driver, made)
    listed = driver.call("list-agent-tokens", of=pool)
    if isinstance(made.data, dict) and isinstance(listed.data, list):
        there = made.data.get("id") in [one.get("id") for one in listed.data]
        what, source = "a token of the pool is not listed", "{list-agent-tokens}"
        driver.holds(there, listed, "/data", what, brief(made.data.get("id")), source)
        driver.call("destroy-user-token", of=made.data)
        why = "a token that was destroyed"
        driver.refused(404, "show-user-token", of=made.data, why=why, source=source)
    driver.call("create-agent-token", sent, of=pool)


def _of_audit_trails(driver: Driver, organization: Resource) -> None:
    """Where the edition has it: a second token of an organization, beside the ordinary one."""
    make, read, end = (f"{act}-organization-token" for act in ("generate-new", "show", "delete"))
    if "token" not in driver.context.edition.operation(make).parameters:
        return
    which = {"token": "audit-trails"}
    ordinary = driver.call(read, of=organization)
    made = driver.call(make, of=organization, query=which)
    for query, wanted in (({}, ordinary.data), (which, made.data)):
        shown = driver.call(read, of=organization, query=query)
        good = driver.value(shown.data, "/id") == driver.value(wanted, "/id")
        what = "the other token of the organization is shown"
        driver.holds(good, shown, "/data/id", what, "the token that was asked for", f"{{{read}}}")
    driver.call(end, of=organization, query=which)
    why = "a token for audit trails that was deleted"
    driver.refused(404, read, of=organization, query=which, why=why, source=f"{{{end}}}")
    for operation in (read, end, make):
        driver.call(operation, of=organization)


def _no_account(driver: Driver, secret: str) -> None:
    """An organization's token has no account, and no user's tokens."""
    why = "an organization's token"
    empty: Any = body("users", {})
    password = body(
        "users", dict.fromkeys(("password", "current-password", "password-confirmation"), "x")
    )
    for operation, sent in (
        ("get-your-account-details", None),
        ("update-your-account-info", empty),
        ("change-your-password", password),
    ):
        driver.refused(404, operation, sent, token=secret, why=why, source=ACCOUNTS)


def steps(driver: Driver, record: Resource) -> None:
    """A user's token works until it is destroyed."""
    made = driver.call(
        "create-user-token",
        body("authentication-tokens", {"description": driver.name("used")}),
        of=user(driver),
    )
    secret = shown_secret(driver, made)
    _by_caller(driver, made)
    if secret and isinstance(made.data, dict) and "id" in made.data:
        driver.call("get-your-account-details", token=secret)
        driver.call("destroy-user-token", of=made.data)
        why = "a token that was destroyed"
        source = "{destroy-user-token}"
        driver.refused(401, "get-your-account-details", token=secret, why=why, source=source)


def _by_caller(driver: Driver, made: JudgedAnswer) -> None:
    """A user's token is created by that user."""
    maker = driver.value(made.data, "/relationships/created-by/data/id")
    mine = user(driver).get("id")
    place, what = "/data/relationships/created-by/data/id", f"created-by is {brief(maker)}"
    source = "{create-user-token}"
    if maker is not None:
        driver.holds(maker == mine, made, place, what, brief(mine), source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Of whom it names itself, else of the user, team, agent pool or organization in whose path it was
    seen; None where that is unknown.

    Its secret is what its creation showed, where that was not masked.
    """
    made = shown_attributes(resource, "description", "created-at", "expired-at")
    made["name"] = str(resource.get("secret", "")).partition(".")[2] or f"{MASKED}{resource['id']}"
    maker = at(resource, "/relationships/created-by/data")
    if is_resource(maker) and (by := _named(maker["type"], maker["id"], known)):
        made["created-by"] = by.get("user", by)
    if purpose := resource.get("query", {}).get("token"):
        made["purpose"] = purpose
    holder = _named(*_holder(resource), known)
    return made | holder if holder else None


def _holder(resource: Resource) -> tuple[str, str]:
    """Type and id. In a list of an organization the tokens are those of its teams."""
    if team := linked_one(resource, "team"):
        return "teams", team
    by: tuple[str, str] = resource.get("of") or ("users", linked_one(resource, "created-by") or "")
    return by


def _named(type: str, id: str, known: Known) -> dict[str, str] | None:
    """Whose a token is, as a fixture says it; None where that is unknown."""
    alone = type in ("users", "organizations")
    name = id if alone else name_within(known(type, id))
    return {type.removesuffix("s"): name} if name else None


SCENARIO = Scenario(
    named="description",
    values=lambda name: {"expired-at": ("2099-01-01T00:00:00.000Z",)},
    parent=user,
    once=once,
    steps=steps,
    fixture_entry=fixture_entry,
)
