"""SSH keys: an organization's keys for cloning modules. Their value is never shown.

Source: ssh-keys.html; who may: that page, not permissions.html#manage-vcs-settings (decision).
"""

from __future__ import annotations

from typing import Any

from mockserver.resources.permissions import organization_of
from mockserver.world import ids
from mockserver.world.access import Rule
from mockserver.world.calls import View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

find = by_id("ssh-keys")


def _owner(view: View, record: Record | None) -> bool:
    organization = organization_of(view, record)
    return view.can(organization, "owner") and view.caller.record.kind != "organizations"


OWN = Rule(
    "owners, by a user's or a team's token; organization tokens cannot use this endpoint",
    "ssh-keys.html",
    _owner,
)


def show(view: View, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "type": "ssh-keys",
        "attributes": {"name": record["name"]},
        "links": {"self": f"/api/v2/ssh-keys/{record.id}"},
    }


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    digest = ids.digest(entry["value"]) if "value" in entry else entry.get("value-digest")
    values = {"name": entry["name"], "_value": digest}
    return seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))


def dump(state: State, record: Record) -> dict[str, Any]:
    entry = {"id": record.id, "name": record["name"]}
    return entry | ({"value-digest": record["_value"]} if record["_value"] else {})


KIND = Kind(
    type="ssh-keys",
    page="ssh-keys",
    prefix="sshkey",
    sort=lambda values, key: (values["name"],),
    find=find,
    show=show,
    read=OWN,
    within="organizations",
    member="ssh-keys",
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
