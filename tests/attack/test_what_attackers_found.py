"""Each of these was found by somebody who tried to break, fool or leak; none may come back."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

import mockserver
from mockserver.client import ControlError
from mockserver.pipeline.messages import LIMIT
from tests.waiting import until

ORG = "/api/v2/organizations/my-organization"
POLICY = "/api/v2/policies/pol-u3S5p2Uwk21keu1s"
JSONAPI = "application/vnd.api+json"


def a_set(name: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": {"name": name, **attributes}}}


def names(tfe: Any) -> list[str]:
    found = tfe.client.get(f"{ORG}/policy-sets").json["data"]
    return [record["attributes"]["name"] for record in found]


class Wire:
    """A raw connection to the world's live server."""

    def __init__(self, tfe: Any) -> None:
        url = urlsplit(tfe.url)
        self.socket = socket.create_connection((url.hostname, url.port), timeout=20)
        self.token = tfe.token

    def head(self, method: str, path: str, **headers: str) -> None:
        named = {"Host": "localhost", "Authorization": f"Bearer {self.token}", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())

    def answer(self) -> tuple[int, bytes]:
        text = b""
        while b"\r\n\r\n" not in text:
            if not (part := self.socket.recv(65536)):
                return 0, text
            text += part
        head, _, body = text.partition(b"\r\n\r\n")
        wanted = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                wanted = int(line.split(b":")[1])
        while len(body) < wanted:
            body += self.socket.recv(65536)
        return int(head.split()[1]), body


@pytest.fixture
def wire(tfe: Any) -> Iterator[Wire]:
    made = Wire(tfe)
    yield made
    made.socket.close()


