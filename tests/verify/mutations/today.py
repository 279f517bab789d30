"""The table's fifth part, of edition 2026-08: scopes of policy sets, projects, parameters, plans."""

from __future__ import annotations

from tests.verify.mutations import endings, servers
from tests.verify.mutations.breaking_today import (
    ACCESS,
    APART,
    ATTACH,
    DETACH,
    MOVE,
    SELECT,
    TOGETHER,
    TOLD,
    UNSELECT,
    VALUE,
    another_key,
    anyone,
    at,
    changed,
    first,
    leaking,
    leaving,
    no_strangers,
    on,
    once_more,
    rewritten,
    row,
    spoilt,
    taken,
    taking_anything,
    unscoped,
    without,
    without_first,
)
from tests.verify.mutations.spoiling import drop, put, status, turn
from tests.verify.mutations.table import MAKE, MANY, ONE, SHOW, Row, _idle, _renaming
from tests.verify.playing import NEW


def scopes() -> list[Row]:
    """Exclusions, projects, tag selectors and kinds of policy sets."""
    sets = "policy-sets"
    selectors = "/attributes/tag-selectors"
    return [
        on(sets, ATTACH, _idle, "a workspace that is not excluded", "effect", "status"),
        on(sets, DETACH, _idle, "an exclusion that stays"),
        on(sets, APART, _idle, "a project that is not excluded", "effect", "status"),
        on(sets, TOGETHER, _idle, "an exclusion of a project that stays"),
        on(sets, ATTACH, first, "only the first of several is excluded", "effect", "status"),
        on(sets, ATTACH, no_strangers("workspaces"), "a workspace of another organization excluded", "status"),
        on(sets, APART, no_strangers("projects"), "a project of another organization excluded", "status"),
        on(sets, "attach-policy-set-to-projects", _idle, "a project that is not attached", "effect", "status"),
        on(sets, "detach-policy-set-from-projects", _idle, "a project that stays attached"),
        on(sets, "detach-policy-set-from-projects", first, "only the first project is detached"),
        at(SHOW, drop("/relationships/workspace-exclusions"), f"{ONE}/relationships/workspace-exclusions", "exclusions missing on show"),
        at(SHOW, put("/relationships/project-exclusions/data", []), f"{ONE}/relationships/project-exclusions/data", "excluded projects not shown"),
        at("list-policy-sets", put("/relationships/projects/data", []), f"{MANY}/relationships/projects/data", "projects lost in the list"),
        at(SHOW, turn("/attributes/project-count", lambda n: n + 1), f"{ONE}/attributes/project-count", "a count of projects off by one"),
        on(sets, SELECT, _idle, "a tag that is not selected"),
        on(sets, UNSELECT, _idle, "a tag that stays selected"),
        on(sets, SELECT, first, "only the first tag is selected"),
        at(SHOW, turn(selectors, lambda all: [{**one, "is-exclude": False} for one in all]), f"{ONE}{selectors}", "a tag that is left out shown as selected"),
        at("list-policy-sets", turn(selectors, lambda all: all[:1]), f"{MANY}{selectors}", "selectors lost in the list"),
        at(SHOW, put("/attributes/scoping-type", "explicit"), f"{ONE}/attributes/scoping-type", "a set that selects tags said to be explicit"),
        row("the value of a selector loses letters", lambda: rewritten(SELECT, rb"\\u00f6", b""), [(SELECT, "effect")]),
        at(SELECT, status(422, 204, b""), "status", "tags beside attachments taken"),
        at("attach-policy-set-to-workspaces", status(422, 204, b""), "status", "attachments beside tags, and of global sets, taken"),
        at(MAKE, put("/attributes/kind", "sentinel"), f"{ONE}/attributes/kind", "a kind that is always sentinel"),
        at(SHOW, put("/attributes/overridable", None), f"{ONE}/attributes/overridable", "an override that show loses"),
        row("include of exclusions ignored", lambda: spoilt({}, {SHOW: without("include")}), [(SHOW, "/included"), (SHOW, "status")]),
        anyone(ATTACH), anyone(SELECT), anyone("attach-policy-set-to-projects"),
    ]  # fmt: skip


