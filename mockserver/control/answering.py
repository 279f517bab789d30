"""The control plane under `/_mock/`: make, reset, seed, look at and disturb a world.

Held to its own contract (`contracts/control/`) by the same checks as the API. The key of a world
opens it, no other token does. Names and fields here are public: scripts rely on them.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from typing import Any

from mockserver.contract import Edition, Operation, control
from mockserver.contract.routes import routes
from mockserver.control.calls import JSON, ControlCall, Refused
from mockserver.control.operations import OPERATIONS
from mockserver.escaping import escaped
from mockserver.jsonapi import strict_json
from mockserver.loopback import host_of, is_loopback
from mockserver.pipeline import cors
from mockserver.pipeline.messages import Answer, BrokenOff, Sent, TooLarge, json_answer
from mockserver.pipeline.server import Server
from mockserver.redaction import mask_strangers, redactor
from mockserver.world.universe import Universe

log = logging.getLogger("mockserver")

TYPES = (JSON, "application/vnd.api+json", "application/x-www-form-urlencoded", "")
"""Of bodies: JSON's own, the API's, and what curl says where nobody says anything."""
VALUES = 2_000_000
"""Of the largest document: a fixture holds a world."""
LONG = {("POST", "/_mock/universes"), ("POST", "/_mock/seed"), ("GET", "/_mock/state")}
"""Calls whose time grows with a world."""


def answer(server: Server, sent: Sent) -> Answer:
    """The life of a control request: the same steps as the API's, without a state of its own."""
    contract, universe = control(), None
    try:
        operation, path = _operation(contract, sent)
        universe = None if operation.open else _universe(server, sent)
        if operation.path == "/_mock/universes":
            _of_the_server(server, sent)
        document = _document(operation, sent)
        query = operation.check_query(sent.arguments)
        checked = operation.check_body(document) if document is not None else None
        found = [*query.refusals, *(checked.refusals if checked else [])]
        found_all = [*query.findings, *(checked.findings if checked else [])]
        faults = [(fault.pointer or "", _sentence(fault.meta)) for fault in found]
        faults += [(finding["pointer"], _sentence(finding)) for finding in found_all]
        if faults:
            raise Refused(422, *faults)
        call = ControlCall(server, sent, path, query.value, document, universe)
        status, made = OPERATIONS[operation.id](call)
        misses = operation.check_answer(status, made)
        if misses:
            said = [operation.explain_answer(status, miss) for miss in misses]
            raise AssertionError(f"{operation.id} breaks the control contract: {'; '.join(said)}")
        return json_answer(status, made, JSON)
    except Refused as refused:
        return refused.answer()
    except Exception as error:  # a mistake of ours, named
        log.exception("unexpected exception in the control plane")
        if universe is not None:
            clean = redactor(frozenset(), sent.token, server.control_token)
            breach = clean.text(f"unexpected exception: {type(error).__name__}: {error}")
            method, asked = clean.text(sent.method), clean.text(sent.path)
            universe.journal.blame(method, asked, universe.clock.now(), breach)
        return Refused(500, ("", f"{type(error).__name__}: {error}")).answer()


def logged(server: Server, sent: Sent, made: Answer, what: str) -> Answer:
    """The line in the log that a request gets which no journal keeps; without query and token."""
    if log.isEnabledFor(logging.INFO):
        clean = redactor(frozenset(), sent.token, server.control_token)
        asked = clean.text(f"{sent.method} {sent.path}")
        asked = mask_strangers(asked, server.universes.__contains__)
        log.info("%s %s  %s", made.status, escaped(asked), what)
    return made


def is_heavy(sent: Sent, large: int) -> bool:
    """Whether a call may take long: it makes, fills or dumps a world, or its body is large."""
    content = sent.content
    return (sent.method, sent.path.rstrip("/")) in LONG or (
        isinstance(content, bytes) and len(content) > large
    )


ANY_HOST = "*"
"""Among the allowed hosts of `serve --insecure`: whatever name a network has for it is right."""


def stranger(server: Server, sent: Sent) -> Answer | None:
    """A name that was bent to here must not reach us, nor, on loopback, a page of another site."""
    host, origin = sent.headers.get("Host", "localhost"), sent.headers.get("Origin", "")
    if ANY_HOST not in server.allowed_hosts and not _named(server, f"//{host}"):
        known = ", ".join(("localhost", *sorted(server.allowed_hosts)))
        detail = f"The host {host!r} is not one of {known}. Name it with --allowed-host to be reached by it."
        return Refused(400, ("", detail)).answer()
    if cors.is_allowed(server.cors_origins, sent):
        return None
    if server.loopback and origin and not _named(server, origin):
        return Refused(400, ("", f"the origin {origin!r} is not this machine")).answer()
    return None


def _named(server: Server, url: str) -> bool:
    """Whether a URL's host is this machine, or a name by which it is reached."""
    host = host_of(url)
    return is_loopback(host) or host in server.allowed_hosts


def _sentence(meta: Mapping[str, str]) -> str:
    return f"{meta['fact']}; expected {meta['expected']}. {meta['hint']}"


def _operation(contract: Edition, sent: Sent) -> tuple[Operation, Mapping[str, str]]:
    route = routes(contract).match(sent.method, sent.path)
    if route.operation:
        return route.operation, route.path
    if allow := ", ".join(route.allowed):
        if sent.method == "OPTIONS":
            raise Refused(204, allow=allow)
        raise Refused(405, ("", f"{sent.method} is not one of {allow}"), allow=allow)
    known = ", ".join(sorted({operation.path for operation in contract.operations.values()}))
    raise Refused(404, ("", f"There is no endpoint {sent.path}. There are: {known}."))


def _universe(server: Server, sent: Sent) -> Universe:
    universe = server.universes.get(sent.token) if sent.token else None
    if universe is None:
        send = "send the key of a world: Authorization: Bearer KEY (other tokens do not open the control plane)"
        raise Refused(401, ("", server.universes.gone(sent.token or "") or send))
    return universe


def _of_the_server(server: Server, sent: Sent) -> None:
    """What is of no world is for this machine, or for who has the control token."""
    if server.control_token is None and server.loopback:
        return
    given = (sent.token or "").encode()
    if server.control_token is None or not hmac.compare_digest(
        given, server.control_token.encode()
    ):
        raise Refused(401, ("", "send the control token: Authorization: Bearer TOKEN"))


def _document(operation: Operation, sent: Sent) -> Any:
    if operation.body is None:
        return None
    try:
        content = sent.body()
    except TooLarge:
        raise Refused(413, ("", "the body is larger than 10 MB")) from None
    except BrokenOff:
        raise Refused(400, ("", "the body ends before its end")) from None
    if content and sent.content_encoding:
        coding = f"leave out Content-Encoding, not {sent.content_encoding!r}"
        raise Refused(415, ("", f"send the body as it is: {coding}"))
    if content.strip() and sent.media_type not in TYPES:
        raise Refused(415, ("", f"send Content-Type: application/json, not {sent.media_type!r}"))
    if content.strip() in (b"", b"null"):
        if operation.needs_body:
            raise Refused(422, ("", "no body was sent; expected a JSON object"))
        return {}
    try:
        return strict_json.parse(content, VALUES)
    except strict_json.TooMany as error:
        raise Refused(413, ("", str(error))) from None
    except strict_json.NotStrict as error:
        raise Refused(400, ("", str(error))) from None
