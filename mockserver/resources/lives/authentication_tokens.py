"""The life of tokens: shown once, and dead when they are revoked.

Source: user-tokens.html, team-tokens.html, organization-tokens.html; go-tfe v0.3.19. Tokens of a
team and of an organization end when another is made: those of verification's own alone.
"""

from __future__ import annotations

from typing import Any

from mockserver.world.lives import Life, Play, Resource, Seen, body

ACCOUNTS = "service-accounts.html#organization-service-accounts"


def document(play: Play, name: str, **about: Any) -> Any:
    return body("authentication-tokens", {"description": name})


def user(stage: Play) -> Resource:
    """Who runs this."""
    data: Resource = stage.call("get-your-account-details").data
    return data


def alone(stage: Play) -> None:
    team = stage.need("teams")
    _one(stage, "team", team, "show-team-information", team)
    organization = stage.need("organizations")
    secret = _one(stage, "organization", organization, "show-organization", organization)
    if secret:
        _no_account(stage, secret)
    secret = _secret(stage, stage.call("generate-new-team-token", of=team))
    if secret:
        mine = body("organizations", {"name": stage.name("team"), "email": "verify@example.com"})
        why = "an organization made with a team's token"
        source = "users-teams-organizations/organizations.html"
        stage.refused(404, "create-organization", mine, token=secret, why=why, source=source)


def _secret(stage: Play, made: Seen) -> str | None:
    """The secret, which the answer that made it must show."""
    secret = stage.value(made.data, "/attributes/token")
    good = isinstance(secret, str) and bool(secret)
    what = "a token is made and its secret not shown"
    source = "user-tokens.html#create-a-user-token"
    if made.ok:
        stage.holds(good, made, "/data/attributes/token", what, "a string", source)
    return secret if good else None


def _one(stage: Play, what: str, holder: Resource, show: str, shown: Resource) -> str | None:
    """The one token of a team or an organization. Gives its secret."""
    page = f"{what}-tokens.html"
    reads, ends, makes = (
        f"show-{what}-token",
        f"delete-{what}-token",
        f"generate-new-{what}-token",
    )
    suite = f"go-tfe v0.3.19 {what}_token_test.go"
    stage.refused(404, reads, of=holder, why="a token that was not made", source=suite)
    old = _secret(stage, stage.call(makes, of=holder))
    read = stage.call(reads, of=holder)
    _never_again(stage, read)
    if old:
        stage.call(show, of=shown, token=old)
    new = _secret(stage, stage.call(makes, of=holder))
    if old and new:
        why = "a token that another has replaced"
        source = f"{page}#generate-a-new-{what}-token"
        stage.refused(401, show, of=shown, token=old, why=why, source=source)
    stage.call(ends, of=holder)
    stage.refused(404, ends, of=holder, why="a second DELETE", source=suite)
    stage.refused(404, reads, of=holder, why="a token that was deleted", source=suite)
    return _secret(stage, stage.call(makes, of=holder))


def _never_again(stage: Play, read: Seen) -> None:
    secret = stage.value(read.data, "/attributes/token")
    what = "a token is shown after its creation"
    source = "user-tokens.html#create-a-user-token"
    stage.holds(secret is None, read, "/data/attributes/token", what, "null", source)


def _no_account(stage: Play, secret: str) -> None:
    """An organization's token has no account, and no user's tokens."""
    why = "an organization's token"
    empty: Any = body("users", {})
    password = body(
        "users", dict.fromkeys(("password", "current-password", "password-confirmation"), "x")
    )
    for operation, sent in (
        ("get-your-account-details", None),
        ("update-your-account-info", empty),
        ("change-your-password", password),
    ):
        stage.refused(404, operation, sent, token=secret, why=why, source=ACCOUNTS)


def play(stage: Play, record: Resource) -> None:
    """A user's token works until it is destroyed."""
    made = stage.call("create-user-token", document(stage, stage.name("used")), of=user(stage))
    secret = _secret(stage, made)
    if secret and isinstance(made.data, dict) and "id" in made.data:
        stage.call("get-your-account-details", token=secret)
        stage.call("destroy-user-token", of=made.data)
        why = "a token that was destroyed"
        source = "user-tokens.html#destroy-a-user-token"
        stage.refused(401, "get-your-account-details", token=secret, why=why, source=source)


LIFE = Life(
    create="create-user-token",
    shows=("show-user-token",),
    list="list-user-tokens",
    removes=("destroy-user-token",),
    document=document,
    named="description",
    within=user,
    hidden=("token",),
    alone=alone,
    play=play,
)
