"""A browser without a screen: it keeps cookies, asks for HTML, and sends forms with what they hold."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import flask
from werkzeug.test import Client, TestResponse

from mockserver.pipeline.server import Server
from mockserver.web.app import create_app

KEY = "key-of-the-test-world"
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
FORM = re.compile(r'<input type="hidden" name="csrf" value="(\w+)">')


class Browser:
    """One browser at one address."""

    def __init__(self, app: flask.Flask, base: str = "http://localhost:8080") -> None:
        self.client, self.base = Client(app), base

    def get(self, path: str, **headers: str) -> TestResponse:
        sent = {"Accept": HTML, "Sec-Fetch-Site": "none", **named(headers)}
        return self.client.get(path, base_url=self.base, headers=sent, buffered=True)

    def post(
        self, path: str, /, page: str = "/worlds/1", csrf: str | None = None, **form: Any
    ) -> Any:
        """Send a form as it stands on a page; `csrf` in place of the token that is there."""
        token = self.csrf(page) if csrf is None else csrf
        headers = {"Accept": HTML, "Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        data = {"csrf": token, **form}
        return self.client.post(path, base_url=self.base, headers=headers, data=data)

    def csrf(self, page: str = "/") -> str:
        found = FORM.search(self.get(page).text)
        assert found, f"no form on {page}"
        return found[1]

    def open(self, number: int = 1, key: str = KEY) -> Browser:
        answer = self.post(f"/worlds/{number}/open", page=f"/worlds/{number}", key=key)
        assert answer.status_code == 303, answer.text
        return self


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def app_with(**options: Any) -> flask.Flask:
    return create_app(key=KEY, **options)


def browser(**options: Any) -> Browser:
    """At a server of its own."""
    return Browser(app_with(**options))


def worlds(browser: Browser) -> Server:
    found: Server = browser.client.application.extensions["mockserver"]  # type: ignore[attr-defined]
    return found


def text(answer: TestResponse) -> str:
    """What people read of a page: no tags, one space between words."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(bare).split())
