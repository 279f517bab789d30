"""Bad input that the issue names, as series of calls and as fixtures."""

from __future__ import annotations

import io
import json
import threading
from typing import Any

import pytest

from mockserver.client import ControlError
from mockserver.contract.fixtures import UnfitFixture
from mockserver.contract.operations import JSONAPI
from mockserver.world.seeding import BadFixture
from tests.client import ROOT

from .asking import ACCOUNT, DOCUMENT, ORG, TEAMS, Asked, a, a_team, asked, token_of, users

SETS = f"{ORG}/policy-sets"


# tokens that end in the middle


def test_a_token_revoked_in_the_middle_of_a_series_ends_the_series(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('policy')}/authentication-token"
    token = token_of(ask.post("pol", path))
    made = ask.post(token, SETS, a("policy-sets", name="first")).data(201)["id"]
    ask.delete("pol", path).ok()
    before = ask.tfe.state()
    for answer in (
        ask.post(token, SETS, a("policy-sets", name="second")),
        ask.patch(token, f"{ROOT}/policy-sets/{made}", a("policy-sets", description="x")),
        ask.delete(token, f"{ROOT}/policy-sets/{made}"),
        ask.delete(token, path),
    ):
        assert answer.said(401) == [("unauthorized", None)]
        assert "never made, revoked, or its owner is gone" in ask.why
    assert ask.tfe.state() == before


class Slow(io.BytesIO):
    """A body that tells when it is read: the request is past the door then, and not yet at work."""

    def __init__(self, content: bytes, arrived: threading.Event) -> None:
        super().__init__(content)
        self.arrived = arrived

    def readinto(self, buffer: Any) -> int:
        self.arrived.set()
        return super().readinto(buffer)

    def read(self, size: int | None = -1) -> bytes:
        self.arrived.set()
        return super().read(size)


def test_a_request_that_waited_while_its_token_was_revoked_is_refused(ask: Asked) -> None:
    """It was let in before, and does its work after: the token is asked again in between."""
    path = f"{ROOT}/teams/{ask.team('policy')}/authentication-token"
    token = token_of(ask.post("pol", path))
    universe = ask.tfe._link.server.universes.get(ask.tfe.token)  # type: ignore[attr-defined]
    body = json.dumps(a("policy-sets", name="late")).encode()
    arrived, statuses = threading.Event(), []

    def late() -> None:
        made = ask.tfe.client.post(
            SETS,
            input_stream=Slow(body, arrived),
            content_length=len(body),
            content_type=JSONAPI,
            headers={"Authorization": f"Bearer {token}"},
        )
        statuses.append(made.status_code)

    waiting = threading.Thread(target=late)
    with universe.writing:
        waiting.start()
        assert arrived.wait(10)
        ask.delete("pol", path).ok()
    waiting.join(10)
    assert statuses == [401]
    assert ask.get("pol", SETS).names() == ["production"]


def test_a_team_token_ends_with_its_team(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('policy')}"
    token = token_of(ask.post("pol", f"{path}/authentication-token"))
    ask.get(token, SETS).ok(200)
    ask.delete("olga", path).ok()
    ask.get(token, SETS).ok(401)
    ask.post("olga", TEAMS, a_team("policy", "manage-policies")).ok(200)
    ask.get(token, SETS).ok(401)  # a team of the same name is another team


def test_a_lock_that_a_vanished_team_held_can_be_undone(ask: Asked) -> None:
    token = token_of(ask.post("olga", f"{ROOT}/teams/{ask.team('writers')}/authentication-token"))
    actions = f"{ROOT}/workspaces/{ask.workspace()}/actions"
    ask.post(token, f"{actions}/lock").ok(200)
    ask.delete("olga", f"{ROOT}/teams/{ask.team('writers')}").ok()
    ask.post("ada", f"{actions}/unlock").ok(200)


def test_the_organizations_token_locks_and_is_not_named(ask: Asked) -> None:
    actions = f"{ROOT}/workspaces/{ask.workspace()}/actions"
    assert "locked-by" not in ask.post("org-token", f"{actions}/lock").data()["relationships"]
    said = ask.post("ada", f"{actions}/unlock").said(409)
    assert said[0][0].startswith(
        "Unable to unlock workspace. The workspace is locked by Organization acme"
    )
    ask.post("org-token", f"{actions}/unlock").ok(200)


