"""Who may do what, asked beforehand, is what the API then answers."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from mockserver.contract import load
from tests.cases import cases, each

CALLERS = {"user ann": "ann", "team my-organization/platform": "platform",
           "organization my-organization": "org", "user admin": "laptop"}  # fmt: skip
GETS = [
    operation
    for operation in load("2019-07").operations.values()
    if operation.method == "GET" and not operation.open
]


def asked(tfe: Any, **query: str) -> Any:
    return tfe.client.get("/_mock/who", query_string=query)


@each(cases(GETS), CALLERS)
def test_the_verdict_is_what_the_api_answers(tfe: Any, operation: Any, caller: str) -> None:
    example = load("2019-07").examples[operation.id]
    path = operation.path.format(**example.get("path", {}))
    token = tfe.tokens[CALLERS[caller]]
    answer = tfe.client.get(
        path,
        query_string=example.get("query", {}),
        headers={"Authorization": f"Bearer {token}"},
    )
    record = list(example.get("path", {}).values())[-1:]
    query = {"caller": caller, "operation": operation.id}
    verdicts = asked(tfe, **query, **({"record": record[0]} if record else {})).json["verdicts"]
    assert verdicts, "the example's record is in the world"
    may = verdicts[0]["may"]
    if may:
        assert verdicts[0]["why"] is None
        # what has no token or no content is 404 for who may as well
        missing = operation.id.startswith(("show-team-token", "list-team-access"))
        assert answer.status_code == 200 or missing
    else:
        assert answer.status_code == 404
        last = list(tfe.journal)[-1]
        assert last.why == verdicts[0]["why"]


def test_a_refusal_says_by_which_rule_of_which_page(tfe: Any) -> None:
    found = asked(tfe, caller="ann", operation="create-policy-set").json["verdicts"]
    words = "owners, teams that may manage policies, and the organization's token"
    assert found == [
        {
            "caller": "user ann",
            "operation": "create-policy-set",
            "record": "my-organization",
            "may": False,
            "rule": words,
            "source": "permissions.html#manage-policies",
            "why": f"user ann may not: create-policy-set is for {words} "
            "(permissions.html#manage-policies)",
        }
    ]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        (
            {"caller": "anny", "operation": "show-user"},
            "There is no caller named 'anny'. Did you mean 'user ann'? There are: user admin, user ann, team my-organization/owners, team my-organization/platform, organization my-organization.",
        ),
        (
            {"caller": "ann", "operation": "show-policies"},
            "Edition 2019-07 has no operation 'show-policies'. Did you mean 'show-policy', 'show-policy-set' or 'list-policies'?",
        ),
        ({"caller": "ann", "operation": "ping"}, "ping needs no token, or is not built here"),
        (
            {"caller": "ann", "operation": "show-policy", "record": "nothing"},
            "There is no policy 'nothing'.",
        ),
    ],
)
def test_an_unknown_name_is_404_with_the_nearest(tfe: Any, query: Any, detail: str) -> None:
    answer = asked(tfe, **query)
    assert answer.status_code == 404
    assert answer.json["errors"] == [{"pointer": "", "detail": detail}]


def said(*arguments: str) -> str:
    command = [sys.executable, "-m", "mockserver", "who", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_command_prints_the_matrix_of_a_fixture() -> None:
    lines = said(
        "--caller", "admin", "--caller", "ann", "--operation", "show-workspace"
    ).splitlines()
    assert lines[0].split("  ")[0] == "operation"
    assert lines[1].split() == ["show-workspace", "yes", "some", "1/4"]


def test_the_matrix_has_a_row_for_every_operation_that_needs_a_token() -> None:
    lines = said("--format", "markdown").splitlines()
    needing = [o for o in load("2019-07").operations.values() if not o.open]
    assert len(lines) == len(needing) + 2
