"""Three replicas behind nginx: each universe stays where it is, and a lost replica says so."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import Fleet, call

KEYS = [f"world-{n:03}" for n in range(200)]


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with Fleet(tmp_path) as made:
        for key in KEYS:
            status, _ = call(
                made.url, key, "POST", "/_mock/universes", {"key": key, "fixture": "documented"}
            )
            assert status == 201
        yield made


def holders(fleet: Fleet, at: int) -> set[str]:
    """The keys that a replica, asked behind nginx's back, has a universe for."""
    direct = f"http://127.0.0.1:{fleet.ports[at]}"
    return {key for key in KEYS if call(direct, key, "GET", "/_mock/universe")[0] == 200}


def test_each_universe_stays_on_its_replica_and_a_lost_one_takes_only_its_own(fleet: Fleet) -> None:
    held = [holders(fleet, at) for at in range(3)]
    assert set.union(*held) == set(KEYS)
    assert sum(map(len, held)) == len(KEYS), "a universe is on one replica alone"
    assert all(held), "every replica has its share"

    for key in KEYS:
        body = {"data": {"type": "policy-sets", "attributes": {"name": key}}}
        path = "/api/v2/organizations/my-organization/policy-sets"
        assert call(fleet.url, key, "POST", path, body)[0] == 201
    for key in KEYS:
        status, found = call(fleet.url, key, "GET", f"{path}?search%5Bname%5D=world")
        assert status == 200
        assert [record["attributes"]["name"] for record in found["data"]] == [key]

    fleet.lose(1)
    for key in KEYS:
        status, document = call(fleet.url, key, "GET", path)
        if key in held[1]:
            assert status == 502
            assert document["errors"][0]["title"] == "replica lost"
        else:
            assert status == 200


def test_an_upload_that_sends_no_token_goes_where_its_world_is(tmp_path: Path) -> None:
    world = {"edition": "2026-08", "fixture": "documented"}
    with Fleet(tmp_path) as fleet:
        for key in KEYS[:9]:
            made = call(fleet.url, key, "POST", "/_mock/universes", {"key": key, **world})
            assert made[0] == 201
            path = "/api/v2/policy-sets/polset-vErs10n567890Abc/versions"
            status, version = call(fleet.url, key, "POST", path)
            assert status == 201
            url = version["data"]["links"]["upload"]
            assert url.startswith(f"{fleet.url}/_archivist/v1/object/{key}.")
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, b"no archive", method="PUT"))
            assert refused.value.code == 422, "its world knows the URL: it is no 401"
