"""The scenario of versions of Terraform: of the installation, not of an organization."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.scenario import Known, Scenario, shown_attributes

VERSION = re.compile(r"[0-9.]+")
BUILD = {"url": "https://example.com/tool", "sha": "0" * 64, "os": "linux"}
BUILDS: Mapping[str, Sequence[Any]] = {
    "archs": ([BUILD | {"arch": "amd64"}], [BUILD | {"arch": "arm64"}]),
    "deprecated": (True,),
    "deprecated-reason": ("for verification", "for another reason"),
}


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """A number that no vendor gives; the place to download it is said once, as `archs`."""
    if VERSION.fullmatch(name):
        return {**BUILDS, "version": (name,)}
    number = sum(ord(letter) * 31**at for at, letter in enumerate(name[-8:])) % 10**9
    return {**BUILDS, "version": (f"0.0.{number}",)}


def fixture_entry(resource: Resource, known: Known) -> Any:
    names = ("version", "archs", "deprecated", "deprecated-reason", "official", "enabled", "beta")
    return shown_attributes(resource, *names)


SCENARIO = Scenario(
    values=values,
    needed=("archs",),
    may_change=("/attributes/url", "/attributes/sha"),
    left_alone={
        "url": "archs says it",
        "sha": "archs says it",
        "official": "the server that is verified would keep an official version for good",
    },
    unique={"version": "{create-terraform-version}"},
    fixture_entry=fixture_entry,
)
