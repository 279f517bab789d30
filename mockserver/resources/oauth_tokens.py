"""OAuth tokens: an organization's connections to a VCS provider. They come from fixtures only.

Source: oauth-tokens.html; a workspace's `vcs-repo.oauth-token-id` names one.
"""

from __future__ import annotations

from typing import Any

from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    values = {"service-provider-user": entry.get("service-provider-user", "")}
    return seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))


def dump(state: State, record: Record) -> dict[str, Any]:
    return {"id": record.id, "service-provider-user": record["service-provider-user"]}


KIND = Kind(
    type="oauth-tokens",
    page="oauth-tokens",
    prefix="ot",
    find=by_id("oauth-tokens"),
    within="organizations",
    member="oauth-tokens",
    seed=seed,
    dump=dump,
)