def projects() -> list[Row]:
    """Projects, what stands in them, and who has access."""
    home = "/relationships/project/data/id"
    return [
        on("projects", MOVE, _idle, "workspaces that are not moved"),
        on("projects", MOVE, first, "only the first workspace is moved"),
        on("projects", MOVE, no_strangers("workspaces"), "a workspace of another organization moved", "status"),
        at("show-project", turn("/attributes/workspace-count", lambda n: n + 1), f"{ONE}/attributes/workspace-count", "a project that counts one workspace more"),
        at("list-projects", put("/attributes/workspace-count", 0), f"{MANY}/attributes/workspace-count", "a list of projects that counts no workspaces"),
        at("delete-project", status(422, 204, b""), "status", "a project with workspaces deleted"),
        on("projects", "delete-project", _idle, "a project that stays", "effect", "status"),
        on("projects", "create-project", _renaming("projects"), "duplicate names of projects accepted", "status"),
        at("create-project", put("/attributes/description", ""), f"{ONE}/attributes/description", "a description that the creation does not show"),
        at("update-project", put("/attributes/name", "other"), f"{ONE}/attributes/name", "a project under another name"),
        at("show-workspace", put(home, "prj-another"), f"{ONE}{home}", "a workspace in another project", MOVE),
        at("show-project", put("/relationships/organization/data/id", "other"), f"{ONE}/relationships/organization/data/id", "a project of another organization"),
        row("a deleted organization leaves its projects", lambda: leaving("destroy-organization", "create-project", "show-project"), [("destroy-organization", "effect")]),
        row("a deleted project leaves access to it", lambda: leaving("delete-project", ACCESS, TOLD), [("delete-project", "effect")]),
        row("a deleted team leaves its access to projects", lambda: leaving("delete-team", ACCESS, TOLD), [("delete-team", "effect")]),
        row("the id of a deleted project comes again", lambda: servers.reusing("create-project", "delete-project", NEW), [("create-project", f"{ONE}/id")]),
        row("removed access takes the project along", lambda: endings.cascading_up("remove-team-access-from-project", "project", "/api/v2/projects", NEW), [("remove-team-access-from-project", "effect")]),
        at(TOLD, put("/attributes/access", "maintain"), f"{ONE}/attributes/access", "more access to a project by itself than in the list"),
        at("list-team-access-to-project", drop("/attributes/workspace-access"), f"{MANY}/attributes/workspace-access", "no levels in the list of access"),
        at("update-team-access-to-project", put("/attributes/access", "read"), f"{ONE}/attributes/access", "a level that a PATCH does not show"),
        on("team-projects", ACCESS, once_more, "a second access of a team to a project", "status"),
        anyone("create-project"), anyone("show-project"), anyone(MOVE), anyone(ACCESS),
    ]  # fmt: skip


def workspaces() -> list[Row]:
    """Consumers of state, and safe deletion."""
    add, replace, remove = (f"{act}-remote-state-consumers" for act in ("add", "replace", "remove"))
    safe, named = "safe-delete-workspace", "safe-delete-workspace-by-name"
    return [
        on("workspaces", add, _idle, "a consumer that is not added"),
        on("workspaces", add, first, "only the first consumer is added"),
        on("workspaces", add, no_strangers("workspaces"), "a consumer of another organization taken", "status"),
        on("workspaces", remove, _idle, "a consumer that is not removed"),
        on("workspaces", replace, _idle, "consumers that are not replaced", "effect"),
        at("list-remote-state-consumers", put("/attributes/locked", None), f"{MANY}/attributes/locked", "a consumer without its lock"),
        at(safe, status(409, 204, b""), "status", "a locked workspace deleted safely"),
        at(named, status(409, 403), "status", "403 for a locked workspace that shall be deleted by name"),
        on("workspaces", safe, _idle, "a safe deletion that deletes nothing", "effect", "status"),
        anyone(add), anyone(safe), anyone("list-remote-state-consumers"),
    ]  # fmt: skip


