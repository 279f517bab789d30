"""What is taken out of traffic before it is written down: tokens, policy code and e-mails.

Each unless it is asked for. What stands in its place keeps the contract, and is the same each time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping
from typing import Any

from mockserver.judge.scrubbing import EMAIL

SECRET = "[secret]"
TOKEN = re.compile(r"\b[A-Za-z0-9_-]+\.(?:atlasv1\.)[A-Za-z0-9]+")
KEPT = ("tokens", "code", "emails")
"""What can be asked for."""
SHORT = 6
"""A text below this length is looked for nowhere else: it would be found in words."""


class Mask:
    """Takes secrets out of one recording; `names` are the contract's secret members."""

    def __init__(self, names: Collection[str], keep: Collection[str] = ()) -> None:
        self._names, self._keep = names, keep
        self._secrets: set[str] = set()
        self._people: dict[str, str] = {}
        self._lock = threading.Lock()

    def learn(self, secret: str | None) -> None:
        """A text that must not be written down, wherever it is repeated."""
        if secret and len(secret) >= SHORT:
            with self._lock:
                self._secrets.add(secret)

    def learned(self, value: Any) -> None:
        """The secrets that a body names: they may be repeated under other names, or later."""
        if isinstance(value, Mapping):
            for name, item in value.items():
                if _spelled(name) in self._names and isinstance(item, str):
                    self.learn(item)
                self.learned(item)
        elif isinstance(value, list):
            for item in value:
                self.learned(item)

    def text(self, text: str) -> str:
        """A text without tokens and e-mails."""
        if "tokens" not in self._keep:
            for secret in sorted(self._secrets, key=len, reverse=True):
                text = text.replace(secret, SECRET)
            text = TOKEN.sub(SECRET, text) if "atlasv1" in text else text
        if "emails" not in self._keep and "@" in text:
            text = EMAIL.sub(lambda found: self._person(found[0]), text)
        return text

    def _person(self, email: str) -> str:
        with self._lock:
            name = f"person-{len(self._people) + 1}@example.com"
            return self._people.setdefault(email.casefold(), name)

    def value(self, value: Any) -> Any:
        """A JSON value without them."""
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._member(name, v) for name, v in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: Any, value: Any) -> Any:
        if "tokens" in self._keep or _spelled(name) not in self._names or value is None:
            return self.value(value)
        return SECRET

    def raw(self, content: bytes) -> tuple[str, str | None]:
        """What is written of a body that is no JSON: its length, and its text where it was asked for."""
        length = f"[{len(content)} bytes]"
        if "code" not in self._keep:
            return length, None
        return length, content.decode("utf-8", "replace")


def _spelled(name: Any) -> str:
    return str(name).replace("_", "-")
