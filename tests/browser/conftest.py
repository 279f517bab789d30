"""A real browser in front of a real server: Debian's chromium, driven by selenium, offline.

Marked `browser`: chromium, chromium-driver, npm (for axe-core) and `.[browser]`; a test fails where one
is missing. Each page leaves a screenshot in `.screenshots/`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.pipeline.server import Server
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from mockserver.world.universe import Universe
from tests.client import connected, sent

from .chromium import chromium

KEY = "key-of-the-test-world"
SHOTS = Path(__file__).parents[2] / ".screenshots"
PACKAGE = "axe-core@4"


class Tab:
    """The browser's one tab, and the server it looks at."""

    def __init__(self, driver: Any, live: LiveServer) -> None:
        self.driver, self.live = driver, live

    # where, and what is there

    def go(self, path: str) -> None:
        self.driver.get(self.live.url + path)

    @property
    def path(self) -> str:
        return str(self.driver.current_url).removeprefix(self.live.url)

    def open(self, number: int = 1, key: str = KEY) -> None:
        self.go(f"/worlds/{number}")
        if self.all("#secret"):
            self.type("#secret", key)
            self.press("Open the world")

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def text(self, selector: str = "main") -> str:
        return " ".join(str(self.one(selector).text).split())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str, seconds: float = 10.0) -> Any:
        """What a script gives once it gives something."""
        from selenium.webdriver.support.ui import WebDriverWait

        wait = WebDriverWait(self.driver, seconds, poll_frequency=0.02)
        return wait.until(lambda driver: driver.execute_script(f"return {script}"), script)

    def reads(self, words: str, selector: str = "main") -> None:
        """Wait until these words stand there."""
        quoted, place = json.dumps(words), json.dumps(selector)
        self.until(
            f"document.querySelector({place})?.innerText.replace(/\\s+/g, ' ').includes({quoted})"
        )

    # what people do

    def type(self, selector: str, text: str) -> None:
        field = self.one(selector)
        field.clear()
        field.send_keys(text)

    def press(self, words: str, within: str = "main") -> None:
        """The button of those words; the next page is there when it returns, where one comes."""
        (button,) = [b for b in self.all(f"{within} button") if b.text == words]
        if button.get_attribute("type") == "button":
            button.click()
        else:
            self.leave(button.click)

    def follow(self, words: str, within: str = "body") -> None:
        self.leave(self.one(within).find_element("link text", words).click)

    def leave(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and be there when it has been loaded."""
        self.run("window.left = false")
        act()
        self.until("window.left === undefined && document.readyState === 'complete'")

    def keys(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(getattr(Keys, key, key))
        chain.perform()

    def tab_to(self, selector: str, most: int = 60) -> None:
        """Press Tab until the focus is there: by keyboard alone."""
        for _ in range(most):
            self.keys("TAB")
            if self.run("return document.activeElement?.matches(arguments[0])", selector):
                return
        raise AssertionError(f"the focus never came to {selector}")

    # how it looks

    def looks(self, scheme: str = "light", width: int | None = None) -> None:
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        if width is None:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        else:
            size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.driver.save_screenshot(str(SHOTS / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the browser has said of the page since it was asked: errors, refused content."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    # the server

    @property
    def server(self) -> Server:
        found: Server = self.live.app.extensions["mockserver"]
        return found

    def world(self, number: int = 1) -> Universe:
        found = self.server.universes.numbered(number)
        assert found is not None
        return found

    def ask(self, method: str, path: str, body: Any = None, token: str = KEY) -> int:
        with connected(self.live.url) as line:
            return sent(line, method, path, body, Authorization=f"Bearer {token}").status


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def live() -> Iterator[LiveServer]:
    """A server of the busy world; tests that change much make worlds of their own."""
    with LiveServer(create_app(key=KEY, fixture="busy")) as server:
        yield server


@pytest.fixture
def tab(driver: Any, live: LiveServer) -> Iterator[Tab]:
    """The world as it was made, a browser that knows nothing; afterwards, no complaint."""
    found = Tab(driver, live)
    found.world().reset()
    found.go("/page/icon.svg")
    driver.delete_all_cookies()
    found.looks()
    found.complaints()
    yield found
    for universe in found.server.universes:
        if universe.number != 1:
            found.server.universes.remove(universe.key)
    complaints = [said for said in found.complaints() if "Failed to load resource" not in said]
    assert complaints == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core; AXE may name one that is installed already."""
    if "AXE" in os.environ:
        return Path(os.environ["AXE"]).read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(f"{PACKAGE} cannot be installed:\n{done.stdout}{done.stderr}", pytrace=False)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(tab: Tab, axe: str) -> list[str]:
    """What axe-core finds serious on the page as it is."""
    tab.run(axe)
    found: list[Mapping[str, Any]] = tab.driver.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(r => arguments[0](r.violations))"
    )
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
