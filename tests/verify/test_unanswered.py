"""A server that leaves requests without an answer: a fault where it still answers others, else the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from mockserver.traffic.transport import CutOff, TooLong, Unanswered, Unreachable
from tests.verify.playing import Wsgi, run, server

MAKE = frozenset({"create-policy-set"})
FACT = "the server closed the connection without an answer"


def closing(
    crashes: Callable[[str, str, bytes], bool], lost: Unreachable, app: Wsgi | None = None
) -> Wsgi:
    """Our server, which closes the connection where `crashes` says so of method, path and body."""
    ours = app or server()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        if crashes(environ["REQUEST_METHOD"], environ["PATH_INFO"], body):
            raise lost
        return ours(environ, start)  # type: ignore[no-any-return]

    return answer


UNANSWERED = Unanswered("the connection broke off (RemoteDisconnected)")


def _bad_type(method: str, path: str, body: bytes) -> bool:
    if method != "POST" or not path.endswith("/policy-sets") or not body.startswith(b'{"data": {'):
        return False
    return json.loads(body)["data"].get("type") != "policy-sets"


def test_a_body_that_crashes_the_server_is_a_fault_and_the_run_goes_on() -> None:
    context, result = run(closing(_bad_type, UNANSWERED))
    faults = [finding for finding in result.findings if finding.level == "fault"]
    assert [(fault.operation, fault.place) for fault in faults] == [("create-policy-set", "status")]
    line = faults[0].line()
    said = f'a body without data.type: {FACT} when sent {{"data": {{"attributes": {{'
    assert f"fault: create-policy-set status: {said}" in line
    assert "; expected 422 (" in line
    assert line.endswith(" [POST /api/v2/organizations/my-organization/policy-sets]")
    assert (result.exit, result.stopped, result.left) == (1, "", [])
    assert result.lines[-1].startswith("does not conform to 2019-07: 1 fault, ")
    assert set(result.operations) == set(context.edition.operations)


def test_a_request_without_an_answer_is_counted_and_so_is_the_question_after_it() -> None:
    heard: list[str] = []

    def counting(method: str, path: str, body: bytes) -> bool:
        heard.append(method)
        return method == "PATCH"

    context, _ = run(closing(counting, UNANSWERED), only=MAKE)
    assert "PATCH" in heard
    assert context.requests == len(heard)


def test_every_operation_that_is_not_answered_is_named_and_the_others_are_played() -> None:
    whole = closing(lambda method, path, body: method == "PATCH", UNANSWERED)
    context, result = run(whole)
    lost = [finding for finding in result.findings if FACT in finding.what]
    silent = {id for finding in lost if finding.expected != "405" for id in finding.operations}
    assert silent == {o.id for o in context.edition.operations.values() if o.method == "PATCH"}
    assert (result.exit, result.stopped, result.left) == (1, "", [])


def test_what_an_unanswered_post_has_made_is_found_in_the_list_and_removed() -> None:
    ours = server()
    made: list[bytes] = []

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        content = ours(environ, start)
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/policy-sets"):
            made.append(b"".join(content))
            raise UNANSWERED
        return content  # type: ignore[no-any-return]

    context, result = run(answer, only=MAKE)
    assert any(b'"id"' in one for one in made)
    assert (result.exit, result.left) == (1, [])
    assert result.unplayed["policy-sets"] == (
        "the server closed the connection without an answer to create-policy-set"
    )
    listing = context.edition.operation("list-policy-sets")
    left = context.exchanged(listing, {"organization_name": "my-organization"}).document["data"]
    assert not [one for one in left if one["attributes"]["name"].startswith("mockverify")]


@pytest.mark.parametrize(
    ("lost", "fact"),
    [(CutOff(""), "broke off its answer"), (TooLong(""), "sent a body of more than 64 MB")],
)
def test_an_answer_that_breaks_off_or_is_too_large_is_told_as_that(lost: CutOff, fact: str) -> None:
    _, result = run(closing(_bad_type, lost), only=MAKE)
    said = [
        finding.what for finding in result.findings if finding.where.startswith("POST /api/v2/")
    ]
    assert [what for what in said if f"the server {fact} when sent {{" in what]


@pytest.mark.parametrize("lost", [UNANSWERED, Unreachable("it did not answer within 30 seconds")])
def test_a_server_that_has_gone_ends_the_run_with_what_was_found_and_asked(
    lost: Unreachable,
) -> None:
    gone: list[bool] = []

    def crashes(method: str, path: str, body: bytes) -> bool:
        gone.extend([True] * (not gone and _bad_type(method, path, body)))
        return bool(gone)

    ours = server()

    def found(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def wrong(status: str, headers: list[tuple[str, str]]) -> Any:
            return start("202 Accepted" if status.startswith("201") else status, headers)

        return ours(environ, wrong)  # type: ignore[no-any-return]

    _, result = run(closing(crashes, lost, found), only=MAKE)
    assert result.exit in (3, 4)  # what was made cannot be removed any more
    assert result.stopped.startswith(f"{lost}; asked for last: create-policy-set, POST /api/v2/")
    assert result.findings
    assert result.lines[-1].startswith("does not conform to 2019-07: ")
