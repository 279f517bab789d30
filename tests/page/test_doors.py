"""Who may see and change what on the page, and where a request may come from."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from mockserver import create_app
from mockserver.page.app import HEADERS

from .browsing import KEY, Browser, app_with, browser, text, worlds

PAGES = ("/", "/worlds/1", "/worlds/9", "/worlds/1/nothing", "/open/nothing", "/page/page.css")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_headers_that_keep_others_out(path: str) -> None:
    for answer in (browser().get(path), browser().get(path, Accept="*/*")):
        assert dict(answer.headers) | HEADERS == dict(answer.headers)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy


def test_no_page_has_a_script_or_a_style_inline() -> None:
    for page in (browser().get("/"), browser().open().get("/worlds/1")):
        assert "style=" not in page.text
        assert " on" + "click" not in page.text
        assert page.text.count("<script") == page.text.count('<script src="/page/')


def test_who_does_not_ask_for_html_gets_three_lines_to_try() -> None:
    answer = browser().get("/", Accept="*/*")
    assert answer.content_type == "text/plain; charset=utf-8"
    tried = [line for line in answer.text.splitlines() if line.startswith("curl ")]
    assert len(tried) == 3
    assert all("http://localhost:8080/" in line for line in tried)


def test_those_lines_say_the_token_that_everybody_knows_and_no_other() -> None:
    known = Browser(create_app()).get("/", Accept="*/*").text
    assert "\nexport TOKEN=test-token\n" in known
    reached = {"control_token": "control", "allowed_hosts": ["localhost"], "loopback": False}
    for app in (app_with(), create_app(key="test-token", **reached)):
        told = Browser(app).get("/", Accept="*/*").text
        assert "\n# TOKEN is the key of a world: the ready line of `mockserver serve` ends" in told
        assert "test-token" not in told
        assert KEY not in told


def test_a_slash_at_the_end_of_an_address_is_the_same_page() -> None:
    one = browser().open()
    for path in ("/worlds/1", "/worlds/1/records/policies", "/worlds/1/journal"):
        assert one.get(f"{path}/").status_code == 200
    assert one.get("/worlds/1/nothing/").status_code == 404


def test_a_type_that_a_world_does_not_know_is_told_what_is_like_it() -> None:
    answer = browser().open().get("/worlds/1/records/policysets")
    assert answer.status_code == 404
    assert "This world knows no type policysets. Did you mean 'policy-sets'?" in text(answer)


# the key of a world


def test_a_world_asks_for_its_key_once_and_then_shows_what_was_wanted() -> None:
    one = browser()
    answer = one.get("/worlds/1?from=a-chat")
    assert answer.status_code == 401
    assert "Key of world 1" in text(answer)
    wanted = "/worlds/1?from=a-chat"
    answer = one.post("/worlds/1/open", key=KEY, next=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, wanted)
    assert one.get("/worlds/1").status_code == 200


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], f"{KEY}.ann", "ключ", "\ud800"])
def test_a_wrong_key_opens_nothing(key: str) -> None:
    one = browser()
    answer = one.post("/worlds/1/open", key=key.encode("utf-8", "replace"))
    assert answer.status_code == 401
    assert "That is not its key." in text(answer)
    assert one.get("/worlds/1").status_code == 401


def test_the_key_of_one_world_opens_no_other() -> None:
    one = browser()
    worlds(one).universe(key="another-key", fixture="empty")
    one.open(1)
    assert one.get("/worlds/2").status_code == 401
    assert one.post("/worlds/2/open", page="/worlds/2", key=KEY).status_code == 401
    assert one.open(2, "another-key").get("/worlds/2").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/worlds/2", "/worlds/1@evil", "\\evil"]
)
def test_after_the_key_one_is_led_nowhere_else(wanted: str) -> None:
    answer = browser().post("/worlds/1/open", key=KEY, next=wanted)
    assert answer.headers["Location"] == "/worlds/1"


def test_the_cookie_is_for_this_server_alone_and_no_script_reads_it() -> None:
    one = browser()
    answer = one.post("/worlds/1/open", key=KEY)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("mockserver-8080=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Strict")
    assert KEY not in cookie
    secure = Browser(app_with(), "https://localhost:8080")
    answer = secure.post("/worlds/1/open", key=KEY)
    assert "; Secure; HttpOnly;" in answer.headers["Set-Cookie"]


def test_a_cookie_that_others_put_into_the_browser_opens_nothing_later() -> None:
    """Cookies know no ports: whoever serves on another one may set ours before the key is given."""
    app = app_with()
    victim, other = Browser(app), Browser(app)
    for one in (victim, other):
        one.client.set_cookie("mockserver-8080", "planted", domain="localhost")
    victim.open()
    assert victim.get("/worlds/1").status_code == 200
    assert other.get("/worlds/1").status_code == 401


def test_a_session_that_others_began_is_left_behind_when_something_is_opened() -> None:
    attacker = browser()
    worlds(attacker).universe(key="another-world", fixture="empty")
    attacker.open(2, "another-world")
    victim = Browser(attacker.client.application)  # type: ignore[arg-type]
    cookie = attacker.client.get_cookie("mockserver-8080")
    assert cookie is not None
    victim.client.set_cookie("mockserver-8080", cookie.value)
    victim.open(1)
    assert victim.get("/worlds/1").status_code == 200
    assert attacker.get("/worlds/1").status_code == 401
    assert attacker.get("/worlds/2").status_code == 401


def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.page.doors.MOST", 2)
    app = app_with()
    first, second, third = (Browser(app).open() for _ in range(3))
    assert first.get("/worlds/1").status_code == 401
    assert second.get("/worlds/1").status_code == third.get("/worlds/1").status_code == 200


def test_a_link_on_another_site_asks_again_with_the_cookie() -> None:
    """A `Strict` cookie stays behind when another site leads here; the page's own request has it."""
    app = app_with()
    one = Browser(app)
    answer = one.get("/worlds/1", Sec_Fetch_Site="cross-site")
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert one.get("/worlds/1", Sec_Fetch_Site="same-origin").status_code == 401


