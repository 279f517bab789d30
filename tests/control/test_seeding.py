"""Seeding: what was made is told by name, and a bad fixture is refused with place and reason."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

import mockserver
from mockserver.client import ControlError
from mockserver.contract import editions, load
from mockserver.contract.files import shipped_fixtures
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture
from mockserver.pipeline.server import served
from mockserver.world.fixture_schema import fixture_schema
from mockserver.world.seeding import BadFixture

from .asking import ask, faults, names_of_sets

EMPTY = pytest.mark.tfe(fixture="empty")


def within(organization: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"organizations": [{"name": "o", **organization}], **beside}


# what is made


@EMPTY
def test_what_was_made_is_told_by_type_and_by_name_with_those_of_its_owners(tfe: Any) -> None:
    answer = ask(tfe, "POST", "seed", {"fixture": "documented"})
    assert answer.status_code == 201
    records = answer.json["records"]
    assert records["organizations"] == {"my-organization": "my-organization"}
    assert records["policies"] == {
        "my-organization/my-example-policy": "pol-u3S5p2Uwk21keu1s",
        "my-organization/my-other-policy": "pol-2HRvNs49EWPjDqT1",
    }
    assert records["policy-sets"] == {"my-organization/production": "polset-3yVQZvHzf5j3WRJ1"}
    assert records["workspaces"]["my-organization/workspace-2"] == "ws-u3S5p2Uwk21keu1s"
    assert names_of_sets(tfe.client) == ["production"]


class Word(str):
    """A kind of text, as enumerations and templates have their own."""


@pytest.mark.parametrize("edition", editions())
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(MappingProxyType(within({})), id="a mapping"),
        pytest.param(UserDict(organizations=({"name": "o"},)), id="another, with a tuple"),
        pytest.param({"organizations": [MappingProxyType({"name": "o"})]}, id="a mapping within"),
        pytest.param({"organizations": [UserDict(name="o")]}, id="another within"),
        pytest.param({"organizations": [{Word("name"): Word("o")}]}, id="a kind of text"),
    ],
)
def test_a_document_in_python_may_be_of_any_mappings_and_texts(
    document: Mapping[str, Any], edition: str
) -> None:
    with mockserver.universe(fixture=document, edition=edition) as tfe:
        assert [one["name"] for one in tfe.state()["organizations"]] == ["o"]
    with mockserver.universe(fixture="empty", edition=edition) as tfe:
        assert tfe.seed(document)["organizations"] == {"o": "o"}


@EMPTY
def test_a_document_and_the_name_of_one_make_the_same(tfe: Any) -> None:
    import json

    from mockserver.contract.files import shipped_fixtures

    document = json.loads(shipped_fixtures("2019-07")["documented"].read_text())
    by_name = ask(tfe, "POST", "seed", {"fixture": "documented"}).json
    tfe.reset()
    assert ask(tfe, "POST", "seed", document).json == by_name


@EMPTY
def test_an_entry_without_an_id_gets_one(tfe: Any) -> None:
    made = tfe.seed(within({"policy-sets": [{"name": "s"}]}))
    id = made["policy-sets"]["o/s"]
    assert tfe.client.get(f"/api/v2/policy-sets/{id}").status_code == 200


@EMPTY
def test_nothing_but_a_version_makes_nothing(tfe: Any) -> None:
    before = tfe.state()
    for document in ({}, {"version": 1}, {"organizations": []}):
        assert ask(tfe, "POST", "seed", document).status_code == 201
    assert tfe.state() == before


def test_an_entry_for_admin_says_more_about_him(tfe: Any) -> None:
    tfe.seed({"users": [{"username": "admin", "email": "new@example.com"}]})
    admin = next(user for user in tfe.state()["users"] if user["username"] == "admin")
    assert admin["email"] == "new@example.com"


@EMPTY
def test_an_organization_without_owners_is_owned_by_admin(tfe: Any) -> None:
    tfe.seed(within({}))
    assert tfe.state()["organizations"][0]["owners"] == ["admin"]


def test_seeding_is_no_exchange_and_a_reset_takes_it_back(tfe: Any) -> None:
    before = tfe.state()
    tfe.seed(within({"policy-sets": [{"name": "s"}]}))
    assert len(tfe.journal) == 0
    tfe.reset()
    assert tfe.state() == before


def test_a_shipped_world_can_be_added_to_any_world_that_has_none_of_it() -> None:
    for fixture in ("empty", {"users": [{"username": "eve"}]}, {"organizations": [{"name": "o"}]}):
        with mockserver.universe(fixture=fixture, seed=5) as tfe:
            assert "my-organization" in tfe.seed("documented")["organizations"]


# what is refused

NAMES = "a string of letters, digits, - and _"
UNFIT = [
    pytest.param(
        {"organisations": []},
        [("/organisations", "organisations is not listed (…); expected no such member. Did you mean organizations?")],
        id="a misspelled member",
    ),
    pytest.param(
        {"organizations": [{"nam": "x"}]},
        [
            ("/organizations/0/nam",
             "organizations[].nam is not listed (…); expected no such member. Did you mean name?"),
            ("/organizations/0/name",
             f"organizations[].name is missing; expected {NAMES}. Write organizations[].name: {NAMES}."),
        ],
        id="a misspelled name",
    ),
    pytest.param(
        {
            "organizations": [
                {
                    "name": "a b",
                    "email": 5,
                    "policies": [{"name": "p", "mode": "lenient"}],
                    "policy-sets": [{"name": "s", "global": "yes", "policies": "p"}],
                }
            ]
        },
        [
            ("/organizations/0/email",
             "organizations[].email is 5; expected a string that is not empty. "
             "Write a string that is not empty as organizations[].email."),
            ("/organizations/0/name",
             f'organizations[].name is "a b"; expected {NAMES}. Write {NAMES} as organizations[].name.'),
            ("/organizations/0/policies/0/mode",
             'organizations[].policies[].mode is "lenient"; '
             'expected one of "hard-mandatory", "soft-mandatory", "advisory". '
             'Write one of "hard-mandatory", "soft-mandatory", "advisory" as organizations[].policies[].mode.'),
            ("/organizations/0/policy-sets/0/global",
             'organizations[].policy-sets[].global is "yes"; expected true or false. '
             "Write true or false as organizations[].policy-sets[].global."),
            ("/organizations/0/policy-sets/0/policies",
             "organizations[].policy-sets[].policies is a string; expected an array. "
             "Write an array as organizations[].policy-sets[].policies."),
        ],
        id="five things at once",
    ),
    pytest.param(
        {"version": 2},
        [("/version", "version is 2; expected 1. Write 1 as version.")],
        id="another version",
    ),
    pytest.param(
        {"counters": {"ws": -1}},
        [("/counters/ws",
          "counters.ws is -1; expected an integer of at least 0 and at most 9007199254740992. "
          "Write an integer of at least 0 and at most 9007199254740992 as counters.ws.")],
        id="a negative counter",
    ),
    pytest.param(
        {"users": [{"username": "ann", "password": 5}]},
        [("/users/0/password",
          "users[].password is an integer (its value is not shown); expected a string. "
          "Write a string as users[].password.")],
        id="a secret of another type",
    ),
    pytest.param(
        {"tokens": [{"name": "t"}]},
        [("/tokens/0",
          'tokens[] is {"name": "t"}; expected an object with exactly one of user, team, organization. '
          "Write an object with exactly one of user, team, organization as tokens[].")],
        id="a token of nobody",
    ),
    pytest.param(
        within({"policies": [{"code": "x", "code-base64": "eA==", "name": "p"}]}),
        [("/organizations/0/policies/0",
          'organizations[].policies[] is {"code": "x", "code-base64": "eA==", "name": "p"}; '
          "expected an object without both code and code-base64. "
          "Write an object without both code and code-base64 as organizations[].policies[].")],
        id="code twice",
    ),
    pytest.param(
        within({"workspaces": [{"lock-reason": "x", "name": "w"}]}),
        [("/organizations/0/workspaces/0",
          'organizations[].workspaces[] is {"lock-reason": "x", "name": "w"}; '
          "expected an object with locked beside lock-reason, locked beside locked-by. "
          "Write an object with locked beside lock-reason, locked beside locked-by "
          "as organizations[].workspaces[].")],
        id="a reason without a lock",
    ),
]  # fmt: skip


def without_values(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What stands in brackets after `is not listed` may be a secret or not: of no matter here."""
    import re

    return [
        (pointer, re.sub(r"is not listed \(.*?\)", "is not listed (…)", d)) for pointer, d in found
    ]


