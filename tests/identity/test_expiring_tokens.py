"""Tokens of August 2026: they end some day, and a team has several."""

from __future__ import annotations

import pytest

import mockserver
from mockserver.world.seeding import BadFixture
from tests.client import ROOT

from .asking import ORG, TODAY, Asked, a, asked, token_of

TOKENS = f"{ROOT}/authentication-tokens"
DETAILS = f"{ROOT}/account/details"


def own(ask: Asked, name: str) -> str:
    return f"{ROOT}/users/{ask.user(name)}/authentication-tokens"


def described(text: str | None, **more: str | None) -> dict[str, object]:
    return a("authentication-tokens", description=text, **more)


def several(ask: Asked, team: str = "staff") -> str:
    return f"{ROOT}/teams/{ask.team(team)}/authentication-tokens"


def test_a_token_ends_in_two_years_where_nobody_says_and_never_where_null_is_sent(
    today: Asked,
) -> None:
    made = today.post("mel", own(today, "mel"), a("authentication-tokens"))
    assert made.attributes(201)["expired-at"] == "2028-08-01T00:00:00.000Z"
    endless = today.post("mel", own(today, "mel"), described(None, expired_at=None))
    assert endless.attributes(201)["expired-at"] is None


def test_two_years_after_29_february_is_1_march() -> None:
    with asked(TODAY, edition="2026-08", now="2028-02-29T12:00:00.000Z") as leap:
        made = leap.post("mel", own(leap, "mel"), a("authentication-tokens"))
        assert made.attributes(201)["expired-at"] == "2030-03-01T12:00:00.000Z"


def test_a_token_that_has_ended_opens_nothing(today: Asked) -> None:
    end = "2026-08-01T02:00:00+01:00"
    made = today.post("mel", own(today, "mel"), described("short", expired_at=end))
    assert made.attributes(201)["expired-at"] == "2026-08-01T01:00:00.000Z"
    secret = token_of(made)
    today.tfe.clock.advance(3599)
    today.get(secret, DETAILS).ok(200)
    today.tfe.clock.advance(1)
    today.get(secret, DETAILS).ok(401)
    today.get("mel", f"{TOKENS}/{made.json['data']['id']}").ok(200)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("2020-01-01T00:00:00.000Z", 401),
        ("2026-08-01T00:00:00.000Z", 401),  # the moment at which the world begins
        ("2026-08-01T00:00:00.001Z", 200),
        (None, 200),
    ],
)
def test_a_token_of_a_fixture_that_has_ended_opens_nothing_either(
    end: str | None, status: int
) -> None:
    owned = ORG.rpartition("/")[2]
    names = {"user": "mel", "team": f"{owned}/staff", "organization": owned}
    with asked(TODAY, edition="2026-08") as world:
        for what, name in names.items():
            token = {"name": f"of-{what}", what: name, "expired-at": end, "description": "one more"}
            world.tfe.seed({"tokens": [token]})
            world.get(f"of-{what}", f"{ROOT}/organizations").ok(status)
            said = f"the token of {what} {name} ended at {end}" if status == 401 else None
            assert [*world.tfe.journal][-1].why == said


@pytest.mark.parametrize("end", ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "soon", 5])
def test_an_end_that_is_no_moment_is_refused(today: Asked, end: str) -> None:
    refused = today.post("mel", own(today, "mel"), described("x", expired_at=end))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/expired-at"])
    assert refused.errors[0]["detail"] == "Expired at is invalid"


@pytest.mark.parametrize("holder", ["user", "team", "a team", "organization", "agent pool"])
@pytest.mark.parametrize(
    ("end", "over"),
    [
        ("2020-01-01T00:00:00.000Z", True),
        ("2026-08-01T01:00:00+01:00", True),  # now
        ("2026-08-01T00:00:00.001Z", False),
        (None, False),
    ],
)
def test_a_new_token_that_has_ended_already_is_a_finding(
    today: Asked, holder: str, end: str | None, over: bool
) -> None:
    pool = a("agent-pools", name="hosts")
    places = {
        "user": lambda: own(today, "olga"),
        "team": lambda: several(today),
        "a team": lambda: f"{ROOT}/teams/{today.team('staff')}/authentication-token",
        "organization": lambda: f"{ORG}/authentication-token",
        "agent pool": lambda: (
            f"{ROOT}/agent-pools/"
            f"{today.post('olga', f'{ORG}/agent-pools', pool).json['data']['id']}/authentication-tokens"
        ),
    }
    said = {"expired_at": end, **({} if holder == "organization" else {"description": "short"})}
    today.post("olga", places[holder](), a("authentication-tokens", **said)).ok(201)
    findings = [*today.tfe.journal][-1].findings
    assert len(findings) == over
    for finding in findings:
        assert finding["pointer"] == "/data/attributes/expired-at"
        assert "and it is 2026-08-01T00:00:00.000Z: the token opens nothing" in finding["fact"]
        assert finding["hint"] == "Send a later moment, or null for a token that never ends."


