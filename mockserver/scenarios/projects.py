"""The scenario of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.scenarios.runner.scenario import Scenario


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """What needs an agent pool is left alone; a name is short."""
    return {
        "auto-destroy-activity-duration": ("14d", "2h"),
        "default-agent-pool-id": (),
        "default-execution-mode": ("local", "remote"),
        "setting-overwrites": (),
    }


SCENARIO = Scenario(
    values=values, may_change=("/attributes/updated-at", "/attributes/setting-overwrites")
)