@EMPTY
@pytest.mark.parametrize(("document", "expected"), UNFIT)
def test_a_fixture_that_breaks_its_schema_is_refused_with_every_place_and_reason(
    tfe: Any, document: Any, expected: list[tuple[str, str]]
) -> None:
    before = tfe.state()
    assert without_values(faults(ask(tfe, "POST", "seed", document))) == expected
    assert tfe.state() == before
    with pytest.raises(UnfitFixture) as raised, mockserver.universe(fixture=document):
        pass
    assert without_values(raised.value.faults) == expected
    lines = str(raised.value).splitlines()
    assert lines[0] == f"The fixture has {len(expected)} fault(s):"
    assert len(lines) == len(expected) + 1


def test_what_stands_beside_a_secret_is_told_and_what_may_be_one_is_not(tfe: Any) -> None:
    """A member that is not listed is taken for the one that its name is nearest to."""
    user = {"username": 7, "password": "hush", "emial": "a@b.c", "passwrod": "hush", "x": "hush"}
    document = {
        "users": [user],
        "organizations": [{"nam": "x", "ssh_keys": [{"value": "hush"}], "name": "o"}],
    }
    told = dict(faults(ask(tfe, "POST", "seed", document)))
    assert told["/users/0/username"].startswith("users[].username is 7; ")
    assert told["/users/0/emial"].startswith('users[].emial is not listed ("a@b.c"); ')
    assert told["/organizations/0/nam"].startswith('organizations[].nam is not listed ("x"); ')
    for place in ("/users/0/passwrod", "/users/0/x", "/organizations/0/ssh_keys"):
        assert "is not listed (its value is not shown)" in told[place]
    assert "hush" not in str(told)