def test_a_team_has_several_tokens_told_apart_by_description(today: Asked) -> None:
    one = today.post("mel", several(today), described("one"))
    two = today.post("mel", several(today), described("two"))
    for made in (one, two):
        today.get(token_of(made), f"{ROOT}/teams/{today.team('staff')}").ok(200)
        assert made.json["data"]["relationships"]["team"]["data"]["id"] == today.team("staff")
    again = today.post("mel", several(today), described("two"))
    assert again.errors[0]["detail"] == "Validation failed: Description has already been taken"
    today.delete("mel", f"{TOKENS}/{two.json['data']['id']}").ok()
    today.get(token_of(two), ORG).ok(401)
    today.get(token_of(one), ORG).ok(200)


def test_the_token_without_a_description_is_one_and_replaced(today: Asked) -> None:
    legacy = f"{ROOT}/teams/{today.team('staff')}/authentication-token"
    today.post("mel", several(today), described("beside")).ok(201)
    made = today.post("mel", legacy)
    today.get("staff-token", ORG).ok(401)
    today.get(token_of(made), ORG).ok(200)
    assert today.get("mel", legacy).data()["id"] == made.json["data"]["id"]
    today.delete("mel", legacy).ok()
    today.get("mel", legacy).ok(404)
    today.delete("mel", legacy).ok(404)
    assert len(today.get("tim", f"{ORG}/team-tokens").data()) == 1


def test_members_manage_the_tokens_of_a_team_unless_it_says_no(today: Asked) -> None:
    team = f"{ROOT}/teams/{today.team('staff')}"
    today.patch("tim", team, a("teams", allow_member_token_management=False)).ok(200)
    today.post("mel", several(today), described("x")).ok(404)
    made = today.post("tim", several(today), described("x"))
    today.get("mel", f"{TOKENS}/{made.json['data']['id']}").ok(404)
    today.delete("tim", f"{TOKENS}/{made.json['data']['id']}").ok()


def test_who_made_a_token_is_a_user_a_team_or_an_organization(today: Asked) -> None:
    for who, type in (("tim", "users"), ("staff-token", "teams"), ("org-token", "organizations")):
        made = today.post(who, several(today), described(who))
        by = made.json["data"]["relationships"]["created-by"]["data"]
        assert by["type"] == type
    state = today.tfe.state()
    with asked(state, edition="2026-08") as again:
        assert again.tfe.state() == state


def test_an_organization_has_a_token_for_audit_trails_beside_the_other(today: Asked) -> None:
    path = f"{ORG}/authentication-token"
    ordinary = today.get("olga", path).data()["id"]
    made = today("olga", "POST", path, query={"token": "audit-trails"})
    assert made.json["data"]["id"] != ordinary
    assert today.get("olga", path).data()["id"] == ordinary
    found = today.get("olga", path, token="audit-trails").data()
    assert found["id"] == made.json["data"]["id"]
    today("olga", "DELETE", path, query={"token": "audit-trails"}).ok()
    today.get("olga", path, token="audit-trails").ok(404)
    today.get("olga", path, token="others").ok(422)


def test_the_tokens_of_teams_are_listed_by_team_and_end(today: Asked) -> None:
    ends = {"late": "2026-09-15T00:00:00Z", "soon": "2026-08-05T00:00:00Z", "never": None}
    for name, end in ends.items():
        today.post("mel", several(today), described(name, expired_at=end)).ok(201)
    path = f"{ORG}/team-tokens"

    def names(**query: str) -> list[str | None]:
        listed = today.get("tim", path, **query).data()
        return [one["attributes"]["description"] for one in listed]

    assert names(sort="expired-at") == ["never", "soon", "late", None]
    assert names(sort="-expired-at") == [None, "late", "soon", "never"]
    assert names(q="STAFF") == [None, "late", "soon", "never"]
    assert names(q="leads") == []
    assert names(**{"filter[expiry_status]": "expiring_in_7_days,no_expiration"}) == [
        "soon",
        "never",
    ]
    assert names(**{"filter[expiry_status]": "expired"}) == []
    today.get("mel", path).ok(404)


def test_an_empty_list_of_expired_tokens_has_them_once_they_have_ended(today: Asked) -> None:
    today.post("mel", several(today), described("short", expired_at="2026-08-02T00:00:00Z")).ok(201)

    def expired() -> list[str]:
        listed = today.get("tim", f"{ORG}/team-tokens", **{"filter[expiry_status]": "expired"})
        return [one["attributes"]["description"] for one in listed.data()]

    assert expired() == []
    today.tfe.clock.advance(2 * 24 * 3600)
    assert expired() == ["short"]


def test_tokens_of_a_fixture_are_one_a_description() -> None:
    twice = {"name": "again", "team": "acme/staff"}
    with (
        pytest.raises(BadFixture, match="has a token without a description already"),
        mockserver.universe(
            fixture={**TODAY, "tokens": [*TODAY["tokens"], twice]}, edition="2026-08"
        ),
    ):
        pass
