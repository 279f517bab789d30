"""Where and why something is enforced: the policies of a set in workspaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mockserver.world.ordered import EMPTY, Ordered
from mockserver.world.state import Record

if TYPE_CHECKING:
    from mockserver.world.view import View


class Scope(NamedTuple):
    """One reason why something is enforced, or not, and where: in the records of `keys` (None: in all
    of its owner) without those of `but`.
    """

    reason: str
    keys: Ordered | None
    but: Ordered = EMPTY

    def holds(self, key: int) -> bool:
        return (self.keys is None or key in self.keys) and key not in self.but


class Enforcement(NamedTuple):
    """Where the members of a record are enforced: the policies of a set in workspaces.

    `relation` names its members, `type` what they are enforced in, of the same owner.
    `reasons(view, record)`: why and where they are, the nearest reason first; `excluded(view,
    record)`: why and where not, whatever the reasons are. `grouped`: the relation of `type` to one
    record that tables group it by. `uploaded(view, record)`: what is in force in place of members
    that were named one by one.
    """

    relation: str
    type: str
    reasons: Callable[[View, Record], Sequence[Scope]]
    excluded: Callable[[View, Record], Sequence[Scope]] = lambda view, record: ()
    grouped: str = ""
    uploaded: Callable[[View, Record], Record | None] = lambda view, record: None
