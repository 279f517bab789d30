"""Versions of policy sets: all policies of a set at once, uploaded as an archive (August 2026).

A version is made first, and shows where its archive is sent: a presigned URL, good for an hour. Of the
archive nothing is kept but that it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from mockserver.jsonapi.handlers import list_records, show_record
from mockserver.jsonapi.resources import one_owned, own_link, resource
from mockserver.resources import archives
from mockserver.world import clock, ids
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid, invalid_item
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import Caller, View

TYPE = "policy-set-versions"
POLICIES = ("policies", "policy-sets")
"""The relation `policies` of a policy set, which a policy has as `policy-sets`."""
VALID = timedelta(hours=1)
"""How long the URL of an upload is good (page)."""


# of a set


def newest(view: View, policy_set: Record) -> Record | None:
    """The version that was last made, whatever has become of it (page)."""
    blocks = view.state.list(policy_set.key, TYPE).blocks
    return view.state.get(blocks[-1][-1][-1]) if blocks else None


def current(view: View, policy_set: Record) -> Record | None:
    """The last one that is ready (page)."""
    if not versioned(view, policy_set):
        return None
    return next((one for one in _latest(view.state, policy_set) if one["status"] == "ready"), None)


def _latest(state: State, policy_set: Record) -> Iterator[Record]:
    blocks = state.list(policy_set.key, TYPE).blocks
    return (state.get(item[-1]) for block in reversed(blocks) for item in reversed(block))


def versioned(view: View, policy_set: Record) -> bool:
    return view.state.list(policy_set.key, TYPE).size > 0


def depends(view: View, policy_set: Record) -> tuple[Any, ...]:
    """What a set shows of its versions."""
    if not versioned(view, policy_set):
        return ()
    return newest(view, policy_set), current(view, policy_set)


RELATED = {
    "newest_version": lambda view, record: filter(None, [newest(view, record)]),
    "current_version": lambda view, record: filter(None, [current(view, record)]),
}
RELATIONSHIPS = {
    "newest-version": partial(one_owned, newest),
    "current-version": partial(one_owned, current),
}


def versioned_error(policy_set: Record, pointer: str) -> Error:
    """The policies of a set with versions are not named one by one."""
    return invalid_item(
        "Policies cannot be added to a versioned policy set",
        pointer,
        fact=f"the policies of {policy_set.id} come in versions",
        expected="a policy set without versions",
        source="create-policy-set-version",
        hint="Upload another version of it, or name another policy set.",
    )


# the URL of an upload


def _secret(id: str) -> str:
    """Long enough that nobody guesses it who does not know the world's key."""
    return f"{id}.{ids.code(0, 'upload', id, 24)}"


def _awaits(record: Record) -> bool:
    """Whether an archive may be sent; what comes from a repository is fetched."""
    return bool(record["status"] == "pending" and record["source"] == "tfe-api")


def links(view: View, record: Record) -> dict[str, str]:
    upload = {"upload": view.presign(_secret(record.id))} if _awaits(record) else {}
    return {**own_link(record), **upload}


def presigned(state: State, name: str) -> Caller | None:
    record = state.find(TYPE, name.partition(".")[0])
    if record is None or name != _secret(record.id):
        return None
    end = clock.later(record["created-at"], VALID)
    return Caller(record, f"whoever has the upload URL of {record.id}", end=end)


# operations


def create_version(call: Call) -> Reply:
    if len(call.state.members(call.record.key, POLICIES)):
        raise invalid(
            "The policy set does not support uploading versions",
            None,
            fact=f"the policies of {call.record.id} are named one by one",
            expected="a policy set without such policies",
            hint="Remove its policies first, or make another policy set.",
        )
    state, record = call.create(call.kind, call.state, (call.record.key,), {})
    return Reply(state=state, data=record)


def upload_version(call: Call) -> Reply:
    """Ready at once; what is unfit changes nothing, so that a fit archive may follow."""
    version = call.caller.record
    if not _awaits(version):
        raise invalid(
            "The policy set version has already been uploaded",
            None,
            fact=f"{version.id} is {version['status']}",
            expected="a version that is pending",
            hint="Create another version, and upload to its URL.",
        )
    try:
        archives.check(call.document or b"")
    except archives.Unfit as error:
        raise invalid(
            "The policy set version is not a usable tar.gz archive",
            None,
            fact=str(error),
            expected="a tar archive of the policies, compressed by gzip",
            hint="Send the file that `tar -czf` makes of the folder with the policies.",
        ) from None
    moments = {"ingressing-at": call.now, "ready-at": call.now}
    changes = {"status": "ready", "status-timestamps": moments}
    state, _ = call.change(call.kind, call.state, version, changes)
    return Reply(state=state)


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """A set has versions or policies of its own, not both."""
    assert owner is not None
    if len(seeding.state.members(owner.key, POLICIES)):
        seeding.fault(pointer, f"The policy set {owner.id} names its policies one by one.")
        return None
    return seeding.record(TODAY, entry, pointer, owner)


STATUSES = ("pending", "ingressing", "ready", "errored", "canceled")
MOMENTS = {f"{status}-at": {"$ref": "#/$defs/timestamp"} for status in STATUSES}
READ, UPLOAD = "manage-policies", "upload-policy-set-versions"
TODAY = Kind(
    type=TYPE,
    prefix="polsetver",
    find=by_id(TYPE),
    made={
        "source": "tfe-api",
        "status": "pending",
        "status-timestamps": {},
        "error": None,
        "error-message": None,
        "ingress-attributes": None,
        "created-at": lambda values, facts, now: now,
        "updated-at": lambda values, facts, now: values["created-at"],
    },
    touched="updated-at",
    show=resource,
    links=links,
    related={"policy_set": lambda view, record: [view.owner(record)]},
    presigned=presigned,
    operations={
        "create-policy-set-version": (create_version, READ),
        "list-policy-set-versions": (list_records, READ),
        "show-policy-set-version": (show_record, READ),
        "upload-policy-set-versions": (upload_version, UPLOAD),
    },
    read=READ,
    within="policy-sets",
    about="Versions of a policy set; one that is pending awaits its archive for an hour.",
    member="versions",
    seed=seed,
    entry={"properties": {"status-timestamps": {"properties": MOMENTS}}},
)
EDITIONS = {"2026-08": TODAY}
