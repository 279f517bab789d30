"""The account of who runs verification: read, and changed to what it is already.

Nothing is sent that would change a name, an address or a
password.
"""

from __future__ import annotations

from typing import Any

from mockserver.judge.documents import Resource, attribute
from mockserver.judge.pointers import brief_at
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    account_email,
    account_name,
    body,
    shown_attributes,
)


def once(driver: Driver) -> None:
    answer = driver.call("get-your-account-details")
    account = answer.data
    name, id = attribute(account, "username"), driver.value(account, "/id")
    if not isinstance(name, str) or not isinstance(id, str):
        return
    reads = driver.context.edition.operation("get-your-account-details")
    why, source = "the token in another scheme than Bearer", driver.context.source_of(reads, 401)
    other = f"Basic {driver.context.token}"
    driver.refused(401, reads.id, token=other, why=why, source=source)
    shown = driver.call("show-user", of=account)
    for pointer, mine in (("/id", id), ("/attributes/username", name)):
        what = f"{pointer} is {brief_at(shown.data, pointer)}"
        good = driver.value(shown.data, pointer) == mine
        driver.holds(good, shown, f"/data{pointer}", what, f'"{mine}"', "{show-user}")
    same = driver.call("update-your-account-info", body("users", {"username": name}))
    what = f"username is {brief_at(same.data, '/attributes/username')}"
    good = attribute(same.data, "username") == name
    source = "{update-your-account-info}"
    driver.holds(good, same, "/data/attributes/username", what, f'"{name}"', source)
    sent: Any = {"password": "one-1234", "password-confirmation": "other-1234"}
    why = "a password and another for its confirmation"
    source = "{change-your-password}"
    wrong = body("users", sent | {"current-password": driver.name("wrong")})
    driver.refused(422, "change-your-password", wrong, why=why, source=source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """By the e-mail address where he has none of his own yet: he was invited."""
    made = shown_attributes(resource, "avatar-url", "v2-only")
    said = {"username": account_name(resource, known), "email": account_email(resource, known)}
    return made | {name: value for name, value in said.items() if value}


SCENARIO = Scenario(
    once=once,
    unreached={
        "change-your-password 200": "it would change the password of who runs verification",
    },
    fixture_entry=fixture_entry,
)