@pytest.mark.parametrize("edition", editions())
def test_a_secret_that_stands_where_its_digest_belongs_is_not_told(edition: str) -> None:
    document = {
        "users": [
            {"username": "ann", "password-digest": "hush"},
            {"username": "bob", "password-digst": "hush"},
            {"username": "eve", "pw_digest": "hush"},
        ],
        "tokens": [{"digest": "hush", "user": "ann"}, {"name": "x", "token-digest": "hush"}],
        "organizations": [
            {
                "name": "o",
                "ssh-keys": [{"name": "k", "value-digest": "hush"}],
                # stands in another edition, or nowhere:
                "notification-configurations": [{"name": "n", "token-digest": "hush"}],
                "vars": [{"key": "k", "value-digest": "hush"}],
            }
        ],
    }
    with pytest.raises(UnfitFixture) as raised:
        mockserver.universe(fixture=document, edition=edition)
    told = dict(raised.value.faults)
    assert told["/users/0/password-digest"].startswith(
        "users[].password-digest does not fit (its value is not shown); expected the 40 hexadecimal "
        "digits of a dump. "
    )
    assert "hush" not in str(told)
    assert len(told) >= 8


@pytest.mark.parametrize("edition", editions())
def test_every_place_of_a_digest_is_as_secret_as_what_it_is_the_digest_of(edition: str) -> None:
    schema = fixture_schema(served(load(edition)))
    entries = schema["$defs"]
    digests = [
        (type, name, part.get("x-secret"))
        for type, entry in entries.items()
        for name, part in entry.get("properties", {}).items()
        if part.get("$ref") == "#/$defs/digest"
    ]
    assert len(digests) >= 4
    assert [found for found in digests if not found[2]] == []


