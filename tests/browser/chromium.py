"""Debian's chromium as tests, benchmarks and the README's picture start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

QUIET = (
    *("headless=new", "no-sandbox", "disable-dev-shm-usage", "hide-scrollbars"),
    *("disable-background-networking", "disable-component-update", "disable-sync", "no-first-run"),
    *("disable-default-apps", "disable-extensions", "no-proxy-server", "disable-gpu"),
    "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
"""No screen, and nothing asked of the network."""


@contextmanager
def chromium(width: int = 1280, height: int = 900) -> Iterator[Any]:
    """A driver of a browser that knows nothing. Raises FileNotFoundError with what to install."""
    places = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if missing := [name for name, place in places.items() if place is None]:
        said = " and ".join(missing)
        raise FileNotFoundError(f"no {said}: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(places["chromium"])
    for word in (*QUIET, f"window-size={width},{height}"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(str(places["chromedriver"])))
    try:
        yield driver
    finally:
        driver.quit()