def queries() -> list[Row]:
    """What narrows a list, and its order."""
    return [
        row("a search by q that is ignored", lambda: spoilt({}, {"list-projects": without("q=")}), [("list-projects", "/data")]),
        row("a search of pools that is ignored", lambda: spoilt({}, {"list-agent-pools": without("q=")}), [("list-agent-pools", "/data")]),
        row("an order by name that is ignored", lambda: spoilt({}, {"list-workspaces": without("sort")}), [("list-workspaces", "/data")]),
        row("a filter by project that is ignored", lambda: spoilt({}, {"list-workspaces": without("filter%5Bproject")}), [("list-workspaces", f"{MANY}/relationships/project/data/id")], MOVE),
        row("a filter by tags that is ignored", lambda: spoilt({}, {"list-workspaces": without("filter%5Btagged")}), [("list-workspaces", "/data")], MOVE),
        row("a filter by kind of policy sets that is ignored", lambda: spoilt({}, {"list-policy-sets": without("filter%5Bkind")}), [("list-policy-sets", "/data")]),
        row("a filter by kind of policies that is ignored", lambda: spoilt({}, {"list-policies": without("filter%5Bkind")}), [("list-policies", "/data")]),
        row("a filter by names that is ignored", lambda: spoilt({}, {"list-teams": without("filter%5Bnames")}), [("list-teams", "/data")]),
        row("a filter by who is allowed that is ignored", lambda: spoilt({}, {"list-agent-pools": without("filter%5Ballowed")}), [("list-agent-pools", "/data")]),
        row("a size of pages of keys that is ignored", lambda: spoilt({}, {"list-ssh-keys": without("page%5Bsize")}), [("list-ssh-keys", "/data"), ("list-ssh-keys", "status")]),
    ]  # fmt: skip


def pools() -> list[Row]:
    """Agent pools and who may use them."""
    pool, allowed = "agent-pools", "/relationships/allowed-workspaces/data"
    return [
        at("show-agent-pool", drop("/attributes/agent-count"), f"{ONE}/attributes/agent-count", "a pool that does not count its agents"),
        at("list-agent-pools", put("/attributes/organization-scoped", None), f"{MANY}/attributes/organization-scoped", "a pool whose scope is null in the list"),
        at("update-agent-pool", put(allowed, []), f"{ONE}{allowed}", "allowed workspaces that a PATCH does not show"),
        on(pool, "update-agent-pool", unscoped, "workspaces of a pool that are not kept", f"{ONE}{allowed}", f"{ONE}{allowed}".replace("allowed", "excluded")),
        row("duplicate names of pools accepted", lambda: changed(pool, create_agent_pool=_renaming(pool)), [("create-agent-pool", "status")], exit=0),
        on(pool, "delete-agent-pool", _idle, "a pool that stays", "effect", "status"),
        at("delete-agent-pool", status(422, 204, b""), "status", "a pool in use deleted"),
        at("show-agent-pool", put("/relationships/workspaces/data", []), f"{ONE}/relationships/workspaces/data", "a pool that shows no workspace"),
        at("show-workspace", put("/relationships/agent-pool/data", None), f"{ONE}/relationships/agent-pool/data/id", "a workspace that shows no pool", "show-agent-pool"),
        row("the id of a deleted pool comes again", lambda: servers.reusing("create-agent-pool", "delete-agent-pool", NEW), [("create-agent-pool", f"{ONE}/id")]),
        anyone("create-agent-pool"), anyone("update-agent-pool"), anyone("delete-agent-pool"),
    ]  # fmt: skip


