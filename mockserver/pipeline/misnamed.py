"""What the modules of resources name wrongly is told at start: there every edition is known, and to them none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.contract import Edition, load
from mockserver.contract.editions import editions
from mockserver.nearest import did_you_mean, there_is_no
from mockserver.resources import Modules, module_of
from mockserver.world.fixture_schema import refuse_taken
from mockserver.world.kinds import Kind, Kinds, UnfitKind, no_right
from mockserver.world.naming import made_for


@contextmanager
def told_with_module(modules: Modules, edition: str) -> Iterator[None]:
    """What a kind says wrongly is told with the file of its module, if one has it."""
    try:
        yield
    except UnfitKind as error:
        files = (module_of(type, modules, edition) for type in error.types)
        known = " and ".join(filter(None, files))
        raise ValueError(f"{known}: {error}" if known else str(error)) from None


def refuse_misnamed(served: Kinds, contract: Edition, modules: Modules) -> None:
    """Raises UnfitKind where a kind answers an operation that no edition has, is of a type that this one
    has no records of, has a title, ids or rights that it has not, stands in fixtures where something else
    does, or is not found; and ValueError where a module has a kind for an edition that there is not.

    Other editions are read only where this one lacks an operation.
    """
    known = {*editions(), contract.name}
    for module, defined in modules.items():
        for edition in defined.get("EDITIONS", {}).keys() - known:
            no = there_is_no("edition", edition, sorted(known))
            raise ValueError(f"mockserver/resources/{module}.py, EDITIONS: {no}")
    for id in sorted(served.table.keys() - contract.operations.keys()):
        if not any(id in load(name).operations for name in editions()):
            near = did_you_mean(id, contract.operations)
            raise UnfitKind(
                served.answering[id].type,
                f"answers the operation {id!r}, which no edition has. {near}",
            )
    for id in contract.operations:
        kind = served.answering.get(id)
        if kind and kind.type not in contract.types:
            near = did_you_mean(kind.type, contract.types)
            raise UnfitKind(
                kind.type,
                f"answers {id}, but no page of {contract.name} defines records of that type. {near}",
            )
    for kind in served.values():
        _refuse_unlike(kind, contract)
        _refuse_unfound(kind)
        for word, right in (
            ("read", kind.read),
            *((f"permissions, {n}", r) for n, r in kind.permissions.items()),
        ):
            if right is not None and right not in served.facts.rights:
                raise UnfitKind(kind.type, no_right(word, right, served.facts))
    _refuse_lost(served, contract)
    refuse_taken(served)


def _refuse_unlike(kind: Kind, contract: Edition) -> None:
    """Raises UnfitKind where records of a kind would not be those of their page."""
    shown = contract.types[kind.type].attributes if kind.type in contract.types else {}
    if kind.title and shown and kind.title not in shown:
        near = did_you_mean(kind.title, shown)
        raise UnfitKind(kind.type, f"has the title {kind.title!r}, no attribute of it. {near}")
    schema = contract.schemas.get(f"{kind.type}.resource", {})
    form = schema.get("properties", {}).get("id", {}).get("pattern")
    begins = any(f"{sign}{kind.prefix}-" in form for sign in "^(|") if form else True
    if kind.prefix and not begins:
        raise UnfitKind(
            kind.type,
            f"has the prefix {kind.prefix!r}, and ids on its page are {form}; say the prefix of these",
        )


def _refuse_unfound(kind: Kind) -> None:
    """Raises UnfitKind where what a kind is found by is made for another type, or spells names otherwise
    than what keeps them apart.
    """
    found, named = made_for(kind.find), made_for(kind.names)
    for word, said in (("find", found), ("names", named)):
        if said and said[0] != kind.type:
            reason = (
                f"says {said[0]!r} in its {word}: no record of it would be found; say {kind.type!r}"
            )
            raise UnfitKind(kind.type, reason)
    if found and named and found[1] != named[1]:
        raise UnfitKind(
            kind.type,
            "spells a name otherwise in find than in names: it would not be found; give both the same",
        )


def _refuse_lost(served: Kinds, contract: Edition) -> None:
    """Raises UnfitKind where a path names a record, and its kind does not say how it is found."""
    for id in served.table.keys() & contract.operations.keys():
        for type in contract.operations[id].records.values():
            if type not in served or served[type].find is None:
                where = f"the path of {id} names one of its records, and it has no find"
                raise UnfitKind(type, f"is not to be found: {where}")
