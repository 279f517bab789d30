"""Where runs execute: said by a workspace or a project, or taken from what it stands in.

The two spell it differently: a workspace has an `execution-mode`, a project and an organization a
`default-execution-mode` for what is in them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mockserver.jsonapi.identifiers import known
from mockserver.world.calls import Call
from mockserver.world.problems import Problem, invalid
from mockserver.world.state import Record, Relation, State
from mockserver.world.view import View

AGENT = "agent"
POOLS = "agent-pools"


class Modes(NamedTuple):
    """How a kind spells its execution mode and its agent pool.

    `pool`: the relation to the pool. `overwrites`: whether `setting-overwrites` says which of the two
    are its own.
    """

    mode: str
    pool: Relation
    overwrites: bool = True

    @property
    def pool_id(self) -> str:
        return f"{self.pool[0]}-id"


ORGANIZATION = Modes("default-execution-mode", ("default-agent-pool", "organizations"), False)
PROJECT = Modes("default-execution-mode", ("default-agent-pool", "projects"))
WORKSPACE = Modes("execution-mode", ("agent-pool", "workspaces"))


def settle(
    call: Call, how: Modes, attributes: dict[str, Any], record: Record | None
) -> dict[str, Any]:
    """The attributes as they are kept: what is said is its own from then on (suite); overwrites that
    are empty say nothing (pytfe sends them).
    """
    said = attributes.pop("setting-overwrites", None) or {}
    if len({*said.values()}) > 1:
        raise _refused(
            "If agent-pool and execution-mode are both included in setting-overwrites, their values "
            "must be the same.",
            "/data/attributes/setting-overwrites",
            fact="one of the two is its own and the other is not",
        )
    mode, pool = attributes.get(how.mode), _named_pool(call, how)
    if pool and mode != AGENT and (record is None or record[how.mode] != AGENT or mode):
        raise _refused(
            f"{_words(how.pool[0])} must not be specified unless using 'agent' execution mode",
            _place(call, how),
            fact=f"{how.pool_id} is {pool!r}, and the execution mode is not agent",
        )
    had = record is not None and len(call.state.members(record.key, how.pool)) > 0
    again = record[how.mode] if record and any(said.values()) else None
    if (mode or again) == AGENT and not pool and not had:
        raise _refused(
            f"{_words(how.pool[0])} must be specified when using 'agent' execution mode",
            f"/data/attributes/{how.pool_id}",
            fact=f"the execution mode is agent, and {how.pool_id} is missing",
        )
    if how.overwrites and (said or mode):
        own = next(iter(said.values()), True)
        attributes["setting-overwrites"] = dict.fromkeys((how.mode, how.pool[0]), own)
    return attributes


def _named_pool(call: Call, how: Modes) -> str | None:
    """Id of the agent pool that a body names: as an attribute, or of an organization as a member."""
    linked = call.linkage.get(how.pool[0])
    return (linked or {}).get("id") or call.attributes.get(how.pool_id)


def _place(call: Call, how: Modes) -> str:
    """Where a body names the agent pool, or may."""
    if call.linkage.get(how.pool[0]):
        return f"/data/relationships/{how.pool[0]}/data"
    return f"/data/attributes/{how.pool_id}"


def with_pool(call: Call, how: Modes, state: State, record: Record) -> State:
    """The state in which the record has the pool that a body names; none in another mode, nor where
    its mode is not its own.

    Raises a 422 for a pool that the organization has not.
    """
    mode, pool = call.attributes.get(how.mode), _named_pool(call, how)
    if pool:
        organization = record if record.kind == "organizations" else call.owner(record)
        found = known(call, POOLS, pool, organization) if POOLS in call.kinds else None
        if found is None:
            raise invalid(
                f"{_words(how.pool[0])} does not exist",
                _place(call, how),
                fact=f"{pool!r} is no agent pool of {organization.id}",
                expected="the id of an agent pool of the organization",
                source="execution-modes",
                hint="List the organization's agent pools to find their ids.",
            )
        state = state.unlink(record.key, how.pool, state.members(record.key, how.pool))
        return state.link(record.key, how.pool, [found.key])
    if (mode and mode != AGENT) or not overwritten(how, record):
        return state.unlink(record.key, how.pool, state.members(record.key, how.pool))
    return state


def overwritten(how: Modes, record: Record) -> bool:
    """Whether a record has a mode of its own."""
    return not how.overwrites or bool(record["setting-overwrites"][how.mode])


def effective(
    view: View, record: Record, *chain: tuple[Modes, Record]
) -> tuple[str, Record | None]:
    """Mode and pool of the first in the chain that has its own; the last one always has."""
    for how, one in chain:
        if overwritten(how, one):
            pools = view.members(one, how.pool)
            return str(one[how.mode]), next(iter(pools), None)
    raise AssertionError(record)  # an organization has its own


def _words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _refused(detail: str, pointer: str, *, fact: str) -> Problem:
    return invalid(
        detail,
        pointer,
        fact=fact,
        expected="an agent pool exactly where the execution mode is agent",
        source="execution-modes",
        hint="Send execution mode and agent pool together, or neither.",
    )
