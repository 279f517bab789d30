"""The pages in a browser that runs no scripts: they claim nothing that only a script does, and say what to ask."""

from __future__ import annotations

import re
from html import unescape

import pytest

from .browsing import KEY, browser, text

SCRIPTED = re.compile(r"<noscript>(.*?)</noscript>", re.DOTALL)
CURL = re.compile(
    r"curl -H \"Authorization: Bearer \$TOKEN\" '(http://localhost:8080)(/_mock/[^']*)'"
)
PAGES = {
    "journal": ("journal", "load the page again for the requests that have come since"),
    "who?page=teams": (
        "who?caller=user+admin&operation=list-teams",
        "the rule of a cell is shown when you rest on it",
    ),
    "enforced/my-organization": ("effective-policies", "one draws the matrix"),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_a_script_completes_says_what_to_do_without_one(page: str) -> None:
    one = browser().open()
    found = SCRIPTED.findall(one.get(f"/worlds/1/{page}").text)
    path, said = PAGES[page]
    (told,) = map(unescape, found)
    assert said in told
    named = CURL.search(told)
    assert named
    assert named[2] == f"/_mock/{path}"
    answer = one.client.get(named[2], headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200, answer.text
    assert answer.json


def test_the_requests_are_live_only_once_a_script_says_so() -> None:
    one = browser().open()
    page = text(one.get("/worlds/1/journal"))
    assert "Live:" not in page
    assert "at once" not in page
    for _ in range(2):
        one.client.get("/api/v2/organizations", headers={"Authorization": f"Bearer {KEY}"})
    older = one.get("/worlds/1/journal?before=2")
    assert SCRIPTED.findall(older.text) == []


def test_a_button_that_only_a_script_serves_is_hidden_until_one_does() -> None:
    one = browser().open()
    one.client.get("/api/v2/organizations", headers={"Authorization": f"Bearer {KEY}"})
    for page in ("journal/1", "records/organizations/my-organization"):
        html = one.get(f"/worlds/1/{page}").text
        assert '<button type="button" class="quiet" data-copy="curl" hidden>' in html