def test_a_user_who_leaves_owners_by_himself_cannot_come_back_by_himself(ask: Asked) -> None:
    owners = f"{ROOT}/teams/{ask.team('owners')}/relationships/users"
    assert ask.delete("olga", owners, users("olga")).said() == [
        ("The owners team cannot be empty", "/data")
    ]
    ask.post("olga", owners, users("mel")).ok()
    ask.delete("olga", owners, users("olga")).ok()
    ask.post("olga", owners, users("olga")).ok(404)
    assert ask.members("owners") == ["mel"]


def test_a_password_change_with_a_wrong_confirmation_says_so_and_changes_nothing(
    ask: Asked,
) -> None:
    before = ask.tfe.state()
    document = a("users", current_password="", password="one", password_confirmation="two")
    answer = ask.patch("mel", f"{ACCOUNT}/password", document)
    assert answer.said() == [
        (
            "Password confirmation doesn't match Password",
            "/data/attributes/password-confirmation",
        )
    ]
    assert ask.tfe.state() == before


@pytest.mark.parametrize("token", ["KEY..", "KEY.mel.", "KEY.MEL", "key.mel", ".mel", "mel", "."])
def test_a_token_that_is_nearly_right_is_wrong(ask: Asked, token: str) -> None:
    value = token.replace("KEY", ask.tfe.token)
    made = ask.tfe.client.get(f"{ROOT}/organizations", headers={"Authorization": f"Bearer {value}"})
    assert made.status_code == 401


# names that differ in case only


def test_names_that_differ_in_case_only_are_one_name(ask: Asked) -> None:
    taken = (
        ask.post("olga", TEAMS, a_team("STAFF")),
        ask.patch("mel", f"{ACCOUNT}/update", a("users", username="Rex")),
    )
    assert [answer.said()[0][0] for answer in taken] == [
        "Name has already been taken",
        "Username has already been taken",
    ]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"users": [{"username": "ann"}, {"username": "Ann"}]}, "/users/1: The username 'ann' is taken by the user"),
        ({"users": [{"username": "Admin", "id": "user-x"}, {"username": "ADMIN", "id": "user-y"}]},
         "/users/1/id: admin already has the id user-x"),
        ({"organizations": [{"name": "acme"}, {"name": "ACME"}]}, "/organizations/1: "),
        ({"organizations": [{"name": "acme", "teams": [{"name": "a"}, {"name": "A"}]}]},
         "/organizations/0/teams/1: The name 'a' is taken by the team"),
        ({"organizations": [{"name": "acme", "teams": [{"name": "Owners"}]}]},
         "/organizations/0/teams/0: The name 'owners' is taken by the team"),
        ({"organizations": [{"name": "acme", "teams": [{"name": "a"}], "workspaces": [
            {"name": "w", "team-access": {"a": "read", "A": "admin"}}]}]},
         "/organizations/0/workspaces/0/team-access/A: "),
    ],
)  # fmt: skip
def test_in_a_fixture_they_are_a_fault_with_both_places(document: Any, fault: str) -> None:
    with pytest.raises(BadFixture) as bad, asked(document):
        pass
    assert fault in str(bad.value)


# names that are missing, circular, or of another organization


def bad(document: Any) -> list[tuple[str, str]]:
    """Pointer and detail of every fault of a fixture."""
    with pytest.raises(BadFixture) as refused, asked(document):
        pass
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_every_missing_name_is_told_with_its_place() -> None:
    organization = {
        "name": "acme",
        "owners": ["nobody"],
        "teams": [{"name": "staff", "members": ["admin", "anna"]}],
        "workspaces": [{"name": "web", "team-access": {"stuff": "read"}}],
    }
    document = {
        "users": [{"username": "ann"}],
        "organizations": [organization],
        "tokens": [
            {"name": "a", "user": "anne"},
            {"name": "b", "team": "acme/nowhere"},
            {"name": "c", "team": "nowhere/staff"},
            {"name": "d", "organization": "nowhere"},
            {"name": "e", "team": "acme/staff", "created-by": "nobody"},
        ],
    }
    assert bad(document) == [
        ("/organizations/0/owners/0", "There is no user 'nobody'."),
        ("/organizations/0/teams/0/members/1", "There is no user 'anna'. Did you mean 'ann'?"),
        (
            "/organizations/0/workspaces/0/team-access/stuff",
            "There is no team 'stuff' in the organization acme. Did you mean 'staff'?",
        ),
        ("/tokens/0/user", "There is no user 'anne'. Did you mean 'ann'?"),
        (
            "/tokens/1/team",
            "There is no team 'nowhere' in the organization acme. Did you mean 'owners'?",
        ),
        ("/tokens/2/team", "There is no organization 'nowhere'."),
        ("/tokens/3/organization", "There is no organization 'nowhere'."),
        ("/tokens/4/created-by", "There is no user 'nobody'."),
    ]


