"""Versions of Terraform that workspaces can have; one that a workspace has stays (page)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mockserver.resources.tool_versions import versions
from mockserver.world.state import State


@lru_cache(maxsize=2)
def uses(state: State) -> Counter[str]:
    """By workspaces: counted once for a list of versions."""
    return Counter(record["terraform-version"] for record in state.every("workspaces"))


URL = "https://releases.hashicorp.com/terraform/{version}/"
EDITIONS = {"2026-08": versions("terraform-versions", "Terraform", URL, uses, held=True)}
