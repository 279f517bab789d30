"""Worlds, the matrix, and records, clicked through."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.page.test_enforced import TODAY

from .conftest import KEY, Tab

pytestmark = pytest.mark.browser


def test_the_link_of_the_ready_line_opens_its_world_once(tab: Tab) -> None:
    code = tab.server.code(KEY)
    tab.go(f"/open/{code}")
    assert tab.path == "/worlds/1"
    tab.reads("World 1")
    tab.go(f"/open/{code}")
    tab.reads("This link has been used, or never was")


def test_a_link_on_another_site_finds_the_world_open(tab: Tab) -> None:
    """`SameSite=Strict` keeps the cookie back; the page asks itself again."""
    tab.open()
    tab.driver.get(f"http://localhost:{tab.live.port}/page/icon.svg")
    tab.run("location.href = arguments[0]", f"{tab.live.url}/worlds/1/clock")
    tab.reads("its clock stands still")


def test_a_world_is_made_forked_reset_and_deleted(tab: Tab) -> None:
    tab.go("/")
    tab.type("#key", "made-by-hand")
    tab.press("Make the world")
    tab.reads("The world was made, and is open here.")
    made = tab.path
    tab.press("Reset the world")
    tab.reads("The world was reset")
    tab.type("#snapshot", "before")
    tab.press("Name the state")
    tab.reads("The world as it is now has the name before.")
    tab.press("Return to that state")
    tab.reads("The world is as it was when it got the name before.")
    tab.type("#fork-key", "forked-by-hand")
    tab.press("Fork the world")
    tab.reads("This world was forked from world")
    assert tab.path != made
    tab.one("#sure").click()
    tab.press("Delete the world")
    tab.reads("was deleted.")
    assert tab.path == "/"


def test_an_empty_world_says_what_to_do(tab: Tab) -> None:
    tab.server.universe(key="an-empty-one", fixture="empty")
    number = tab.server.universes.made
    tab.open(number, "an-empty-one")
    tab.reads("The world is empty")
    assert "curl" in tab.text("pre")


def matrix(tab: Tab, path: str = "/worlds/1/enforced/acme") -> None:
    tab.go(path)
    tab.until("document.querySelector('#matrix').dataset.ready")


def test_a_mark_tells_its_reason_on_hover(tab: Tab) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    tab.open()
    matrix(tab)
    mark = tab.one("#matrix .mark")
    ActionChains(tab.driver).move_to_element(mark).perform()
    tab.reads("is checked in", "#reason")
    assert "attached to this workspace" in tab.text("#reason") or "global" in tab.text("#reason")
    assert mark.get_attribute("title") in tab.text("#reason")


def test_the_matrix_is_read_by_keyboard_alone(tab: Tab) -> None:
    tab.open()
    matrix(tab)
    tab.tab_to("#matrix")
    tab.keys("ARROW_DOWN")
    first = tab.text("#reason")
    assert "checked in" in first
    tab.keys("ARROW_RIGHT", "ARROW_RIGHT")
    assert tab.text("#reason") != first
    active = tab.one("#matrix").get_attribute("aria-activedescendant")
    assert tab.one(f"#{active}").get_attribute("aria-label") == tab.text("#reason")
    tab.keys("END", "ARROW_DOWN")
    tab.until("document.querySelector('#matrix').scrollLeft > 0")
    tab.keys("HOME")
    tab.leave(lambda: tab.keys("ENTER"))
    tab.reads("As show-policy answers it now")


def test_workspaces_stand_by_project_and_an_exclusion_tells_its_reason(tab: Tab) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    tab.server.universe(key="one-of-today", edition="2026-08", fixture=TODAY)
    number = tab.server.universes.made
    tab.open(number, "one-of-today")
    matrix(tab, f"/worlds/{number}/enforced/acme")
    assert [band.text for band in tab.all("#matrix .band")] == ["Default Project", "lake", "shop"]
    (gap,) = [cell for cell in tab.all("#matrix .mark") if cell.text == "○"]
    ActionChains(tab.driver).move_to_element(gap).perform()
    tab.reads("is not checked in api (project shop): this workspace is excluded", "#reason")
    tab.shot("matrix-projects")


def test_a_policy_a_set_and_a_workspace_lead_to_their_records(tab: Tab) -> None:
    tab.open()
    for selector, operation in (
        ("#matrix .set .name a", "show-policy-set"),
        ("#matrix .line:not(.set) .name a", "show-policy"),
        ("#matrix .head a", "show-workspace"),
    ):
        matrix(tab)
        tab.leave(tab.one(selector).click)
        tab.reads(f"As {operation} answers it now")


def test_relations_of_a_record_are_links(tab: Tab) -> None:
    tab.open()
    matrix(tab)
    tab.leave(tab.one("#matrix .set .name a").click)
    tab.reads("As show-policy-set answers it now")
    tab.leave(tab.one('.lines a[href*="/organizations/"]').click)
    tab.reads("As show-organization answers it now")


def test_filters_stand_in_the_address_and_are_kept(tab: Tab) -> None:
    tab.open()
    matrix(tab)
    tab.type("#columns", "mail-prod")
    tab.until("document.querySelectorAll('#matrix .head').length < 5")
    tab.type("#rows", "mail")
    assert "columns=mail-prod" in tab.path
    assert "rows=mail" in tab.path
    shared = tab.path
    matrix(tab, shared)
    names = [head.text for head in tab.all("#matrix .head a")]
    assert names
    assert all("mail-prod" in name for name in names)
    tab.type("#rows", "nothing-is-called-this")
    tab.reads("Nothing fits the filters.")


def test_five_hundred_by_five_hundred_stay_smooth(tab: Tab) -> None:
    many: Any = range(500)
    fixture = {
        "organizations": [
            {
                "name": "acme",
                "email": "a@acme.example",
                "workspaces": [{"name": f"workspace-{n:03}"} for n in many],
                "policies": [{"name": f"policy-{n:03}"} for n in many],
                "policy-sets": [
                    {
                        "name": f"set-{n:02}",
                        "policies": [f"policy-{m:03}" for m in many if m % 50 == n],
                        "global": True,
                    }
                    for n in range(50)
                ],
            }
        ]
    }
    tab.server.universe(key="a-large-one", fixture=fixture)
    number = tab.server.universes.made
    tab.open(number, "a-large-one")
    matrix(tab, f"/worlds/{number}/enforced/acme")
    drawn = tab.run("return document.querySelectorAll('#matrix *').length")
    assert drawn < 6_000  # of 250,000 cells
    slowest = tab.driver.execute_async_script(
        """
        const grid = document.querySelector('#matrix'), done = arguments[0];
        const spent = [];
        let at = 0;
        const step = () => {
          const began = performance.now();
          grid.scrollTop += 97; grid.scrollLeft += 41;
          grid.dispatchEvent(new Event('scroll'));
          requestAnimationFrame(() => {
            spent.push(performance.now() - began);
            ++at < 60 ? requestAnimationFrame(step) : done(spent.sort((a, b) => a - b)[45]);
          });
        };
        step();
        """
    )
    assert slowest < 100, f"three of four steps took less than {slowest:.0f} ms"
    assert tab.run("return document.querySelectorAll('#matrix *').length") < 6_000
    began = time.monotonic()
    tab.type("#rows", "policy-499")
    tab.until("document.querySelectorAll('#matrix .line').length === 2")
    assert time.monotonic() - began < 5
    tab.shot("matrix-500")


def test_from_the_first_page_to_a_request_by_keyboard_alone(tab: Tab) -> None:
    tab.ask("GET", "/api/v2/organizations")
    tab.go("/")
    tab.keys("TAB")
    assert tab.run("return document.activeElement.textContent").startswith("Skip to")
    tab.tab_to('a[href="/worlds/1"]')
    tab.leave(lambda: tab.keys("ENTER"))
    tab.reads("Key of world 1")
    tab.tab_to("#secret")
    tab.leave(lambda: tab.keys(KEY, "ENTER"))
    tab.reads("Policies and workspaces")
    tab.tab_to('nav a[href="/worlds/1/journal"]')
    tab.leave(lambda: tab.keys("ENTER"))
    tab.reads("Live: what comes is shown at once.")
    tab.tab_to('#rows a[href="/worlds/1/journal/1"]')
    tab.leave(lambda: tab.keys("ENTER"))
    tab.reads("Go back to the world before this request")
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    tab.tab_to("#back ~ .columns button, section[aria-labelledby=back] button")
    assert tab.run(outline) == "solid"
