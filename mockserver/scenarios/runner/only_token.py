"""Tokens of what has one at most: its secret is shown once, and dead when another is made."""

from __future__ import annotations

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver


def shown_secret(driver: Driver, made: JudgedAnswer) -> str | None:
    """The secret, which the answer that made it must show."""
    secret = driver.value(made.data, "/attributes/token")
    good = isinstance(secret, str) and bool(secret)
    what = "a token is made and its secret not shown"
    source = "{create-user-token}"
    if made.ok:
        driver.holds(good, made, "/data/attributes/token", what, "a string", source)
    return secret if good else None


def only_token(
    driver: Driver, what: str, holder: Resource, show: str, shown: Resource
) -> str | None:
    """The one token of a team or an organization. Gives its secret."""
    reads, ends, makes = (
        f"show-{what}-token",
        f"delete-{what}-token",
        f"generate-new-{what}-token",
    )
    suite = f"go-tfe v0.3.19 {what}_token_test.go"
    driver.refused(404, reads, of=holder, why="a token that was not made", source=suite)
    old = shown_secret(driver, driver.call(makes, of=holder))
    driver.call(reads, of=holder)
    if old:
        driver.call(show, of=shown, token=old)
        new = shown_secret(driver, driver.call(makes, of=holder, token=old))
        why, source = "a token that another has replaced", f"{{{makes}}}"
        driver.refused(401, show, of=shown, token=old, why=why, source=source)
        if new and driver.call(ends, of=holder, token=new).ok:
            why, source = "a token that was deleted", f"{{{ends}}}"
            driver.refused(401, show, of=shown, token=new, why=why, source=source)
    driver.call(makes, of=holder)
    driver.call(ends, of=holder)
    driver.refused(404, ends, of=holder, why="a second DELETE", source=suite)
    driver.refused(404, reads, of=holder, why="a token that was deleted", source=suite)
    return shown_secret(driver, driver.call(makes, of=holder))
