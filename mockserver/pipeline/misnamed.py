"""What the modules of resources name wrongly is told at start: there every edition is known, and to them none."""

from __future__ import annotations

from mockserver.contract import Edition, load
from mockserver.contract.editions import editions
from mockserver.nearest import did_you_mean, there_is_no
from mockserver.resources import Modules
from mockserver.world.fixture_schema import refuse_taken
from mockserver.world.kinds import Kind, Kinds


def refuse_misnamed(served: Kinds, contract: Edition, modules: Modules) -> None:
    """Raises ValueError where a kind answers an operation that no edition has, is of a type that this one
    has no records of, has a title or ids that those have not, or stands in fixtures where something else
    does, or a module has a kind for an edition that there is not.

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
            raise ValueError(
                f"the kind {served.answering[id].type} answers the operation {id!r}, which no edition has. {near}"
            )
    for id in contract.operations:
        kind = served.answering.get(id)
        if kind and kind.type not in contract.types:
            near = did_you_mean(kind.type, contract.types)
            raise ValueError(
                f"the kind {kind.type} answers {id}, but no page of {contract.name} defines records of "
                f"that type. {near}"
            )
    for kind in served.values():
        _refuse_unlike(kind, contract)
    refuse_taken(served)


def _refuse_unlike(kind: Kind, contract: Edition) -> None:
    """Raises ValueError where records of a kind would not be those of their page."""
    shown = contract.types[kind.type].attributes if kind.type in contract.types else {}
    if kind.title and shown and kind.title not in shown:
        near = did_you_mean(kind.title, shown)
        raise ValueError(
            f"the kind {kind.type} has the title {kind.title!r}, no attribute of it. {near}"
        )
    schema = contract.schemas.get(f"{kind.type}.resource", {})
    form = schema.get("properties", {}).get("id", {}).get("pattern")
    begins = any(f"{sign}{kind.prefix}-" in form for sign in "^(|") if form else True
    if kind.prefix and not begins:
        raise ValueError(
            f"the kind {kind.type} has the prefix {kind.prefix!r}, and ids on its page are {form}; say the "
            "prefix of these"
        )
