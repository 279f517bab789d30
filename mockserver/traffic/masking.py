"""What is taken out of traffic before it is written down: tokens, policy code and e-mails.

Each unless it is asked for. What stands in its place keeps the contract, and is the same each time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from typing import Any

from mockserver.redaction import EMAIL, PRESIGNED, TOKEN, Pattern, Redactor, is_secret, literal

LOST = "# the code was not recorded"
"""Stands in a fixture for a text that was masked, or never passed."""
MASKED = "masked-"
"""Begins what stands in a fixture for a token that was masked; the rest is its id."""
KEPT = ("tokens", "code", "emails")
"""What can be asked for."""
SHORT = 6
"""A text below this length is looked for nowhere else: it would be found in words."""
_PERSON = re.compile(r"person-\d+@example\.com")


class Mask:
    """What one recording has learned of secrets; `names` are the contract's secret members.

    `clean` is the redactor of what is known so far; `code` and `tokens` say whether bodies that are
    no JSON are kept, and whether tokens are masked.
    """

    def __init__(self, names: Collection[str], keep: Collection[str] = ()) -> None:
        self._names, self.code = frozenset(names), "code" in keep
        self.tokens, self._emails = "tokens" not in keep, "emails" not in keep
        self._secrets: set[str] = set()
        self._people: dict[str, str] = {}
        self._lock = threading.Lock()
        self.clean = self._known()

    def learn(self, *secrets: str) -> None:
        """Texts that must not be written down, wherever they are repeated."""
        found = {secret for secret in secrets if len(secret) >= SHORT}
        with self._lock:
            if not found <= self._secrets:
                self._secrets |= found
                self.clean = self._known()

    def learn_token(self, token: str | None) -> None:
        """A token, and what may be the key that others begin with."""
        self.learn(*{token or "", (token or "").partition(".")[0]})

    def learned(self, value: Any) -> None:
        """The secrets that a body names: they may be repeated under other names, or later."""
        self.learn(*self._named(value))

    def _named(self, value: Any) -> set[str]:
        found: set[str] = set()
        queue = [value]
        while queue:
            part = queue.pop()
            if isinstance(part, list):
                queue += part
            elif isinstance(part, dict):
                queue += part.values()
                texts = (name for name, item in part.items() if isinstance(item, str))
                found.update(part[name] for name in texts if is_secret(name, self._names))
        return found

    def _known(self) -> Redactor:
        patterns: list[Pattern] = []
        if self.tokens:
            for secret in sorted(self._secrets, key=len, reverse=True):
                patterns += literal(secret)
            patterns += [TOKEN, PRESIGNED]
        if self._emails:
            patterns.append(Pattern("@", EMAIL, self._person))
        names = self._names if self.tokens else frozenset()
        return Redactor(names, patterns, urls=self.tokens)

    def _person(self, found: re.Match[str]) -> str:
        if _PERSON.fullmatch(found[0]):
            return found[0]  # one text is looked through more than once where it is encoded
        with self._lock:
            name = f"person-{len(self._people) + 1}@example.com"
            return self._people.setdefault(found[0].casefold(), name)
