"""The scenario of policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, attribute, is_resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes
from mockserver.traffic.masking import LOST

PRIVATE = "{manage-policies}"
UPLOAD = "{upload-policy}"
SUITE = "go-tfe v0.3.19 policy_test.go"
CODE, OTHER_CODE = b"main = rule { true }\n", b"main = rule { false }\n"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    enforce = [{"path": f"{name}.sentinel", "mode": "advisory"}]
    return {"enforce": (enforce,), "enforcement-level": ("advisory",), "kind": (), "query": ()}


def steps(driver: Driver, record: Resource) -> None:
    name = driver.name("uploaded")
    advisory = {"name": name, "enforce": [{"path": f"{name}.sentinel", "mode": "advisory"}]}
    made = driver.call("create-policy", body("policies", advisory)).data
    if isinstance(made, dict) and "id" in made:  # else it is told of the creation
        _uploaded(driver, made)
    if "kind" in driver.context.plan("policies").known.attributes:
        _of_opa(driver)


def _of_opa(driver: Driver) -> None:
    """OPA asks a query, which must be said, and has levels of its own."""
    opa, source = {"kind": "opa", "query": "terraform.main"}, "{create-policy}"
    made = driver.call("create-policy", body("policies", {"name": driver.name("opa"), **opa}))
    sentinel = driver.need("policies")
    if is_resource(made.data):
        shown = {f"/attributes/{name}": value for name, value in opa.items()}
        shown["/attributes/enforcement-level"] = "advisory"
        must_show(driver, made, (made.data, shown), why="a policy of OPA was made", source=source)
        changed = {"query": "data.terraform.main", "enforcement-level": "mandatory"}
        write = driver.call("update-policy", body("policies", changed), of=made.data)
        shown = {f"/attributes/{name}": value for name, value in changed.items()}
        why = "query and level were changed"
        must_show(driver, write, (made.data, shown), why=why, source="{update-policy}")
        query = {"filter[kind]": "opa", "search[name]": driver.common}
        there, others = [made.data], [sentinel]
        must_find(driver, "list-policies", sentinel, query, there=there, not_there=others)
    for attributes, why in (
        ({"kind": "opa"}, "a policy of OPA without a query"),
        ({**opa, "enforcement-level": "soft-mandatory"}, "a level of Sentinel for OPA"),
        ({"kind": "sentinel", "enforcement-level": "mandatory"}, "a level of OPA for Sentinel"),
    ):
        sent = body("policies", {"name": driver.name("refused"), **attributes})
        driver.refused(422, "create-policy", sent, why=why, source=source)


def _uploaded(driver: Driver, record: Resource) -> None:
    """Without content there is nothing to download nor to enforce; then there is."""
    why = "a download before any upload"
    source = f"{SUITE}:373"
    driver.refused(404, "download-policy", of=record, why=why, source=source)
    uploaded = driver.call("upload-policy", CODE, of=record)
    name = attribute(record, "name")
    entry = [{"path": f"{name}.sentinel", "mode": "advisory"}]
    expected = (record, {"/attributes/enforce": entry})
    must_show(driver, uploaded, expected, why="content was uploaded", source=UPLOAD)
    answer = driver.call("download-policy", of=record)
    what = f"{len(answer.content)} bytes are downloaded, others than the {len(CODE)} uploaded"
    driver.holds(
        answer.content == CODE, answer, "", what, "the bytes that were uploaded", f"{SUITE}:360"
    )
    held = _kept_apart(driver, record)
    harder = [{"path": f"{name}.sentinel", "mode": "soft-mandatory"}]
    answer = driver.call("update-policy", body("policies", {"enforce": harder}), of=record)
    expected = (record, {"/attributes/enforce": harder})
    must_show(driver, answer, expected, why="enforce was changed", source="{update-policy}")
    answer = driver.call("update-policy", body("policies", {"description": "Again."}), of=record)
    why = "a PATCH keeps what it omits"
    must_show(driver, answer, expected, why=why, source=f"{SUITE}:289")
    if held and driver.peek("download-policy", record).content != CODE:
        what, wanted = "a PATCH loses the content", "the bytes that were uploaded"
        driver.context.blame_write(answer, what, wanted, "{update-policy}")
    elsewhere = [{"path": f"{driver.name('elsewhere')}.sentinel", "mode": "advisory"}]
    answer = driver.call("update-policy", body("policies", {"enforce": elsewhere}), of=record)
    reset = [{"path": f"{name}.sentinel", "mode": "hard-mandatory"}]
    why = "any other path makes the mode hard-mandatory"
    expected = (record, {"/attributes/enforce": reset})
    must_show(driver, answer, expected, why=why, source="{update-policy}")


def _kept_apart(driver: Driver, record: Resource) -> bool:
    """The content of one policy is no other's. Gives whether it is there."""
    driver.call("upload-policy", OTHER_CODE, of=driver.need("policies"))
    answer = driver.call("download-policy", of=record)
    what = "the content is not what was uploaded, after another policy's upload"
    wanted = "the bytes that were uploaded"
    return driver.holds(answer.content == CODE, answer, "", what, wanted, f"{SUITE}:360")


def fixture_entry(resource: Resource, known: Known) -> Any:
    """With its code where an upload or a download was written down with it."""
    made = shown_attributes(resource, "name", "description", "kind", "query", "updated-at")
    if level := attribute(resource, "enforcement-level"):
        made["mode"] = level
    enforce = attribute(resource, "enforce")
    for one in enforce if isinstance(enforce, list) else []:
        made["mode"] = one.get("mode", "hard-mandatory")
        made["code"] = LOST
    sent = resource.get("sent", {}).get("enforce")
    if not made.get("mode") and isinstance(sent, list) and sent and isinstance(sent[0], dict):
        made["mode"] = sent[0].get("mode", "hard-mandatory")  # shown once there is content
    if "text" in resource:
        made["code"] = resource["text"]
    return made


SCENARIO = Scenario(
    values=values,
    unique={"name": "decision: names of policies are unique in their organization"},
    not_echoed=("enforce",),
    besides={
        "enforce": ("/attributes/enforcement-level",),
        "enforcement-level": ("/attributes/enforce",),
    },
    steps=steps,
    private=PRIVATE,
    fixture_entry=fixture_entry,
)
