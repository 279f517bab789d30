"""Whatever others wrote is shown as text; no page tells a secret; every link leads somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from .browsing import KEY, Browser, browser, text, worlds

CONTROL = "open-sesame-control"
PASSWORD = "kept-from-everybody"
SETS = "/api/v2/organizations/my-organization/policy-sets"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u202c\u2066",
    "javascript:alert(1)",
    "]]></textarea></pre><h1>",
    "\u0007\u001b[31m\u2028",
)
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


class Links(HTMLParser):
    """What a page holds: tags, their attributes, where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@cache
def parsed(html: str) -> list[tuple[str, dict[str, str | None]]]:
    found = Links()
    found.feed(html)
    return found.tags


@pytest.fixture(scope="module")
def crawled() -> dict[str, Any]:
    """Every page that links lead to, in a world full of hostile texts; by address."""
    one = browser(control_token=CONTROL)
    one.post("/worlds/control-token", page="/", token=CONTROL)
    one.open()
    asked(one, "POST", SETS, {"name": "told", "description": f"its key is {KEY}"})
    for said in HOSTILE:
        asked(one, "POST", SETS, {"name": f"set-{abs(hash(said))}", "description": said})
        asked(one, "POST", SETS, {said: said, "name": said})
        one.client.get(
            SETS,
            query_string={said: said, "token": KEY},
            headers={"Authorization": f"Bearer {KEY}", "User-Agent": said.encode("unicode_escape")},
        )
        one.client.open(f"/api/v2/{said}", headers={"Authorization": f"Bearer {KEY}.{PASSWORD}"})
    return dict(pages(one))


def asked(one: Browser, method: str, path: str, attributes: dict[str, str]) -> None:
    body = json.dumps({"data": {"type": "policy-sets", "attributes": attributes}})
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/vnd.api+json"}
    one.client.open(path, method=method, data=body, headers=headers)


def pages(one: Browser) -> Iterator[tuple[str, Any]]:
    todo, seen = ["/"], {"/"}
    while todo:
        page = one.get(address := todo.pop())
        yield address, page
        if page.mimetype != "text/html":
            continue
        for tag, said in parsed(page.text):
            path = (said.get("href") or "").partition("#")[0]
            inside = path.startswith("/") and not path.startswith(("/page/", "/_mock/"))
            if tag == "a" and inside and path not in seen:
                seen.add(path)
                todo.append(path)


def test_every_link_leads_somewhere(crawled: dict[str, Any]) -> None:
    assert len(crawled) > 150
    assert {a: page.status_code for a, page in crawled.items() if page.status_code != 200} == {}


def test_nothing_that_others_wrote_becomes_a_tag_or_an_attribute(crawled: dict[str, Any]) -> None:
    for address, page in crawled.items():
        if page.mimetype != "text/html":
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            continue
        for tag, said in parsed(page.text):
            assert tag not in ("img", "style", "iframe", "base", "object"), address
            assert not any(name.startswith("on") or name == "style" for name in said), address
            if tag == "script":
                assert str(said.get("src")).startswith("/page/"), address
            for name in ("href", "action", "src", "data-events", "data-from"):
                assert str(said.get(name) or "/").startswith(("/", "#")), (address, said)


def test_what_others_wrote_is_shown_as_they_wrote_it(crawled: dict[str, Any]) -> None:
    shown = "\n".join(unescape(page.text) for a, page in crawled.items() if "/journal/" in a)
    for said in HOSTILE[:4]:
        assert json.dumps(said, ensure_ascii=False) in shown
    assert "\\u202egnp.exe" in shown


def test_no_page_holds_a_sign_that_turns_text_round_or_cannot_be_seen(
    crawled: dict[str, Any],
) -> None:
    for address, page in crawled.items():
        if page.mimetype == "text/html":
            assert INVISIBLE.findall(page.text) == [], address


def test_no_page_and_no_address_tells_a_key_a_token_or_a_password(crawled: dict[str, Any]) -> None:
    for address, page in crawled.items():
        told = f"{address}\n{page.text}\n{page.headers}"
        for secret in (KEY, CONTROL, PASSWORD):
            assert secret not in told, address


@pytest.mark.parametrize("said", ["²", "٣", "9" * 5_000, "-1", "1e3", "0x1", "NaN", ""])
def test_no_number_that_is_none_breaks_a_page(said: str) -> None:
    one = browser().open()
    for query in ("before", "status", "page[number]"):
        answer = one.client.get("/worlds/1/journal", base_url=one.base, query_string={query: said})
        assert answer.status_code == 200
    stream = one.client.get(
        "/worlds/1/journal/events", base_url=one.base, query_string={"since": f"{said}.{said}"}
    )
    assert stream.status_code == 200
    stream.close()
    for path, form in (
        ("fork", {"key": "another-world", "before": said}),
        ("faults/remove", {"place": said, "fault": "status"}),
        ("faults", {"fault": "latency", "seconds": said}),
        ("clock", {"advance": said}),
    ):
        answer = one.post(f"/worlds/1/{path}", **form)
        assert answer.status_code < 500, path


def test_the_largest_body_is_folded() -> None:
    one = browser().open()
    code = "<b>&" * 2_500_000
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/vnd.api+json"}
    body = json.dumps(
        {"data": {"type": "policy-sets", "attributes": {"description": code[:9_900_000]}}}
    )
    one.client.post(SETS, data=body, headers=headers)
    page = one.get("/worlds/1/journal/1")
    assert page.status_code == 200
    assert len(page.data) < 1_000_000
    assert "letters more" in text(page)
    assert "<b>" not in page.text


def test_a_world_of_a_fixture_with_odd_names_is_shown() -> None:
    fixture = {
        "users": [{"username": "ann", "email": "<i>@example.com"}],
        "organizations": [
            {
                "name": "acme",
                "email": "a@acme.example",
                "policy-sets": [{"name": "a", "description": "<script>\u202e"}],
            }
        ],
    }
    one = browser(fixture=fixture).open()
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    for record in universe.state.every():
        page = one.get(f"/worlds/1/records/{record.kind}/{record.id}")
        assert page.status_code == 200
        assert "<script>\\" not in page.text
        assert INVISIBLE.findall(page.text) == []
