"""Notification configurations: where a workspace tells of its runs. There are no runs here, and
nothing is ever sent: a URL is taken to answer the request that verifies it with 200 (decision).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.jsonapi import handlers
from mockserver.jsonapi.resources import owner, resource
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, Values
from mockserver.world.naming import by_id, by_name
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record

MOST = 20
"""Of one workspace."""
RIGHT = "administer-workspace"


def _verified(call: Call, values: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """An enabled configuration is verified before it is kept."""
    now = {**(record.values if record else {}), **values}
    return {**values, **_answered(call, now["url"])} if now["enabled"] else values


def _answered(call: Call, url: str) -> dict[str, Any]:
    """What a verification leaves, the moment of the change included: `sent-at` has seconds alone, and
    of two within one nothing else would differ.
    """
    sent = f"{call.now[:10]} {call.now[11:19]} UTC"
    answer = {"url": url, "body": '"200 OK"', "code": "200", "headers": {}, "sent-at": sent}
    return {"delivery-responses": [{**answer, "successful": "true"}], "updated-at": call.now}


def _checked(call: Call, values: Values, record: Record | None) -> Iterator[Error]:
    if record is None and len(call.state.list(call.record.key, call.kind.type)) >= MOST:
        detail = f"A workspace can have up to {MOST} notification configurations"
        yield invalid_item(detail, fact=f"{call.record.id} has {MOST}", hint="Delete one first.")


def verify(call: Call) -> Reply:
    answered = _answered(call, call.record["url"])
    state, changed = call.change(call.kind, call.state, call.record, answered)
    return Reply(state=state, data=changed)


KIND = Kind(
    type="notification-configurations",
    prefix="nc",
    sort=by_name,
    title="name",
    find=by_id("notification-configurations"),
    made={
        "delivery-responses": (),
        "created-at": lambda values, facts, now: now,
        "updated-at": lambda values, facts, now: values["created-at"],
    },
    touched="updated-at",
    settled=_verified,
    checked=_checked,
    show=resource,
    computed={"token": None},
    relationships={"subscribable": owner},
    depends=lambda view, record: (),
    operations={
        "list-notification-configurations": handlers.list_records,
        "show-notification-configuration": handlers.show_record,
        "create-notification-configuration": handlers.create_record,
        "update-notification-configuration": handlers.update_record,
        "verify-notification-configuration": verify,
        "delete-notification-configuration": handlers.delete_record,
    },
    right=RIGHT,
    read=RIGHT,
    within="workspaces",
    about="Where a workspace tells of its runs; nothing is ever sent.",
    member="notification-configurations",
)
