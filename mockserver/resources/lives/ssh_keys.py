"""The life of SSH keys, whose value is never shown. Source: ssh-keys.html."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import Change, Known, Life, Play, Resource, body, chosen

VALUE = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"


def document(play: Play, name: str, **about: Any) -> Any:
    return body("ssh-keys", {"name": name, "value": VALUE})


def changes(play: Play) -> Sequence[Change]:
    return (Change({"name": play.name("renamed")}), Change({"value": VALUE * 2}), Change({}))


def entry(resource: Resource, known: Known) -> Any:
    return chosen(resource, "name")


LIFE = Life(
    create="create-ssh-key",
    shows=("get-ssh-key",),
    list="list-ssh-keys",
    updates=("update-ssh-key",),
    removes=("delete-ssh-key",),
    document=document,
    changes=changes,
    entry=entry,
)
