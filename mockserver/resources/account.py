"""The account of a caller: what a user sees and changes of himself. No path names the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Error, invalid, invalid_item, invalid_items
from mockserver.world.state import Record

RIGHT = "own-account"


def get_account_details(call: Call) -> Reply:
    return Reply(data=call.caller.record)


def update_account_info(call: Call) -> Reply:
    """A new address waits in `unconfirmed-email` (page: must be confirmed); the present one ends
    the waiting (decision). Tokens and memberships are the record's and outlive its name.
    """
    record, attributes = call.caller.record, call.attributes
    changes: dict[str, Any] = {}
    if "username" in attributes:
        _refuse_taken(call, record, attributes["username"])
        changes["username"] = attributes["username"]
    if "email" in attributes:
        email = attributes["email"]
        changes["unconfirmed-email"] = None if email == record["email"] else email
    state, changed = call.change(call.kinds["users"], call.state, record, changes)
    return Reply(state=state, data=changed)


def change_password(call: Call) -> Reply:
    """Without a password in the world any current one is right (decision)."""
    record, sent = call.caller.record, call.attributes
    old, again = (_spelled(sent, name) for name in ("current-password", "password-confirmation"))
    errors = []
    if record["_password"] not in (None, ids.digest(sent[old])):
        errors.append(
            _wrong(
                "Current password is invalid",
                old,
                fact="it is not the user's password",
                expected="the password until now",
                hint="Send the password that the fixture or the last change gave the user.",
            )
        )
    if sent[again] != sent["password"]:
        errors.append(
            _wrong(
                "Password confirmation doesn't match Password",
                again,
                fact="it differs from data.attributes.password",
                expected="the new password again",
                hint="Send the new password twice.",
            )
        )
    if errors:
        raise invalid_items(errors)
    changes = {"password": sent["password"]}
    state, changed = call.change(call.kinds["users"], call.state, record, changes)
    return Reply(state=state, data=changed)


def _spelled(sent: Mapping[str, Any], name: str) -> str:
    """How the edition spells a member: that of 2026 has underscores here."""
    return name if name in sent else name.replace("-", "_")


def _refuse_taken(call: Call, record: Record, username: str) -> None:
    """Neither another's name nor his id, and `admin` only for whom the key acts as (decision)."""
    named = call.kinds["users"].named
    assert named is not None
    other = named(call.state, username)
    if other is not None and other.key != record.key:
        raise invalid(
            "Username has already been taken",
            "/data/attributes/username",
            fact=f"{username!r} is the name of another user (upper and lower case are the same)",
            expected="a name that nobody else has",
            hint="Send another username.",
        )


def _wrong(detail: str, name: str, **meta: str) -> Error:
    return invalid_item(
        detail,
        f"/data/attributes/{name}",
        source="change-of-password",
        **meta,
    )


OPERATIONS: Mapping[str, tuple[Handler, str]] = {
    "get-your-account-details": (get_account_details, RIGHT),
    "update-your-account-info": (update_account_info, RIGHT),
    "change-your-password": (change_password, RIGHT),
}
