"""SSH keys: an organization's keys for cloning modules. Their value is never shown.

Who may is said by their own page, not by `manage-vcs-settings` (decision). Names need not be unique:
no page says so.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    list_records,
    show_record,
    update_record,
)
from mockserver.jsonapi.resources import resource
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id, by_name

RIGHT = "use-ssh-keys"
READ = "read-ssh-keys"
"""Of August 2026: who administers a workspace sees the keys that he can give it."""
KIND = Kind(
    type="ssh-keys",
    prefix="sshkey",
    sort=by_name,
    title="name",
    find=by_id("ssh-keys"),
    show=resource,
    operations={
        "list-ssh-keys": list_records,
        "get-ssh-key": show_record,
        "create-ssh-key": create_record,
        "update-ssh-key": update_record,
        "delete-ssh-key": delete_record,
    },
    right=RIGHT,
    read=RIGHT,
    within="organizations",
    about="Keys for cloning modules; their value is never shown.",
    member="ssh-keys",
)
TODAY = replace(
    KIND,
    operations={
        **KIND.operations,
        "list-ssh-keys": (list_records, READ),
        "get-ssh-key": (show_record, READ),
    },
    read=READ,
)
EDITIONS = {"2026-08": TODAY}
