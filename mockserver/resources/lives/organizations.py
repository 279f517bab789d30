"""The life of organizations: one of verification's own. Source: organizations.html."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import Change, Known, Life, Play, Resource, body, chosen

PAGE = "organizations.html"


def document(play: Play, name: str, **about: Any) -> Any:
    return body("organizations", {"name": name, "email": "verify@example.com"})


def changes(play: Play) -> Sequence[Change]:
    """A new name is a new id."""
    return (
        Change({"email": "changed@example.com"}),
        Change({}),
        Change({"session-timeout": 1440, "session-remember": 2880}),
        Change(
            {"name": play.name("renamed")},
            ("/id", "/links/self"),
        ),
    )


def play(stage: Play, record: Resource) -> None:
    seen = stage.call("show-entitlement-set", of=record)
    id = stage.value(seen.data, "/id")
    what = f"the entitlement set's id is {id!r}"
    source = f"{PAGE}#show-the-entitlement-set"
    stage.holds(id == record["id"], seen, "/data/id", what, f'"{record["id"]}"', source)


def entry(resource: Resource, known: Known) -> Any:
    """Its name is its id."""
    names = ("name", "email", "created-at", "session-timeout", "session-remember")
    entry = chosen(resource, *names, "collaborator-auth-policy")
    return {"name": entry.pop("id")} | entry


LIFE = Life(
    create="create-organization",
    shows=("show-organization",),
    list="list-organizations",
    updates=("update-organization",),
    removes=("destroy-organization",),
    document=document,
    unique={"name": "recorded answers of the real service"},
    changes=changes,
    play=play,
    rights=("can-create-workspace", "can-update-sentinel", "can-create-team"),
    entry=entry,
)
