"""What one caller sees of a world, and what he may do there: by the words that its kinds grant him."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.world.facts import Facts
from mockserver.world.kinds import Kinds
from mockserver.world.state import ROOT, Record, Relation, State


class Caller(NamedTuple):
    """Whom a token stands for: `record` (a user, a team, an organization), named without a secret.

    `token` is the record of the token, None for the universe's own key; `end` the time at which it
    ends, None where it does not.
    """

    record: Record
    name: str
    token: Record | None = None
    end: str | None = None


@dataclass(eq=False, repr=False)
class View:
    """What one caller sees of one state.

    `used` says when each token was last used (beside the state: a GET is no write).
    `presign(name)`: the presigned URL of that name, by which the caller reaches this world.
    """

    kinds: Kinds
    state: State
    caller: Caller
    used: Mapping[int, str] = field(default_factory=dict)
    presign: Callable[[str], str] = str
    _granted: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def facts(self) -> Facts:
        """What the edition says."""
        return self.kinds.facts

    def granted(self, record: Record) -> frozenset[str]:
        """The words that the kinds grant the caller in a record; none where it is closed to him."""
        words = self._granted.get(record.key)
        if words is None:
            closed = self.kinds[record.kind].closed
            grants = self.kinds.granting.get(record.kind, ())
            if closed and closed(self, record):
                grants = ()
            words = frozenset().union(*(grant(self, record) for grant in grants))
            self._granted[record.key] = words
        return words

    def may(self, right: str, record: Record | None) -> bool:
        """Whether the caller has a right: of itself, or by a word granted in a record or in what
        owns it.
        """
        words = self.facts.rights[right].granted_by
        if "anyone" in words or self.caller.record.kind in words:
            return True
        return record is not None and self._given(words, record)

    def _given(self, words: frozenset[str], record: Record) -> bool:
        """The owners are asked first: who may do all in one is asked once for all that it owns."""
        if record.owner != ROOT and self._given(words, self.owner(record)):
            return True
        if not words.isdisjoint(self.granted(record)):
            return True
        sought = self.kinds.sought.get(record.kind, ())
        return any(word in words and granted(self, record) for word, granted in sought)

    def permitted(self, rights: Mapping[str, str], record: Record) -> dict[str, bool]:
        """By name, whether the caller has a right in a record; as `may`, for many at once."""
        chain, words = [record], {"anyone", self.caller.record.kind}
        while chain[0].owner != ROOT:
            chain.insert(0, self.owner(chain[0]))
        found: dict[str, bool] = {}
        for at in chain:
            words |= self.granted(at)
            for name, right in rights.items():
                found[name] = not self.facts.rights[right].granted_by.isdisjoint(words)
            if all(found.values()):
                break
        return found

    def sees(self, record: Record) -> bool:
        """Whether the caller may read a record, by the right that its kind says."""
        right = self.kinds[record.kind].read
        return right is None or self.may(right, record)

    def owner(self, record: Record) -> Record:
        """The record in whose list it stands."""
        return self.state.get(record.owner)

    def reached(self, type: str, within: Record) -> list[int]:
        """Keys of a type that grants of the kinds open within a record, each once, ascending."""
        kinds = self.kinds.values()
        return sorted(
            {key for kind in kinds if kind.reach for key in kind.reach(self, type, within)}
        )

    def members(self, record: Record, relation: Relation) -> list[Record]:
        """The members of a relation, in order of their creation."""
        keys = self.state.relations(record.key).get(relation)
        return [] if keys is None else self.state.several(keys)

    def turned(self, state: State) -> None:
        """Look at another state from now on: what was granted in the old one is asked again."""
        if state is not self.state:
            self.state = state
            self._granted.clear()

    def show(self, record: Record) -> dict[str, Any]:
        """The resource object of a record, before the edition decides what of it is served."""
        show = self.kinds[record.kind].show
        assert show is not None, f"{record.kind} has no show"
        return show(self, record)
