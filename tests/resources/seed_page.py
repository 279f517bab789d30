"""The policy sets page of July 2019: its curl lines, with payload, status and sample answer.

Each member of `sample` is a fact of the page (`policy-sets.html`); samples have lost the trailing
commas that stand in them there.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

SET = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
SETS = "/api/v2/organizations/my-organization/policy-sets"
JSONAPI = "application/vnd.api+json"
ABOUT = (
    "This set contains policies that should be checked on all production infrastructure workspaces."
)
WARNING = "**WARNING:** Any policies added to this set will be checked in _all_ workspaces!"
MOMENT = "2018-09-11T18:21:21.784Z"

SHOWN: dict[str, Any] = {
    "id": "polset-3yVQZvHzf5j3WRJ1",
    "type": "policy-sets",
    "attributes": {
        "name": "production",
        "description": ABOUT,
        "global": False,
        "policy-count": 1,
        "workspace-count": 1,
        "created-at": MOMENT,
        "updated-at": MOMENT,
    },
    "relationships": {
        "organization": {"data": {"id": "my-organization", "type": "organizations"}},
        "policies": {"data": [{"id": "pol-u3S5p2Uwk21keu1s", "type": "policies"}]},
        "workspaces": {"data": [{"id": "ws-2HRvNs49EWPjDqT1", "type": "workspaces"}]},
    },
    "links": {"self": SET},
}


def _updated() -> dict[str, Any]:
    """The sample answer of the update."""
    shown = deepcopy(SHOWN)
    shown["attributes"] |= {
        "name": "a-global-set",
        "description": WARNING,
        "global": True,
        "workspace-count": 4,
    }
    del shown["relationships"]["workspaces"]
    return shown


POLICY_PAIR = {
    "data": [
        {"id": "pol-u3S5p2Uwk21keu1s", "type": "policies"},
        {"id": "pol-2HRvNs49EWPjDqT1", "type": "policies"},
    ]
}
WORKSPACE_PAIR = {
    "data": [
        {"id": "ws-u3S5p2Uwk21keu1s", "type": "workspaces"},
        {"id": "ws-2HRvNs49EWPjDqT1", "type": "workspaces"},
    ]
}


@dataclass(frozen=True)
class Line:
    """One curl line. `typed`: whether it sends a content type. `sample`: what the page shows."""

    operation: str
    method: str
    path: str
    status: int
    payload: Any = None
    sample: Any = None
    typed: bool = True


LINES = (
    Line(
        "create-policy-set",
        "POST",
        SETS,
        201,
        payload={
            "data": {
                "attributes": {"name": "production", "description": ABOUT, "global": False},
                "relationships": {
                    "policies": {"data": [{"id": "pol-u3S5p2Uwk21keu1s", "type": "policies"}]},
                    "workspaces": {"data": [{"id": "ws-2HRvNs49EWPjDqT1", "type": "workspaces"}]},
                },
                "type": "policy-sets",
            }
        },
        sample={"data": SHOWN},
    ),
    Line("list-policy-sets", "GET", SETS, 200, sample={"data": [SHOWN]}, typed=False),
    Line("show-policy-set", "GET", SET, 200, sample={"data": SHOWN}),
    Line(
        "update-policy-set",
        "PATCH",
        SET,
        200,
        payload={
            "data": {
                "attributes": {"name": "a-global-set", "description": WARNING, "global": True},
                "type": "policy-sets",
            }
        },
        sample={"data": _updated()},
    ),
    Line(
        "add-policies-to-policy-set",
        "POST",
        f"{SET}/relationships/policies",
        204,
        payload=POLICY_PAIR,
    ),
    Line(
        "attach-policy-set-to-workspaces",
        "POST",
        f"{SET}/relationships/workspaces",
        204,
        payload=WORKSPACE_PAIR,
    ),
    Line(
        "remove-policies-from-policy-set",
        "DELETE",
        f"{SET}/relationships/policies",
        204,
        payload=POLICY_PAIR,
    ),
    Line(
        "detach-policy-set-from-workspaces",
        "DELETE",
        f"{SET}/relationships/workspaces",
        204,
        payload=WORKSPACE_PAIR,
    ),
    Line("delete-policy-set", "DELETE", SET, 204, typed=False),
)
