"""Who may do what, on the page: the matrix of `mockserver who`, with the rule of each cell."""

from __future__ import annotations

import re
from html import unescape

import pytest

from mockserver.control.matrix import matrix

from .browsing import KEY, browser, text

CELL = re.compile(
    r'<td [^>]*title="([^"]*)" data-who="([^"]*)" data-operation="([^"]*)">([^<]*)</td>'
)


def cells(page: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (operation, unescape(who)): (word, unescape(rule))
        for rule, who, operation, word in CELL.findall(page)
    }


def test_the_cells_are_those_of_the_command() -> None:
    one = browser().open()
    found = cells(one.get("/worlds/1/who").text)
    told = matrix("documented", "2019-07")
    assert {operation for operation, _ in found} == {id for id in told if "policy-set" in id}
    for (operation, who), (word, _) in found.items():
        assert told[operation][who] == word


def test_each_cell_tells_its_rule() -> None:
    found = cells(browser().open().get("/worlds/1/who").text)
    word, rule = found["create-policy-set", "user ann"]
    assert word == "no"
    assert rule.startswith("user ann may not: create-policy-set is for ")
    word, rule = found["create-policy-set", "user admin"]
    assert word == "yes"
    assert rule.startswith("for ")
    assert ".html#" in rule


def test_another_page_stands_in_the_address() -> None:
    one = browser().open()
    page = one.get("/worlds/1/who?page=teams")
    assert "create-team" in text(page)
    assert "<option selected>teams</option>" in page.text
    assert one.get("/worlds/1/who?page=nothing").status_code == 404


def test_a_world_that_is_too_large_says_how_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.page.who.MOST", 3)
    one = browser().open()
    page = text(one.get("/worlds/1/who"))
    assert "This world is too large" in page
    (path,) = re.findall(r"/_mock/who[^']*", page)
    answer = one.client.get(path, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200, answer.text