def test_a_deleted_world_is_not_kept_by_who_has_it_open() -> None:
    one = browser().open()
    universe = weakref.ref(worlds(one).universes.get(KEY) or pytest.fail("no world"))
    worlds(one).universes.remove(KEY)
    gc.collect()
    assert universe() is None
    assert "It was deleted." in text(one.get("/worlds/1"))


# the link of the ready line


def test_a_code_opens_the_world_once() -> None:
    app = app_with()
    one, other = Browser(app), Browser(app)
    code = worlds(one).code(KEY)
    assert one.client.head(f"/open/{code}", base_url=one.base).status_code == 204
    assert one.get(f"/open/{code}", Sec_Purpose="prefetch;prerender").status_code == 204
    assert one.get("/worlds/1").status_code == 401
    answer = one.get(f"/open/{code}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/worlds/1")
    assert one.get("/worlds/1").status_code == 200
    answer = other.get(f"/open/{code}")
    assert answer.status_code == 404
    assert "This link has been used, or never was" in text(answer)
    assert other.get("/worlds/1").status_code == 401


def test_a_code_is_no_key() -> None:
    one = browser()
    code = worlds(one).code(KEY)
    answer = one.client.get("/api/v2/organizations", headers={"Authorization": f"Bearer {code}"})
    assert answer.status_code == 401
    assert one.post("/worlds/1/open", key=code).status_code == 401


def test_a_code_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    one = browser()
    code = worlds(one).code(KEY)
    with caplog.at_level("INFO", "mockserver"):
        one.get(f"/open/{code}")
        one.get("/worlds/1")
    assert [record.getMessage() for record in caplog.records] == [
        "303 GET /open/[code]  page",
        "200 GET /worlds/1  page",
    ]


# the control token


