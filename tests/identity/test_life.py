"""Life through the API alone, and that it leads to the same world as a fixture."""

from __future__ import annotations

from typing import Any

from tests.client import ROOT, Answer

from .asking import ACCESS, Asked, a, a_team, an_access, asked, token_of, users

ORGS = f"{ROOT}/organizations"
ORG = f"{ORGS}/acme"
EMPTY: dict[str, Any] = {"version": 1}


def created(answer: Answer) -> str:
    """The id of what a creation has made (teams and policies answer 200: pages)."""
    assert answer.status in (200, 201), answer.text
    return str(answer.json["data"]["id"])


def test_from_nothing_to_a_teams_policy_sets_and_back_to_refusal() -> None:
    with asked(EMPTY) as ask:
        created(ask.post("key", ORGS, a("organizations", name="acme", email="o@acme.example")))
        team = created(ask.post("key", f"{ORG}/teams", a_team("security", "manage-policies")))
        made = ask.post("key", f"{ROOT}/teams/{team}/authentication-token")
        token = token_of(made)
        web = created(ask.post("key", f"{ORG}/workspaces", a("workspaces", name="web")))
        access = created(ask.post("key", ACCESS, an_access("read", web, team)))

        document = a("policy-sets", name="production")
        document["data"]["relationships"] = {
            "workspaces": {"data": [{"type": "workspaces", "id": web}]}
        }
        created_set = created(ask.post(token, f"{ORG}/policy-sets", document))
        path = f"{ROOT}/policy-sets/{created_set}"
        assert ask.get(token, path).attributes()["workspace-count"] == 1
        ask.patch(token, path, a("policy-sets", description="what production obeys")).ok(200)
        ask.get(token, f"{ROOT}/workspaces/{web}").ok(200)
        ask.post(token, f"{ROOT}/workspaces/{web}/actions/lock").ok(404)  # reads, no more

        ask.delete("key", f"{ROOT}/teams/{team}/authentication-token").ok()
        refused = [
            ask.get(token, path),
            ask.patch(token, path, a("policy-sets", description="still mine?")),
            ask.delete(token, path),
            ask.post(token, f"{ORG}/policy-sets", a("policy-sets", name="another")),
            ask.get(token, f"{ROOT}/workspaces/{web}"),
            ask.get(token, ORGS),
            ask.get(token, f"{ROOT}/nowhere"),
        ]
        assert {answer.status for answer in refused} == {401}
        assert ask.get("key", path).attributes()["description"] == "what production obeys"
        assert access in ask.get("key", ACCESS, **{"filter[workspace][id]": web}).text


def test_a_team_that_loses_its_right_loses_the_policy_sets_with_it() -> None:
    with asked(EMPTY) as ask:
        created(ask.post("key", ORGS, a("organizations", name="acme", email="o@acme.example")))
        team = created(ask.post("key", f"{ORG}/teams", a_team("security", "manage-policies")))
        token = token_of(ask.post("key", f"{ROOT}/teams/{team}/authentication-token"))
        ask.get(token, f"{ORG}/policy-sets").ok(200)
        rights = a("teams", organization_access={"manage-policies": False})
        ask.patch("key", f"{ROOT}/teams/{team}", rights).ok(200)
        ask.get(token, f"{ORG}/policy-sets").ok(404)
        ask.get(token, f"{ORG}/teams").ok(200)


PEOPLE = {
    "users": [{"username": name} for name in ("ann", "ben")],
    "tokens": [{"name": name, "user": name} for name in ("ann", "ben")],
}
"""No documented call makes a user: both paths begin with these."""


