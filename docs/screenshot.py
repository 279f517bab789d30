"""The README's picture of the page: a refused request in the busy world, and what it says about it.

    python -m docs.screenshot

Needs chromium, chromium-driver and selenium.
"""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from tests.browser.chromium import chromium
from tests.client import connected, sent

KEY = "picture"
SETS = "/api/v2/organizations/acme/policy-sets"
BODY = {
    "data": {
        "type": "policy-sets",
        "attributes": {"name": "staging", "descripton": "Checked in staging.", "global": "no"},
    }
}


def main() -> None:
    app = create_app(key=KEY, fixture="busy")
    with LiveServer(app) as live, chromium(1100, 920) as driver:
        with connected(live.url) as line:
            for method, body in (("GET", None), ("POST", BODY), ("POST", BODY), ("GET", None)):
                sent(line, method, SETS, body, Authorization=f"Bearer {KEY}")
        driver.get(f"{live.url}/open/{app.extensions['mockserver'].code(KEY)}")
        driver.get(f"{live.url}/worlds/1/journal/3")
        asked = {"format": "webp", "quality": 75}
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"]
        Path(__file__).with_name("page.webp").write_bytes(b64decode(shot))


if __name__ == "__main__":
    main()
