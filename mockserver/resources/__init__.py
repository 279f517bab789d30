"""One module a resource type; each ends in its `KIND`. None imports another.

The order is that in which fixtures are read: an entry may refer to what stands before it.
"""

from __future__ import annotations

from mockserver.resources import (
    authentication_tokens,
    oauth_tokens,
    organizations,
    policies,
    policy_sets,
    ssh_keys,
    team_workspaces,
    teams,
    users,
    workspaces,
)
from mockserver.world.kinds import Kinds

KINDS: Kinds = {
    module.KIND.type: module.KIND
    for module in (
        users,
        organizations,
        teams,
        ssh_keys,
        oauth_tokens,
        workspaces,
        team_workspaces,
        policies,
        policy_sets,
        authentication_tokens,
    )
}
"""Every resource type that is served, by its name."""
