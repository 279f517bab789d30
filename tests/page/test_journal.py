"""Requests on the page: listed and filtered, one with the world around it, the way back in time."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from mockserver.page.exchange import curl
from mockserver.world.entries import Entry

from .browsing import KEY, Browser, browser, text, worlds

ORG = "/api/v2/organizations/my-organization"
SETS = f"{ORG}/policy-sets"


def ask(one: Browser, method: str, path: str, document: Any = None, token: str = KEY) -> int:
    answer = one.client.open(
        path,
        method=method,
        data=None if document is None else json.dumps(document),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/vnd.api+json"},
    )
    return answer.status_code


def a_set(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": attributes}}


@pytest.fixture
def one() -> Browser:
    """A browser, and a world with five requests: read, made, refused, hidden, strange."""
    found = browser().open()
    asked = [
        ask(found, "GET", f"{SETS}?stray=1"),
        ask(found, "POST", SETS, a_set(name="staging", stray="x")),
        ask(found, "POST", SETS, a_set(nam="staging", **{"global": "no"})),
        ask(found, "DELETE", f"{ORG}", token=f"{KEY}.ann"),
        ask(found, "GET", "/api/v2/nothing-like-it"),
    ]
    assert asked == [200, 201, 422, 404, 404]
    return found


def rows(page: Any) -> list[int]:
    return [int(part.partition('"')[0]) for part in page.text.split(' data-n="')[1:]]


def test_requests_stand_newest_first_with_what_was_found(one: Browser) -> None:
    page = one.get("/worlds/1/journal")
    assert rows(page) == [5, 4, 3, 2, 1]
    shown = text(page)
    assert "1 200 GET /api/v2/organizations/my-organization/policy-sets?stray=1 1 finding" in shown
    assert "changed the world create-policy-set user admin" in shown
    assert "user ann may not" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("operation=create-policy-set", [3, 2]),
        ("status=404", [5, 4]),
        ("status=4", [5, 4, 3]),
        ("caller=user%20ann", [4]),
        ("finding=any", [5, 3, 2, 1]),
        ("finding=stray", [2, 1]),
        ("text=STAGING", [3, 2]),
        ("text=may%20not", [4]),
        ("status=4&operation=create-policy-set", [3]),
        ("before=3", [2, 1]),
        ("text=%3Cscript%3E", []),
    ],
)
def test_filters_stand_in_the_address(one: Browser, query: str, found: list[int]) -> None:
    page = one.get(f"/worlds/1/journal?{query}")
    assert rows(page) == found
    for name, value in parse_qsl(query):
        if name not in ("before", "operation", "caller"):
            assert (
                f'name="{name}" value="{value}"'.replace("<script>", "&lt;script&gt;") in page.text
            )


def test_a_long_journal_stands_on_several_pages() -> None:
    one = browser().open()
    for _ in range(205):
        ask(one, "GET", SETS)
    page = one.get("/worlds/1/journal")
    assert rows(page) == list(range(205, 5, -1))
    assert 'href="/worlds/1/journal?before=6"' in page.text
    assert rows(one.get("/worlds/1/journal?before=6")) == [5, 4, 3, 2, 1]


def test_an_empty_journal_says_what_to_do() -> None:
    shown = text(browser().open().get("/worlds/1/journal"))
    assert "No request yet." in shown
    assert 'curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/api/v2/' in shown


def test_requests_are_forgotten_when_asked(one: Browser) -> None:
    assert one.post("/worlds/1/journal/clear").status_code == 303
    assert rows(one.get("/worlds/1/journal")) == []
    page = one.get("/worlds/1/journal/3")
    assert page.status_code == 404
    assert "Exchange 3 does not exist; there are 0." in text(page)


def noted(page: Any) -> dict[str, str]:
    """The notes of an exchange by the line they stand beside."""
    found = {}
    for item in page.text.split("<li")[1:]:
        item = item.partition("</li>")[0]
        if 'class="note"' in item:
            line, _, notes = item.partition(">")[2].partition("<span")
            found[bare(line)] = bare("<span" + notes)
    return found


def bare(html: str) -> str:
    class Part:
        text = html

    return text(Part())  # type: ignore[arg-type]


def test_a_finding_stands_beside_its_line_with_the_documented_key_path(one: Browser) -> None:
    assert noted(one.get("/worlds/1/journal/2")) == {
        '"stray": "x"': 'data.attributes.stray is not listed ("x"); '
        "expected no such member. Leave out data.attributes.stray; it has no effect. "
        "policy-sets.html#create-a-policy-set"
    }


def test_a_finding_in_the_query_stands_beside_the_line_of_the_request(one: Browser) -> None:
    ((line, note),) = noted(one.get("/worlds/1/journal/1")).items()
    assert line == f"GET {SETS}?stray=1"
    assert note.startswith("stray : the query parameter stray is not listed")


def test_what_was_refused_stands_beside_the_line_that_is_wrong(one: Browser) -> None:
    notes = noted(one.get("/worlds/1/journal/3"))
    assert notes['"global": "no"'].startswith(
        'data.attributes.global is "no"; expected true or false.'
    )
    assert "data.attributes.name is missing" in notes['"attributes": {']


def test_why_a_404_hides_something_stands_beside_the_request(one: Browser) -> None:
    ((line, note),) = noted(one.get("/worlds/1/journal/4")).items()
    assert line == f"DELETE {ORG}"
    assert note.startswith("user ann may not: destroy-organization is for ")


def test_a_path_that_is_documented_and_not_built_is_told_once_and_not_contradicted(
    one: Browser,
) -> None:
    assert ask(one, "GET", "/api/v2/runs/run-1") == 404
    shown = text(one.get("/worlds/1/journal/6"))
    why = "The API documents this path, but this server does not support it."
    assert f"Operation none: {why} Caller" in shown
    assert "no such path" not in shown
    assert ".." not in shown


def test_what_a_request_changed_is_told_member_by_member(one: Browser) -> None:
    id = one.client.get(SETS, headers={"Authorization": f"Bearer {KEY}"}).json
    (made,) = [r["id"] for r in (id or {})["data"] if r["attributes"]["name"] == "staging"]
    change = {"data": {"type": "policy-sets", "attributes": {"name": "renamed"}}}
    assert ask(one, "PATCH", f"/api/v2/policy-sets/{made}", change) == 200
    page = one.get("/worlds/1/journal/7")
    assert "changed: my-organization/renamed" in text(page)
    assert '<del class="old">&#34;staging&#34;</del>' in page.text
    assert '<ins class="new">&#34;renamed&#34;</ins>' in page.text
    assert f'href="/worlds/1/records/policy-sets/{made}"' in page.text
    assert "What it changed in the world Nothing." in text(one.get("/worlds/1/journal/1"))
    assert "added: my-organization/staging" in text(one.get("/worlds/1/journal/2"))


def test_the_world_goes_back_to_before_a_request(one: Browser) -> None:
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    first = universe.first
    assert universe.state is not first
    answer = one.post("/worlds/1/journal/2/back")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/worlds/1")
    assert "as it is before request 2" not in text(one.get("/worlds/1/journal"))
    assert universe.state is first
    assert one.post("/worlds/1/journal/9/back").status_code == 404


def test_what_was_too_large_to_be_kept_says_so(one: Browser) -> None:
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    for kept in universe.journal:
        kept.forget_states()
    page = one.get("/worlds/1/journal/2")
    assert "It is no longer known: it was too large to be kept" in text(page)
    assert "Go back to the world before this request" not in page.text
    assert "What it changed in the world Nothing." in text(one.get("/worlds/1/journal/1"))
    answer = one.post("/worlds/1/journal/2/back")
    assert answer.status_code == 404
    assert "what exchange 2 changed is no longer known: it was too large to be kept" in text(answer)


def test_going_back_is_said_once(one: Browser) -> None:
    one.post("/worlds/1/journal/2/back")
    said = "The world is as it was before request 2; clock, faults and requests stay."
    assert said in text(one.get("/worlds/1"))
    assert said not in text(one.get("/worlds/1"))


def test_a_fork_from_a_request_begins_before_it(one: Browser) -> None:
    answer = one.post("/worlds/1/fork", key="a-fork", before="2")
    assert answer.headers["Location"] == "/worlds/2"
    page = text(one.get("/worlds/2"))
    assert "forked from world 1, and is open here. It begins before request 2." in page
    forked, of = worlds(one).universes.numbered(2), worlds(one).universes.numbered(1)
    assert forked is not None
    assert of is not None
    assert forked.state is of.first
    assert one.post("/worlds/1/fork", key="other", before="99").status_code == 404


# as a command


def entry(method: str, path: str, query: str = "", **said: Any) -> Entry:
    return Entry(1, "2019-07-15T00:00:00.000Z", method, path, query, **said)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            entry("GET", "/api/v2/x"),
            'curl -H "Authorization: Bearer $TOKEN" http://h:8080/api/v2/x',
        ),
        (
            entry("GET", "/api/v2/x", "page[size]=3&search[name]=a'b"),
            'curl -g -H "Authorization: Bearer $TOKEN" '
            "'http://h:8080/api/v2/x?page[size]=3&search[name]=a'\"'\"'b'",
        ),
        (
            entry("POST", "/x", headers={"Content-Type": "a/b"}, sent=b'{"a": "it\'s $HOME"}'),
            "curl -X POST -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: a/b' "
            'http://h:8080/x --data-raw \'{"a": "it\'"\'"\'s $HOME"}\'',
        ),
        (
            entry("PUT", "/x", sent=b'"main = rule { true }\\n"'),
            'curl -X PUT -H "Authorization: Bearer $TOKEN" '
            "http://h:8080/x --data-raw $'main = rule { true }\\n'",
        ),
        (
            entry("PUT", "/x y\n", headers={"Content-Type": "a/b"}, sent=b"x" * 30_000),
            "curl -X PUT -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: a/b' "
            "http://h:8080/x%20y%0A --data-binary @request.json",
        ),
    ],
)
def test_a_request_is_copied_as_curl_with_the_token_in_a_variable(asked: Entry, line: str) -> None:
    assert curl(asked, "http://h:8080") == line


@pytest.mark.parametrize(
    "text",
    [
        "@/etc/passwd",
        'it\'s $HOME `id` \\ "\\n"',
        "two lines\n\tof 'a' policy\r\n",
        "\u202egnp.exe\u2066 \x851 é \U0001f600 \u20280",
    ],
)
def test_a_shell_reads_the_copied_body_as_it_was_sent_and_people_see_all_of_it(text: str) -> None:
    for body in (json.dumps(text), json.dumps({"a": text}, ensure_ascii=False, indent=2)):
        asked = entry("PUT", "/x", sent=body.encode(), headers={"Content-Type": text})
        line = curl(asked, "http://h:8080")
        assert line.isprintable()
        run = ["bash", "-c", line.replace("curl ", "printf '%s\\0' ", 1)]
        words = subprocess.run(run, capture_output=True, check=True, timeout=10).stdout.decode()
        option, said = words.split("\0")[-3:-1]
        assert option == "--data-raw"  # of --data and --data-binary, @ begins the name of a file
        assert said == (text if body.startswith('"') else body)
        assert f"Content-Type: {text}" in words.split("\0")


def test_the_copied_line_is_the_same_request(one: Browser) -> None:
    page = one.get("/worlds/1/journal/2").text
    shown = page.partition('<pre class="block" id="curl">')[2].partition("</pre>")[0]
    words = shlex.split(bare(shown))
    url, body = words[-3], words[-1]
    assert urlsplit(url).path == SETS
    assert json.loads(body)["data"]["attributes"] == {"name": "staging", "stray": "x"}
    assert KEY not in page


# what was evicted, what is large


def test_an_evicted_request_says_so() -> None:
    one = browser().open()
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    universe.journal._entries = 3
    for _ in range(5):
        ask(one, "GET", SETS)
    page = one.get("/worlds/1/journal/1")
    assert page.status_code == 404
    assert "Exchange 1 is no longer known." in text(page)
    assert "Requests 1 to 2 are no longer known" in text(one.get("/worlds/1/journal"))
    assert 'rel="prev"' not in one.get("/worlds/1/journal/3").text


def test_a_large_body_is_folded_and_stands_whole_as_text() -> None:
    one = browser().open()
    code = "x" * 5_000_000
    document = a_set(name="staging", **{f"stray-{n}": n for n in range(500)}, description=code)
    assert ask(one, "POST", SETS, document) in (201, 422)
    page = one.get("/worlds/1/journal/1")
    assert len(page.data) < 400_000
    assert "There is more of it." in text(page)
    whole = one.get("/worlds/1/journal/1/request")
    assert whole.content_type == "text/plain; charset=utf-8"
    assert whole.json is None if not whole.is_json else False
    assert json.loads(whole.data)["data"]["attributes"]["description"] == code
    assert one.get("/worlds/1/journal/1/nothing").status_code == 404
