"""The answers that the vendor's pages print keep what we demand of others; `samples/` holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.contract import load
from mockserver.contract.engines import resolve
from mockserver.judge.documents import resources
from mockserver.judge.routes import filled
from tests.cases import each
from tests.verify.test_recordings import entry, har, verify

EDITION = load("2019-07")
FILE = Path(__file__).parent / "samples" / "2019-07.json"
SAMPLES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["samples"]


def judged(sample: Mapping[str, Any], folder: Path) -> Any:
    operation = EDITION.operation(sample["operation"])
    query = "?" + urlencode(sample["query"]) if "query" in sample else ""
    path = filled(operation, sample["path"]) + query
    recording = entry(operation.method, path, sample["status"], sample["response"])
    return verify("--har", str(har(folder / "a.har", recording)))


@each(pytest.param(s, id=f"{EDITION.name}/{s['page']}: {s['operation']}") for s in SAMPLES)
def test_what_a_page_prints_has_no_fault(tmp_path: Path, sample: dict[str, Any]) -> None:
    said = judged(sample, tmp_path)
    assert said.exit_code == 0, said.stdout
    assert said.stdout.splitlines()[-1].startswith("conforms to 2019-07: 0 faults, ")


def test_every_sample_of_a_page_that_is_served_is_here() -> None:
    assert len(SAMPLES) == 44
    assert len({sample["page"] for sample in SAMPLES}) == 12


def test_a_sample_without_a_member_that_all_of_its_kind_have_has_a_fault(tmp_path: Path) -> None:
    for page, operation, name in (
        ("policy-sets", "list-policy-sets", "policy-count"),
        ("policies", "show-policy", "enforce"),
        ("workspaces", "lock-workspace", "locked"),
        ("organizations", "show-organization", "email"),
    ):
        sample = next(s for s in SAMPLES if (s["page"], s["operation"]) == (page, operation))
        less = json.loads(json.dumps(sample))
        for _, resource in resources(less["response"]):
            del resource["attributes"][name]
        said = judged(less, tmp_path)
        assert said.exit_code == 1, name
        assert f"attributes.{name} is missing" in said.stdout


def ours(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of the members that are marked as shown by us alone."""
    schema = resolve(schema, EDITION.schemas)
    for name, part in schema.get("properties", {}).items():
        if part.get("x-shown"):
            yield (*path, name)
        yield from ours(part, (*path, name))


def lacks(value: Any, path: tuple[str, ...]) -> bool:
    """Whether a value has the parent of a path, and not the member."""
    for name in path[:-1]:
        value = value.get(name) if isinstance(value, dict) else None
    return isinstance(value, dict) and path[-1] not in value


MARKED = [
    (name, path)
    for name, schema in EDITION.schemas.items()
    if name.endswith(".resource")
    for path in ours(schema)
]


@pytest.mark.parametrize(("name", "path"), MARKED, ids=[f"{n}: {'.'.join(p)}" for n, p in MARKED])
def test_what_is_marked_as_ours_is_missing_in_a_sample(name: str, path: tuple[str, ...]) -> None:
    type = EDITION.schemas[name]["properties"]["type"]["const"]
    shown = [r for s in SAMPLES for _, r in resources(s["response"]) if r["type"] == type]
    assert shown
    assert any(lacks(resource, path) for resource in shown)
