"""Memberships of August 2026: who is in an organization or invited to it, and in which teams."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import ROOT

from .asking import ORG, TODAY, Asked, a, asked, users

MEMBERSHIPS = f"{ORG}/organization-memberships"


def invitation(email: str, *teams: str) -> dict[str, Any]:
    document = a("organization-memberships", email=email)
    linked = [{"type": "teams", "id": id} for id in teams]
    document["data"]["relationships"] = {"teams": {"data": linked}}
    return document


def of(ask: Asked, name: str) -> str:
    """Id of a member's membership."""
    found = ask.get("olga", MEMBERSHIPS, q=name).data()
    return str(found[0]["id"])


def named(*ids: str) -> dict[str, Any]:
    return {"data": [{"type": "organization-memberships", "id": id} for id in ids]}


def test_owners_and_members_of_teams_are_members_without_being_named(today: Asked) -> None:
    listed = today.get("max", MEMBERSHIPS).data()
    emails = {one["attributes"]["email"]: one["attributes"]["status"] for one in listed}
    assert emails == {
        "olga@example.com": "active",
        "mel@example.com": "active",
        "max@example.com": "active",
        "tim@example.com": "active",
        "ina@example.com": "invited",
    }


def test_who_has_no_account_is_invited_and_seen_in_teams_by_membership_alone(
    today: Asked,
) -> None:
    staff = today.team("staff")
    made = today.post("olga", MEMBERSHIPS, invitation("new@example.com", staff))
    assert made.attributes(201)["status"] == "invited"
    (user,) = made.json["included"]
    assert made.json["data"]["relationships"]["user"]["data"]["id"] == user["id"]
    assert user["attributes"]["username"] is None  # the provider's suite reads it as ""
    assert user["attributes"]["email"] == made.attributes(201)["email"]
    team = today.get("olga", f"{ROOT}/teams/{staff}").data()
    assert team["attributes"]["users-count"] == 1
    assert len(team["relationships"]["users"]["data"]) == 1
    assert len(team["relationships"]["organization-memberships"]["data"]) == 2


def test_who_has_an_account_is_a_member_at_once(today: Asked) -> None:
    today.get("sam", ORG).ok(404)
    made = today.post("max", MEMBERSHIPS, invitation("SAM@example.com"))
    assert made.attributes(201)["status"] == "active"
    today.get("sam", ORG).ok(200)


def test_nobody_is_invited_twice_and_nothing_is_made_where_a_team_is_unknown(
    today: Asked,
) -> None:
    again = today.post("olga", MEMBERSHIPS, invitation("mel@example.com"))
    assert again.errors[0]["detail"] == "Email has already been taken"
    before = today.tfe.state()
    refused = today.post("olga", MEMBERSHIPS, invitation("new@example.com", "team-none"))
    assert refused.pointers == ["/data/relationships/teams/data/0"]
    assert today.tfe.state() == before


@pytest.mark.parametrize("email", ["", "nobody", "a@", "@b", "a b@c.d"])
def test_what_is_no_address_is_refused(today: Asked, email: str) -> None:
    refused = today.post("olga", MEMBERSHIPS, invitation(email))
    assert refused.pointers == ["/data/attributes/email"]
    assert refused.status == 422


def test_who_is_only_invited_sees_nothing(today: Asked) -> None:
    today.get("ina", ORG).ok(404)
    assert len(today.get("ina", f"{ROOT}/organization-memberships").data()) == 1


def test_members_see_members_and_only_who_manages_them_invites(today: Asked) -> None:
    today.get("mel", f"{ROOT}/organization-memberships/{of(today, 'olga')}").ok(200)
    today.get("sam", MEMBERSHIPS).ok(404)
    today.post("mel", MEMBERSHIPS, invitation("new@example.com")).ok(404)
    assert "manage membership" in today.why
    today.post("max", MEMBERSHIPS, invitation("new@example.com")).ok(201)


def test_filters_choose_by_status_and_by_addresses(today: Asked) -> None:
    def emails(**query: str) -> list[str]:
        listed = today.get("olga", MEMBERSHIPS, **query).data()
        return [one["attributes"]["email"] for one in listed]

    assert emails(**{"filter[status]": "invited"}) == ["ina@example.com"]
    wanted = "MEL@example.com, max@example.com"
    assert emails(**{"filter[email]": wanted}) == ["mel@example.com", "max@example.com"]
    assert emails(q="OLG") == ["olga@example.com"]
    today.get("olga", MEMBERSHIPS, **{"filter[status]": "gone"}).ok(422)


def test_who_is_removed_is_out_of_every_team_and_keeps_the_account(today: Asked) -> None:
    today.delete("max", f"{ROOT}/organization-memberships/{of(today, 'mel')}").ok()
    assert today.members("staff") == []
    today.get("mel", ORG).ok(404)
    today.get("mel", f"{ROOT}/account/details").ok(200)


