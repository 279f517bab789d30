"""Versions of OPA that policy sets can have. One that a set has can be removed (suite)."""

from __future__ import annotations

from collections import Counter

from mockserver.resources.tool_versions import versions
from mockserver.world.state import State


def uses(state: State) -> Counter[str]:
    sets = (record for record in state.every("policy-sets") if record["kind"] == "opa")
    return Counter(record["policy-tool-version"] for record in sets)


URL = "https://github.com/open-policy-agent/opa/releases/tag/v{version}"
EDITIONS = {"2026-08": versions("opa-versions", "OPA", URL, uses)}
