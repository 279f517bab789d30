"""What the page for people costs in a browser, of the busy world on loopback.

    python -m benchmarks.page        the table, a minute
    python -m benchmarks.page -q     a short round, to see that it works

Medians with the slowest, over pages that are loaded again and again; bad figures are printed like the
good ones. Needs chromium, chromium-driver and selenium.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from tests.browser.chromium import chromium
from tests.client import connected, sent

QUICK = "-q" in sys.argv
ROUNDS = 3 if QUICK else 20
KEY = "bench"
LIST = "/api/v2/organizations/acme/policy-sets"
PAGES = {
    "worlds": "/",
    "a world": "/worlds/1",
    "matrix, 30 sets by 170 workspaces": "/worlds/1/enforced/acme",
    "requests, 200 of them": "/worlds/1/journal",
    "one request": "/worlds/1/journal/1",
    "an operation": "/worlds/1/contract/policy-sets/create-policy-set",
    "who may, 9 operations by 25 callers": "/worlds/1/who",
}
PAINT = """
const done = arguments[0];
const look = () => {
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  paint ? done(paint.startTime) : setTimeout(look, 5);
};
look();
"""
WATCH = """
window.seen = [];
new MutationObserver(() => requestAnimationFrame(() => window.seen.push(
  performance.timeOrigin + performance.now()
))).observe(document.getElementById('rows'), {childList: true});
"""


def told(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ms (slowest {max(values):.0f})"


def first_paints(driver: Any, url: str) -> Iterator[tuple[str, str, str]]:
    for name, path in PAGES.items():
        seen = []
        for _ in range(ROUNDS + 1):
            driver.get(url + path)
            seen.append(float(driver.execute_async_script(PAINT)))
        yield f"first paint: {name}", "200 ms", told(seen[1:])


def live_rows(driver: Any, url: str) -> Iterator[tuple[str, str, str]]:
    """From the moment that a client sends a request until its row is about to be painted."""
    driver.get(f"{url}/worlds/1/journal")
    driver.execute_script(WATCH)
    spent = []
    with connected(url) as line:
        for count in range(1, ROUNDS + 1):
            time.sleep(0.2)
            began = time.time() * 1000
            sent(line, "GET", LIST, Authorization=f"Bearer {KEY}")
            until = time.monotonic() + 5
            while len(rows := driver.execute_script("return window.seen")) < count:
                assert time.monotonic() < until, "the row never came"
            spent.append(rows[-1] - began)
    yield "a live row, from its request on", "100 ms", told(spent)


def main() -> None:
    app = create_app(key=KEY, fixture="busy")
    with LiveServer(app) as live, chromium() as driver:
        with connected(live.url) as line:
            for _ in range(200):
                sent(line, "GET", LIST, Authorization=f"Bearer {KEY}")
        driver.get(f"{live.url}/open/{app.extensions['mockserver'].code(KEY)}")
        for rows in (first_paints(driver, live.url), live_rows(driver, live.url)):
            for what, goal, seen in rows:
                print(f"| {what} | {goal} | {seen} |", flush=True)


if __name__ == "__main__":
    main()
