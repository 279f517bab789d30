"""The tokens that fixtures have named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.client.links import Link, shown_or_gone
from mockserver.nearest import did_you_mean
from mockserver.pipeline.arguments import shown
from mockserver.world.ids import digest


class UnknownToken(KeyError):
    """The world has no token of that name; the message lists those there are."""

    def __str__(self) -> str:
        return str(self.args[0])


class Tokens(Mapping[str, str]):
    """The tokens that fixtures have named: `tokens["ann"]`. They begin with the world's key.

    The server keeps digests alone. The names are those of the fixture that the world was made from (of
    a server elsewhere: where it ships) and of what this handle has seeded; other tokens are looked up
    by their digests.
    """

    def __init__(self, link: Link, key: str) -> None:
        self._link, self._key = link, key

    def __getitem__(self, name: str) -> str:
        """Raises UnknownToken with the names there are."""
        __tracebackhide__ = True
        names = self._names()
        if name not in names and not (isinstance(name, str) and self._is_token(name)):
            text = name if isinstance(name, str) else ""
            there = did_you_mean(text, names) if names else "No names of tokens are known here."
            raise UnknownToken(f"There is no token named {shown(name)}. {there}")
        return f"{self._key}.{name}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return shown_or_gone("Tokens", lambda: ", ".join(self._names()) or "none")

    def _names(self) -> list[str]:
        return sorted(self._link.names())

    def _is_token(self, name: str) -> bool:
        """Whether the world has it, although nobody here has heard its name."""
        kept = self._link.send("GET", "state").get("tokens", ())
        return digest(name) in {token.get("digest") for token in kept}
