"""Keeps the policy sets of an organization as a file says.

    python policy_set_tool.py my-organization sets.json

The file names each set, its policies and its workspaces: `{"production": {"policies": ["p"],
"workspaces": ["w"]}}`. Sets that it does not name are left alone. Reads TFE_ADDRESS and TFE_TOKEN.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import requests

TYPE = "application/vnd.api+json"
TRIES = 5


class Refused(Exception):
    """The API said no; the message is its own."""


class Organization:
    """One organization of a Terraform Enterprise, by its API."""

    def __init__(self, name: str, address: str, token: str) -> None:
        self.path = f"/organizations/{name}"
        self.base = address.rstrip("/") + "/api/v2"
        self.http = requests.Session()
        self.http.headers.update({"Authorization": f"Bearer {token}", "Content-Type": TYPE})

    def call(self, method: str, path: str, document: Any = None) -> Any:
        """The answer's document. Waits where it is asked to, tries again what can be repeated."""
        for left in reversed(range(TRIES)):
            try:
                answer = self.http.request(method, self.base + path, json=document, timeout=30)
            except requests.ConnectionError:
                if method == "POST" or not left:  # it may have been done
                    raise
                continue
            if answer.status_code == 429 and left:
                time.sleep(float(answer.headers.get("X-RateLimit-Reset", 1)))
            elif answer.status_code >= 500 and method == "GET" and left:
                time.sleep(0.1)
            elif answer.ok:
                return answer.json() if answer.content else None
            else:
                raise Refused(f"{method} {path}: {_reasons(answer)}")
        raise Refused(f"{method} {path}: no answer in {TRIES} tries")

    def all(self, kind: str) -> Iterator[dict[str, Any]]:
        """Every record of a kind, page by page."""
        number: int | None = 1
        while number:
            page = self.call("GET", f"{self.path}/{kind}?page[number]={number}&page[size]=100")
            yield from page["data"]
            number = page["meta"]["pagination"]["next-page"]

    def ids(self, kind: str) -> dict[str, str]:
        return {one["attributes"]["name"]: one["id"] for one in self.all(kind)}

    def apply(self, wanted: dict[str, Any]) -> list[str]:
        """Makes the sets as wanted; gives what was done, a line each."""
        known = {kind: self.ids(kind) for kind in ("policies", "workspaces")}
        sets = {one["attributes"]["name"]: one for one in self.all("policy-sets")}
        done: list[str] = []
        for name, members in wanted.items():
            if name not in sets:
                document = {"data": {"type": "policy-sets", "attributes": {"name": name}}}
                sets[name] = self.call("POST", f"{self.path}/policy-sets", document)["data"]
                done.append(f"created {name}")
            for kind, ids in known.items():
                done += self._members(sets[name], kind, ids, members.get(kind, []))
        return done

    def _members(
        self, one: dict[str, Any], kind: str, ids: dict[str, str], names: list[str]
    ) -> Iterator[str]:
        """Adds and removes members of a set until they are those of the names."""
        missing = [name for name in names if name not in ids]
        if missing:
            raise Refused(f"there are no {kind} {', '.join(missing)}")
        has = {member["id"] for member in one["relationships"].get(kind, {}).get("data", [])}
        want = {ids[name] for name in names}
        label = one["attributes"]["name"]
        path = f"/policy-sets/{one['id']}/relationships/{kind}"
        for method, word, changed in (("POST", "to", want - has), ("DELETE", "from", has - want)):
            if changed:
                data = [{"type": kind, "id": id} for id in sorted(changed)]
                self.call(method, path, {"data": data})
                verb = "added" if method == "POST" else "removed"
                yield f"{verb} {len(changed)} {kind} {word} {label}"


def _reasons(answer: requests.Response) -> str:
    try:
        errors = answer.json()["errors"]
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.reason}"
    return "; ".join(error.get("detail") or error["title"] for error in errors)


def main(name: str, file: str) -> int:
    organization = Organization(name, os.environ["TFE_ADDRESS"], os.environ["TFE_TOKEN"])
    with open(file, encoding="utf-8") as text:
        wanted = json.load(text)
    try:
        for line in organization.apply(wanted):
            print(line)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
