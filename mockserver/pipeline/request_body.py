"""The body of a request, as the pipeline takes it: how large, of which type, and strict JSON."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Checked, Operation, Refusal
from mockserver.contract.explain import brief
from mockserver.contract.operations import JSONAPI
from mockserver.jsonapi import strict_json
from mockserver.pipeline.messages import BrokenOff, Sent, TooLarge
from mockserver.pipeline.outcome import Outcome, cite, place_of
from mockserver.world.calls import Call
from mockserver.world.problems import Error, Problem

FORMS = ("application/json", "application/x-www-form-urlencoded")
"""Types that clients put around a JSON body although it is neither: accepted, a finding."""


def read_body(call: Call, operation: Operation, sent: Sent, outcome: Outcome) -> Any:
    """The body as bytes or as the value of strict JSON; None where none was sent."""
    if not sent.writes:
        return None
    if operation.body is None:
        _stray(call, operation, sent, outcome)
        return None
    content = _received(sent)
    if content and sent.content_encoding:
        raise _compressed(operation, sent.content_encoding)
    if operation.media_type and not operation.takes_json:
        outcome.body = content
        return content
    if not content.strip() or content.strip() == b"null":
        if operation.needs_body:
            outcome.refusals.append(_no_body(operation))
        return None
    if sent.media_type != JSONAPI:
        _judge_type(call, operation, sent, outcome)
    value = _parsed(operation, content)
    outcome.body, outcome.json = content, True
    return value


def _received(sent: Sent) -> bytes:
    try:
        return sent.body()
    except TooLarge:
        raise Problem(413, Error("payload too large", "the body is larger than 10 MB")) from None
    except BrokenOff:
        raise _broken_off() from None


def _parsed(operation: Operation, content: bytes) -> Any:
    try:
        return strict_json.parse(content)
    except strict_json.TooMany as error:
        raise Problem(413, Error("payload too large", str(error))) from None
    except strict_json.NotStrict as error:
        meta = {
            **cite(operation),
            "fact": str(error),
            "expected": "one JSON value in UTF-8 that every parser reads alike",
            "hint": "Send what a JSON library writes.",
        }
        raise Problem(400, Error("bad request", str(error), meta=meta)) from None


def _stray(call: Call, operation: Operation, sent: Sent, outcome: Outcome) -> None:
    """A body where none is due is a finding, whatever it is: no rule says what it should be."""
    try:
        content = sent.body()
    except TooLarge:
        content = b"too large to be read"
    except BrokenOff:
        raise _broken_off() from None
    if content.strip() in (b"", b"null"):
        return
    outcome.body = content
    fact = "this operation takes no body"
    finding = {**cite(operation), "pointer": "", "fact": fact, "hint": "Send none."}
    outcome.keep(Checked(None, [finding]), call.strict)


def _broken_off() -> Problem:
    return Problem(400, Error("bad request", "the body ends before its end"))


def _compressed(operation: Operation, coding: str) -> Problem:
    """Nobody knows what is in it: stored or judged as it came, it would be something else."""
    meta = {
        **place_of(operation),
        "source": "decision: RFC 9110 names 415 for a content coding that is not read",
        "fact": f"the body was sent with Content-Encoding: {brief(coding)}",
        "expected": "a body that is not compressed",
        "hint": "Leave out Content-Encoding, and send the body as it is.",
    }
    error = Error("invalid content encoding", "content-encoding must not be set", meta=meta)
    return Problem(415, error, headers={"Accept-Encoding": "identity"})


def _judge_type(call: Call, operation: Operation, sent: Sent, outcome: Outcome) -> None:
    if sent.media_type in FORMS:
        fact = f"the body was sent as {sent.media_type}"
        hint = "Send Content-Type: application/vnd.api+json."
        outcome.findings.append({**cite(operation), "pointer": "", "fact": fact, "hint": hint})
    if call.strict or sent.media_type not in FORMS:
        detail = "content-type must be application/vnd.api+json"
        said = sent.media_type or "no content type"
        meta = {
            **cite(operation),
            "fact": f"the body was sent as {said}",
            "expected": JSONAPI,
            "hint": f"Send Content-Type: {JSONAPI}.",
        }
        raise Problem(415, Error("invalid content type", detail, meta=meta))


def _no_body(operation: Operation) -> Refusal:
    meta = {
        **cite(operation),
        "pointer": "",
        "fact": "no body was sent",
        "expected": "a JSON object",
        "hint": "Send a body; the operation's page shows a sample payload.",
    }
    return Refusal(422, "invalid attribute", "Data can't be blank", "", meta)
