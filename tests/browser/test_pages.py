"""Every page in both colour schemes and on a phone's width: seen, accessible, without a complaint."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import KEY, Tab, violations

pytestmark = pytest.mark.browser
SETS = "/api/v2/organizations/acme/policy-sets"
PAGES = {
    "worlds": "/",
    "world": "/worlds/1",
    "matrix": "/worlds/1/enforced/acme",
    "records": "/worlds/1/records/policy-sets",
    "record": "/worlds/1/records/organizations/acme",
    "requests": "/worlds/1/journal",
    "request": "/worlds/1/journal/2",
    "change": "/worlds/1/journal/3",
    "forgotten": "/worlds/1/journal/99",
    "contract": "/worlds/1/contract",
    "contract-page": "/worlds/1/contract/policy-sets",
    "operation": "/worlds/1/contract/policy-sets/create-policy-set",
    "faults": "/worlds/1/faults",
    "clock": "/worlds/1/clock",
    "who": "/worlds/1/who",
    "not-there": "/worlds/99",
}


def a_set(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": attributes}}


@pytest.fixture
def seen(tab: Tab) -> Tab:
    """A world with requests and a fault, opened."""
    tab.ask("GET", f"{SETS}?stray=1")
    tab.ask("POST", SETS, a_set(nam="staging", **{"global": "no"}))
    tab.ask("POST", SETS, a_set(name="staging", stray="x"))
    tab.ask("GET", "/api/v2/nothing", token=f"{KEY}.ann")
    tab.world().faults.add("latency", operation="show-policy", when="all", seconds=2.0)
    tab.open()
    return tab


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_light_and_dark_and_fits_a_phone(
    seen: Tab, axe: str, name: str
) -> None:
    for look, scheme, width in (
        ("light", "light", None),
        ("dark", "dark", None),
        ("phone", "dark", 390),
    ):
        seen.looks(scheme, width)
        seen.go(PAGES[name])
        if name == "matrix":
            seen.until("document.querySelector('#matrix').dataset.ready")
        seen.shot(f"{name}-{look}")
        assert violations(seen, axe) == []
        wide = seen.run("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{name} is wider than the window: {wide}"
        heading = seen.all("h1")
        assert len(heading) == 1
        assert heading[0].text
    light = seen.run("return getComputedStyle(document.body).backgroundColor")
    seen.looks("light")
    assert seen.run("return getComputedStyle(document.body).backgroundColor") != light


def test_what_asks_for_a_key_is_accessible(tab: Tab, axe: str) -> None:
    tab.go("/worlds/1")
    tab.shot("locked")
    assert violations(tab, axe) == []
    tab.type("#secret", "wrong")
    tab.press("Open the world")
    tab.reads("That is not its key.")
    assert violations(tab, axe) == []


def test_nothing_comes_from_the_network(seen: Tab) -> None:
    for path in PAGES.values():
        seen.go(path)
        asked = seen.run("return performance.getEntriesByType('resource').map(e => e.name)")
        assert all(address.startswith(seen.live.url + "/") for address in asked)
        assert KEY not in seen.driver.page_source
        assert KEY not in " ".join(asked)


def test_the_way_through_the_page_holds_no_key(seen: Tab) -> None:
    """Addresses, history and what scripts may read."""
    seen.follow("Requests")
    seen.follow("Contract")
    history = seen.driver.execute_cdp_cmd("Page.getNavigationHistory", {})["entries"]
    assert len(history) > 2
    assert KEY not in str(history)
    assert seen.run("return document.cookie") == ""
    assert seen.run("return localStorage.length + sessionStorage.length") == 0