def lived(ask: Asked) -> dict[str, str]:
    """Everything that documented calls can make, once. Gives the secrets of the tokens."""
    created(ask.post("ann", ORGS, a("organizations", name="acme", email="o@acme.example")))
    for name, rights, members in (
        ("platform", ("manage-workspaces",), ("ben",)),
        ("security", ("manage-policies", "manage-vcs-settings"), ("ann", "ben")),
        ("empty", (), ()),
    ):
        team = created(ask.post("ann", f"{ORG}/teams", a_team(name, *rights)))
        ask.post("ann", f"{ROOT}/teams/{team}/relationships/users", users(*members)).ok()
    owners = f"{ROOT}/teams/{ask.team('owners')}/relationships/users"
    ask.post("ann", owners, users("admin")).ok()
    created(ask.post("ann", f"{ORG}/ssh-keys", a("ssh-keys", name="modules", value="a text")))
    web = created(ask.post("ann", f"{ORG}/workspaces", a("workspaces", name="web")))
    created(ask.post("ben", f"{ORG}/workspaces", a("workspaces", name="db", auto_apply=True)))
    created(ask.post("ann", ACCESS, an_access("plan", web, ask.team("security"))))
    created(ask.post("ann", ACCESS, an_access("admin", web, ask.team("empty"))))
    enforce = [{"path": "tagged.sentinel", "mode": "advisory"}]
    policy = created(
        ask.post("ben", f"{ORG}/policies", a("policies", name="tagged", enforce=enforce))
    )
    ask("ben", "PUT", f"{ROOT}/policies/{policy}/upload", b"main = rule { true }").ok(200)
    document = a("policy-sets", name="production", description="all of it")
    document["data"]["relationships"] = {
        "policies": {"data": [{"type": "policies", "id": policy}]},
        "workspaces": {"data": [{"type": "workspaces", "id": web}]},
    }
    created(ask.post("ben", f"{ORG}/policy-sets", document))
    ben = f"{ROOT}/users/{ask.user('ben')}/authentication-tokens"
    described = a("authentication-tokens", description="build server")
    return {
        "user": token_of(ask.post("ben", ben, described)),
        "team": token_of(
            ask.post("ben", f"{ROOT}/teams/{ask.team('security')}/authentication-token")
        ),
        "organization": token_of(ask.post("ann", f"{ORG}/authentication-token")),
    }


def written(secrets: dict[str, str]) -> dict[str, Any]:
    """The same facts as a fixture. A token's name is what stands after the key's dot."""
    name = {what: secret.partition(".")[2] for what, secret in secrets.items()}
    return {
        "users": PEOPLE["users"],
        "tokens": [
            *PEOPLE["tokens"],
            {"name": name["user"], "user": "ben", "description": "build server"},
            {"name": name["team"], "team": "acme/security", "created-by": "ben"},
            {"name": name["organization"], "organization": "acme", "created-by": "ann"},
        ],
        "organizations": [
            {
                "name": "acme",
                "email": "o@acme.example",
                "owners": ["ann", "admin"],
                "teams": [
                    {
                        "name": "platform",
                        "members": ["ben"],
                        "organization-access": {"manage-workspaces": True},
                    },
                    {
                        "name": "security",
                        "members": ["ann", "ben"],
                        "organization-access": {
                            "manage-policies": True,
                            "manage-vcs-settings": True,
                        },
                    },
                    {"name": "empty"},
                ],
                "ssh-keys": [{"name": "modules", "value": "a text"}],
                "workspaces": [
                    {"name": "web", "team-access": {"security": "plan", "empty": "admin"}},
                    {"name": "db", "auto-apply": True},
                ],
                "policies": [
                    {"name": "tagged", "mode": "advisory", "code": "main = rule { true }"}
                ],
                "policy-sets": [
                    {
                        "name": "production",
                        "description": "all of it",
                        "policies": ["tagged"],
                        "workspaces": ["web"],
                    }
                ],
            }
        ],
    }


def test_the_fixtures_path_and_the_apis_path_lead_to_the_same_world() -> None:
    with asked(PEOPLE) as by_api:
        secrets = lived(by_api)
        state = by_api.tfe.state()
    document = written(secrets)
    with asked(document) as by_fixture:
        assert by_fixture.tfe.state() == state
        for what, caller in (("user", "ben"), ("team", None), ("organization", None)):
            token = f"{by_fixture.tfe.token}.{secrets[what].partition('.')[2]}"
            by_fixture.get(token, ORG).ok(200)
            details = by_fixture.get(token, f"{ROOT}/account/details")
            assert details.status == (200 if caller else 404)


def test_from_there_both_worlds_go_on_alike() -> None:
    """The counters of ids are equal too: what is made next has the same id and secret."""
    with asked(PEOPLE, key="one") as one:
        secrets = lived(one)
        with asked(written(secrets), key="two") as two:
            for ask in (one, two):
                created(ask.post("ann", f"{ORG}/teams", a_team("later")))
            paths = [f"{ROOT}/teams/{ask.team('later')}/authentication-token" for ask in (one, two)]
            assert paths[0] == paths[1]
            first, second = token_of(one.post("ann", paths[0])), token_of(two.post("ann", paths[0]))
            assert first.partition(".")[2] == second.partition(".")[2]
            assert one.tfe.state() == two.tfe.state()
