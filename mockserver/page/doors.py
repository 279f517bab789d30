"""Who may see and change what on the page: sessions, the token of a form, where a request comes from."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from weakref import WeakValueDictionary

import flask

from mockserver.loopback import split
from mockserver.pipeline.server import Server
from mockserver.world import ids
from mockserver.world.universe import Universe

DOORS = "mockserver.doors"
"""Where the environment of a request to the page holds them."""
MOST = 1_000
"""Sessions that are kept; the one that was not used for longest goes."""


class Locked(Exception):
    """A world that this browser has not opened (`number` None: the list of them). `wrong`: what was
    given does not open it."""

    def __init__(self, number: int | None, wrong: bool = False) -> None:
        self.number, self.wrong = number, wrong
        super().__init__(f"world {number} is locked")


class NoWorld(Exception):
    """A world that is no more, or never was."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(slots=True)
class Session:
    """What one browser has opened. `said` is shown once, on its next page. A world that is deleted
    is not kept alive by who has it open."""

    worlds: WeakValueDictionary[int, Universe] = field(default_factory=WeakValueDictionary)
    control: bool = False
    said: str | None = None


class Doors:
    """The sessions of a server's page, by the digest of the secret in their cookie."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.salt = ids.key()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def session(self, secret: str) -> Session | None:
        with self._lock:
            session = self._sessions.get(digest := ids.digest(secret))
            if session is not None:
                self._sessions.move_to_end(digest)
            return session

    def begin(self, old: str) -> tuple[str, Session]:
        """A session under a secret that nobody has known before, with what the old one had: a secret
        that was put into the browser from elsewhere opens nothing."""
        secret = ids.key()
        with self._lock:
            session = self._sessions.pop(ids.digest(old), None) or Session()
            self._sessions[ids.digest(secret)] = session
            while len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        return secret, session


def doors() -> Doors:
    """Those of the server that the request has come to."""
    found: Doors = flask.request.environ[DOORS]
    return found


def server() -> Server:
    return doors().server


# cookie, session, token of a form


def check() -> None:
    """Find the session; let no change through that does not come from a form of ours."""
    flask.g.secret = flask.request.cookies.get(_cookie(), "")
    flask.g.session = doors().session(flask.g.secret)
    changes = flask.request.method not in ("GET", "HEAD", "OPTIONS")
    if changes and flask.request.url_rule:  # else there is nothing to refuse: 404 or 405
        _from_here()
        given = flask.request.form.get("csrf", "")
        if not flask.g.secret or not hmac.compare_digest(given.encode(), csrf().encode()):
            _refuse("The form is of another session, or older than this one. Load its page again.")


def _from_here() -> None:
    """Cookies know no ports: a page of another port of this machine would have ours sent."""
    headers = flask.request.headers
    origin = headers.get("Origin")  # its scheme may be that of a proxy before us
    if origin is not None and split(origin).netloc != flask.request.host:
        _refuse("The form was sent from a page of another address.")
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        _refuse("The form was sent from a page of another site.")


def _refuse(why: str) -> NoReturn:
    flask.abort(403, f"{why} Nothing was changed.")


def _cookie() -> str:
    port = flask.request.host.rpartition(":")[2]
    return f"mockserver-{port if port.isascii() and port.isdigit() else 'page'}"


def csrf() -> str:
    """The token of this session's forms; who has no session yet gets a secret to make it of."""
    if not flask.g.secret:
        flask.g.secret = flask.g.fresh = ids.key()
    return hmac.new(doors().salt.encode(), flask.g.secret.encode(), "sha256").hexdigest()


def remember(response: flask.Response) -> None:
    """Set the cookie where its secret is new."""
    if fresh := flask.g.get("fresh"):
        secure = flask.request.is_secure
        response.set_cookie(_cookie(), fresh, httponly=True, samesite="Strict", secure=secure)


def session() -> Session:
    """The session, begun where there is none."""
    found: Session | None = flask.g.session
    return renewed() if found is None else found


def renewed() -> Session:
    """The session under a new secret, for whenever something is opened in it."""
    flask.g.secret, flask.g.session = doors().begin(flask.g.secret)
    flask.g.fresh = flask.g.secret
    found: Session = flask.g.session
    return found


def say(text: str) -> None:
    """Show this on the next page, once."""
    session().said = text


def said() -> str | None:
    known: Session | None = flask.g.get("session")
    text = known.said if known else None
    if known:
        known.said = None
    return text


# what is open


def opened() -> Mapping[int, Universe]:
    """The worlds that this browser has opened, by number."""
    return flask.g.session.worlds if flask.g.session else {}


def wants_control() -> bool:
    """Whether the control token must be given first, as the control plane wants it."""
    return server().control_token is not None or not server().loopback


def listed() -> None:
    """Raises Locked where the control token has not been given that the list of worlds takes."""
    if wants_control() and not (flask.g.session and flask.g.session.control):
        raise Locked(None)


def control(token: str) -> None:
    """Remember that the control token was given. Raises Locked for another."""
    known = server().control_token
    if known is None or not hmac.compare_digest(token.encode(), known.encode()):
        raise Locked(None, wrong=True)
    renewed().control = True


def world(number: int) -> Universe:
    """An opened world. Raises Locked or NoWorld."""
    universe = opened().get(number)
    if universe is None:
        listed()
        there(number)
        raise Locked(number)
    if universe.gone:
        raise NoWorld(number, universe.gone)
    server().universes.get(universe.key)  # it is in use
    return universe


def there(number: int) -> Universe:
    """A world, open or not. Raises NoWorld."""
    universe = server().universes.numbered(number)
    if universe is None:
        was = 0 < number <= server().universes.made
        raise NoWorld(number, "it was deleted" if was else "there was never a world of this number")
    return universe


def open(number: int, key: str) -> Universe:
    """Open a world by its key. Raises Locked for a wrong one, NoWorld."""
    listed()
    universe = there(number)
    if not hmac.compare_digest(key.encode(), universe.key.encode()):
        raise Locked(number, wrong=True)
    renewed().worlds[number] = universe
    return universe


def open_by_code(code: str) -> Universe | None:
    """Open the world of a code, which works once; None for one that is spent or never was."""
    key: Any = server().codes.pop(ids.digest(code), None)
    universe = server().universes.get(key) if key else None
    if universe is not None:
        renewed().worlds[universe.number] = universe
    return universe
