"""SSH keys: an organization's keys for cloning modules. Their value is never shown.

Source: ssh-keys.html; who may: that page, not permissions.html#manage-vcs-settings (decision).
Names need not be unique: the page says nothing of it.
"""

from __future__ import annotations

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    list_records,
    show_record,
    update_record,
)
from mockserver.jsonapi.resources import resource
from mockserver.resources.permissions import organization_of
from mockserver.world.kinds import Kind, Rule, View, by_id, by_name
from mockserver.world.state import Record


def _owner(view: View, record: Record | None) -> bool:
    """An organization's token is no owner: it has a word of its own."""
    return view.can(organization_of(view, record), "owner")


OWN = Rule(
    "owners, by a user's or a team's token; organization tokens cannot use this endpoint",
    "ssh-keys.html",
    _owner,
)
KIND = Kind(
    type="ssh-keys",
    prefix="sshkey",
    sort=by_name,
    title="name",
    find=by_id("ssh-keys"),
    show=resource,
    operations={
        "list-ssh-keys": (list_records, OWN),
        "get-ssh-key": (show_record, OWN),
        "create-ssh-key": (create_record, OWN),
        "update-ssh-key": (update_record, OWN),
        "delete-ssh-key": (delete_record, OWN),
    },
    read=OWN,
    within="organizations",
    about="Keys for cloning modules; their value is never shown.",
    member="ssh-keys",
)