def test_where_a_control_token_is_wanted_it_comes_first() -> None:
    one = browser(loopback=False, control_token="open-sesame")
    for path in ("/", "/worlds/1", "/worlds/9"):
        answer = one.get(path)
        assert answer.status_code == 401
        assert "Control token" in text(answer)
    assert one.post("/worlds/1/open", page="/", key=KEY).status_code == 401
    answer = one.post("/worlds/control-token", page="/", token="open-sesam")
    assert answer.status_code == 401
    assert "That is not the control token." in text(answer)
    answer = one.post("/worlds/control-token", page="/", token="open-sesame", next="/worlds/1")
    assert answer.headers["Location"] == "/worlds/1"
    assert "Key of world 1" in text(one.get("/worlds/1"))
    assert "World 1" in text(one.get("/"))
    assert one.open().get("/worlds/1").status_code == 200


def test_beyond_this_machine_without_a_control_token_nothing_is_shown() -> None:
    one = browser(loopback=False)
    assert one.get("/").status_code == 401
    for token in ("", "None"):
        assert one.post("/worlds/control-token", page="/", token=token).status_code == 401


# where a form comes from

CHANGES: list[tuple[str, dict[str, str]]] = [
    ("/worlds", {"key": "new", "fixture": "empty", "edition": "2019-07"}),
    ("/worlds/1/reset", {}),
    ("/worlds/1/fork", {"key": "new"}),
    ("/worlds/1/delete", {}),
    ("/worlds/1/snapshots", {"name": "now"}),
]


@pytest.mark.parametrize(("path", "form"), CHANGES)
@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_change_without_the_token_of_its_session_is_refused(
    path: str, form: dict[str, str], csrf: str
) -> None:
    one = browser().open()
    answer = one.post(path, csrf=csrf, **form)
    assert answer.status_code == 403
    assert text(answer).count("Nothing was changed.") == 1
    assert [universe.number for universe in worlds(one).universes] == [1]


def test_the_token_of_another_session_is_none() -> None:
    app = app_with()
    one, other = Browser(app).open(), Browser(app).open()
    assert one.post("/worlds/1/delete", csrf=other.csrf("/worlds/1")).status_code == 403
    assert one.post("/worlds/1/delete", csrf=one.csrf("/worlds/1")).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 400),  # as the control plane has it
        ({"Origin": "null"}, 400),
        ({"Origin": "http://localhost:3000"}, 403),  # cookies know no ports
        ({"Origin": "http://127.0.0.1:8080"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 303),
    ],
)
def test_a_form_of_another_origin_changes_nothing(headers: Any, status: int) -> None:
    one = browser().open()
    data = {"csrf": one.csrf("/worlds/1")}
    answer = one.client.post("/worlds/1/delete", base_url=one.base, headers=headers, data=data)
    assert answer.status_code == status
    assert len(worlds(one).universes) == (0 if status == 303 else 1)


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "null"])
def test_an_origin_that_is_none_changes_nothing_from_other_machines_either(origin: str) -> None:
    one = browser(control_token="open-sesame", loopback=False, allowed_hosts=("localhost",))
    one.post("/worlds/control-token", page="/", token="open-sesame")
    data = {"csrf": one.open().csrf("/worlds/1")}
    sent = {"Origin": origin}
    answer = one.client.post("/worlds/1/delete", base_url=one.base, headers=sent, data=data)
    assert answer.status_code == 403
    assert len(worlds(one).universes) == 1


def test_a_name_that_was_bent_to_here_sees_nothing() -> None:
    one = Browser(app_with(), "http://evil.example")
    assert one.get("/").status_code == 400
    assert one.get("/page/page.css").status_code == 400


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("GET", "/worlds/1/reset")])
def test_a_wrong_method_is_405_on_a_page(method: str, path: str) -> None:
    one = browser().open()
    answer = one.client.open(path, method=method, base_url=one.base)
    assert answer.status_code == 405
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Allow"]


def test_what_a_browser_has_opened_at_one_server_is_closed_at_another() -> None:
    one = browser().open()
    assert one.get("/worlds/1").status_code == 200
    one.client.application = app_with()
    assert one.get("/worlds/1").status_code == 401