BAD = [
    pytest.param(
        {"users": [{"username": "ann", "id": "user-1"}, {"username": "ann"}]},
        [("/users/1", "The username 'ann' is taken by the user user-1 at /users/0.")],
        id="a name twice",
    ),
    pytest.param(
        within(
            {
                "policies": [
                    {"name": "tagged", "id": "pol-1"},
                    {"name": "tagged"},
                    {"name": "other", "id": "pol-1"},
                ]
            }
        ),
        [
            (
                "/organizations/0/policies/1",
                "The name 'tagged' is taken by the policy pol-1 at /organizations/0/policies/0.",
            ),
            (
                "/organizations/0/policies/2",
                "The id 'pol-1' is taken by the policy pol-1 at /organizations/0/policies/0.",
            ),
        ],
        id="a name and an id twice",
    ),
    pytest.param(
        {"organizations": [{"name": "o"}, {"name": "O"}]},
        [("/organizations/1", "The name 'o' is taken by the organization o at /organizations/0.")],
        id="an organization twice without regard to case",
    ),
    pytest.param(
        within({"workspaces": [{"name": "w", "id": "ws-1"}, {"name": "W"}]}),
        [
            (
                "/organizations/0/workspaces/1",
                "The name 'w' is taken by the workspace ws-1 at /organizations/0/workspaces/0.",
            )
        ],
        id="a workspace twice without regard to case",
    ),
    pytest.param(
        within(
            {
                "policies": [{"name": "tagged"}],
                "policy-sets": [{"name": "s", "policies": ["taged"], "workspaces": ["w"]}],
            }
        ),
        [
            (
                "/organizations/0/policy-sets/0/policies/0",
                "There is no policy 'taged' in the organization o. Did you mean 'tagged'?",
            ),
            (
                "/organizations/0/policy-sets/0/workspaces/0",
                "There is no workspace 'w' in the organization o.",
            ),
        ],
        id="members that are not there",
    ),
    pytest.param(
        within(
            {"owners": ["nobody"], "teams": [{"name": "t", "members": ["an"]}]},
            users=[{"username": "ann"}],
        ),
        [
            ("/organizations/0/owners/0", "There is no user 'nobody'."),
            ("/organizations/0/teams/0/members/0", "There is no user 'an'. Did you mean 'ann'?"),
        ],
        id="people who are not there",
    ),
    pytest.param(
        within(
            {},
            tokens=[
                {"name": "t", "team": "o/t"},
                {"name": "u", "user": "nobody"},
                {"name": "v", "organization": "none"},
            ],
        ),
        [
            ("/tokens/0/team", "There is no team 't' in the organization o."),
            ("/tokens/1/user", "There is no user 'nobody'."),
            ("/tokens/2/organization", "There is no organization 'none'."),
        ],
        id="tokens of what is not there",
    ),
    pytest.param(
        within({}, tokens=[{"name": "a", "organization": "o"}, {"name": "b", "organization": "o"}]),
        [("/tokens/1", "organization 'o' has a token already: it can have one")],
        id="two tokens of an organization",
    ),
    pytest.param(
        within({"workspaces": [{"name": "w", "created-at": "2019-02-30T00:00:00.000Z"}]}),
        [
            (
                "/organizations/0/workspaces/0/created-at",
                "'2019-02-30T00:00:00.000Z' is on no calendar: its day, 30, is not from 1 to 28",
            )
        ],
        id="a day that no calendar has",
    ),
    pytest.param(
        {
            "organizations": [
                {"name": "p", "ssh-keys": [{"id": "sshkey-1", "name": "k"}]},
                {"name": "o", "workspaces": [{"name": "w", "ssh-key": "sshkey-1"}]},
            ]
        },
        [
            (
                "/organizations/1/workspaces/0/ssh-key",
                "The SSH key sshkey-1 belongs to another organization.",
            )
        ],
        id="a key of another organization",
    ),
]


