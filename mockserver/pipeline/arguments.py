"""The arguments of what is public in Python: what each takes, and the sentence where one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import inf
from os import PathLike
from typing import Any, NamedTuple

from mockserver.contract.fixture_files import refuse_unsayable
from mockserver.digits import LONGEST_WAIT
from mockserver.loopback import host_name
from mockserver.pipeline import cors
from mockserver.pipeline.server import KEY
from mockserver.redaction import cut
from mockserver.world.clock import parse_timestamp
from mockserver.world.universe import SNAPSHOT

LARGEST = 2**53
"""The largest seed: beyond it, readers of JSON disagree about integers."""
LONGEST = 60
"""Letters that are told of a value."""
PLAIN = (str, int, float, type(None))
"""Types whose values are told; of another the type is: what it holds may be a secret."""

SAID = (str, int, float, Mapping)
"""Types of what is sent, or compared with what was: none may hold what no JSON of this API can say."""


class Argument(NamedTuple):
    """What an argument takes, for Python and in words. `fits` may raise ValueError with the reason why
    a value does not. Of what is secret the type alone is told.
    """

    types: tuple[Any, ...]
    expected: str
    fits: Callable[[Any], object] = lambda value: True
    secret: bool = False


def _texts(value: Collection[Any]) -> bool:
    return not isinstance(value, str | bytes | Mapping) and all(isinstance(v, str) for v in value)


def _hosts(value: Collection[Any]) -> bool:
    return _texts(value) and all(text == "*" or host_name(text) for text in value)


def _origins(value: Collection[Any]) -> bool:
    return _texts(value) and all(cors.origin(text) for text in value)


TEXT = Argument((str,), "a text")
SWITCH = Argument((bool,), "True or False")
ARGUMENTS: Mapping[str, Argument] = {
    "allowed_hosts": Argument((Collection,), "a list of host names, e.g. ['tfe.local']", _hosts),
    "caller": TEXT,
    "control_token": Argument((str,), "a text that is not empty", bool, secret=True),
    "cors_origins": Argument(
        (Collection,), "a list of origins, e.g. ['http://localhost:5173']", _origins
    ),
    "count": Argument((int,), "an integer of at least 0", lambda value: value >= 0),
    "edition": Argument((str,), "the name of an edition, e.g. '2019-07'", bool),
    "exchange": Argument((int,), "an exchange of the journal, or its number"),
    "fixture": Argument((str, PathLike, Mapping), "the name of a fixture, a path or a document"),
    "key": Argument(
        (str,),
        "a text of 1 to 200 letters, digits and signs of ASCII, without a dot, slash, backslash, "
        "double quote or space",
        KEY.fullmatch,
        secret=True,
    ),
    "loopback": SWITCH,
    "name": Argument(
        (str,),
        "a text that is not empty, has no slash and is neither . nor ..",
        SNAPSHOT.fullmatch,
    ),
    "now": Argument((str,), "a timestamp, e.g. '2019-07-15T00:00:00Z'", parse_timestamp),
    "operation": Argument((str,), "the id of an operation, e.g. 'create-policy-set'"),
    "path": TEXT,
    "running": SWITCH,
    "seconds": Argument((int, float), "a finite number, or a timedelta", lambda v: abs(v) < inf),
    "seed": Argument(
        (int,), f"an integer from 0 to {LARGEST}", lambda value: 0 <= value <= LARGEST
    ),
    "status": Argument((int,), "an integer, e.g. 201"),
    "strict": SWITCH,
    "timeout": Argument(
        (int, float),
        f"a number of seconds above 0 and at most {LONGEST_WAIT}",
        lambda value: 0 < value <= LONGEST_WAIT,
    ),
    "tls": SWITCH,
    "url": Argument((str,), "the address of a server, e.g. 'http://127.0.0.1:8080'"),
    "where": Argument((Callable,), "a function that is asked about an exchange"),
    "workspace": Argument((str,), "the id of a workspace, or ORGANIZATION/NAME", bool),
}


def refuse_wrong(
    call: str, given: Mapping[str, Any], optional: Mapping[str, Any] | None = None
) -> None:
    """Raises TypeError or ValueError for the first argument of a call that is wrong: `universe(seed=-1):
    seed must be an integer from 0 to …`. What is `optional` may be None.
    """
    for name, value in (*given.items(), *(optional or {}).items()):
        if value is not None or name in given:
            told = shown(value, secret=ARGUMENTS[name].secret)
            refuse(f"{call}({name}={told})", name, value, "" if name in given else ", or None")


def refuse(said: str, name: str, value: Any, or_none: str = "") -> None:
    """Raises TypeError or ValueError, that begins with what was `said`, for a wrong argument."""
    argument = ARGUMENTS[name]
    due = f"{name} must be {argument.expected}{or_none}"
    if not isinstance(value, argument.types) or isinstance(value, bool) != (argument is SWITCH):
        raise TypeError(f"{said}: {due}")
    path = PathLike in argument.types and isinstance(value, str)  # may have any letters
    try:
        fits = argument.fits(value)
        if fits and isinstance(value, SAID) and not path:
            refuse_unsayable(value)
    except ValueError as error:
        raise ValueError(f"{said}: {error}") from None
    if not fits:
        raise ValueError(f"{said}: {due}")


def shown(value: Any, *, secret: bool = False) -> str:
    """A value as a message has it: a text or a number, of all else the type."""
    try:
        plain = isinstance(value, PLAIN) and not secret
        return cut(repr(value), LONGEST) if plain else f"<{type(value).__name__}>"
    except ValueError:  # Python writes no integer of thousands of digits
        return f"<{type(value).__name__}>"
