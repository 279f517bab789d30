"""What `serve` says and writes when it is ready: address, token, edition, and how TLS is trusted."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.cli.common import Unusable
from mockserver.cli.printing import say
from mockserver.escaping import escaped

if TYPE_CHECKING:
    from mockserver.world.universe import Universe

NAMED = 3
"""Organizations that the ready line names."""


def ready_to(file: Path, url: str, token: str, edition: str, secure: Any) -> None:
    """Write the file that a script waits for; `secure` is None without TLS. Raises Unusable."""
    said = {"url": url, "token": token, "edition": edition}
    if secure and secure.authority:
        said["authority"] = str(secure.authority)
    write_ready(file, said)


def write_ready(file: Path, said: Mapping[str, str]) -> None:
    """Raises Unusable where it cannot be written."""
    try:
        file.write_text(json.dumps(said) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unusable(f"cannot write {escaped(str(file))}: {error.strerror or error}") from None


def say_ready(url: str, token: str, universe: Universe, code: str | None, secure: Any) -> None:
    """The ready line; `code` opens the page for people, which other machines have not."""
    from mockserver.contract import editions

    edition = universe.edition
    page = f" and a page for people at {url}/open/{code}" if code else ""
    others = " or ".join(f"--edition {name}" for name in editions() if name != edition)
    say(
        f"serving {edition} at {url}{page} "
        f"(another edition: {others}, or POST /_mock/universes) "
        f"{_organizations(universe)} and the token {token}"
    )
    for name, value in secure.env.items() if secure else ():
        say(f"export {name}={value}")
    sys.stdout.flush()


def _organizations(universe: Universe) -> str:
    """What stands in the paths of this world: `with the organization acme`."""
    from mockserver.control.enforcement import owners
    from mockserver.world.naming import label

    kinds, state = universe.kinds, universe.state
    there = owners(kinds, state)
    if not there:
        return "with no organization"
    names = ", ".join(escaped(label(kinds, state, one)) for one in there[:NAMED])
    more = f" and {len(there) - NAMED} more" if len(there) > NAMED else ""
    return f"with the organization{'s' if len(there) > 1 else ''} {names}{more}"
