"""The same without pytest: `python -m unittest`."""

from __future__ import annotations

import unittest
from pathlib import Path

from policy_set_tool import Organization

import mockserver

WORLD = Path(__file__).with_name("world.json")


class TestTool(unittest.TestCase):
    def setUp(self) -> None:
        self.tfe = self.enterContext(mockserver.universe(fixture=WORLD, strict=True))
        self.acme = Organization("acme", self.tfe.url, self.tfe.token)
        self.addCleanup(self.acme.http.close)

    def test_it_makes_a_set(self) -> None:
        assert self.acme.apply({"staging": {}}) == ["created staging"]
        (made,) = self.tfe.journal.expect("create-policy-set", status=201)
        assert "added policy-sets acme/staging" in str(self.tfe.journal.changes(made))

    def test_every_test_begins_anew(self) -> None:
        assert list(self.acme.ids("policy-sets")) == ["production"]


if __name__ == "__main__":
    unittest.main()
