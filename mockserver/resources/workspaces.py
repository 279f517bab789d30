"""Workspaces: running infrastructure, here as settings, a lock, and what refers to it.

Source: workspaces.html, permissions.html; go-tfe v0.3.19 workspace.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi.identifiers import identifier, known, members, to_one
from mockserver.jsonapi.names import refuse_taken
from mockserver.jsonapi.pages import paged
from mockserver.resources.permissions import LEVELS, organization_of
from mockserver.world import clock
from mockserver.world.access import Rule
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.problems import Problem, conflict, invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State, freeze, thaw

SSH_KEY = ("ssh-key", "workspaces")
MANAGERS = ("owner", "manage-workspaces", "organization-token")
DEFAULTS: Mapping[str, Any] = {
    "auto-apply": False,
    "file-triggers-enabled": True,
    "queue-all-runs": False,
    "trigger-prefixes": (),
    "working-directory": "",
    "vcs-repo": None,
    "operations": True,
    "migration-environment": None,
    "locked": False,
    "environment": "default",
    "_locked-by": None,
    "_reason": "",
}
LOCKERS = {"users": "User", "teams": "Team", "organizations": "Organization"}


find = by_id("workspaces", str.casefold)


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("workspaces", owners[0], values["name"].casefold()),)


def sort(values: Mapping[str, Any], key: int) -> tuple[Any, ...]:
    """Last changed first, ties newest first (decision); the name is there for the search."""
    return (-round(clock.parse(values["_changed"]).timestamp() * 1000), -key, values["name"])


# who may do what


def level(view: View, record: Record) -> int:
    """The highest level the caller has in a workspace, as a place in LEVELS; -1 for none."""
    organization = view.owner(record)
    if view.can(organization, *MANAGERS):
        return len(LEVELS) - 1
    granted = view.granted(record)
    levels = [at for at, name in enumerate(LEVELS) if name in granted]
    if view.can(organization, "manage-policies"):
        levels.append(0)
    return max(levels, default=-1)


def _at_least(name: str, source: str) -> Rule:
    def allows(view: View, record: Record | None) -> bool:
        assert record is not None
        return level(view, record) >= LEVELS.index(name)

    return Rule(
        f"{name} level in the workspace or more; owners, teams that may manage workspaces and the "
        "organization's token have admin everywhere"
        + (", teams that may manage policies read" if name == "read" else ""),
        f"permissions.html#{source}",
        allows,
    )


READ = _at_least("read", "read")
WRITE = _at_least("write", "write")
ADMIN = _at_least("admin", "admin")
CREATE = Rule(
    "owners, teams that may manage workspaces, and the organization's token",
    "workspaces.html#create-a-workspace, permissions.html#manage-workspaces",
    lambda view, record: view.can(organization_of(view, record), *MANAGERS),
)
LIST = Rule(
    "members of the organization see the workspaces that they may read",
    "workspaces.html#list-workspaces",
    lambda view, record: view.can(organization_of(view, record), "member", "organization-token"),
)
SSH = Rule(
    "admin level in the workspace; organization tokens cannot use SSH keys",
    "permissions.html#admin, ssh-keys.html",
    lambda view, record: ADMIN.allows(view, record) and view.caller.record.kind != "organizations",
)


# what is shown


def permissions(view: View, record: Record) -> dict[str, bool]:
    """What the caller may do in it, as the page's `permissions` object says it."""
    has = level(view, record)
    runs = view.caller.record.kind != "organizations"  # organization tokens do no runs
    admin, write, plan = (has >= LEVELS.index(name) for name in ("admin", "write", "plan"))
    return {
        "can-update": admin,
        "can-destroy": admin,
        "can-queue-destroy": write and runs,
        "can-queue-run": plan and runs,
        "can-queue-apply": write and runs,
        "can-update-variable": write,
        "can-lock": write,
        "can-unlock": write,
        "can-force-unlock": admin,
        "can-read-settings": has >= 0,
    }


