"""How tests of the control plane ask, and read what they are told."""

from __future__ import annotations

from typing import Any

import mockserver
from mockserver.web.testing import ApiClient
from tests.client import SETS, a_set


def ask(tfe: Any, method: str, path: str, json: Any = None, **options: Any) -> Any:
    """One call of the control plane by the world's own key."""
    return tfe.client.open(f"/_mock/{path}", method=method, json=json, **options)


def faults(answer: Any, status: int = 422) -> list[tuple[str, str]]:
    """Pointer and detail of every error of a refusal with that status."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/json"
    assert list(answer.json) == ["errors"]
    assert all(list(error) == ["pointer", "detail"] for error in answer.json["errors"])
    return [(error["pointer"], error["detail"]) for error in answer.json["errors"]]


def client_of(tfe: Any, key: str) -> ApiClient:
    """A client of another world on the same server."""
    return ApiClient.of(tfe.client.application, key)


def create_set(tfe: Any, name: str = "staging") -> str:
    """Its id."""
    answer = tfe.client.post(SETS, json=a_set(name))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.json["data"]["id"])


def names_of_sets(client: Any) -> list[str]:
    answer = client.get(f"{SETS}?page[size]=150")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [record["attributes"]["name"] for record in answer.json["data"]]


def by(tfe: mockserver.World, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tfe.tokens[name]}"}
