"""Workspaces: running infrastructure, here as settings, a lock, and what refers to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    show_record,
    update_record,
)
from mockserver.jsonapi.identifiers import identifier, known, to_one
from mockserver.jsonapi.pagination import paged
from mockserver.jsonapi.resources import owner, resource
from mockserver.world import clock
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, To, Values, View
from mockserver.world.naming import by_id, unique_name
from mockserver.world.problems import Problem, conflict, invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

SSH_KEY = ("ssh-key", "workspaces")
LOCKERS = {"users": "User", "teams": "Team", "organizations": "Organization"}


def newest(values: Values, facts: Facts, now: str) -> str:
    """The version of Terraform that a workspace has where nobody says another."""
    return str(facts["terraform-versions"][0])


def sort(values: Mapping[str, Any], key: int) -> tuple[Any, ...]:
    """Last changed first, ties newest first (decision); the name is there for the search."""
    return (
        -round(clock.parse_timestamp(values["_changed"]).timestamp() * 1000),
        -key,
        values["name"],
    )


# what is shown


def ssh_key(view: View, record: Record) -> dict[str, Any]:
    keys = view.members(record, SSH_KEY)
    if not keys:
        return to_one(None)
    return {**to_one(keys[0]), "links": {"related": f"/api/v2/ssh-keys/{keys[0].id}"}}


def links(view: View, record: Record) -> dict[str, str]:
    """By name, in its organization."""
    organization = view.owner(record).id
    return {"self": f"/api/v2/organizations/{organization}/workspaces/{record['name']}"}


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its SSH key, and what the caller may do in it."""
    organization, relations = view.owner(record), view.state.relations(record.key)
    every = view.may("administer-workspace", organization)
    words = frozenset[str]() if every else view.granted(record)
    return organization.id, relations, view.granted(organization), words


def show_locked(call: Call, record: Record) -> dict[str, Any]:
    """Only the answer of lock shows by whom (page)."""
    shown = call.show(record)
    locker = call.caller.record
    if locker.kind != "organizations":  # the contract has no type for it there
        shown["relationships"]["locked-by"] = {
            "data": identifier(locker),
            "links": {"related": f"/api/v2/{locker.kind}/{locker.id}"},
        }
    return shown


# operations


def list_workspaces(call: Call) -> Reply:
    organization = call.record
    if call.may("read-workspace", organization):
        return Reply(data=paged(call, call.state.list(organization.key, "workspaces"), 2))
    reached = (call.state.get(key) for key in call.reached("workspaces", organization))
    items = sorted((*record.sort, record.key) for record in reached)
    return Reply(data=paged(call, items, 2))


def lock_workspace(call: Call) -> Reply:
    record = call.record
    if record["locked"]:
        raise conflict("Unable to lock workspace. The workspace is already locked.")
    body = call.document if isinstance(call.document, dict) else {}
    reason = body.get("reason") or call.attributes.get("reason") or ""
    changes = {"locked": True, "_locked-by": call.caller.record.key, "_reason": reason}
    state, record = call.change(KIND, call.state, record, changes)
    call.turned(state)
    return Reply(state=state, data=show_locked(call, record))


def unlock_workspace(call: Call) -> Reply:
    """By who locked it; another is told by whom (recorded; clients parse the sentence)."""
    record = call.record
    if not record["locked"]:
        raise conflict("Unable to unlock workspace. The workspace is not locked.")
    by = record["_locked-by"]
    if by != call.caller.record.key and by in call.state.records:
        locker = call.state.get(by)
        name = f"{LOCKERS[locker.kind]} {call.kinds[locker.kind].named_as(locker)}"
        raise conflict(
            f"Unable to unlock workspace. The workspace is locked by {name} "
            "and may not be unlocked except by them."
        )
    return _unlocked(call)


def force_unlock_workspace(call: Call) -> Reply:
    if not call.record["locked"]:
        raise conflict("Unable to force unlock workspace. The workspace is not locked.")
    return _unlocked(call)


def assign_ssh_key(call: Call) -> Reply:
    """`id: null` unassigns."""
    record = call.record
    old = list(call.state.members(record.key, SSH_KEY))
    new: list[int] = []
    id = call.attributes["id"]
    if id is not None:
        organization = call.owner(record)
        key = call.kinds["ssh-keys"].find
        assert key is not None
        found = key(call.state, id, None)
        if found is None or found.owner != organization.key:
            raise _unknown("SSH key", id, "/data/attributes/id", "list-ssh-keys")
        new = [found.key]
    state = call.state
    if old != new:
        state = state.unlink(record.key, SSH_KEY, old).link(record.key, SSH_KEY, new)
        state, record = call.touch(KIND, state, record)
    return Reply(state=state, data=record)