def test_a_chunked_body_over_the_limit_is_413_and_saves_nothing(tfe: Any, wire: Wire) -> None:
    wire.head("PUT", f"{POLICY}/upload", Transfer_Encoding="chunked")
    part = b"x" * (1024 * 1024)
    for _ in range(LIMIT // len(part) + 1):
        wire.socket.sendall(b"100000\r\n" + part + b"\r\n")
    wire.socket.sendall(b"0\r\n\r\n")
    assert wire.answer()[0] == 413
    assert tfe.client.get(f"{POLICY}/download").data == b"main = rule { true }"


def test_a_body_that_a_dying_client_has_cut_off_writes_nothing(tfe: Any, wire: Wire) -> None:
    wire.head("PUT", f"{POLICY}/upload", Content_Length="100")
    wire.socket.sendall(b"main = ru")
    wire.socket.shutdown(socket.SHUT_WR)
    wire.answer()
    assert tfe.client.get(f"{POLICY}/download").data == b"main = rule { true }"


@pytest.mark.parametrize("chunks", [b"zz\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n"])
def test_broken_chunks_are_the_clients_mistake_and_no_breach(
    tfe: Any, wire: Wire, chunks: bytes
) -> None:
    wire.head("POST", f"{ORG}/policy-sets", Transfer_Encoding="chunked", Content_Type=JSONAPI)
    wire.socket.sendall(chunks)
    wire.socket.shutdown(socket.SHUT_WR)
    assert wire.answer()[0] < 500
    assert names(tfe) == ["production"]


def test_a_connection_lives_on_after_a_refusal_before_a_chunked_body(tfe: Any, wire: Wire) -> None:
    for path, status in (("/api/v2/nothing", 404), ("/_mock/reset", 204)):
        wire.head("POST", path, Transfer_Encoding="chunked", Content_Type=JSONAPI)
        wire.socket.sendall(b"2\r\n{}\r\n0\r\n\r\n")
        assert wire.answer()[0] == status
        wire.head("GET", f"{ORG}/policy-sets")
        assert wire.answer()[0] == 200


def test_a_secret_behind_an_escape_is_a_secret_still(tfe: Any) -> None:
    body = rb"""{"data":{"type":"users","attributes":{"current-passw\u006frd":"HUNTER1",
        "passw\u006frd":"HUNTER2","passw\u006frd-confirmation":"HUNTER2"}}}"""
    tfe.client.patch("/api/v2/account/password", data=body, content_type=JSONAPI)
    hidden = "".join(f"\\u{ord(letter):04x}" for letter in tfe.tokens["ann"])
    text = json.dumps(a_set("s", description="HERE")).replace("HERE", hidden)
    tfe.client.post(f"{ORG}/policy-sets", data=text, content_type=JSONAPI)
    encoded = "".join(f"%{ord(letter):02x}" for letter in tfe.token) + ".SECRET"
    tfe.client.get(f"{ORG}/policy-sets?search[name]={encoded}")
    kept = tfe.journal.to_json() + json.dumps(tfe.journal.to_har())
    for secret in ("HUNTER1", "HUNTER2", tfe.tokens["ann"], "SECRET"):
        assert secret not in kept


def test_taking_out_a_token_leaves_honest_json() -> None:
    with mockserver.universe(key="test-token") as tfe:
        told = a_set("s", description='a\test-token.x and "test-token.y"')
        assert tfe.client.post(f"{ORG}/policy-sets", json=told).status_code == 201
        assert len(tfe.journal.exchanges()) == 1


def test_a_request_begun_before_a_reset_does_not_write_after_it(tfe: Any) -> None:
    tfe.faults.add("latency", seconds=20, operation="create-policy-set")
    seen: list[int] = []
    client = tfe.client

    def create() -> None:
        seen.append(client.post(f"{ORG}/policy-sets", json=a_set("ghost")).status_code)

    thread = threading.Thread(target=create)
    thread.start()
    until(lambda: [fault["fired"] for fault in tfe.faults] == [1])
    tfe.reset()
    thread.join(timeout=20)
    assert seen == [409]
    assert names(tfe) == ["production"]


def test_a_body_that_comes_after_a_reset_does_not_write(tfe: Any, wire: Wire) -> None:
    body = json.dumps(a_set("ghost")).encode()
    named = {"Content-Length": str(len(body)), "Content-Type": JSONAPI, "Expect": "100-continue"}
    wire.head("POST", f"{ORG}/policy-sets", **named)
    wire.socket.sendall(body[:5])
    assert wire.answer() == (100, b"")  # it has begun, and waits for the rest
    tfe.reset()
    wire.socket.sendall(body[5:])
    assert wire.answer()[0] == 409
    assert names(tfe) == ["production"]


def test_a_mistake_of_ours_in_a_write_leaves_the_world_its_turn(
    tfe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    universe = tfe.client.application.extensions["mockserver"].universes.get(tfe.token)
    with monkeypatch.context() as broken:
        broken.setattr(universe.clock, "now", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tfe.client.post(f"{ORG}/policy-sets", json=a_set("s"))
    reset = threading.Thread(target=universe.reset, daemon=True)
    reset.start()
    reset.join(timeout=1)
    assert not reset.is_alive()


def test_a_counter_that_does_not_count_is_refused(tfe: Any) -> None:
    answer = tfe.client.post("/_mock/seed", json={"counters": {"ws": 1e300}})
    assert answer.status_code == 422


def test_a_whole_number_is_an_integer_however_it_is_written(tfe: Any) -> None:
    body = b'{"data":{"type":"organizations","attributes":{"session-timeout":20.0}}}'
    answer = tfe.client.patch(ORG, data=body, content_type=JSONAPI)
    assert b'"session-timeout":20,' in answer.data


@pytest.mark.parametrize("now", ["9000-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z"])
def test_a_world_at_the_edge_of_its_calendar_lives_and_can_be_dumped(tfe: Any, now: str) -> None:
    tfe.clock.set(now)
    tfe.clock.run()
    attributes = {"name": "late", "email": "a@example.com"}
    body = {"data": {"type": "organizations", "attributes": attributes}}
    assert tfe.client.post("/api/v2/organizations", json=body).status_code == 201
    with mockserver.universe(fixture=tfe.state()) as other:
        assert other.state() == tfe.state()


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"])
def test_a_time_beyond_the_calendar_is_refused(tfe: Any, now: str) -> None:
    assert tfe.client.patch("/_mock/clock", json={"now": now}).status_code == 422
    assert tfe.client.post("/_mock/universes", json={"now": now}).status_code == 422
    assert tfe.clock.now == "2019-07-15T00:00:00.000Z"


def test_what_a_restore_throws_away_counts_against_the_journal(tfe: Any) -> None:
    tfe.snapshot("a")
    for _ in range(4):
        tfe.client.put(f"{POLICY}/upload", data=b"x" * (8 * 1024 * 1024))
        tfe.restore("a")
    journal = tfe._link.universe.journal
    assert journal.bytes < 16 * 1024 * 1024
    assert len(tfe.journal.exchanges()) == 4  # the states that keep it alive go, the entries stay
    with pytest.raises(ControlError, match="what exchange 1 changed is no longer known"):
        tfe.journal.changes(1)


def test_a_lagging_read_does_not_see_what_a_restore_undid(tfe: Any) -> None:
    tfe.snapshot("a")
    for name in ("one", "two"):
        tfe.client.post(f"{ORG}/policy-sets", json=a_set(name))
    tfe.restore("a")
    tfe.faults.add("lag", when="all")
    assert names(tfe) == ["production"]


def test_a_workspace_is_not_found_by_id_where_its_name_is_due(tfe: Any) -> None:
    path = f"{ORG}/workspaces/ws-2HRvNs49EWPjDqT1"
    assert tfe.client.get(path).status_code == 404
    assert tfe.client.delete(path).status_code == 404


def test_a_name_that_is_taken_does_not_tell_a_stranger_by_whom() -> None:
    world = {
        "users": [{"username": "ann"}],
        "tokens": [{"name": "ann", "user": "ann"}],
        "organizations": [{"name": "acme"}],
    }
    with mockserver.universe(fixture=world) as tfe:
        attributes = {"name": "ACME", "email": "a@example.com"}
        answer = tfe.client.post(
            "/api/v2/organizations",
            json={"data": {"type": "organizations", "attributes": attributes}},
            headers={"Authorization": f"Bearer {tfe.tokens['ann']}"},
        )
    assert answer.status_code == 422
    assert b"acme" not in answer.data


@pytest.mark.parametrize("key", ["a.b", "a b", "ключ", "a/b", "\xa0"])
def test_a_key_that_no_token_could_carry_is_refused(tfe: Any, key: str) -> None:
    assert tfe.client.post("/_mock/universes", json={"key": key}).status_code == 422
    with pytest.raises(ValueError, match="key must be a text of "), mockserver.universe(key=key):
        pass


def test_the_server_lists_no_token_and_a_handle_the_names_of_a_fixture_alone(tfe: Any) -> None:
    path = "/api/v2/organizations/my-organization/authentication-token"
    made = tfe.client.post(path).json["data"]["attributes"]["token"].partition(".")[2]
    assert made not in list(tfe.tokens)
    assert list(tfe.tokens) == ["ann", "laptop", "org", "platform"]
    assert "laptop" not in tfe.client.get("/_mock/universe").get_data(as_text=True)
    assert tfe.tokens[made] == f"{tfe.token}.{made}"  # whoever knows it may ask for it


def test_a_huge_head_is_refused_at_once(tfe: Any, wire: Wire) -> None:
    wire.token = "x" * 1_000_000
    started = time.monotonic()
    try:
        wire.head("GET", f"{ORG}/policy-sets")
        status, _ = wire.answer()
    except ConnectionError:
        status = 413
    assert status in (400, 413, 414, 431)
    assert time.monotonic() - started < 2


def test_a_page_beyond_all_numbers_is_just_empty(tfe: Any) -> None:
    assert tfe.client.get(f"{ORG}/policy-sets?page[number]=9999999999").json["data"] == []


def test_what_is_documented_but_not_built_says_so_in_the_journal(tfe: Any) -> None:
    assert tfe.client.get("/api/v2/runs/run-1").status_code == 404
    assert tfe.client.get(f"{ORG}/policy-set").status_code == 404
    built, meant = (exchange.why for exchange in tfe.journal)
    assert built == "The API documents this path, but this server does not support it."
    assert meant.startswith(
        "Edition 2019-07 has no such path. Did you mean GET /api/v2/organizations/"
    )
    assert tfe.client.get("/organizations/my-organization/policy-sets").status_code == 404
    assert [*tfe.journal][-1].why == (
        "Edition 2019-07 has no such path. "
        "Did you mean GET /api/v2/organizations/{organization_name}/policy-sets?"
    )


def test_the_page_at_the_root_does_not_repeat_what_a_host_says(tfe: Any) -> None:
    answer = tfe.client.get("/", headers={"Host": "localhost#<script>"})
    assert b"<script>" not in answer.data


def test_a_thousand_unknown_members_are_told_and_no_more(tfe: mockserver.World) -> None:
    """20,000 of them were once answered with ten megabytes."""
    sets = f"{ORG}/policy-sets"
    many = [{"type": "policies", "id": f"pol-{n:016}"} for n in range(5_000)]
    document = a_set("many")
    document["data"]["relationships"] = {"policies": {"data": many}}
    before = names(tfe)
    answer = tfe.client.post(sets, json=document)
    assert answer.status_code == 422
    pointers = [error["source"]["pointer"] for error in answer.json["errors"]]
    assert pointers == [f"/data/relationships/policies/data/{n}" for n in range(1_000)]
    assert names(tfe) == before
