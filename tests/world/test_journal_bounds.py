"""The journal is bounded by entries and by bytes; what was evicted is no longer known."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from typing import Any

import pytest

import mockserver
from mockserver.client import ControlError
from mockserver.world.entries import Entry
from mockserver.world.journal import BYTES, ENTRIES, Journal
from mockserver.world.state import State

ORG = "/api/v2/organizations/my-organization"
POLICY = "/api/v2/policies/pol-u3S5p2Uwk21keu1s"
MB = 1024 * 1024


def exchange(bytes: int = 512, **members: Any) -> Entry:
    return Entry(0, "2019-07-15T00:00:00.000Z", "GET", "/", bytes=bytes, **members)


def test_it_keeps_a_thousand_entries_and_16_mb() -> None:
    assert (ENTRIES, BYTES) == (1_000, 16 * MB)


def test_who_listens_is_told_of_each_entry_and_each_clearing() -> None:
    journal, told = Journal(entries=3), list[int]()

    def call() -> None:
        told.append(journal.count)

    journal.listen(call)
    for _ in range(5):
        journal.write(exchange())
    journal.clear()
    journal.unlisten(call)
    journal.write(exchange())
    assert told == [1, 2, 3, 4, 5, 0]
    assert journal.cleared == 1


def test_what_came_since_a_number_is_told_as_far_as_it_is_known() -> None:
    journal = Journal(entries=3)
    for _ in range(5):
        journal.write(exchange())
    for number, newer in ((0, [3, 4, 5]), (3, [4, 5]), (5, []), (9, [])):
        assert [one.number for one in journal.since(number)] == newer


def test_the_oldest_go_when_there_are_too_many() -> None:
    journal = Journal(entries=3)
    for _ in range(5):
        journal.write(exchange())
    assert [kept.number for kept in journal] == [3, 4, 5]
    assert (journal.count, journal.forgotten, len(journal)) == (5, 2, 3)
    assert journal.get(2) is None
    kept = journal.get(3)
    assert kept is not None
    assert kept.number == 3


def test_the_oldest_go_when_they_weigh_too_much() -> None:
    journal = Journal(bytes=1_000)
    for weight in (400, 400, 300, 900):
        journal.write(exchange(weight))
        assert journal.bytes <= 1_000
    assert [kept.number for kept in journal] == [4]
    assert journal.bytes == 900


def test_an_entry_that_is_too_heavy_by_itself_is_kept_without_its_bodies_and_drives_none_out() -> (
    None
):
    journal = Journal(bytes=2_000)
    journal.write(exchange())
    journal.write(
        exchange(512 + 3_000, sent=b"1" * 3_000, states=100, before=State(), after=State())
    )
    first, heavy = journal
    assert (first.number, heavy.number) == (1, 2)
    assert (heavy.request, heavy.response) == ("[too long to be kept]", None)
    assert heavy.before is not None
    assert journal.bytes == 512 + 512


def test_of_an_entry_whose_states_alone_are_too_heavy_the_states_go_too() -> None:
    journal = Journal(bytes=2_000)
    journal.write(exchange())
    journal.write(exchange(512 + 5_000, states=5_000, before=State(), after=State(), changed=True))
    _, heavy = journal
    assert (heavy.before, heavy.after, heavy.changed) == (None, None, True)
    assert heavy.shown()["changed"] is True
    assert journal.bytes == 512 + 512


def test_a_restore_that_throws_too_much_away_forgets_the_states_and_no_entry() -> None:
    journal = Journal(bytes=2_000)
    for _ in range(3):
        journal.write(exchange(600, states=88, before=State(), after=State()))
    journal.charge(100)
    assert all(kept.before is not None for kept in journal)
    assert journal.bytes == 1_900
    journal.charge(5_000)
    assert [kept.number for kept in journal] == [1, 2, 3]
    assert all(kept.before is None for kept in journal)
    assert journal.bytes == 3 * 512


@pytest.mark.parametrize(("method", "path"), [("GET", "changes"), ("POST", "restore")])
def test_what_an_exchange_changed_is_no_longer_known_where_its_states_were_let_go(
    method: str, path: str
) -> None:
    with mockserver.universe(key="k") as tfe:
        for id in ("pol-u3S5p2Uwk21keu1s", "pol-2HRvNs49EWPjDqT1"):
            tfe.client.put(f"/api/v2/policies/{id}/upload", data=b"x" * 9_000_000)
        assert tfe.client.delete(ORG).status_code == 204
        assert [(seen.n, seen.changed) for seen in tfe.journal] == [(1, True), (2, True), (3, True)]
        known = tfe.client.open(f"/_mock/journal/2/{path}", method=method)
        gone = tfe.client.open(f"/_mock/journal/3/{path}", method=method)
        assert known.status_code in (200, 204)
        assert (gone.status_code, gone.json["errors"]) == (
            404,
            [
                {
                    "pointer": "",
                    "detail": "what exchange 3 changed is no longer known: it was too large to be kept",
                }
            ],
        )


def test_breaches_outlive_their_entries_and_a_clear() -> None:
    journal = Journal(entries=1)
    journal.write(exchange(breach="ours"))
    journal.write(exchange())
    journal.clear()
    assert [breach.breach for breach in journal.breaches] == ["ours"]
    assert (journal.count, len(journal), journal.bytes) == (0, 0, 0)


def test_numbers_are_given_once_whoever_writes() -> None:
    journal = Journal(entries=10_000)
    threads = [
        threading.Thread(target=lambda: [journal.write(exchange()) for _ in range(200)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kept.number for kept in journal] == list(range(1, 1_601))


def test_the_control_plane_tells_no_longer_known_from_never_was() -> None:
    with mockserver.universe() as tfe:
        for _ in range(ENTRIES + 5):
            tfe.client.get("/api/v2/nothing")
        assert len(tfe.journal) == ENTRIES + 5
        kept = tfe.journal.exchanges()
        assert (len(kept), kept[0].n, kept[-1].n) == (ENTRIES, 6, ENTRIES + 5)
        with pytest.raises(ControlError, match=r"^exchange 5 is no longer known$"):
            tfe.journal.changes(5)
        with pytest.raises(ControlError, match=r"^exchange 1006 does not exist; there are 1005$"):
            tfe.journal.changes(ENTRIES + 6)
        assert list(tfe.journal.changes(6)) == []


@pytest.mark.slow
def test_hundreds_of_states_of_a_big_set_cost_little() -> None:
    """Each entry keeps the state before it alive: nearly all of it is shared.

    A copy of the set's members for each entry would weigh 600 times 16 kB.
    """
    names = [f"p{at}" for at in range(2_000)]
    fixture = {
        "organizations": [
            {
                "name": "my-organization",
                "policies": [{"id": "pol-x", "name": "x"}, *({"name": name} for name in names)],
                "policy-sets": [{"id": "polset-x", "name": "x", "policies": ["x", *names]}],
            }
        ]
    }
    path = "/api/v2/policy-sets/polset-x/relationships/policies"
    document = {"data": [{"type": "policies", "id": "pol-x"}]}
    with mockserver.universe(fixture=fixture) as tfe:
        count = tfe.client.get("/api/v2/policy-sets/polset-x").json["data"]["attributes"]
        assert count["policy-count"] == 2_001
        gc.collect()
        tracemalloc.start()
        try:
            for at in range(600):
                tfe.client.open(path, method="POST" if at % 2 else "DELETE", json=document)
            grown, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert grown < 8 * MB
        assert [exchange.changed for exchange in tfe.journal][-600:] == [True] * 600


def test_uploads_that_replace_10_mb_stay_within_16_mb() -> None:
    from mockserver.web.testing import ApiClient, Live

    with Live() as live:
        universe = live.server.universe(key="test-token", fixture="documented")
        client = ApiClient.of(live.app, "test-token")
        tracemalloc.start()
        try:
            for at in range(8):
                content = bytes([at]) * (10 * MB)
                assert client.put(f"{POLICY}/upload", data=content).status_code == 200
                assert universe.journal.bytes <= 16 * MB
            del content
            gc.collect()
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # the content there is, and at most one that it replaced
        assert held < 24 * MB
        assert universe.journal.count == 8
        assert universe.journal.forgotten >= 6


def test_deleting_10_mb_weighs_as_much() -> None:
    from mockserver.web.testing import ApiClient, Live

    with Live() as live:
        universe = live.server.universe(key="test-token", fixture="documented")
        client = ApiClient.of(live.app, "test-token")
        client.put(f"{POLICY}/upload", data=b"x" * (10 * MB))
        before = universe.journal.bytes
        client.delete(POLICY)
        assert 10 * MB < universe.journal.bytes - before < 11 * MB
        client.delete(ORG)
        assert universe.journal.bytes <= 16 * MB


def test_bodies_weigh_as_well() -> None:
    from mockserver.web.testing import ApiClient, Live

    with Live() as live:
        universe = live.server.universe(key="test-token", fixture="documented")
        client = ApiClient.of(live.app, "test-token")
        document = {
            "data": {
                "type": "policy-sets",
                "attributes": {"name": "x", "description": "y" * MB},
            }
        }
        assert client.post(f"{ORG}/policy-sets", json=document).status_code == 201
        assert 2 * MB < universe.journal.bytes < 3 * MB  # sent and answered


def test_what_a_restore_throws_away_weighs_until_its_exchange_goes() -> None:
    """The state that was thrown away is the one after the last exchange, which keeps it alive."""
    from mockserver.web.testing import ApiClient, Live

    with Live() as live:
        universe = live.server.universe(key="test-token", fixture="documented")
        client = ApiClient.of(live.app, "test-token")
        universe.snapshot("before")
        assert client.put(f"{POLICY}/upload", data=b"x" * (4 * MB)).status_code == 200
        before = universe.journal.bytes
        universe.restore("before")
        assert 4 * MB <= universe.journal.bytes - before < 5 * MB
        universe.restore("before")  # nothing is thrown away now
        assert universe.journal.bytes - before < 5 * MB
