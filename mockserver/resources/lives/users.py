"""The account of who runs verification: read, and changed to what it is already.

Source: account.html, users.html. Nothing is sent that would change a name, an address or a
password.
"""

from __future__ import annotations

from typing import Any

from mockserver.world.lives import Known, Life, Play, Resource, attribute, body, chosen


def alone(stage: Play) -> None:
    seen = stage.call("get-your-account-details")
    account = seen.data
    name, id = attribute(account, "username"), stage.value(account, "/id")
    if not isinstance(name, str) or not isinstance(id, str):
        return
    shown = stage.call("show-user", of=account)
    for pointer, mine in (("/id", id), ("/attributes/username", name)):
        what = f"{pointer} is {stage.value(shown.data, pointer)!r}"
        good = stage.value(shown.data, pointer) == mine
        stage.holds(good, shown, f"/data{pointer}", what, f'"{mine}"', "users.html#show-a-user")
    same = stage.call("update-your-account-info", body("users", {"username": name}))
    what = f"username is {attribute(same.data, 'username')!r}"
    good = attribute(same.data, "username") == name
    source = "account.html#update-your-account-info"
    stage.holds(good, same, "/data/attributes/username", what, f'"{name}"', source)
    sent: Any = {"password": "one-1234", "password-confirmation": "other-1234"}
    why = "a password and another for its confirmation"
    source = "account.html#change-your-password"
    wrong = body("users", sent | {"current-password": stage.name("wrong")})
    stage.refused(422, "change-your-password", wrong, why=why, source=source)


def entry(resource: Resource, known: Known) -> Any:
    return chosen(resource, "username", "email", "avatar-url", "v2-only")


LIFE = Life(
    shows=("show-user",),
    alone=alone,
    unreached={
        "change-your-password 200": "it would change the password of who runs verification",
    },
    entry=entry,
)
