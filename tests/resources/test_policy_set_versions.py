"""Versions of policy sets: made, uploaded to a presigned URL, shown; and what is no archive."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

import mockserver
from mockserver.world.seeding import BadFixture
from tests.client import ORG, ROOT
from tests.examples import examples
from tests.resources.asking import EXAMPLE, NOT_FOUND, PRODUCTION, UNAUTHORIZED, body, policies

pytestmark = pytest.mark.tfe(edition="2026-08")
SET = f"{ROOT}/policy-sets/polset-oPa4567890Abcdef"
REFUSED = "The policy set version is not a usable tar.gz archive"


def packed(fill: Callable[[tarfile.TarFile], Any]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        fill(archive)
    return buffer.getvalue()


def entry(name: str, content: bytes = b"", **said: Any) -> Callable[[tarfile.TarFile], None]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for attribute, value in said.items():
        setattr(info, attribute, value)
    return lambda archive: archive.addfile(info, io.BytesIO(content))


POLICIES = packed(entry("policies/main.rego", b"package terraform\n"))


def made(tfe: mockserver.World, path: str = SET) -> Any:
    answer = tfe.client.post(f"{path}/versions")
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


def upload(tfe: mockserver.World, version: Any, content: bytes = POLICIES) -> TestResponse:
    """By a client that has the URL alone, and no token."""
    url = version["links"]["upload"]
    return tfe.client.put(url, data=content, headers={"Authorization": ""})


def shown(tfe: mockserver.World, version: Any) -> Any:
    return tfe.client.get(version["links"]["self"]).json["data"]


def fact(answer: TestResponse) -> str:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json["errors"]
    assert error["detail"] == REFUSED
    return str(error["meta"]["fact"])


# a version and its upload


def test_a_version_is_pending_until_its_archive_is_uploaded_and_ready_from_then_on(
    tfe: mockserver.World,
) -> None:
    version = made(tfe)
    assert version["attributes"] == {
        "source": "tfe-api",
        "status": "pending",
        "status-timestamps": {},
        "error": None,
        "error-message": None,
        "ingress-attributes": None,
        "created-at": tfe.clock.now,
        "updated-at": tfe.clock.now,
    }
    tfe.clock.advance(300)
    answer = upload(tfe, version)
    assert (answer.status_code, answer.data) == (200, b"")
    after = shown(tfe, version)
    moment = tfe.clock.now
    assert after["attributes"]["status"] == "ready"
    assert after["attributes"]["status-timestamps"] == {"ingressing-at": moment, "ready-at": moment}
    assert after["attributes"]["updated-at"] == moment
    assert "upload" not in after["links"]


def test_the_newest_version_is_the_last_made_and_the_current_one_the_last_that_is_ready(
    tfe: mockserver.World,
) -> None:
    def versions() -> list[Any]:
        answer = tfe.client.get(f"{SET}?include=newest_version,current_version").json
        assert answer["data"]["attributes"]["versioned"] is bool(answer["included"])
        linked = answer["data"]["relationships"]
        assert tfe.client.get(SET).json["data"]["relationships"] == linked
        told = [linked[name]["data"] for name in ("newest-version", "current-version")]
        ids = [one and one["id"] for one in told]
        assert {one["id"] for one in answer["included"]} == {id for id in ids if id}
        return ids

    assert versions() == [None, None]
    first, second = made(tfe), made(tfe)
    assert versions() == [second["id"], None]
    upload(tfe, first)
    assert versions() == [second["id"], first["id"]]
    upload(tfe, second)
    third = made(tfe)
    assert versions() == [third["id"], second["id"]]
    found = tfe.client.get(f"{SET}/versions").json["data"]
    assert [one["id"] for one in found] == [first["id"], second["id"], third["id"]]
    included = tfe.client.get(f"{third['links']['self']}?include=policy_set").json["included"]
    assert [one["attributes"]["name"] for one in included] == ["tagged"]


def test_a_set_with_a_ready_version_is_in_force_and_its_policies_have_no_names(
    tfe: mockserver.World,
) -> None:
    everywhere = body("policy-sets", name="everywhere", **{"global": True})
    set = tfe.client.post(f"{ORG}/policy-sets", json=everywhere).json["data"]["id"]

    def in_force() -> list[tuple[str | None, str]]:
        found = tfe.effective_policies("my-organization/workspace-1")
        return [(one.policy, one.reason) for one in found if one.policy_set == "everywhere"]

    version = made(tfe, f"{ROOT}/policy-sets/{set}")
    assert in_force() == []
    upload(tfe, version)
    assert in_force() == [(None, "global: checked in every workspace of the organization")]
    said = tfe.client.get(f"/_mock/effective-policies?policy-set={set}").json["effective"]
    assert {place["version"] for place in said} == {version["id"]}


def test_sets_with_versions_are_listed_apart(tfe: mockserver.World) -> None:
    def names(value: str) -> list[str]:
        query = {"filter[versioned]": value}
        found = tfe.client.get(f"{ORG}/policy-sets", query_string=query).json["data"]
        return [one["attributes"]["name"] for one in found]

    assert (names("true"), names("false")) == (["versioned"], ["production", "tagged"])
    made(tfe)
    assert (names("true"), names("false")) == (["tagged", "versioned"], ["production"])


def test_versions_go_with_their_set(tfe: mockserver.World) -> None:
    version = made(tfe)
    assert tfe.client.delete(SET).status_code == 204
    assert tfe.client.get(version["links"]["self"]).json == NOT_FOUND
    assert upload(tfe, version).json == UNAUTHORIZED


# policies one by one, or in versions


def test_a_set_that_names_its_policies_has_no_versions(tfe: mockserver.World) -> None:
    answer = tfe.client.post(f"{ROOT}/policy-sets/{PRODUCTION}/versions")
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert error["detail"] == "The policy set does not support uploading versions"
    path = f"{ROOT}/policy-sets/{PRODUCTION}/relationships/policies"
    tfe.client.delete(path, json=policies(EXAMPLE))
    assert tfe.client.post(f"{ROOT}/policy-sets/{PRODUCTION}/versions").status_code == 201


def test_a_set_with_versions_takes_no_policies_one_by_one(tfe: mockserver.World) -> None:
    made(tfe)
    answer = tfe.client.post(f"{SET}/relationships/policies", json=policies(EXAMPLE))
    assert (answer.status_code, answer.json["errors"][0]["source"]["pointer"]) == (422, "/data")
    sets = {"policy-sets": {"data": [{"type": "policy-sets", "id": SET.rpartition("/")[2]}]}}
    answer = tfe.client.post(f"{ORG}/policies", json=body("policies", sets, name="one"))
    (error,) = answer.json["errors"]
    assert answer.status_code == 422
    assert error["source"]["pointer"] == "/data/relationships/policy-sets/data/0"
    assert error["detail"] == "Policies cannot be added to a versioned policy set"
    assert tfe.client.get(SET).json["data"]["attributes"]["policy-count"] == 0


# whose URL it is


def test_the_url_of_an_upload_is_the_hosts_and_opens_nothing_else(tfe: mockserver.World) -> None:
    version = made(tfe)
    url = version["links"]["upload"]
    prefix = f"http://localhost/_archivist/v1/object/{tfe.token}."
    assert url.startswith(prefix)
    token = url.rpartition("/")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    assert tfe.client.get(f"{ROOT}/account/details", headers=bearer).json == UNAUTHORIZED
    assert tfe.client.get(version["links"]["self"], headers=bearer).json == UNAUTHORIZED
    assert tfe.client.get(url).status_code == 405
    elsewhere = tfe.client.get(version["links"]["self"], base_url="http://127.0.0.1:8080")
    assert elsewhere.json["data"]["links"]["upload"].startswith("http://127.0.0.1:8080/_archivist")


def test_no_other_url_or_token_uploads(tfe: mockserver.World) -> None:
    version, other = made(tfe), made(tfe)
    url = version["links"]["upload"]
    path, _, token = url.rpartition("/")
    key, id, secret = token.split(".")
    wrong = [
        key,
        f"{key}.",
        f"{key}.ann",
        f"{key}.{id}",
        f"{key}.{id}.{secret[:-1]}",
        f"{key}.{id}.{secret}x",
        f"{key}.{other['id']}.{secret}",
        f"nobody.{id}.{secret}",
    ]
    for name in wrong:
        answer = tfe.client.put(f"{path}/{name}", data=POLICIES)
        assert (answer.status_code, answer.json) == (401, UNAUTHORIZED), name
    assert tfe.client.put(f"{path}/", data=POLICIES).status_code == 401
    assert shown(tfe, version)["attributes"]["status"] == "pending"


def test_the_url_is_good_for_an_hour(tfe: mockserver.World) -> None:
    version = made(tfe)
    tfe.clock.advance(3599)
    later = made(tfe)
    tfe.clock.advance(1)
    assert upload(tfe, version).json == UNAUTHORIZED
    assert [*tfe.journal][-1].why == (
        f"the token of whoever has the upload URL of {version['id']} ended at {tfe.clock.now}"
    )
    assert shown(tfe, version)["attributes"]["status"] == "pending"
    assert upload(tfe, later).status_code == 200


def test_who_may_not_manage_policies_sees_no_version(tfe: mockserver.World) -> None:
    version = made(tfe)
    team = tfe.client.post(f"{ORG}/teams", json=body("teams", name="readers")).json["data"]["id"]
    token = tfe.client.post(f"{ROOT}/teams/{team}/authentication-token").json["data"]
    reader = {"Authorization": f"Bearer {token['attributes']['token']}"}
    for method, path in [
        ("GET", version["links"]["self"]),
        ("GET", f"{SET}/versions"),
        ("POST", f"{SET}/versions"),
    ]:
        assert tfe.client.open(path, method=method, headers=reader).json == NOT_FOUND


def test_a_fork_has_urls_of_its_own(tfe: mockserver.World) -> None:
    version = made(tfe)
    upload_url = version["links"]["upload"]
    with tfe.fork() as other:
        theirs = shown(other, version)
        assert theirs["links"]["upload"] != upload_url
        assert upload(other, theirs).status_code == 200
    assert shown(tfe, version) == version


def test_the_url_is_in_no_journal_log_or_state(
    tfe: mockserver.World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    version = made(tfe)
    shown(tfe, version)
    tfe.client.get(f"{SET}?include=newest_version")
    upload(tfe, version)
    upload(tfe, version)
    secret = version["links"]["upload"].rpartition(".")[2]
    kept = json.dumps([tfe.client.get("/_mock/journal").json, tfe.state()])
    assert version["id"] in kept
    assert secret not in kept + caplog.text
    assert [*tfe.journal][-1].path == "/_archivist/v1/object/[secret]"
    assert [*tfe.journal][-1].caller == f"whoever has the upload URL of {version['id']}"


# what is no archive


def link(
    name: str, target: str, type: bytes = tarfile.SYMTYPE
) -> Callable[[tarfile.TarFile], None]:
    return entry(name, type=type, linkname=target)


def several(*entries: Callable[[tarfile.TarFile], None]) -> bytes:
    return packed(lambda archive: [one(archive) for one in entries])


BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "it is no tar inside gzip, or it ends early"),
    "a text": (b"main = rule { true }", "it is no tar inside gzip, or it ends early"),
    "a tar without gzip": (gzip.decompress(POLICIES), "it is no tar inside gzip, or it ends early"),
    "gzip without a tar": (
        gzip.compress(b"x" * 4096),
        "it is no tar inside gzip, or it ends early",
    ),
    "cut short": (POLICIES[:-6], "it is no tar inside gzip, or it ends early"),
    "a wrong checksum": (
        POLICIES[:-8] + b"\0" * 4 + POLICIES[-4:],
        "it is no tar inside gzip, or it ends early",
    ),
    "something behind it": (POLICIES + b"x", "it is no tar inside gzip, or it ends early"),
    "an empty archive": (packed(lambda archive: None), "it holds no file"),
    "a folder alone": (packed(entry("policies", type=tarfile.DIRTYPE)), "it holds no file"),
    "a path that climbs": (
        packed(entry("policies/../../x", b"x")),
        "its entry 'policies/../../x' is outside its folder",
    ),
    "an absolute path": (packed(entry("/etc/x", b"x")), "its entry '/etc/x' is outside its folder"),
    "a link that climbs": (
        packed(entry("a/b", type=tarfile.SYMTYPE, linkname="../../x")),
        "its link 'a/b' leads outside its folder",
    ),
    "an absolute link": (
        packed(entry("a", type=tarfile.LNKTYPE, linkname="/etc/passwd")),
        "its link 'a' leads outside its folder",
    ),
    "a link that climbs over another": (
        several(link("a", "."), link("a/b", ".."), entry("a/b/x", b"x")),
        "its entry 'a/b' is below its link 'a'",
    ),
    "a file below a link": (
        several(link("a", "b"), entry("./a//x", b"x")),
        "its entry './a//x' is below its link 'a'",
    ),
    "a file below an entry that becomes a link": (
        several(entry("a/x", b"x"), link("a", "b")),
        "its entry 'a/x' is below its link 'a'",
    ),
    "a link over another": (
        several(link("b", "./a/.."), link("a", "."), entry("x", b"x")),
        "its link 'b' leads over its link 'a'",
    ),
    "a hard link to a link": (
        several(link("a/b", "../x"), link("c", "a/b", tarfile.LNKTYPE), entry("x", b"x")),
        "its link 'c' leads over its link 'a/b'",
    ),
    "a name that no system takes": (
        packed(entry("a/" * 2049 + "x", b"x")),
        "its entry " + "'a/a/a/a/…'" + " has a name of more than 4,096 letters",
    ),
    "a file without a name": (packed(entry("", b"x")), "its entry '' has no name"),
    "a file named as the folder": (packed(entry("./.", b"x")), "its entry './.' has no name"),
    "a device": (
        packed(entry("\x1b[31m", type=tarfile.CHRTYPE)),
        "its entry '\\x1b[31m' is neither a file, a folder nor a link",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_archive_of_policies_is_refused_and_the_version_stays_pending(
    tfe: mockserver.World, name: str
) -> None:
    content, why = BAD[name]
    version = made(tfe)
    assert fact(upload(tfe, version, content)) == why
    assert shown(tfe, version) == version
    assert upload(tfe, version).status_code == 200


def test_an_archive_of_many_entries_is_not_read_to_its_end(tfe: mockserver.World) -> None:
    many = gzip.compress(tarfile.TarInfo("a").tobuf() * 10_001, 1)
    assert fact(upload(tfe, made(tfe), many)) == "it has more than 10,000 entries"


def test_a_bomb_fills_no_memory(tfe: mockserver.World) -> None:
    header = tarfile.TarInfo("a")
    header.size = 50 * 1024**2
    large = gzip.compress(header.tobuf() + bytes(header.size), 1)
    bomb = gzip.compress(bytes(80 * 1024**2), 1)
    version = made(tfe)
    tracemalloc.start()
    try:
        assert fact(upload(tfe, version, bomb)) == "it unpacks into more than 64 MB"
        assert upload(tfe, version, large).status_code == 200
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    finally:
        tracemalloc.stop()


def test_long_headers_are_not_taken_in(tfe: mockserver.World) -> None:
    """The library would hold a header of any length, and look at each attribute in it."""
    names = packed(entry("a", b"x", pax_headers={"comment": "x" * 257 * 1024}))
    assert fact(upload(tfe, made(tfe), names)) == "its headers have more than 256 kB"


@pytest.mark.parametrize("size", [10**15, -(10**15), -1])
def test_a_size_that_nothing_has_is_refused_at_once(tfe: mockserver.World, size: int) -> None:
    """The library would read on behind the end, as far as the header says."""
    content = packed(entry("a", b"x", pax_headers={"size": str(size)}))
    assert fact(upload(tfe, made(tfe), content)) == "it is no tar inside gzip, or it ends early"


def test_a_damaged_header_is_not_the_end_of_an_archive(tfe: mockserver.World) -> None:
    whole = bytearray(gzip.decompress(packed(entry("a", b"x")) + packed(entry("b", b"y"))))
    whole[10_240:] = b"?" + whole[10_241:]
    joined = whole[:1024] + whole[10_240:]
    assert fact(upload(tfe, made(tfe), gzip.compress(joined))) == (
        "it is no tar inside gzip, or it ends early"
    )


def test_links_inside_an_archive_are_fine(tfe: mockserver.World) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        entry("./a/main.rego", b"package a")(archive)
        entry("a/same.rego", type=tarfile.SYMTYPE, linkname="../a/main.rego")(archive)
        entry("b.rego", type=tarfile.LNKTYPE, linkname="a/main.rego")(archive)
        entry("latest", type=tarfile.SYMTYPE, linkname="a")(archive)
        entry("c.rego", type=tarfile.SYMTYPE, linkname="latest/main.rego")(archive)
        entry("a/d.rego", type=tarfile.SYMTYPE, linkname="../latest")(archive)
        entry(".", type=tarfile.DIRTYPE)(archive)

    assert upload(tfe, made(tfe), packed(fill)).status_code == 200


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}])
def test_an_archive_that_is_compressed_once_more_is_refused(
    tfe: mockserver.World, headers: dict[str, str]
) -> None:
    version = made(tfe)
    answer = tfe.client.put(version["links"]["upload"], data=POLICIES, headers=headers)
    assert answer.status_code == 415


def test_an_archive_over_the_limit_is_refused(tfe: mockserver.World) -> None:
    version = made(tfe)
    assert upload(tfe, version, bytes(10 * 1024**2 + 1)).status_code == 413
    assert shown(tfe, version) == version


def test_a_second_upload_is_refused(tfe: mockserver.World) -> None:
    version = made(tfe)
    upload(tfe, version)
    again = upload(tfe, version)
    (error,) = again.json["errors"]
    assert (again.status_code, error["detail"]) == (
        422,
        "The policy set version has already been uploaded",
    )
    assert error["meta"]["fact"] == f"{version['id']} is ready"


@pytest.mark.tfe(edition="2026-08", strict=True)
def test_broken_archives_are_refused_whatever_is_broken(tfe: mockserver.World) -> None:
    """Any byte of the tar may be another one: what cannot be read is 422, and nothing is 500."""
    from hypothesis import given, settings
    from hypothesis import strategies as st

    plain = gzip.decompress(packed(entry("a" * 150, b"x" * 600, pax_headers={"path": "b" * 200})))

    @settings(max_examples=examples(200), deadline=None)
    @given(st.lists(st.tuples(st.integers(0, len(plain) - 1), st.integers(0, 255)), max_size=8))
    def broken(changes: list[tuple[int, int]]) -> None:
        content = bytearray(plain)
        for at, value in changes:
            content[at] = value
        assert upload(tfe, made(tfe), gzip.compress(content, 1)).status_code in (200, 422)

    broken()
    assert not any(seen.breach for seen in tfe.journal)


# fixtures


def test_a_world_with_versions_comes_back_from_its_state(tfe: mockserver.World) -> None:
    waiting, sent = made(tfe), made(tfe)
    upload(tfe, sent)
    with mockserver.universe(edition="2026-08", fixture=tfe.state()) as other:
        assert other.state() == tfe.state()
        assert shown(other, sent) == shown(tfe, sent)
        assert upload(other, shown(other, waiting)).status_code == 200


def test_reset_takes_versions_away(tfe: mockserver.World) -> None:
    version = made(tfe)
    tfe.reset()
    assert tfe.client.get(version["links"]["self"]).status_code == 404
    assert made(tfe) == version


def test_a_fixture_has_versions_in_every_status(tfe: mockserver.World) -> None:
    versions = [
        {"status": "errored", "error": "no policies", "error-message": "There are no policies."},
        {"status": "ingressing", "source": "github"},
        {"status": "pending", "source": "github"},
    ]
    sets = [{"name": "of-a-repository", "versions": versions}]
    document = {"organizations": [{"name": "acme", "email": "a@example.com", "policy-sets": sets}]}
    with mockserver.universe(edition="2026-08", fixture=document) as world:
        path = "/api/v2/organizations/acme/policy-sets?include=newest_version,current_version"
        answer = world.client.get(path).json
        assert answer["data"][0]["relationships"]["current-version"] == {"data": None}
        (newest,) = answer["included"]
        assert newest["attributes"]["status"] == "pending"
        assert "upload" not in newest["links"], "what comes from a repository is fetched"
        id = answer["data"][0]["id"]
        found = world.client.get(f"/api/v2/policy-sets/{id}/versions").json["data"]
        assert [one["attributes"]["error"] for one in found] == ["no policies", None, None]


def test_a_fixture_gives_a_set_versions_or_policies() -> None:
    policy = {"name": "one", "code": "main = rule { true }"}
    sets = [{"name": "both", "policies": ["one"], "versions": [{"status": "ready"}]}]
    organization = {
        "name": "acme",
        "email": "a@example.com",
        "policies": [policy],
        "policy-sets": sets,
    }
    with (
        pytest.raises(BadFixture, match="names its policies one by one"),
        mockserver.universe(edition="2026-08", fixture={"organizations": [organization]}),
    ):
        pass
