"""A walk through a world that prints every answer; the same walk must print the same, always."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/my-organization"


def document(type: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": type, "attributes": attributes}}


def walked(tfe: Any) -> Iterator[str]:
    """One line an answer: method, path, status, headers, body."""

    def ask(method: str, path: str, json: Any = None) -> Any:
        answer = tfe.client.open(path, method=method, json=json)
        headers = sorted(answer.headers.items())
        lines.append(f"{method} {path} {answer.status_code} {headers} {answer.data!r}")
        return answer.json if answer.data else None

    lines: list[str] = []
    for at in range(12):
        name = f"n{at * 7 % 12}"
        policy = ask("POST", f"{ORG}/policies", document("policies", name=name, enforce=[]))
        workspace = ask("POST", f"{ORG}/workspaces", document("workspaces", name=name))
        made = ask("POST", f"{ORG}/policy-sets", document("policy-sets", name=name, stray=at))
        path = f"{ROOT}/policy-sets/{made['data']['id']}/relationships"
        for kind, other in (("policies", policy), ("workspaces", workspace)):
            ask("POST", f"{path}/{kind}", {"data": [{"type": kind, "id": other["data"]["id"]}]})
        tfe.clock.advance(at)
    ask("POST", f"{ROOT}/organizations", document("organizations", name="acme", email="a@b.c"))
    ask("POST", f"{ORG}/policy-sets", document("policies", name=5, b=1, a=2, c=3))
    for path in (
        f"{ORG}/policies?include=policy-sets&page[size]=150",
        f"{ORG}/policy-sets?include=policies,workspaces&page[size]=5&page[number]=2",
        f"{ORG}/workspaces?include=organization",
        f"{ROOT}/organizations",
        "/_mock/state",
        "/_mock/journal?finding=stray",
        "/_mock/journal/5/changes",
        "/_mock/openapi.json",
    ):
        answer = tfe.client.get(path).get_data(as_text=True)
        lines.append(without_durations(answer))
    ask("DELETE", ORG)
    lines.append(
        tfe.client.get(f"/_mock/journal/{len(tfe.journal)}/changes").get_data(as_text=True)
    )
    yield from lines


def without_durations(text: str) -> str:
    """How long a request took is measured, not computed."""
    import re

    return re.sub(r'"milliseconds":[0-9.]+', '"milliseconds":0', text)


def main(arguments: list[str]) -> None:
    import mockserver

    seed = next((int(a.partition("=")[2]) for a in arguments if a.startswith("--seed=")), 0)
    with mockserver.universe(key="test-token", seed=seed) as tfe:
        if "disturbed" in arguments:  # whatever another universe does
            other = tfe.fork("other")
            for line in walked(other):
                assert line
        for line in walked(tfe):
            print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
