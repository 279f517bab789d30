"""Worlds on the page: seen, made, forked, reset, named states, deleted."""

from __future__ import annotations

import pytest

from .browsing import KEY, browser, text, worlds


def test_the_worlds_are_listed_without_their_keys() -> None:
    one = browser()
    worlds(one).universe(key="another-key", fixture="busy")
    page = one.get("/")
    assert "World 2 asks for its key 2019-07 busy" in text(page)
    assert "World 1 asks for its key 2019-07 documented" in text(page)
    assert KEY not in page.text
    assert "another-key" not in page.text
    assert "World 1 open here" in text(one.open().get("/"))


def test_a_server_without_a_world_says_how_to_make_one() -> None:
    one = browser().open()
    assert one.post("/worlds/1/delete").status_code == 303
    page = text(one.get("/"))
    assert "World 1 was deleted." in page
    assert "curl -X POST http://localhost:8080/_mock/universes" in page
    assert "World 1 was deleted." not in text(one.get("/"))


def test_an_empty_world_says_what_to_do_next() -> None:
    one = browser(fixture="empty").open()
    page = text(one.get("/worlds/1"))
    assert "The world is empty" in page
    assert '/_mock/seed -d \'{"fixture": "documented"}\'' in page


def test_a_world_is_made_and_open() -> None:
    one = browser()
    form = {"key": "mine", "fixture": "busy", "edition": "2019-07", "strict": "on"}
    answer = one.post("/worlds", page="/", **form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/worlds/2")
    page = text(one.get("/worlds/2"))
    assert "The world was made, and is open here." in page
    assert "strict" in page
    made = worlds(one).universes.get("mine")
    assert made is not None
    assert (made.fixture, made.strict) == ("busy", True)


def test_a_world_speaks_the_edition_of_its_fixture_where_the_form_names_none() -> None:
    one = browser()
    choice = one.get("/").text.partition('name="edition">')[2]
    assert choice.startswith('<option value="">that of the fixture</option>')
    for fixture, edition in (("platform", "2026-08"), ("documented", "2019-07")):
        one.post("/worlds", page="/", key=f"key-of-{fixture}", fixture=fixture, edition="")
        made = worlds(one).universes.get(f"key-of-{fixture}")
        assert made is not None
        assert made.edition == edition


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (KEY, "/key: a world with that key exists: choose another"),
        ("a.b", "/key: key does not fit (its value is not shown); expected a string"),
        ("", "/key: key does not fit (its value is not shown); expected a string"),
    ],
)
def test_what_the_control_plane_refuses_is_said_in_its_words(key: str, said: str) -> None:
    one = browser()
    answer = one.post("/worlds", page="/", key=key, fixture="busy", edition="2019-07")
    assert answer.status_code in (409, 422)
    assert said in text(answer)
    assert "<option selected>busy</option>" in answer.text
    assert len(worlds(one).universes) == 1


def test_a_world_is_forked_reset_named_and_returned_to() -> None:
    one = browser().open()
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    first = universe.state
    assert one.post("/worlds/1/snapshots", name="before").status_code == 303
    assert universe.snapshots == {"before": first}
    universe.seeded({"organizations": [{"name": "acme", "email": "a@b.example"}]})
    assert one.post("/worlds/1/restore", name="before").status_code == 303
    assert universe.state is first
    answer = one.post("/worlds/1/fork", key="a-fork")
    assert answer.headers["Location"] == "/worlds/2"
    assert "forked from world 1" in text(one.get("/worlds/2"))
    assert one.post("/worlds/1/reset").status_code == 303
    assert "The world was reset" in text(one.get("/worlds/1"))
    assert universe.snapshots == {}
    answer = one.post("/worlds/1/restore", name="before")
    assert answer.status_code == 404
    assert "There is no snapshot named 'before'. There are none." in text(answer)


@pytest.mark.parametrize("key", [KEY, "a/b"])
def test_a_fork_that_is_refused_says_why_on_the_page_of_its_world(key: str) -> None:
    one = browser().open()
    answer = one.post("/worlds/1/fork", key=key)
    assert answer.status_code in (409, 422)
    assert "That was not done: /key:" in text(answer)


def test_a_world_that_is_deleted_while_it_is_open_says_so() -> None:
    one = browser().open()
    worlds(one).universes.remove(KEY)
    answer = one.get("/worlds/1")
    assert answer.status_code == 404
    assert "World 1 is not there It was deleted." in text(answer)
    assert "There was never a world of this number." in text(one.get("/worlds/7"))
