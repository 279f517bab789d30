"""The live journal, one request, the way back in time, and what else a world is asked."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer

from .conftest import KEY, Tab

pytestmark = pytest.mark.browser
SETS = "/api/v2/organizations/acme/policy-sets"


def a_set(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": attributes}}


def live(tab: Tab, query: str = "") -> None:
    tab.open()
    tab.go(f"/worlds/1/journal{query}")
    tab.until("document.querySelector('#pause') && !document.querySelector('#pause').hidden")
    until = time.monotonic() + 10
    while not tab.world().journal.listeners:
        assert time.monotonic() < until, "the page does not listen"
        time.sleep(0.01)


def numbers(tab: Tab) -> list[int]:
    found: list[int] = tab.run(
        "return [...document.querySelectorAll('#rows tr')].map(r => +r.dataset.n)"
    )
    return found


def test_a_row_comes_with_its_request(tab: Tab) -> None:
    live(tab)
    tab.reads("No request yet.")
    tab.ask("GET", SETS)
    tab.until("document.querySelectorAll('#rows tr').length === 1")
    tab.ask("GET", "/api/v2/nothing")
    tab.until("document.querySelectorAll('#rows tr').length === 2")
    assert numbers(tab) == [2, 1]
    assert "No request yet." not in tab.text()
    tab.shot("requests-live")


def test_only_what_fits_the_filters_comes(tab: Tab) -> None:
    live(tab, "?status=404")
    for path in (SETS, "/api/v2/nothing"):
        tab.ask("GET", path)
    tab.until("document.querySelectorAll('#rows tr').length === 1")
    assert numbers(tab) == [2]


def test_paused_it_stands_still_and_goes_on_where_it_was(tab: Tab) -> None:
    live(tab)
    tab.press("Pause")
    tab.reads("Paused at", "#live")
    tab.ask("GET", SETS)
    assert numbers(tab) == []
    tab.press("Go on")
    tab.until("document.querySelectorAll('#rows tr').length === 1")


def test_a_reset_and_a_deletion_are_told(tab: Tab) -> None:
    tab.server.universe(key="to-be-deleted", fixture="busy")
    number = tab.server.universes.made
    tab.open(number, "to-be-deleted")
    tab.go(f"/worlds/{number}/journal")
    tab.ask("GET", SETS, token="to-be-deleted")
    tab.until("document.querySelectorAll('#rows tr').length === 1")
    tab.world(number).reset()
    tab.reads("they count from 1 again", "#live")
    assert numbers(tab) == []
    tab.server.universes.remove("to-be-deleted")
    tab.reads("This world is not there any more: it was deleted.", "#live")
    tab.follow("Clock")
    tab.reads(f"World {number} is not there It was deleted.")


def test_a_lost_connection_is_made_again_and_says_from_when_on_it_has_nothing(
    driver: Any,
) -> None:
    app = create_app(key=KEY, fixture="busy")
    first = LiveServer(app).start()
    tab = Tab(driver, first)
    live(tab)
    tab.ask("GET", SETS)
    tab.until("document.querySelectorAll('#rows tr').length === 1")
    first.stop()
    tab.reads("Nothing after request 1 is shown until it is there again", "#live")
    app.test_client().get(SETS, headers={"Authorization": f"Bearer {KEY}"})
    with LiveServer(app, port=first.port):
        tab.reads("the connection was lost at", "#live")
        tab.until("document.querySelectorAll('#rows tr').length === 2", 20)
        assert numbers(tab) == [2, 1]
        tab.go("/page/icon.svg")
    driver.get("about:blank")
    tab.complaints()


def test_a_server_that_was_started_again_does_not_know_the_page_and_says_so(driver: Any) -> None:
    first = LiveServer(create_app(key=KEY, fixture="busy")).start()
    tab = Tab(driver, first)
    live(tab)
    first.stop()
    with LiveServer(create_app(key=KEY, fixture="busy"), port=first.port):
        tab.reads("The server does not know this page any more", "#live")
        tab.go("/worlds/1/journal")
        tab.reads("Key of world 1")
        tab.go("/page/icon.svg")
    driver.get("about:blank")
    tab.complaints()


def test_a_request_is_looked_at_and_the_world_goes_back_to_before_it(tab: Tab) -> None:
    live(tab)
    tab.ask("POST", SETS, a_set(name="staging", stray="x"))
    tab.until("document.querySelectorAll('#rows tr').length === 1")
    tab.leave(tab.one("#rows a").click)
    tab.reads("added: acme/staging")
    note = tab.text(".lines .noted")
    assert "data.attributes.stray" in note
    assert "policy-sets.html#create-a-policy-set" in note
    line = tab.text("#curl")
    assert line.startswith('curl -X POST -H "Authorization: Bearer $TOKEN"')
    assert KEY not in tab.driver.page_source
    tab.press("Copy as curl")
    tab.until(
        "[...document.querySelectorAll('button')].some(b => /^(Copied|Selected)/.test(b.textContent))"
    )
    assert tab.world().state is not tab.world().first
    tab.press("Go back to the world before this request")
    tab.reads("The world is as it was before request 1")
    assert tab.world().state is tab.world().first


def test_a_world_is_forked_from_a_request(tab: Tab) -> None:
    tab.ask("POST", SETS, a_set(name="staging"))
    tab.open()
    tab.go("/worlds/1/journal/1")
    tab.type("#fork-key", "forked-from-here")
    tab.press("Fork from here")
    tab.reads("It begins before request 1.")
    assert tab.server.universes.get("forked-from-here").state is tab.world().first  # type: ignore[union-attr]


def test_an_operation_is_tried_as_a_chosen_caller(tab: Tab) -> None:
    from selenium.webdriver.support.ui import Select

    tab.open()
    tab.follow("Contract")
    tab.follow("policy-sets")
    tab.follow("create-policy-set")
    tab.reads("No request of this world has called it.")
    tab.type("[id='path-organization_name']", "acme")
    Select(tab.one("#caller")).select_by_visible_text("user ben")
    tab.press("Send it")
    tab.reads("user ben may not: create-policy-set is for")
    tab.follow("create-policy-set")
    tab.reads("This world's requests have met")


def test_a_fault_is_set_met_and_removed(tab: Tab) -> None:
    from selenium.webdriver.support.ui import Select

    tab.open()
    tab.follow("Faults")
    tab.one("label[for=fault-off-contract-status]").click()
    Select(tab.one("#operation")).select_by_visible_text("list-policy-sets")
    tab.type("#status", "503")
    tab.press("Add the fault")
    tab.reads("The fault was added.")
    assert tab.ask("GET", SETS) == 503
    tab.go("/worlds/1/faults")
    assert tab.text("tbody tr").startswith("off-contract-status list-policy-sets")
    tab.press("Remove all faults")
    tab.reads("All faults were removed.")
    assert tab.ask("GET", SETS) == 200


def test_the_clock_is_advanced_runs_and_stands(tab: Tab) -> None:
    tab.open()
    tab.follow("Clock")
    tab.press("Advance the clock")
    tab.reads("It is 2019-07-15T01:00:00.000Z in this world, and its clock stands still.")
    tab.press("Let the clock run")
    tab.reads("and its clock runs.")
    tab.press("Let the clock stand still")
    tab.reads("and its clock stands still.")


def test_who_may_do_what_tells_its_rule_on_focus(tab: Tab) -> None:
    tab.open()
    tab.follow("Who may")
    tab.tab_to("#who td")
    tab.reads("user admin, list-policy-sets: yes.", "#rule")
    tab.keys("ARROW_DOWN", "ARROW_RIGHT", "ARROW_RIGHT")
    tab.reads("create-policy-set: no. user ben may not: create-policy-set is for", "#rule")
    tab.shot("who-rule")
