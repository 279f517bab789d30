"""The life of policies. Source: policies.html; go-tfe v0.3.19 policy_test.go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import (
    Change,
    Known,
    Life,
    Play,
    Resource,
    attribute,
    body,
    chosen,
    counted,
)

PAGE = "policies.html"
UPLOAD = f"{PAGE}#upload-a-policy"
SUITE = "go-tfe v0.3.19 policy_test.go"
CODE = b"main = rule { true }\n"


def document(play: Play, name: str, **about: Any) -> Any:
    enforce = [{"path": f"{name}.sentinel", "mode": "advisory"}]
    return body("policies", {"name": name, "description": "Made by verify.", "enforce": enforce})


def changes(play: Play) -> Sequence[Change]:
    return (Change({"description": "Changed."}), Change({}), Change({"description": None}))


def play(stage: Play, record: Resource) -> None:
    _uploaded(stage, stage.need("policies"))
    _in_sets(stage)


def _uploaded(stage: Play, record: Resource) -> None:
    """Without content there is nothing to download nor to enforce; then there is."""
    why = "a download before any upload"
    source = f"{SUITE}:373"
    stage.refused(404, "download-policy", of=record, why=why, source=source)
    uploaded = stage.call("upload-policy", CODE, of=record)
    name = attribute(record, "name")
    entry = [{"path": f"{name}.sentinel", "mode": "advisory"}]
    expected = (record, {"/attributes/enforce": entry})
    stage.effect(uploaded, expected, why="content was uploaded", source=UPLOAD)
    seen = stage.call("download-policy", of=record)
    what = f"{len(seen.content)} bytes are downloaded, others than the {len(CODE)} uploaded"
    stage.holds(
        seen.content == CODE, seen, "", what, "the bytes that were uploaded", f"{SUITE}:360"
    )
    harder = [{"path": f"{name}.sentinel", "mode": "soft-mandatory"}]
    seen = stage.call("update-policy", body("policies", {"enforce": harder}), of=record)
    expected = (record, {"/attributes/enforce": harder})
    stage.effect(seen, expected, why="enforce was changed", source=f"{PAGE}#update-a-policy")
    seen = stage.call("update-policy", body("policies", {"description": "Again."}), of=record)
    why = "a PATCH keeps what it omits"
    stage.effect(seen, expected, why=why, source=f"{SUITE}:289")


def _in_sets(stage: Play) -> None:
    """Sets that are named at creation have the policy, and it counts them."""
    sets = [stage.need("policy-sets", plain=True)]
    name = stage.name("member")
    attributes = {"name": name, "enforce": [{"path": f"{name}.sentinel"}]}
    made = stage.call("create-policy", body("policies", attributes, policy_sets=sets))
    if isinstance(made.data, dict) and isinstance(made.data.get("id"), str):
        policy = made.data
        both = (
            (policy, {"/relationships/policy-sets/data": sets}),
            (
                sets[0],
                {"/relationships/policies/data": [policy]},
            ),
        )
        stage.effect(made, *both, why="a policy joined a set", source=f"{PAGE}#create-a-policy")


def entry(resource: Resource, known: Known) -> Any:
    """With its code where an upload or a download was written down with it."""
    made = chosen(resource, "name", "description", "updated-at")
    enforce = attribute(resource, "enforce")
    for one in enforce if isinstance(enforce, list) else []:
        made["mode"] = one.get("mode", "hard-mandatory")
        made["code"] = "# the code was not recorded"
    if "text" in resource:
        made["code"] = resource["text"]
    return made


LIFE = Life(
    create="create-policy",
    shows=("show-policy",),
    list="list-policies",
    updates=("update-policy",),
    removes=("delete-policy",),
    document=document,
    unique={"name": "decision: names of policies are unique in their organization"},
    changes=changes,
    hidden=("enforce",),
    laws=(counted("policy-set-count", "policy-sets", f"{PAGE}#create-a-policy"),),
    play=play,
    entry=entry,
)
