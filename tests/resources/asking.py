"""What tests of resources send, and how they read the answers. Plain functions, no state."""

from __future__ import annotations

from typing import Any

import mockserver
from tests.client import ORG, ROOT, Answer, send

POLICIES = f"{ORG}/policies"
WORKSPACES = f"{ORG}/workspaces"

PRODUCTION = "polset-3yVQZvHzf5j3WRJ1"
EXAMPLE, OTHER = "pol-u3S5p2Uwk21keu1s", "pol-2HRvNs49EWPjDqT1"
FIRST, SECOND = "ws-2HRvNs49EWPjDqT1", "ws-u3S5p2Uwk21keu1s"
THIRD, FOURTH = "ws-3fGtUvWxYz4HjKm5", "ws-6nPqRsTuVw7XyZa8"
SSH_KEY, OAUTH = "sshkey-GxrePWre1Ezug7aM", "ot-hmAyP66qk2AMVdbJ"

NOT_FOUND = {"errors": [{"status": "404", "title": "not found"}]}
NAME_REFUSED = [
    (
        "invalid attribute",
        "Name can only include letters, numbers, -, and _",
        "/data/attributes/name",
    )
]
UNAUTHORIZED = {"errors": [{"status": "401", "title": "unauthorized"}]}


def ask(world: mockserver.World, method: str, path: str, body: Any = None, who: str = "") -> Answer:
    """A request by the token of that name; by the world's own key where it names none."""
    token = world.tokens[who] if who else world.token
    return send(world.client, method, path, body=body, headers={"Authorization": f"Bearer {token}"})


def body(type: str, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
    """A document with attributes spelled with `_` for `-`."""
    data: dict[str, Any] = {"type": type, "attributes": spelled(attributes)}
    if relationships is not None:
        data["relationships"] = relationships
    return {"data": data}


def spelled(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in attributes.items()}


def identifiers(type: str, *ids: str) -> dict[str, Any]:
    return {"data": [{"type": type, "id": id} for id in ids]}


def policies(*ids: str) -> dict[str, Any]:
    return identifiers("policies", *ids)


def workspaces(*ids: str) -> dict[str, Any]:
    return identifiers("workspaces", *ids)


def a_set(
    name: str = "staging",
    *,
    policies: tuple[str, ...] | None = None,
    workspaces: tuple[str, ...] | None = None,
    **attributes: Any,
) -> dict[str, Any]:
    """A document that creates a policy set."""
    related = {
        type: identifiers(type, *ids)
        for type, ids in (("policies", policies), ("workspaces", workspaces))
        if ids is not None
    }
    return body("policy-sets", related or None, name=name, **attributes)


def a_policy(name: str = "tagged", **attributes: Any) -> dict[str, Any]:
    """A document that creates a policy, with the enforcement map that the page requires."""
    attributes.setdefault("enforce", [{"path": f"{name}.sentinel", "mode": "advisory"}])
    return body("policies", name=name, **attributes)


def a_workspace(name: str = "network", **attributes: Any) -> dict[str, Any]:
    return body("workspaces", name=name, **attributes)


def an_organization(name: str = "acme", **attributes: Any) -> dict[str, Any]:
    attributes.setdefault("email", "owner@acme.example")
    return body("organizations", name=name, **attributes)


def data(answer: Any, status: int = 200) -> Any:
    """`data` of an answer with that status."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json["data"]


def attributes(answer: Any, status: int = 200) -> dict[str, Any]:
    shown: dict[str, Any] = data(answer, status)["attributes"]
    return shown


def names(answer: Any) -> list[str]:
    """Names of the records of a list, in order."""
    return [record["attributes"]["name"] for record in data(answer)]


def linked(record: dict[str, Any], relation: str) -> list[str]:
    """Ids of the members of a relation."""
    return [item["id"] for item in record["relationships"][relation]["data"]]


def errors(answer: Any, status: int = 422) -> list[dict[str, Any]]:
    """The errors of a refusal with that status."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.json["errors"]
    assert {error["status"] for error in found} == {str(status)}
    return found


def error(answer: Any, status: int = 422) -> dict[str, Any]:
    """The one error of a refusal."""
    (found,) = errors(answer, status)
    return found


def said(answer: Any, status: int = 422) -> list[tuple[str, str | None, str | None]]:
    """Title, detail and pointer of every error."""
    return [
        (e["title"], e.get("detail"), e.get("source", {}).get("pointer"))
        for e in errors(answer, status)
    ]


def as_(tfe: Any, name: str) -> dict[str, str]:
    """Headers that send a token of the fixture."""
    return {"Authorization": f"Bearer {tfe.tokens[name]}"}


def shown_set(tfe: Any, id: str = PRODUCTION) -> Any:
    return data(tfe.client.get(f"{ROOT}/policy-sets/{id}"))


def shown_policy(tfe: Any, id: str = EXAMPLE) -> Any:
    return data(tfe.client.get(f"{ROOT}/policies/{id}"))


def shown_workspace(tfe: Any, id: str = FIRST) -> Any:
    return data(tfe.client.get(f"{ROOT}/workspaces/{id}"))


def last(tfe: Any) -> Any:
    """The last exchange in the journal."""
    return list(tfe.journal)[-1]