@EMPTY
@pytest.mark.parametrize(("document", "expected"), BAD)
def test_a_fixture_that_cannot_become_a_world_is_refused_with_every_place_and_reason(
    tfe: Any, document: Any, expected: list[tuple[str, str]]
) -> None:
    before = tfe.state()
    assert faults(ask(tfe, "POST", "seed", document)) == expected
    assert tfe.state() == before  # all or nothing: counters of ids too
    with pytest.raises(BadFixture) as raised, mockserver.universe(fixture=document):
        pass
    assert [(fault.pointer, fault.detail) for fault in raised.value.faults] == expected
    lines = [f"  {pointer}: {detail}" for pointer, detail in expected]
    assert str(raised.value).splitlines() == [f"The fixture has {len(expected)} fault(s):", *lines]


# what is there is added to


def test_the_documented_fixture_adds_to_every_world() -> None:
    for fixture in sorted(shipped_fixtures("2019-07")):
        with mockserver.universe(fixture) as tfe:
            before = {one["name"] for one in tfe.state()["organizations"]}
            made = tfe.seed("documented")
            after = {one["name"] for one in tfe.state()["organizations"]}
            assert after == before | {"my-organization"}
            assert made["policies"]["my-organization/my-other-policy"] == "pol-2HRvNs49EWPjDqT1"


@pytest.mark.parametrize("fixture", sorted(shipped_fixtures("2019-07")))
def test_what_a_world_dumps_it_takes_again_without_a_change(fixture: str) -> None:
    with mockserver.universe(fixture) as tfe:
        tfe.seed(fixture)
        state = tfe.state()
        made = tfe.seed(state)
        assert tfe.state() == state
        assert made.get("organizations", {}).keys() == {o["name"] for o in state["organizations"]}


def test_an_organization_that_is_there_is_added_to_by_its_name(tfe: Any) -> None:
    made = tfe.seed(
        {
            "users": [{"username": "bob"}],
            "organizations": [
                {
                    "name": "My-Organization",
                    "owners": ["bob"],
                    "teams": [
                        {"name": "platform", "members": ["bob"]},
                        {"name": "auditors", "members": ["ann"]},
                    ],
                    "workspaces": [
                        {"name": "workspace-5", "team-access": {"auditors": "read"}},
                        {"name": "workspace-1", "team-access": {"auditors": "plan"}},
                    ],
                    "policies": [{"name": "third"}],
                    "policy-sets": [
                        {"name": "production", "policies": ["third"]},
                        {"name": "staging", "workspaces": ["workspace-1", "workspace-5"]},
                    ],
                }
            ],
        }
    )
    assert made["workspaces"]["my-organization/workspace-1"] == "ws-2HRvNs49EWPjDqT1"
    (organization,) = tfe.state()["organizations"]
    assert organization["owners"] == ["admin", "bob"]
    teams = {team["name"]: team["members"] for team in organization["teams"]}
    assert teams == {"owners": ["admin", "bob"], "platform": ["ann", "bob"], "auditors": ["ann"]}
    sets = {
        one["name"]: (one["policies"], one["workspaces"]) for one in organization["policy-sets"]
    }
    assert sets == {
        "production": (["my-example-policy", "third"], ["workspace-1"]),
        "staging": ([], ["workspace-1", "workspace-5"]),
    }
    access = {one["name"]: list(one["team-access"]) for one in organization["workspaces"]}
    assert access["workspace-1"] == ["platform", "auditors"]
    assert access["workspace-5"] == ["auditors"]


