"""Ways to break our own server of edition 2026-08, and rows that say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mockserver.world.calls import Reply
from mockserver.world.problems import Problem
from tests.verify.mutations import endings, servers, spoiling
from tests.verify.mutations.laws import _as_owner
from tests.verify.mutations.spoiling import Answer, Spoil
from tests.verify.mutations.table import (
    Handler,
    Place,
    Row,
)
from tests.verify.playing import NEW

spoilt = partial(spoiling.spoilt, edition=NEW)
changed = partial(spoiling.changed, edition=NEW)
leaving = partial(endings.leaving, edition=NEW)
rewritten = partial(servers.rewritten, edition=NEW)

SELECT, UNSELECT = "add-tag-selectors-to-policy-set", "remove-tag-selectors-from-policy-set"
ATTACH, DETACH = "attach-policy-set-to-exclusions", "detach-policy-set-from-exclusions"
APART, TOGETHER = (
    "attach-policy-set-to-project-exclusions",
    "detach-policy-set-from-project-exclusions",
)
MOVE = "move-workspaces-into-project"
ACCESS, TOLD = "add-team-access-to-project", "show-team-access-to-project"
VALUE = "/attributes/value"
NOTHING = b'{"data":[]}'


def row(
    what: str, server: Callable[[], Any], places: Sequence[Place], played: str = "", exit: int = 1
) -> Row:
    return Row(what, server, places, played, exit, NEW)


def at(operation: str, spoil: Spoil, place: str, what: str, played: str = "") -> Row:
    return row(what, lambda: spoilt({operation: spoil}), [(operation, place)], played)


def on(
    type: str,
    operation: str,
    wrap: Callable[[Handler], Handler],
    what: str,
    *places: str,
    played: str = "",
) -> Row:
    """An operation that is handled otherwise, which is told of it: at `effect` where no place is named."""
    name = operation.replace("-", "_")
    told = [(operation, place) for place in places or ("effect",)]
    return row(what, lambda: changed(type, **{name: wrap}), told, played)


def anyone(operation: str, *places: str) -> Row:
    """A caller without rights does it as the owner."""
    told = [(operation, place) for place in places or ("status",)]
    return row(
        f"anyone may do {operation} of today", lambda: spoilt({}, {operation: _as_owner}), told
    )


# ways to handle a call otherwise


def first(old: Handler) -> Handler:
    """Of several only the first."""

    def handle(call: Any) -> Any:
        del call.document["data"][1:]
        return old(call)

    return handle


def no_strangers(type: str) -> Callable[[Handler], Handler]:
    """Records of another organization are passed over, and nobody is told."""

    def wrap(old: Handler) -> Handler:
        def handle(call: Any) -> Any:
            found = [
                (one, call.state.find(type, one.get("id", ""))) for one in call.document["data"]
            ]
            owner = call.record.owner
            call.document["data"] = [o for o, r in found if r is None or r.owner == owner]
            return old(call)

        return handle

    return wrap


def forgetting(old: Handler) -> Handler:
    """It answers as if it had done so."""

    def handle(call: Any) -> Any:
        reply = old(call)
        return Reply(reply.status, data=reply.data) if reply.data is not None else Reply(204)

    return handle


def once_more(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        try:
            return old(call)
        except Problem as problem:
            made = list(call.state.every("team-projects"))
            if problem.status != 422 or not made or "taken" not in str(problem.errors):
                raise
            return Reply(201, data=made[-1])

    return handle


def taking_anything(call: Any) -> Reply:
    """As if it were an archive, with which nothing is done."""
    return Reply()


def unscoped(old: Handler) -> Handler:
    def handle(call: Any) -> Any:
        call.data.pop("relationships", None)
        return old(call)

    return handle


def another_key(old: Handler) -> Handler:
    """A taken key becomes another one, and nobody is told."""

    def handle(call: Any) -> Any:
        taken = {one["key"] for one in call.state.all("vars", call.record.key)}
        while call.attributes.get("key") in taken:
            call.attributes["key"] += "x"
        return old(call)

    return handle


# what an answer shows otherwise


def without_first(answer: Answer) -> None:
    document = answer.document
    if answer.status == 200 and len(document["data"]) > 1:
        answer.document = document | {"data": document["data"][1:]}


def inherited_alone(answer: Answer) -> None:
    """Bindings without those of the project."""
    document = answer.document
    if answer.status == 200:
        named = ("relationships", "inherited-from", "data")
        own = [one for one in document["data"] if one[named[0]][named[1]][named[2]] is None]
        answer.document = document | {"data": own}


def leaking(answer: Answer) -> None:
    """The value of what is sensitive."""
    document = answer.document
    if answer.status >= 300 or document is None:
        return
    data = document["data"]
    for one in data if isinstance(data, list) else [data]:
        if one["attributes"]["sensitive"]:
            one["attributes"]["value"] = "hidden"
    answer.document = document


def taken(answer: Answer) -> None:
    """What is refused is answered as the last that was not."""
    if answer.status in (200, 201):
        answer.memory["taken"] = answer.status, answer.body
    elif answer.status == 422 and "taken" in answer.memory:
        answer.status, answer.body = answer.memory["taken"]


def without(name: str) -> Callable[[dict[str, Any]], None]:
    """A request that is read without a parameter."""

    def change(environ: dict[str, Any]) -> None:
        parts = environ.get("QUERY_STRING", "").split("&")
        environ["QUERY_STRING"] = "&".join(part for part in parts if not part.startswith(name))

    return change