def _unlocked(call: Call) -> Reply:
    changes = {"locked": False, "_locked-by": None, "_reason": ""}
    state, record = call.change(KIND, call.state, call.record, changes)
    return Reply(state=state, data=record)


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """The attributes as they are kept: version judged, `vcs-repo` merged into what is there."""
    version = attributes.pop("terraform-version", None)
    if version is not None:
        attributes["terraform-version"] = _version(call, version)
    if attributes.get("trigger-prefixes", ()) is None:
        attributes["trigger-prefixes"] = []
    if attributes.get("vcs-repo") == {}:  # pytfe sends it where nothing is meant
        del attributes["vcs-repo"]
    if attributes.get("vcs-repo"):
        organization = call.owner(record) if record else call.record
        old = record["vcs-repo"] if record else None
        attributes["vcs-repo"] = _connected(call, organization, attributes["vcs-repo"], old)
    return attributes


def _version(call: Call, version: str) -> str:
    versions = call.facts["terraform-versions"]
    if version == "latest":
        return str(versions[0])
    if version not in versions:
        raise invalid(
            f'Terraform version "{version}" is not a valid version',
            "/data/attributes/terraform-version",
            fact=f"{version!r} is no version that this edition knows",
            expected=f"one of {versions[0]} … {versions[-1]}, or latest",
            source="recorded answer of 2019; the list stands in edition.json",
            hint=f"Send {versions[0]}, or leave it out for the newest.",
        )
    return version


def _connected(
    call: Call, organization: Record, sent: Mapping[str, Any], old: Any
) -> dict[str, Any]:
    """A `vcs-repo` merged into the old one; it needs an identifier and a known token."""
    repo = {"branch": "", "ingress-submodules": False, **(old or {})}
    repo |= {name: value for name, value in sent.items() if name != "default-branch"}
    pointer = "/data/attributes/vcs-repo"
    for name in ("identifier", "oauth-token-id"):
        if not repo.get(name):
            raise invalid(
                f"Vcs repo {name.replace('-', ' ')} can't be blank",
                f"{pointer}/{name}",
                fact=f"the workspace has no vcs-repo yet, and {name} is missing or empty",
                expected="identifier and oauth-token-id",
                source="update-workspace",
                hint="To add a VCS repo, send at least oauth-token-id and identifier.",
            )
    if not organization["entitlements"]["vcs-integrations"]:
        raise invalid(
            "Vcs repo cannot be set: the organization is not entitled to VCS integrations",
            pointer,
            fact="the entitlement vcs-integrations is off",
            expected="no vcs-repo",
            source="feature-entitlements",
            hint="Turn the entitlement on in the fixture.",
        )
    id = repo["oauth-token-id"]
    if known(call, "oauth-tokens", id, organization) is None:
        raise _unknown("Oauth token", id, f"{pointer}/oauth-token-id", "update-workspace")
    return {
        name: repo[name]
        for name in ("identifier", "branch", "oauth-token-id", "ingress-submodules")
    }