SHOWN = (
    "auto-apply",
    "created-at",
    "environment",
    "file-triggers-enabled",
    "locked",
    "migration-environment",
    "name",
    "operations",
    "queue-all-runs",
    "terraform-version",
    "trigger-prefixes",
    "vcs-repo",
    "working-directory",
)
"""Attributes that are shown as they are kept."""


def show(view: View, record: Record) -> dict[str, Any]:
    organization = view.owner(record)
    keys = members(view, record, SSH_KEY)
    ssh_key = to_one(keys[0] if keys else None)
    if keys:
        ssh_key["links"] = {"related": f"/api/v2/ssh-keys/{keys[0].id}"}
    attributes = {name: thaw(record[name]) for name in SHOWN}
    attributes |= {"actions": {"is-destroyable": True}, "can-queue-destroy-plan": False}
    attributes["permissions"] = permissions(view, record)
    return {
        "id": record.id,
        "type": "workspaces",
        "attributes": dict(sorted(attributes.items())),
        "relationships": {
            "organization": to_one(organization),
            "ssh-key": ssh_key,
            "latest-run": {"data": None},
            "current-run": {"data": None},
        },
        "links": {"self": f"/api/v2/organizations/{organization.id}/workspaces/{record['name']}"},
    }


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its SSH key, and what the caller may do in it."""
    runs = view.caller.record.kind != "organizations"
    relations = view.state.relations(record.key)
    return view.owner(record).id, relations, level(view, record), runs


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
    if call.can(organization, *MANAGERS, "manage-policies"):
        return Reply(200, data=paged(call, call.state.list(organization.key, "workspaces"), 2))
    reached = (call.state.get(key) for key in call.reached("workspaces", organization))
    items = sorted((*record.sort, record.key) for record in reached)
    return Reply(200, data=paged(call, items, 2))


def show_workspace(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_workspace(call: Call) -> Reply:
    organization, attributes = call.record, call.attributes
    refuse_taken(call, KIND, (organization.key,), attributes)
    values = {
        **DEFAULTS,
        "terraform-version": call.facts["terraform-versions"][0],
        "created-at": call.now,
        "_changed": call.now,
        **_settled(call, organization, attributes, None),
    }
    state, record = call.create(KIND, call.state, (organization.key,), values)
    return Reply(201, state, record)


def update_workspace(call: Call) -> Reply:
    record, attributes = call.record, call.attributes
    organization = call.owner(record)
    if "name" in attributes:
        refuse_taken(call, KIND, (organization.key,), attributes, record)
    changes = _settled(call, organization, attributes, record["vcs-repo"])
    state, record = _changed(call, call.state, record, changes)
    return Reply(200, state, record)


def delete_workspace(call: Call) -> Reply:
    """Takes it out of every policy set (decision)."""
    return Reply(204, call.state.remove(call.record.key))


def lock_workspace(call: Call) -> Reply:
    record = call.record
    if record["locked"]:
        raise conflict("Unable to lock workspace. The workspace is already locked.")
    body = call.document if isinstance(call.document, dict) else {}
    reason = body.get("reason") or call.attributes.get("reason") or ""
    changes = {"locked": True, "_locked-by": call.caller.record.key, "_reason": reason}
    state, record = _changed(call, call.state, record, changes)
    call.turned(state)
    return Reply(200, state, show_locked(call, record))


def unlock_workspace(call: Call) -> Reply:
    """By who locked it; another is told by whom (recorded; clients parse the sentence)."""
    record = call.record
    if not record["locked"]:
        raise conflict("Unable to unlock workspace. The workspace is not locked.")
    by = record["_locked-by"]
    if by != call.caller.record.key and by in call.state.records:
        locker = call.state.get(by)
        name = f"{LOCKERS[locker.kind]} {call.kinds[locker.kind].title(locker)}"
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
            raise _unknown(call, "SSH key", id, "data.attributes.id", "ssh-keys.html#list-ssh-keys")
        new = [found.key]
    state = call.state
    if old != new:
        state = state.unlink(record.key, SSH_KEY, old).link(record.key, SSH_KEY, new)
        state, record = call.change(KIND, state, record, {"_changed": call.now})
    return Reply(200, state, record)


def _changed(
    call: Call, state: State, record: Record, changes: Mapping[str, Any]
) -> tuple[State, Record]:
    """With the changes, and the time of the change where there is one."""
    if all(record.get(name) == freeze(value) for name, value in changes.items()):
        return state, record
    return call.change(KIND, state, record, {**changes, "_changed": call.now})


def _unlocked(call: Call) -> Reply:
    changes = {"locked": False, "_locked-by": None, "_reason": ""}
    state, record = _changed(call, call.state, call.record, changes)
    return Reply(200, state, record)


def _settled(
    call: Call, organization: Record, attributes: Mapping[str, Any], repo: Any
) -> dict[str, Any]:
    """The attributes as they are kept: version judged, `vcs-repo` merged into what is there."""
    settled = dict(attributes)
    versions = call.facts["terraform-versions"]
    version = settled.get("terraform-version")
    if version is not None and version not in (*versions, "latest"):
        raise invalid(
            f'Terraform version "{version}" is not a valid version',
            "/data/attributes/terraform-version",
            fact=f"{version!r} is no version that this edition knows",
            expected=f"one of {versions[0]} … {versions[-1]}, or latest",
            key_path="data.attributes.terraform-version",
            source="recorded answer of 2019; the list stands in edition.json",
            hint=f"Send {versions[0]}, or leave it out for the newest.",
        )
    if version == "latest":
        settled["terraform-version"] = versions[0]
    if version is None:
        settled.pop("terraform-version", None)
    if settled.get("trigger-prefixes", ()) is None:
        settled["trigger-prefixes"] = []
    if settled.get("vcs-repo") == {}:  # pytfe sends it where nothing is meant
        del settled["vcs-repo"]
    if settled.get("vcs-repo"):
        settled["vcs-repo"] = _connected(call, organization, settled["vcs-repo"], repo)
    return settled


def _connected(
    call: Call, organization: Record, sent: Mapping[str, Any], old: Any
) -> dict[str, Any]:
    """A `vcs-repo` merged into the old one; it needs an identifier and a known token."""
    repo = {"branch": "", "ingress-submodules": False, **(old or {})}
    repo |= {name: value for name, value in sent.items() if name != "default-branch"}
    path = "data.attributes.vcs-repo"
    for name in ("identifier", "oauth-token-id"):
        if not repo.get(name):
            raise invalid(
                f"Vcs repo {name.replace('-', ' ')} can't be blank",
                f"/data/attributes/vcs-repo/{name}",
                fact=f"the workspace has no vcs-repo yet, and {name} is missing or empty",
                expected="identifier and oauth-token-id",
                key_path=f"{path}.{name}",
                source="workspaces.html#update-a-workspace",
                hint="To add a VCS repo, send at least oauth-token-id and identifier.",
            )
    if not organization["entitlements"]["vcs-integrations"]:
        raise invalid(
            "Vcs repo cannot be set: the organization is not entitled to VCS integrations",
            "/data/attributes/vcs-repo",
            fact="the entitlement vcs-integrations is off",
            expected="no vcs-repo",
            key_path=path,
            source="index.html#feature-entitlements",
            hint="Turn the entitlement on in the fixture.",
        )
    id = repo["oauth-token-id"]
    if known(call, "oauth-tokens", id, organization) is None:
        raise _unknown(call, "Oauth token", id, f"{path}.oauth-token-id", "oauth-tokens.html")
    return {
        name: repo[name]
        for name in ("identifier", "branch", "oauth-token-id", "ingress-submodules")
    }


def _unknown(call: Call, what: str, id: str, path: str, source: str) -> Problem:
    return invalid(
        f"{what} does not exist",
        "/" + path.replace(".", "/"),
        fact=f"{id!r} is no {what.lower()} of this organization",
        expected=f"the id of one of the organization's {what.lower()}s",
        key_path=path,
        source=source,
        hint="Name one that the organization has; a fixture can hold it.",
    )


# fixtures

SETTINGS = (
    "auto-apply",
    "file-triggers-enabled",
    "queue-all-runs",
    "trigger-prefixes",
    "working-directory",
    "vcs-repo",
    "operations",
    "migration-environment",
    "environment",
)


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    created = entry.get("created-at", seeding.now)
    values = {
        **DEFAULTS,
        "name": entry["name"],
        "terraform-version": entry.get("terraform-version", seeding.facts["terraform-versions"][0]),
        "created-at": created,
        "_changed": entry.get("changed-at", created),
        **{name: entry[name] for name in SETTINGS if name in entry},
    }
    if entry.get("locked"):
        locker = _locker(seeding, entry, pointer)
        values |= {"locked": True, "_locked-by": locker, "_reason": entry.get("lock-reason", "")}
    _judge(seeding, values, pointer, owner)
    record = seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))
    if record and "ssh-key" in entry:
        place = f"{pointer}/ssh-key"
        key = seeding.named("ssh-keys", entry["ssh-key"], place)
        if key and key.owner != owner.key:
            seeding.fault(place, f"{key.id} belongs to another organization")
        elif key:
            seeding.state = seeding.state.link(record.key, SSH_KEY, [key.key])
    return record


def _judge(seeding: Seeding, values: Mapping[str, Any], pointer: str, owner: Record) -> None:
    """The rules that the API has for these, so that no fixture makes what no call could."""
    versions = seeding.facts["terraform-versions"]
    if values["terraform-version"] not in versions:
        detail = f"{values['terraform-version']!r} is not one of {', '.join(versions)}"
        seeding.fault(f"{pointer}/terraform-version", detail)
    if repo := values["vcs-repo"]:
        place = f"{pointer}/vcs-repo/oauth-token-id"
        seeding.named("oauth-tokens", repo["oauth-token-id"], place, owner)


def _locker(seeding: Seeding, entry: Any, pointer: str) -> int | None:
    by = entry.get("locked-by", {"type": "users", "id": "admin"})
    if by is None:
        return None  # who locked it is gone
    record = seeding.named(by["type"], by["id"], f"{pointer}/locked-by")
    return record.key if record else None


def dump(state: State, record: Record) -> dict[str, Any]:
    entry = {"id": record.id, "name": record["name"], "created-at": record["created-at"]}
    entry |= {"terraform-version": record["terraform-version"], "changed-at": record["_changed"]}
    entry |= {name: thaw(record[name]) for name in SETTINGS}
    if record["locked"]:
        entry |= {"locked": True, "lock-reason": record["_reason"]}
        locker = state.records.get(record["_locked-by"])
        entry["locked-by"] = {"type": locker.kind, "id": locker.id} if locker else None
    for key in state.members(record.key, SSH_KEY):
        entry["ssh-key"] = state.get(key).id
    return entry


KIND = Kind(
    type="workspaces",
    page="workspaces",
    prefix="ws",
    names=names,
    sort=sort,
    find=find,
    show=show,
    depends=depends,
    related={"organization": lambda view, record: (view.owner(record),)},
    operations={
        "list-workspaces": (list_workspaces, LIST),
        "show-workspace": (show_workspace, READ),
        "show-workspace-by-name": (show_workspace, READ),
        "create-workspace": (create_workspace, CREATE),
        "update-workspace": (update_workspace, ADMIN),
        "update-workspace-by-name": (update_workspace, ADMIN),
        "delete-workspace": (delete_workspace, ADMIN),
        "delete-workspace-by-name": (delete_workspace, ADMIN),
        "lock-workspace": (lock_workspace, WRITE),
        "unlock-workspace": (unlock_workspace, WRITE),
        "force-unlock-workspace": (force_unlock_workspace, ADMIN),
        "assign-ssh-key-to-workspace": (assign_ssh_key, SSH),
    },
    read=READ,
    within="organizations",
    member="workspaces",
    refers=("oauth-tokens", "ssh-keys", "teams", "users"),
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