@pytest.mark.parametrize(
    ("within", "pointer", "said"),
    [
        (
            {"email": "x@example.com"},
            "/email",
            "The world already has the organization 'my-organization' (my-organization), with a different email.",
        ),
        (
            {"entitlements": {"teams": False}},
            "/entitlements",
            "The world already has the organization 'my-organization' (my-organization), with a different entitlements.",
        ),
        (
            {"policies": [{"name": "my-example-policy", "code": "main = rule { false }"}]},
            "/policies/0/code",
            "The world already has the policy 'my-example-policy' (pol-u3S5p2Uwk21keu1s), with a different code.",
        ),
        (
            {"policies": [{"name": "my-example-policy", "id": "pol-1"}]},
            "/policies/0/id",
            "The world already has the policy 'my-example-policy' (pol-u3S5p2Uwk21keu1s), with a different id.",
        ),
        (
            {"policies": [{"name": "new", "id": "pol-u3S5p2Uwk21keu1s"}]},
            "/policies/0",
            "The id 'pol-u3S5p2Uwk21keu1s' is taken by the policy pol-u3S5p2Uwk21keu1s that is in the world already.",
        ),
        (
            {"workspaces": [{"name": "workspace-1", "locked": True}]},
            "/workspaces/0/locked",
            "The world already has the workspace 'workspace-1' (ws-2HRvNs49EWPjDqT1), with a different locked.",
        ),
        (
            {"workspaces": [{"name": "workspace-1", "team-access": {"platform": "admin"}}]},
            "/workspaces/0/team-access/platform",
            "The world already has the team workspace '1' (1), with a different access.",
        ),
        (
            {"teams": [{"name": "owners", "id": "team-1"}]},
            "/teams/0/id",
            "The world already has the team 'owners' (team-ow4nErsTeam5678A), with a different id.",
        ),
        (
            {"ssh-keys": [{"id": "sshkey-GxrePWre1Ezug7aM", "name": "other"}]},
            "/ssh-keys/0/name",
            "The world already has the SSH key 'modules' (sshkey-GxrePWre1Ezug7aM), with a different name.",
        ),
    ],
)
def test_an_entry_that_disagrees_with_what_is_there_is_refused_with_both_places(
    tfe: Any, within: Any, pointer: str, said: str
) -> None:
    before = tfe.state()
    document = {"organizations": [{"name": "my-organization", **within}]}
    assert faults(ask(tfe, "POST", "seed", document)) == [(f"/organizations/0{pointer}", said)]
    assert tfe.state() == before


@EMPTY
def test_an_entry_agrees_with_what_is_there_however_it_says_it(tfe: Any) -> None:
    entry = {
        "policies": [
            {"name": "p", "code-base64": "bWFpbg=="},
            {"name": "q", "code-base64": "/w=="},
        ],
        "ssh-keys": [{"id": "sshkey-1", "name": "k", "value": "hush"}],
        "workspaces": [
            {"name": "w", "locked": True, "locked-by": {"type": "users", "id": "admin"}}
        ],
        "entitlements": {"teams": True},
    }
    document = within(entry, tokens=[{"name": "mine", "user": "admin", "description": "d"}])
    tfe.seed(document)
    state = tfe.state()
    tfe.seed(document)
    assert tfe.state() == state
    document["organizations"][0]["ssh-keys"][0]["value"] = "other"
    document["tokens"][0]["description"] = "e"
    told = faults(ask(tfe, "POST", "seed", document))
    assert [pointer for pointer, _ in told] == [
        "/organizations/0/ssh-keys/0/value",
        "/tokens/0/description",
    ]
    assert "other" not in str(told)
    assert "hush" not in str(told)


def test_what_is_there_and_stands_twice_in_one_document_is_refused_with_both_places(
    tfe: Any,
) -> None:
    document = {"organizations": [{"name": "my-organization"}, {"name": "MY-organization"}]}
    assert faults(ask(tfe, "POST", "seed", document)) == [
        (
            "/organizations/1",
            "The name 'my-organization' is taken by the organization my-organization at /organizations/0.",
        )
    ]


