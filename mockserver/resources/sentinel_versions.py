"""Versions of Sentinel that policy sets can have. One that a set has can be removed (suite)."""

from __future__ import annotations

from collections import Counter

from mockserver.resources.tool_versions import versions
from mockserver.world.state import State


def uses(state: State) -> Counter[str]:
    sets = (record for record in state.every("policy-sets") if record["kind"] == "sentinel")
    return Counter(record["policy-tool-version"] for record in sets)


URL = "https://releases.hashicorp.com/sentinel/{version}/"
EDITIONS = {"2026-08": versions("sentinel-versions", "Sentinel", URL, uses)}
