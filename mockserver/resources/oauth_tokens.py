"""OAuth tokens: an organization's connections to a VCS provider. They come from fixtures only.

A workspace's `vcs-repo.oauth-token-id` names one.
"""

from __future__ import annotations

from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id

KIND = Kind(
    type="oauth-tokens",
    prefix="ot",
    find=by_id("oauth-tokens"),
    made={"service-provider-user": ""},
    within="organizations",
    about="Connections to VCS providers.",
    member="oauth-tokens",
    entry={
        "properties": {
            "service-provider-user": {
                "type": "string",
                "description": "Name of the user at the provider; empty where omitted.",
            }
        }
    },
)