def test_a_fixture_by_name_is_refused_with_places_within_it(tfe: Any) -> None:
    tfe.client.delete("/api/v2/policies/pol-2HRvNs49EWPjDqT1")
    tfe.seed(
        {"organizations": [{"name": "my-organization", "policies": [{"name": "my-other-policy"}]}]}
    )
    found = faults(ask(tfe, "POST", "seed", {"fixture": "documented"}))
    assert [pointer for pointer, _ in found] == ["/fixture/organizations/0/policies/1/id"]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (
            {"fixture": "buzy"},
            (
                "/fixture",
                "There is no fixture named 'buzy'. Did you mean 'busy'? There are: busy, documented, empty, platform.",
            ),
        ),
        ({"fixture": 5}, None),
        ({"fixture": "a/../b"}, None),
        ({"fixture": "documented", "users": []}, None),
    ],
)
def test_a_name_that_is_none_is_refused(
    tfe: Any, document: Any, fault: tuple[str, str] | None
) -> None:
    (found,) = faults(ask(tfe, "POST", "seed", document))
    assert found[0] == "/fixture"
    assert fault is None or found == fault


@pytest.mark.parametrize("content", ["", "null", " "])
def test_no_document_is_refused(tfe: Any, content: str) -> None:
    answer = tfe.client.post("/_mock/seed", data=content, content_type="application/json")
    assert faults(answer) == [("", "no body was sent; expected a JSON object")]


def test_an_unknown_fixture_is_an_error_that_lists_those_that_ship() -> None:
    said = "There is no fixture named 'docmented'. Did you mean 'documented'? There are: busy, documented, empty, platform. A path ends in .json, .yaml, .yml or .toml."
    with pytest.raises(UnknownFixture) as raised, mockserver.universe(fixture="docmented"):
        pass
    assert str(raised.value) == said


def test_a_fixture_is_read_from_a_path(tmp_path: Any) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"users": [{"username": "ann"}]}')
    for place in (path, str(path)):
        with mockserver.universe(fixture=place) as tfe:
            assert "ann" in [user["username"] for user in tfe.state()["users"]]
    path.write_text("{")
    with (
        pytest.raises(ValueError, match=r"mine\.json: not JSON"),
        mockserver.universe(fixture=path),
    ):
        pass
    with (
        pytest.raises(UnknownFixture, match="no fixture file"),
        mockserver.universe(fixture="no-such.json"),
    ):
        pass


def test_the_handle_refuses_with_every_fault(tfe: Any) -> None:
    with pytest.raises(UnfitFixture, match="fault"):
        tfe.seed({"stray": 1})
    with pytest.raises(ControlError) as raised:
        tfe.seed(
            {
                "users": [{"username": "ann", "email": "x@example.com"}],
                "organizations": [{"name": "my-organization", "email": "y@example.com"}],
            }
        )
    assert raised.value.status == 422
    assert [error["pointer"] for error in raised.value.errors] == [
        "/users/0/email",
        "/organizations/0/email",
    ]


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        (
            {"edition": "2019-07", **within({"projects": []})},
            'Leave it out, or make the fixture one of edition 2026-08, which has it: "edition": "2026-08".',
        ),
        (
            {"edition": "2019-07", **within({"zzz": 1})},
            "Leave it out, or spell it as it is listed. There are: ",
        ),
        (
            {"edition": "2026-08", **within({"zzz": 1})},
            "Leave it out, or spell it as it is listed. Some of them: ",
        ),
        ({"edition": "2019-07", **within({"nam": "o"})}, "Did you mean name?"),
    ],
)
def test_a_member_that_is_not_listed_is_to_be_left_out_or_spelt_as_one_that_is(
    document: dict[str, Any], hint: str
) -> None:
    with pytest.raises(UnfitFixture) as raised, mockserver.universe(fixture=document):
        pass
    [(_, detail)] = raised.value.faults
    assert f"expected no such member. {hint}" in detail


def test_what_stands_within_a_member_that_an_edition_lacks_is_not_said_to_be_of_it() -> None:
    document = {"edition": "2026-08", **within({"projects": [{"name": "abc", "zzz": 1}]})}
    with pytest.raises(UnfitFixture) as raised, mockserver.universe(fixture=document):
        pass
    assert "Leave it out, or spell it as it is listed. " in raised.value.faults[0][1]