def test_an_owner_does_not_remove_himself_nor_anybody_the_last_owner(today: Asked) -> None:
    for who in ("olga", "org-token", "max"):
        refused = today.delete(who, f"{ROOT}/organization-memberships/{of(today, 'olga')}")
        assert refused.status == 403
        detail = "You cannot remove yourself from organizations which you own"
        assert refused.errors[0]["detail"] == detail


# teams


def test_only_members_join_a_team_and_all_of_them_or_none(today: Asked) -> None:
    path = f"{ROOT}/teams/{today.team('staff')}/relationships/users"
    refused = today.post("max", path, users("tim", "sam", "ina", "mel"))
    assert refused.status == 400
    assert refused.pointers == ["/data/1/id", "/data/2/id", "/data/3/id"]
    assert [error["detail"] for error in refused.errors] == [
        "User is not a member of the organization",
        "User is not a member of the organization",
        "User is already a member of the team",
    ]
    today.post("max", path, users("TIM")).ok()
    assert today.members("staff") == ["mel", "tim"]
    assert today.delete("max", path, users("olga")).status == 400
    today.delete("max", path, users("mel", "tim")).ok()
    assert today.members("staff") == []


def test_an_invitation_is_enough_to_join_a_team_by_membership(today: Asked) -> None:
    team = f"{ROOT}/teams/{today.team('staff')}/relationships/organization-memberships"
    today.post("max", team, named(of(today, "ina"))).ok()
    listed = today.get("mel", team, sort="-status").data()
    assert [one["attributes"]["status"] for one in listed] == ["invited", "active"]
    only = today.get("mel", team, **{"filter[status]": "active"}).data()
    assert [one["attributes"]["email"] for one in only] == ["mel@example.com"]
    assert today.get("mel", team, **{"filter[is_service_account]": "true"}).data() == []
    assert today.delete("max", team, named("ou-none")).pointers == ["/data/0/id"]
    today.delete("max", team, named(of(today, "ina"))).ok()


def test_owners_keep_one_member_and_who_manages_teams_does_not_become_one(today: Asked) -> None:
    path = f"{ROOT}/teams/{today.team('owners')}"
    for who in ("max", "tim"):
        today.post(who, f"{path}/relationships/users", users(who)).ok(404)
    assert "for owners alone" in today.why
    today.patch("tim", path, a("teams", sso_team_id="x")).ok(404)
    refused = today.delete("olga", f"{path}/relationships/users", users("olga"))
    assert (refused.status, refused.errors[0]["detail"]) == (403, "The owners team cannot be empty")


def test_a_team_is_seen_by_its_members_and_by_all_where_it_is_visible(today: Asked) -> None:
    def names(who: str, **query: str) -> list[str]:
        found = today.get(who, f"{ORG}/teams", **query).data()
        return [team["attributes"]["name"] for team in found]

    assert names("mel") == ["open", "staff"]
    assert names("tim") == ["hosts", "leads", "open", "owners", "staff"]
    assert names("tim", q="STA") == ["staff"]
    assert names("tim", **{"filter[names]": "open,hosts,none"}) == ["hosts", "open"]
    today.get("mel", f"{ROOT}/teams/{today.team('hosts')}").ok(404)
    today.get("sam", f"{ROOT}/teams/{today.team('open')}").ok(404)


def test_who_manages_teams_makes_and_deletes_them_and_owners_are_shown_as_they_are(
    today: Asked,
) -> None:
    made = today.post("tim", f"{ORG}/teams", a("teams", name="new"))
    assert made.attributes(200)["visibility"] == "secret"
    assert not any(made.attributes(200)["organization-access"].values())
    today.delete("tim", f"{ROOT}/teams/{made.json['data']['id']}").ok()
    owners = today.get("olga", f"{ROOT}/teams/{today.team('owners')}").attributes()
    assert all(owners["organization-access"].values())
    false = {name for name, may in owners["permissions"].items() if not may}
    assert false == {
        "can-destroy",
        "can-update-name",
        "can-update-organization-access",
        "can-update-visibility",
    }


def test_a_world_is_the_same_again_from_its_state(today: Asked) -> None:
    today.post("olga", MEMBERSHIPS, invitation("new@example.com", today.team("staff"))).ok(201)
    owners = f"{ROOT}/teams/{today.team('owners')}"
    today.patch("olga", owners, a("teams", description="who owns it")).ok(200)
    state = today.tfe.state()
    with asked(state, edition="2026-08") as again:
        assert again.tfe.state() == state


def test_an_entry_says_more_about_who_is_a_member_already() -> None:
    organization = {
        **TODAY["organizations"][0],
        "organization-memberships": [{"id": "ou-me1", "user": "mel", "status": "inactive"}],
    }
    with asked({**TODAY, "organizations": [organization]}, edition="2026-08") as world:
        shown = world.get("olga", f"{ROOT}/organization-memberships/ou-me1").attributes()
        assert shown["status"] == "inactive"
        world.get("mel", ORG).ok(404)
