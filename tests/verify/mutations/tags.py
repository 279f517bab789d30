"""The table's eighth part, of edition 2026-08: tags and tag bindings."""

from __future__ import annotations

from tests.verify.mutations.breaking_today import (
    NOTHING,
    at,
    first,
    forgetting,
    inherited_alone,
    no_strangers,
    on,
    rewritten,
    row,
    spoilt,
    without,
    without_first,
)
from tests.verify.mutations.spoiling import put, status
from tests.verify.mutations.table import MANY, ONE, Row, _idle


def tags() -> list[Row]:
    """Tags and tag bindings of workspaces and projects."""
    bind, bound = "add-or-update-tag-bindings-on-project", "add-or-update-tag-bindings-on-workspace"
    inherited = "list-workspace-effective-tag-bindings"
    origin = "/relationships/inherited-from/data"
    tag, untag, give = (
        "add-tags-to-workspace",
        "remove-tags-from-workspace",
        "add-workspaces-to-tag",
    )
    return [
        on("projects", bind, forgetting, "bindings of a project that are not kept"),
        on("workspaces", bound, forgetting, "bindings of a workspace that are not kept"),
        on("projects", bind, first, "only the first binding is kept"),
        at(bind, without_first, "/data", "a binding that the answer of its addition lacks"),
        at("list-project-tag-bindings", without_first, "/data", "a binding missing in the list of a project"),
        at("list-project-effective-tag-bindings", without_first, "/data", "an effective binding of a project missing"),
        at("list-workspace-tag-bindings", without_first, "/data", "a binding missing in the list of a workspace"),
        at(inherited, inherited_alone, "/data", "a workspace without the tags of its project", bind),
        at(inherited, put(origin, None), f"{MANY}{origin}", "a tag of the project said to be the workspace's own", bind),
        row("the value of a binding loses letters", lambda: rewritten(bind, rb"\\ud83d\\ude80", b""), [(bind, "effect")]),
        at(bound, status(422, 200, NOTHING), "status", "bindings without number taken"),
        on("tags", tag, _idle, "tags that are not added"),
        on("tags", untag, _idle, "tags that are not removed"),
        on("tags", tag, first, "only the first tag is added"),
        at("show-workspace", put("/attributes/tag-names", []), f"{ONE}/attributes/tag-names", "tags that a workspace does not show", tag),
        row("a search by tags that is ignored", lambda: spoilt({}, {"list-workspaces": without("search%5Bexclude")}), [("list-workspaces", "/data")]),
        at("list-workspace-tags", put("/attributes/instance-count", -1), f"{MANY}/attributes/instance-count", "a tag on less than no workspace"),
        at(tag, status(422, 204, b""), "status", "the id of a tag that there is not taken"),
        at("list-tags", without_first, "/data", "a tag missing in the list of an organization"),
        row("a search of tags that is ignored", lambda: spoilt({}, {"list-tags": without("q=")}), [("list-tags", "/data")]),
        row("tags left out that are there", lambda: spoilt({}, {"list-tags": without("filter%5Bexclude")}), [("list-tags", "/data")]),
        on("tags", "delete-tags", _idle, "tags that are not deleted"),
        on("tags", "delete-tags", first, "only the first tag is deleted"),
        on("tags", give, _idle, "a tag that workspaces do not get", "effect", "status"),
        on("tags", give, first, "a tag that the first workspace alone gets"),
        on("tags", give, no_strangers("workspaces"), "a tag for a workspace of another organization", "status"),
    ]  # fmt: skip


TAGS = tags()