def _unknown(what: str, id: str, pointer: str, source: str) -> Problem:
    return invalid(
        f"{what} does not exist",
        pointer,
        fact=f"{id!r} is no {what.lower()} of this organization",
        expected=f"the id of one of the organization's {what.lower()}s",
        source=source,
        hint="Name one that the organization has; a fixture can hold it.",
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """With its lock, and the time that lists sort by."""
    assert owner is not None
    said = {"_changed": entry["changed-at"]} if "changed-at" in entry else {}
    if entry.get("locked"):
        locker = _locker(seeding, entry, pointer)
        said |= {"_locked-by": locker, "_reason": entry.get("lock-reason", "")}
    _judge(seeding, entry, pointer, owner)
    return seeding.record(KIND, entry, pointer, owner, **said)


def _judge(seeding: Seeding, entry: Mapping[str, Any], pointer: str, owner: Record) -> None:
    """The rules that the API has for these, so that no fixture makes what no call could."""
    versions = seeding.facts["terraform-versions"]
    version = entry.get("terraform-version", versions[0])
    if version not in versions:
        detail = f"{version!r} is not one of {', '.join(versions)}"
        seeding.fault(f"{pointer}/terraform-version", detail)
    if repo := entry.get("vcs-repo"):
        place = f"{pointer}/vcs-repo/oauth-token-id"
        seeding.named("oauth-tokens", repo["oauth-token-id"], place, owner)


def _locker(seeding: Seeding, entry: Any, pointer: str) -> int | None:
    by = entry.get("locked-by", {"type": "users", "id": "admin"})
    if by is None:
        return None  # who locked it is gone
    record = seeding.named(by["type"], by["id"], f"{pointer}/locked-by")
    return record.key if record else None


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    entry["changed-at"] = record["_changed"]
    if record["locked"]:
        locker = state.records.get(record["_locked-by"])
        locked_by = {"type": locker.kind, "id": locker.id} if locker else None
        return {**entry, "lock-reason": record["_reason"], "locked-by": locked_by}
    return entry


KIND = Kind(
    type="workspaces",
    prefix="ws",
    names=unique_name("workspaces", str.casefold),
    sort=sort,
    title="name",
    find=by_id("workspaces", str.casefold),
    made={
        "created-at": lambda values, facts, now: now,
        "environment": "default",
        "locked": False,
        "terraform-version": newest,
        "working-directory": "",
        "_changed": lambda values, facts, now: values["created-at"],
        "_locked-by": None,
        "_reason": "",
    },
    touched="_changed",
    relations={"ssh-key": To("ssh-keys", SSH_KEY, entry="ssh-key", one=True)},
    settled=settled,
    show=resource,
    computed={
        "actions": {"is-destroyable": True},
        "can-queue-destroy-plan": False,
    },
    relationships={
        "organization": owner,
        "ssh-key": ssh_key,
        "latest-run": lambda view, record: to_one(None),
        "current-run": lambda view, record: to_one(None),
    },
    links=links,
    depends=depends,
    related={"organization": lambda view, record: (view.owner(record),)},
    operations={
        "list-workspaces": (list_workspaces, "list-workspaces"),
        "show-workspace": (show_record, "read-workspace"),
        "show-workspace-by-name": (show_record, "read-workspace"),
        "create-workspace": (create_record, "create-workspace"),
        "update-workspace": (update_record, "administer-workspace"),
        "update-workspace-by-name": (update_record, "administer-workspace"),
        "delete-workspace": (delete_record, "administer-workspace"),
        "delete-workspace-by-name": (delete_record, "administer-workspace"),
        "lock-workspace": (lock_workspace, "write-workspace"),
        "unlock-workspace": (unlock_workspace, "write-workspace"),
        "force-unlock-workspace": (force_unlock_workspace, "administer-workspace"),
        "assign-ssh-key-to-workspace": (assign_ssh_key, "assign-ssh-key"),
    },
    read="read-workspace",
    permissions={
        "can-update": "administer-workspace",
        "can-destroy": "administer-workspace",
        "can-queue-destroy": "apply-run",
        "can-queue-run": "plan-run",
        "can-queue-apply": "apply-run",
        "can-update-variable": "write-workspace",
        "can-lock": "write-workspace",
        "can-unlock": "write-workspace",
        "can-force-unlock": "administer-workspace",
        "can-read-settings": "read-workspace",
    },
    within="organizations",
    about="Workspaces: settings, a lock, and which teams have access.",
    member="workspaces",
    refers=("oauth-tokens", "teams", "users"),
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "vcs-repo": {
                "properties": {
                    "identifier": {"minLength": 1},
                    "oauth-token-id": {"pattern": "^ot-[A-Za-z0-9]+$"},
                }
            },
            "changed-at": {
                "$ref": "#/$defs/timestamp",
                "description": "When it last changed, which is what lists sort by; created-at where "
                "omitted.",
            },
            "lock-reason": {
                "type": "string",
                "description": "Why it is locked; empty where omitted.",
            },
            "locked-by": {
                "type": ["object", "null"],
                "properties": {
                    "type": {"enum": list(LOCKERS), "description": "Type of the record."},
                    "id": {
                        "type": "string",
                        "minLength": 1,
                        "description": "Its id, or a username.",
                    },
                },
                "required": ["type", "id"],
                "additionalProperties": False,
                "description": "Who has locked it; admin where omitted, null where he is gone.",
            },
        },
        "dependentRequired": {"lock-reason": ["locked"], "locked-by": ["locked"]},
    },
)
