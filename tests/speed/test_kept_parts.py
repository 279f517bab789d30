"""What is kept of an answer is never told apart from what would be built anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.contract import editions, routes
from mockserver.contract.engines import Checker
from mockserver.pipeline.render_cache import Bounded, Store
from mockserver.pipeline.server import Server
from mockserver.web.app import application
from tests.examples import examples

ORG = "/api/v2/organizations/my-organization"
SET = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
POLICIES = ("pol-u3S5p2Uwk21keu1s", "pol-2HRvNs49EWPjDqT1")
WORKSPACES = ("ws-2HRvNs49EWPjDqT1", "ws-u3S5p2Uwk21keu1s", "ws-3fGtUvWxYz4HjKm5")
KEY = "a-key-for-this-test"

READS = [
    ("GET", f"{ORG}", None),
    ("GET", "/api/v2/organizations", None),
    ("GET", f"{ORG}/policy-sets?include=policies,workspaces", None),
    ("GET", f"{ORG}/policies?include=policy-sets", None),
    ("GET", f"{ORG}/workspaces?include=organization", None),
    ("GET", f"{ORG}/teams?include=users", None),
    ("GET", f"{SET}?include=workspaces", None),
    ("GET", f"/api/v2/workspaces/{WORKSPACES[0]}", None),
    ("GET", f"/api/v2/policies/{POLICIES[0]}", None),
]


def data(type: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": type, "attributes": attributes}}


def many(type: str, ids: tuple[str, ...]) -> dict[str, Any]:
    return {"data": [{"type": type, "id": id} for id in ids]}


WRITES = [
    ("PATCH", SET, data("policy-sets", **{"global": True})),
    ("PATCH", SET, data("policy-sets", **{"global": False})),
    ("PATCH", SET, data("policy-sets", name="renamed")),
    ("POST", f"{SET}/relationships/policies", many("policies", POLICIES)),
    ("DELETE", f"{SET}/relationships/policies", many("policies", POLICIES[:1])),
    ("POST", f"{SET}/relationships/workspaces", many("workspaces", WORKSPACES)),
    ("DELETE", f"{SET}/relationships/workspaces", many("workspaces", WORKSPACES[1:])),
    ("POST", f"{ORG}/workspaces", data("workspaces", name="fifth")),
    ("POST", f"{ORG}/policy-sets", data("policy-sets", name="all", **{"global": True})),
    ("DELETE", f"/api/v2/workspaces/{WORKSPACES[2]}", None),
    ("PATCH", f"/api/v2/workspaces/{WORKSPACES[0]}", data("workspaces", name="first")),
    ("POST", f"/api/v2/workspaces/{WORKSPACES[0]}/actions/lock", None),
    ("POST", f"/api/v2/workspaces/{WORKSPACES[0]}/actions/unlock", None),
    (
        "PATCH",
        f"/api/v2/workspaces/{WORKSPACES[0]}/relationships/ssh-key",
        data("workspaces", id="sshkey-GxrePWre1Ezug7aM"),
    ),
    ("PATCH", ORG, data("organizations", name="My-Organization")),
    ("PATCH", ORG, data("organizations", email="other@example.com")),
    ("DELETE", f"/api/v2/policies/{POLICIES[1]}", None),
    ("PUT", f"/api/v2/policies/{POLICIES[1]}/upload", "main = rule { true }"),
    ("PATCH", "/api/v2/teams/team-pLatf0rmTeam567A", data("teams", name="base")),
]
CALLERS = ["", ".ann", ".platform", ".org"]


def world(*, keep: bool, edition: str = "2019-07") -> Any:
    server = Server(keep=keep, edition=edition)
    server.universe(key=KEY, fixture="documented")
    return application(server).test_client()


def sent(client: Any, caller: str, method: str, path: str, body: Any) -> tuple[int, bytes]:
    raw = isinstance(body, str)
    options: dict[str, Any] = {"data": body} if raw else {"json": body} if body else {}
    kind = "application/octet-stream" if raw else "application/vnd.api+json"
    answer = client.open(
        path,
        method=method,
        headers={"Authorization": f"Bearer {KEY}{caller}"},
        content_type=kind if body else None,
        **options,
    )
    return answer.status_code, answer.data


calls = st.tuples(st.sampled_from(CALLERS), st.sampled_from([*READS, *READS, *WRITES]))


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(st.lists(calls, min_size=5, max_size=25))
def test_every_answer_is_equal_to_the_byte_with_and_without_what_is_kept(series: list[Any]) -> None:
    kept, anew = world(keep=True), world(keep=False)
    for caller, (method, path, body) in series:
        first = sent(kept, caller, method, path, body)
        assert first == sent(anew, caller, method, path, body), (caller, method, path)
        if method == "GET":
            assert sent(kept, caller, method, path, body) == first
            continue
        for read, path, _ in READS:  # what was kept of the state before the write
            first = sent(kept, caller, read, path, None)
            assert first == sent(anew, caller, read, path, None), (caller, read, path)


@pytest.mark.parametrize("edition", editions())
def test_new_records_are_written_alike_with_and_without_what_is_kept(edition: str) -> None:
    kept, anew = world(keep=True, edition=edition), world(keep=False, edition=edition)

    def post(path: str, body: Any) -> Any:
        status, answer = sent(kept, "", "POST", path, body)
        assert (status, answer) == sent(anew, "", "POST", path, body)
        assert status == 201
        return json.loads(answer)["data"]

    post("/api/v2/organizations", data("organizations", name="other", email="a@example.com"))
    places = [ORG, "/api/v2/organizations/other"] * 2
    attributes: list[dict[str, Any]] = [
        {},
        {"global": True},
        {"description": '"relationships":null'},
    ]
    for at, (place, said) in enumerate(product(places, attributes)):
        made = post(f"{place}/policy-sets", data("policy-sets", name=f"new-{at}", **said))
        assert made["attributes"].items() >= said.items()
        if edition == "2026-08":
            post(f"{made['links']['self']}/versions", None)
            shown = sent(kept, "", "GET", made["links"]["self"], None)
            assert shown == sent(anew, "", "GET", made["links"]["self"], None)


@contextmanager
def built(server: Server) -> Iterator[list[int]]:
    """How many resource objects are built in the block."""
    universe = server.universes.get(KEY)
    assert universe is not None
    counted = [0]
    before = universe.parts.built
    yield counted
    counted[0] = universe.parts.built - before


@pytest.fixture
def server() -> Server:
    made = Server()
    made.universe(key=KEY, fixture="busy")
    return made


ACME = "/api/v2/organizations/acme/policy-sets"
LIST = f"{ACME}?page[size]=30"


def test_a_list_is_built_once_and_then_only_what_has_changed(server: Server) -> None:
    client = application(server).test_client()
    with built(server) as first:
        status, text = sent(client, "", "GET", LIST, None)
    assert status == 200
    assert first == [30]
    with built(server) as again:
        assert sent(client, "", "GET", LIST, None) == (200, text)
    assert again == [0]
    one = client.get(LIST, headers={"Authorization": f"Bearer {KEY}"}).json["data"][0]["id"]
    change = data("policy-sets", description="changed")
    sent(client, "", "PATCH", f"/api/v2/policy-sets/{one}", change)
    with built(server) as changed:
        sent(client, "", "GET", LIST, None)
    assert changed == [0], "the answer of the PATCH has built the one that changed"


def test_a_fork_begins_with_what_its_origin_has_built(server: Server) -> None:
    origin = server.universes.get(KEY)
    assert origin is not None
    client = application(server).test_client()
    sent(client, "", "GET", LIST, None)
    server.fork(origin, "another-key-for-this")
    before = origin.parts.built
    answer = client.get(LIST, headers={"Authorization": "Bearer another-key-for-this"})
    assert answer.status_code == 200
    assert origin.parts.built == before


def test_a_list_is_joined_once_while_nothing_on_it_has_changed(server: Server) -> None:
    universe = server.universes.get(KEY)
    assert universe is not None
    client = application(server).test_client()

    def answered(path: str = LIST, caller: str = "") -> bytes:
        """What the journal has kept of an answer: of a list, the answer itself."""
        assert sent(client, caller, "GET", path, None)[0] == 200
        return list(universe.journal)[-1].got or b""

    first = answered()
    assert answered() is first
    assert answered(f"{LIST}&page[number]=2") != first
    assert answered() is first
    one = json.loads(first)["data"][7]["id"]
    change = data("policy-sets", description="changed")
    assert sent(client, "", "PATCH", f"/api/v2/policy-sets/{one}", change)[0] == 200
    changed = answered()
    assert changed != first
    assert json.loads(changed)["data"][7]["attributes"]["description"] == "changed"
    back = data(
        "policy-sets", description=json.loads(first)["data"][7]["attributes"]["description"]
    )
    assert sent(client, "", "PATCH", f"/api/v2/policy-sets/{one}", back)[0] == 200
    assert [r["id"] for r in json.loads(answered())["data"]] == [
        r["id"] for r in json.loads(first)["data"]
    ]


def test_a_list_that_repeats_the_key_is_masked_in_the_journal_each_time(server: Server) -> None:
    universe = server.universes.get(KEY)
    assert universe is not None
    client = application(server).test_client()
    named = data("policy-sets", name="told", description=f"the key is {KEY}.ann")
    assert sent(client, "", "POST", ACME, named)[0] == 201
    told = f"{ACME}?search[name]=told"
    for caller in ("", "", ".lea", ".lea", ""):
        status, text = sent(client, caller, "GET", told, None)
        assert status == 200
        assert f"{KEY}.ann".encode() in text
        kept = list(universe.journal)[-1].got or b""
        assert KEY.encode() not in kept
        assert b"[secret]" in kept


def test_what_is_kept_is_bounded(server: Server) -> None:
    store = Store(most=5_000)
    universe = server.universes.get(KEY)
    assert universe is not None
    universe.parts = store
    client = application(server).test_client()
    for number in (1, 2, 3):
        assert (
            sent(client, "", "GET", f"{ACME}?page[size]=10&page[number]={number}", None)[0] == 200
        )
    assert 0 < sum(len(kept.part) for kept in store.kept.values()) <= 5_000
    assert len(store.documents) == 1


def test_what_was_dropped_takes_no_room_of_what_comes_after() -> None:
    kept = Bounded(10)
    kept.keep("stale", b"", 6)
    kept.clear()
    kept.keep("first", b"", 6)
    kept.keep("second", b"", 4)
    assert list(kept) == ["first", "second"]
    kept.keep("third", b"", 1)
    assert list(kept) == ["third"]


def test_no_schema_is_compiled_before_it_is_needed() -> None:
    server = Server()
    server.universe(key=KEY, fixture="empty")
    edition = server.contract()
    fresh = type(edition)(edition.place)
    checkers = [fresh.checker(name) for name in fresh.schemas]
    assert not any("_fast" in vars(checker) for checker in checkers)
    operation = fresh.operation("show-policy-set")
    operation.parts(200)
    made = operation.checker({"$ref": "#/components/schemas/policy-sets.document"})
    assert isinstance(made, Checker)
    assert "_fast" not in vars(made)
    made.holds({})
    assert "_fast" in vars(made)


def test_what_is_remembered_of_paths_is_bounded_and_never_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "MOST", 10)
    table = routes.Routes(Server().contract().operations.values())
    for n in range(25):
        for method, name in (("GET", "show-policy-set"), ("DELETE", "delete-policy-set")):
            found = table.match(method, f"/api/v2/policy-sets/polset-{n}")
            assert found.operation is not None
            assert (found.operation.id, found.path) == (name, {"id": f"polset-{n}"})
        assert table.match("PUT", f"/api/v2/policy-sets/polset-{n}").operation is None
        assert len(table._known) <= 10
    long = "/api/v2/policy-sets/" + "x" * routes.LONG
    assert table.match("GET", long).path == {"id": "x" * routes.LONG}
    assert not any(path == long for _, path in table._known)
