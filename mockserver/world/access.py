"""Who a token stands for, and whether he may do a thing.

What a caller may do *in* a record is said in words (`owner`, `manage-policies`, `read`, ...) that the
kinds grant: nothing here knows what they mean. The sentence of a right answers `who` and
stands in the journal where a 404 hides a refusal.
"""

from __future__ import annotations

from mockserver.world import ids
from mockserver.world.kinds import Kinds
from mockserver.world.problems import not_found, unauthorized
from mockserver.world.state import ROOT, Record, State
from mockserver.world.view import Caller, View


def demand(
    view: View, operation: str, right: str, record: Record | None, entitled: str | None
) -> None:
    """Raise a 404 where the caller may not do it with a record, or its owners have no entitlement,
    and a 401 where one of them takes no tokens like his.

    The life of a request asks this of the path's record; a handler, of one that only query or body
    name.
    """
    owner = record
    while owner:
        kind = view.kinds[owner.kind]
        if kind.closed and not view.granted(owner) and (why := kind.closed(view, owner)):
            raise unauthorized(why)
        if entitled and kind.entitled and not kind.entitled(owner, entitled):
            raise not_found(f"{owner.id} has no entitlement {entitled}")
        owner = view.owner(owner) if owner.owner != ROOT else None
    if not view.may(right, record):
        known = view.facts.rights[right]
        who = f"{known.words} ({known.source})"
        raise not_found(f"{view.caller.name} may not: {operation} is for {who}")


def split(token: str) -> tuple[str, str | None]:
    """Key and rest of a token: the part before the first dot chooses the universe."""
    key, dot, rest = token.partition(".")
    return key, rest if dot else None


def authenticate(kinds: Kinds, state: State, secret: str | None, now: str) -> Caller:
    """The caller that the part of a token after the key's dot stands for; None: the key itself.

    Raises a 401 problem where no kind knows it, or where it has ended; the key never does.
    """
    hashed = None if secret is None else ids.digest(secret)
    for known in kinds.authenticating:
        if caller := known(state, hashed):
            return _now(caller, now)
    raise unauthorized(
        "the world exists, but has no such token (never made, revoked, or its owner is gone)"
    )


def presigned(kinds: Kinds, state: State, name: str | None, now: str) -> Caller:
    """The caller that a presigned URL stands for, by what follows the key's dot in it.

    Raises a 401 problem where no kind knows it, or where it has ended.
    """
    for known in kinds.presigned:
        if caller := known(state, name or ""):
            return _now(caller, now)
    raise unauthorized("the world exists, but gave no such URL (or what it was for is gone)")


def _now(caller: Caller, now: str) -> Caller:
    if caller.end is not None and caller.end <= now:
        raise unauthorized(f"the token of {caller.name} ended at {caller.end}")
    return caller