@pytest.mark.parametrize(
    "member",
    [
        {"policy-sets": [{"name": "s", "tag-selectors": [{"tag-key": 1}, {"tag-key": 2}]}]},
        {"organization-memberships": [{"user": 1}, {"user": 2}]},
    ],
)
def test_an_edition_that_lacks_what_a_fixture_has_is_not_named_for_its_mistakes(
    member: Any,
) -> None:
    document = {"organizations": [{"name": "acme", **member}]}
    with pytest.raises(UnfitFixture) as raised:
        mockserver.create_app(edition="2026-08", fixture=document)
    assert len(raised.value.faults) >= 2
    assert "/edition" not in dict(raised.value.faults)


def test_a_fixture_that_names_no_edition_and_fits_another_is_told_to_name_it() -> None:
    document = {"organizations": [{"name": "acme", "email": "a@b.c", "projects": []}]}
    with pytest.raises(UnfitFixture) as raised, mockserver.universe(fixture=document):
        pass
    assert raised.value.faults[0] == (
        "/organizations/0/projects",
        "organizations[].projects is not listed (its value is not shown); expected no such member. "
        'Leave it out, or make the fixture one of edition 2026-08, which has it: "edition": "2026-08".',
    )
    said = 'it is read as one of 2019-07; is it one of 2026-08? Then say "edition": "2026-08".'
    assert raised.value.faults[-1] == ("/edition", said)
    with mockserver.universe(fixture={"edition": "2026-08", **document}) as tfe:
        assert tfe.edition == "2026-08"


@pytest.mark.parametrize(
    ("document", "pointer", "todo"),
    [
        (
            {"workspaces": [{"name": "w", "vars": [{"key": "k"}]}]},
            "/organizations/0/workspaces/0/vars",
            "vars stands at the top of a fixture: put it there.",
        ),
        (
            {"workspaces": [{"name": "w", "teams": [{"name": "t"}]}]},
            "/organizations/0/workspaces/0/teams",
            "teams stands in an entry of organizations: put it there.",
        ),
    ],
)
def test_a_list_that_stands_elsewhere_in_a_fixture_is_told_where(
    document: Any, pointer: str, todo: str
) -> None:
    fixture = {"edition": "2026-08", "organizations": [{"name": "o", **document}]}
    with pytest.raises(UnfitFixture) as raised:
        mockserver.universe(fixture=fixture)
    assert dict(raised.value.faults)[pointer].endswith(todo)


@pytest.mark.parametrize("edition", editions())
def test_a_name_of_a_token_that_is_taken_is_told_and_not_its_digest(edition: str) -> None:
    tokens = [{"name": "priya", "user": "admin"}, {"name": "priya", "user": "omar"}]
    with pytest.raises(BadFixture) as raised:
        mockserver.universe(
            fixture={"users": [{"username": "omar"}], "tokens": tokens}, edition=edition
        )
    ((pointer, detail),) = raised.value.faults
    assert pointer == "/tokens/1"
    assert detail.startswith("The name 'priya' is taken by the authentication token ")
    assert detail.endswith(" at /tokens/0.")


def test_a_selector_and_a_repository_need_in_a_fixture_what_a_call_needs() -> None:
    repository = {"identifier": "acme/network", "oauth-token-id": "ot-1"}
    organization: Any = {
        "name": "o",
        "oauth-clients": [
            {
                "id": "oc-1",
                "service-provider": "github",
                "http-url": "https://github.com",
                "api-url": "https://api.github.com",
            }
        ],
        "oauth-tokens": [{"id": "ot-1", "oauth-client": "oc-1"}],
        "workspaces": [{"name": "w", "vcs-repo": repository}],
        "policy-sets": [{"name": "s", "tag-selectors": [{"tag-key": "env"}]}],
    }
    fixture = {"edition": "2026-08", "organizations": [organization]}
    with mockserver.universe(fixture=fixture) as world:
        world.seed(fixture)  # it agrees with what it has made
        (made,) = world.state()["organizations"]
    assert made["workspaces"][0]["vcs-repo"] == {
        **repository,
        "branch": "",
        "ingress-submodules": False,
    }
    selector = {"tag-key": "env", "tag-value": None, "is-exclude": False}
    assert made["policy-sets"][0]["tag-selectors"] == [selector]
