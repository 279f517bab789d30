"""The scenario of policy set versions: an archive is sent to the URL that a version shows."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    body,
    identifiers,
    shown_attributes,
)

CREATE, UPLOAD = "create-policy-set-version", "upload-policy-set-versions"
SUITE = "go-tfe v1.109.0 policy_set_integration_test.go"
BARE = "decision: no source names a refusal of an archive"
PATIENCE = 50
"""How often a version is looked at until it is ready."""


def archive() -> bytes:
    """One policy, the same bytes each time."""
    policy, packed = b"package terraform\n", io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as opened:
        entry = tarfile.TarInfo("main.rego")
        entry.size = len(policy)
        opened.addfile(entry, io.BytesIO(policy))
    return gzip.compress(packed.getvalue(), mtime=0)


def steps(driver: Driver, record: Resource) -> None:
    """Two versions of a set of their own; the older one is uploaded."""
    policy_set = driver.need("policy-sets")
    older = driver.call(CREATE, of=policy_set).data
    newer = driver.call(CREATE, of=policy_set).data
    path = _presigned(driver, older)
    why = "an upload that is no archive"
    driver.refused(422, UPLOAD, b"no archive", path=path, why=why, source=BARE)
    answer = driver.call(UPLOAD, archive(), path=path)
    if not _is_ready(driver, older):
        what = "a version whose archive was uploaded is not ready"
        driver.holds(False, answer, "", what, "the status ready", f"{SUITE}:670")
        return
    expected = {
        "/attributes/versioned": True,
        "/relationships/newest-version/data": {"type": newer["type"], "id": newer["id"]},
        "/relationships/current-version/data": {"type": older["type"], "id": older["id"]},
    }
    why = "its older version was uploaded"
    must_show(driver, answer, (policy_set, expected), why=why, source=f"{SUITE}:663")
    why = "a second upload"
    driver.refused(422, UPLOAD, archive(), path=path, why=why, source=BARE)
    _either(driver, policy_set)
    _gone_along(driver)


def _presigned(driver: Driver, version: object) -> dict[str, str]:
    """The path parameter that is the end of a version's URL. Raises CannotContinue where that leads
    to another server."""
    url = str(driver.value(version, "/links/upload") or "")
    operation = driver.context.edition.operation(UPLOAD)
    begin, _, name = operation.path.partition("{")
    found = urlsplit(url).path
    if not found.startswith(begin):
        raise CannotContinue(f"archives are not sent below {begin} of this server")
    return {name.rstrip("}"): unquote(found.removeprefix(begin))}


def _is_ready(driver: Driver, version: Resource) -> bool:
    for _ in range(PATIENCE):
        shown = driver.call("show-policy-set-version", of=version).data
        status = driver.value(shown, "/attributes/status")
        if status not in ("pending", "ingressing"):
            return bool(status == "ready")
    return False


def _either(driver: Driver, versioned: Resource) -> None:
    """A set has policies of its own or versions, not both."""
    policy = driver.need("policies")
    why, source = "a policy for a set with versions", f"{{{CREATE}}}"
    driver.refused(
        422,
        "add-policies-to-policy-set",
        identifiers(policy),
        of=versioned,
        why=why,
        source=source,
    )
    attributes = {"name": driver.name("of-policies")}
    made = driver.call("create-policy-set", body("policy-sets", attributes, policies=[policy]))
    why = "a version of a set that names its policies"
    driver.refused(422, CREATE, of=made.data, why=why, source=source)


def _gone_along(driver: Driver) -> None:
    """Versions go with their set."""
    policy_set = driver.need("policy-sets")
    version = driver.call(CREATE, of=policy_set).data
    if driver.removed(policy_set):
        why, source = "a version of a set that was deleted", "{delete-policy-set}"
        driver.refused(404, "show-policy-set-version", of=version, why=why, source=source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    return shown_attributes(
        resource,
        "source",
        "status",
        "status-timestamps",
        "error",
        "error-message",
        "ingress-attributes",
        "created-at",
        "updated-at",
    )


SCENARIO = Scenario(steps=steps, private="{manage-policies}", fixture_entry=fixture_entry)