def test_what_refers_to_itself_or_to_what_refers_to_it_is_missing() -> None:
    organization = {
        "name": "acme",
        "owners": ["acme"],
        "teams": [{"name": "red", "members": ["blue"]}, {"name": "blue", "members": ["red"]}],
    }
    assert [pointer for pointer, _ in bad({"organizations": [organization]})] == [
        "/organizations/0/owners/0",
        "/organizations/0/teams/0/members/0",
        "/organizations/0/teams/1/members/0",
    ]


def test_a_team_of_another_organization_cannot_be_named_by_its_id() -> None:
    document = {
        "organizations": [
            {"name": "acme", "teams": [{"name": "staff", "id": "team-acme1"}]},
            {
                "name": "globex",
                "workspaces": [{"name": "web", "team-access": {"team-acme1": "admin"}}],
            },
        ],
        "tokens": [{"name": "t", "team": "globex/team-acme1"}],
    }
    assert [pointer for pointer, _ in bad(document)] == [
        "/organizations/1/workspaces/0/team-access/team-acme1",
        "/tokens/0/team",
    ]


def test_owners_can_be_given_neither_access_nor_less_than_every_right() -> None:
    organization = {
        "name": "acme",
        "teams": [{"name": "owners", "organization-access": {"manage-policies": False}}],
        "workspaces": [{"name": "web", "team-access": {"owners": "read"}}],
    }
    assert bad({"organizations": [organization]}) == [
        (
            "/organizations/0/teams/0/organization-access/manage-policies",
            "the team owners has every right in its organization",
        ),
        (
            "/organizations/0/workspaces/0/team-access/owners",
            "The owners team has admin access to every workspace: leave it out",
        ),
    ]


def test_a_team_and_an_organization_have_one_token() -> None:
    tokens = [
        {"name": "a", "team": "acme/owners"},
        {"name": "b", "team": "acme/owners"},
        {"name": "c", "organization": "acme"},
        {"name": "d", "organization": "acme"},
        {"name": "e", "user": "admin"},
        {"name": "f", "user": "admin"},
        {"name": "a", "user": "admin"},
    ]
    faults = bad({"organizations": [{"name": "acme"}], "tokens": tokens})
    assert [pointer for pointer, _ in faults] == ["/tokens/1", "/tokens/3", "/tokens/6"]
    assert faults[0][1] == "team 'acme/owners' has a token already: it can have one"


@pytest.mark.parametrize(
    "token",
    [{"name": "a"}, {"user": "admin"}, {"name": "a", "user": "admin", "team": "x/y"},
     {"name": "a", "team": "no-slash"}, {"name": "a b", "user": "admin"}],
)  # fmt: skip
def test_a_token_of_nobody_of_two_or_without_a_name_is_no_fixture(token: dict[str, str]) -> None:
    with pytest.raises(UnfitFixture), asked({"tokens": [token]}):
        pass


def test_a_bad_seed_changes_nothing(ask: Asked) -> None:
    before = ask.tfe.state()
    document = {
        "users": [{"username": "new"}, {"username": "MEL", "email": "x@example.com"}],
        "tokens": [{"name": "new", "user": "new"}],
    }
    with pytest.raises(ControlError, match=r"/users/1/email: The world already has the user 'mel'"):
        ask.tfe.seed(document)
    assert ask.tfe.state() == before


def test_the_world_of_these_tests_is_written_down_and_read_again() -> None:
    with asked(DOCUMENT) as ask:
        state = ask.tfe.state()
    with asked(state, seed=3) as again:
        assert again.tfe.state() == state
