"""SSH keys: an organization's keys for cloning modules. Their value is never shown.

Source: ssh-keys.html; who may: that page, not permissions.html#manage-vcs-settings (decision).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi.pages import whole
from mockserver.resources.permissions import organization_of
from mockserver.world import ids
from mockserver.world.access import Rule
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

find = by_id("ssh-keys")


def _owner(view: View, record: Record | None) -> bool:
    """An organization's token is no owner: it has a word of its own."""
    return view.can(organization_of(view, record), "owner")


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


# operations


def list_keys(call: Call) -> Reply:
    items = call.state.list(call.record.key, "ssh-keys")
    return Reply(200, data=whole(call, (item[-1] for item in items)))


def get_key(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_key(call: Call) -> Reply:
    """Names need not be unique: the page says nothing of it."""
    values = _kept(call.attributes)
    state, record = call.create(KIND, call.state, (call.record.key,), values)
    return Reply(201, state, record)


def update_key(call: Call) -> Reply:
    """What is omitted is preserved (page)."""
    state, record = call.change(KIND, call.state, call.record, _kept(call.attributes))
    return Reply(200, state, record)


def delete_key(call: Call) -> Reply:
    """Workspaces that use it have none from now on (guide)."""
    return Reply(204, call.state.remove(call.record.key))


def _kept(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The text of a key is kept as a digest."""
    kept = {name: value for name, value in attributes.items() if name != "value"}
    return kept | ({"_value": ids.digest(attributes["value"])} if "value" in attributes else {})


# fixtures


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
    operations={
        "list-ssh-keys": (list_keys, OWN),
        "get-ssh-key": (get_key, OWN),
        "create-ssh-key": (create_key, OWN),
        "update-ssh-key": (update_key, OWN),
        "delete-ssh-key": (delete_key, OWN),
    },
    read=OWN,
    within="organizations",
    member="ssh-keys",
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