def parameters() -> list[Row]:
    """Parameters of policy sets, variables, and plans."""
    holder = "/relationships/configurable/data/id"
    plan = "/relationships/feature-set/data/id"
    subscribe = "update-organization-subscription"
    return [
        at("show-parameter", leaking, ONE + VALUE, "the value of a sensitive parameter shown"),
        at("update-parameter", leaking, ONE + VALUE, "the value of what turns sensitive shown"),
        at("create-variable", leaking, ONE + VALUE, "the value of a sensitive variable shown at creation"),
        at("list-variables", leaking, MANY + VALUE, "the value of a sensitive variable in the list"),
        at("show-parameter", put(holder, "polset-another"), f"{ONE}{holder}", "a parameter of another set"),
        at("create-parameter", put("/attributes/sensitive", True), f"{ONE}/attributes/sensitive", "a parameter that is sensitive unasked"),
        at("update-parameter", put("/attributes/key", "other"), f"{ONE}/attributes/key", "a key that a PATCH changes"),
        at("list-parameters", without_first, "/data", "a parameter missing in the list"),
        on("vars", "delete-parameter", _idle, "a parameter that stays"),
        on("vars", "create-parameter", another_key, "a key twice in a policy set", "status"),
        at("update-parameter", taken, "status", "a sensitive parameter that may be shown again"),
        row("a deleted parameter stays in the list", lambda: endings.unlisted_dead("list-parameters", NEW), [("list-parameters", "/data")]),
        row("the value of a parameter loses letters", lambda: rewritten("create-parameter", rb"\\ud83d\\ude80", b""), [("create-parameter", ONE + VALUE), ("show-parameter", ONE + VALUE)]),
        at("update-variable", put("/attributes/hcl", None), f"{ONE}/attributes/hcl", "an hcl that is null after a PATCH"),
        on("vars", "delete-variable", _idle, "a variable that stays"),
        at(subscribe, put(plan, "fs-another"), f"{ONE}{plan}", "an organization on another plan", "list-feature-sets"),
        at(subscribe, taken, "status", "a plan that there is not taken", "list-feature-sets"),
        at("list-feature-sets", drop("/attributes/identifier"), f"{MANY}/attributes/identifier", "a plan without its identifier"),
        anyone("create-parameter"), anyone("show-parameter"), anyone("delete-parameter"), anyone("create-variable"), anyone("show-variable"),
    ]  # fmt: skip


def versions() -> list[Row]:
    """Versions of policy sets, and the archive that makes one ready."""
    create, upload = "create-policy-set-version", "upload-policy-set-versions"
    show, listed = "show-policy-set-version", "list-policy-set-versions"
    add = "add-policies-to-policy-set"
    current = "/relationships/current-version/data"
    return [
        row("an archive that nothing comes of", lambda: changed("policy-set-versions", upload_policy_set_versions=lambda old: taking_anything), [(upload, ""), (upload, "status")], exit=0),
        row("an upload that is no archive taken", lambda: spoilt({upload: status(422, 200, b"")}), [(upload, "status")], exit=0),
        at(show, put("/attributes/source", "github"), f"{ONE}/attributes/source", "a version from elsewhere"),
        row("a ready version that is not current", lambda: spoilt({SHOW: put(current, None)}), [(SHOW, f"{ONE}{current}")], create, exit=0),
        at(add, status(422, 204, b""), "status", "policies beside versions taken", create),
        at(listed, without_first, "/data", "a version missing in the list"),
        at(create, drop("/links/upload"), f"{ONE}/links/upload", "a version without a URL"),
        row("a deleted set leaves its versions", lambda: leaving("delete-policy-set", create, show), [(show, "status")], create),
        anyone(create), anyone(show), anyone(listed),
    ]  # fmt: skip


TODAY: list[Row] = [
    *scopes(),
    *projects(),
    *workspaces(),
    *queries(),
    *pools(),
    *parameters(),
    *versions(),
]
