"""Each horror by name: what it is answered, word for word, and that it changes nothing."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest
from judged import ask
from sweeps import (
    EDITIONS,
    OPERATIONS,
    World,
    cases,
    each,
    example,
    fresh,
    misses,
    sent,
    some,
    success,
)
from test_fuzz_every_operation import path_of, query_of

from mockserver.contract import Operation, load
from mockserver.contract.engines import MOST
from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.messages import LIMIT
from mockserver.web.testing import Live
from tests.client import encoded

EDITION = "2019-07"
SETS = "/api/v2/organizations/my-organization/policy-sets"
SET = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
UPLOAD = "/api/v2/policies/pol-u3S5p2Uwk21keu1s/upload"
DOWNLOAD = "/api/v2/policies/pol-u3S5p2Uwk21keu1s/download"
CODE = b"main = rule { true }"
GOOD = {"data": {"type": "policy-sets", "attributes": {"name": "fresh"}}}


def python_says(text: str) -> str:
    """What Python's own parser says of a text; some of its words changed in 3.13."""
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    return f"{raised.value.msg} (line {raised.value.lineno}, column {raised.value.colno})"


def with_name(text: bytes) -> bytes:
    """A body for a policy set whose description is this JSON text."""
    return b'{"data":{"type":"policy-sets","attributes":{"name":"fresh","description":%b}}}' % text


SURROGATE = r"a string holds a lone surrogate (\ud800 to \udfff)"
DEEP = "the body is nested deeper than 64 levels"
BOM = b"\xef\xbb\xbf"
HORRORS: dict[str, tuple[bytes, str]] = {
    "a lone surrogate": (with_name(rb'"\ud800"'), SURROGATE),
    "a lone low surrogate": (with_name(rb'"a\udc00b"'), SURROGATE),
    "surrogates the wrong way round": (with_name(rb'"\udc00\ud800"'), SURROGATE),
    "a lone surrogate in a member's name": (rb'{"\ud800": 1}', SURROGATE),
    "a surrogate in UTF-8": (with_name(b'"\xed\xa0\x80"'), "the body is not UTF-8 (byte 74)"),
    "NaN": (with_name(b"NaN"), "NaN is not JSON"),
    "Infinity": (with_name(b"Infinity"), "Infinity is not JSON"),
    "minus Infinity": (with_name(b"-Infinity"), "-Infinity is not JSON"),
    "a number that is infinite": (with_name(b"1e400"), "the number 1e400 is too large"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "the body is not UTF-8 (byte 0)"),
    "UTF-16 without its mark": (
        json.dumps(GOOD).encode("utf-16-le"),
        "the body is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)",
    ),
    "UTF-32": (json.dumps(GOOD).encode("utf-32"), "the body is not UTF-8 (byte 0)"),
    "Latin-1": (with_name('"é"'.encode("latin-1")), "the body is not UTF-8 (byte 74)"),
    "a byte order mark": (BOM + encoded(GOOD), "the body begins with a byte order mark"),
    "a duplicate member": (
        b'{"data": 1, "data": 2}',
        "the member 'data' appears twice in one object",
    ),
    "a duplicate member, escaped": (
        rb'{"data": 1, "d\u0061ta": 2}',
        "the member 'data' appears twice in one object",
    ),
    "a duplicate member, deep": (
        with_name(b'{"a": {"b": 1, "c": 2, "b": 3}}'),
        "the member 'b' appears twice in one object",
    ),
    "an integer of 5,000 digits": (
        with_name(b"9" * 5000),
        "an integer of 5000 characters does not fit 64 bits",
    ),
    "an integer of 65 bits": (
        with_name(b"9223372036854775808"),
        "an integer of 19 characters does not fit 64 bits",
    ),
    "a negative integer of 5,000 digits": (
        with_name(b"-" + b"9" * 5000),
        "an integer of 5001 characters does not fit 64 bits",
    ),
    "100,000 brackets": (b"[" * 100_000, DEEP),
    "100,000 brackets, closed": (b"[" * 100_000 + b"]" * 100_000, DEEP),
    "100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, DEEP),
    "65 levels": (b"[" * 65 + b"]" * 65, DEEP),
    "a bracket": (b"{", "the body is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"),
    "two documents": (b"{}{}", "the body is not JSON: Extra data (line 1, column 3)"),
    "a trailing comma": (b'{"data": 1,}', "the body is not JSON: " + python_says('{"data": 1,}')),
    "single quotes": (b"{'data': 1}", "the body is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"),
    "a comment": (b"{} // no", "the body is not JSON: Extra data (line 1, column 4)"),
    "a raw newline in a string": (with_name(b'"a\nb"'), "the body is not JSON: Invalid control character at (line 1, column 76)"),
    "a NUL": (b"\x00", "the body is not JSON: Expecting value (line 1, column 1)"),
    "a leading zero": (with_name(b"012"), "the body is not JSON: Expecting ',' delimiter (line 1, column 75)"),
    "bytes of no text": (bytes(range(128, 256)), "the body is not UTF-8 (byte 0)"),
}  # fmt: skip
OF_PYTHON = re.compile(r": .* \(line")
"""Between these stands the text of Python's parser, which differs from version to version."""


@pytest.mark.parametrize(("body", "detail"), HORRORS.values(), ids=HORRORS)
def test_what_is_no_honest_json_is_400_and_says_why(body: bytes, detail: str) -> None:
    got = ask(fresh(EDITION), "POST", SETS, body=body)
    assert got.status == 400
    (error,) = got.errors
    assert (error["status"], error["title"]) == ("400", "bad request")
    assert (
        OF_PYTHON.sub("", error["detail"]).split(", column")[0]
        == (OF_PYTHON.sub("", detail).split(", column")[0])
    )
    if "no JSON:" not in detail:
        assert error["detail"] == detail
    assert error["meta"]["operation"] == "create-policy-set"


@each(
    some(cases(o for o in OPERATIONS if o.body is None and o.method != "GET"), 5),
    [body for body, _ in HORRORS.values()],
)
def test_no_horror_disturbs_an_operation_that_takes_no_body(
    operation: Operation, body: bytes
) -> None:
    """It is noted, and refused by a strict world."""
    if len(body) > 10_000:
        body = body[:10_000]
    world = fresh(operation.edition)
    got = ask(world, operation.method, path_of(operation), query=query_of(operation), body=body)
    assert got.status == success(operation), got.body
    assert [finding["fact"] for finding in world.findings] == ["this operation takes no body"]
    strict = fresh(operation.edition, strict=True)
    got = ask(strict, operation.method, path_of(operation), query=query_of(operation), body=body)
    assert (got.status, got.errors[0]["title"]) == (422, "not in the contract")


@pytest.mark.parametrize("body", [body for body, _ in HORRORS.values()], ids=HORRORS)
def test_an_upload_takes_any_bytes(body: bytes) -> None:
    world = fresh(EDITION)
    assert ask(world, "PUT", UPLOAD, body=body, headers={"Content-Type": "x/y"}).status == 200
    assert ask(world, "GET", DOWNLOAD).body == body


FINE: dict[str, tuple[bytes, Any]] = {
    "a pair of surrogates": (rb'"\ud83d\ude00"', "😀"),
    "an escaped NUL": (rb'"\u0000"', "\x00"),
    "brackets in a string": (b'"' + b"[{" * 1000 + b'"', "[{" * 1000),
    "an escaped quote before brackets": (rb'"\"' + b"[" * 200 + b'"', '"' + "[" * 200),
    "a string of 9 MB": (b'"' + b"a" * 9_000_000 + b'"', "a" * 9_000_000),
    "U+2028": ('"\u2028"'.encode(), "\u2028"),
    "a right-to-left mark": ('"\u202e"'.encode(), "\u202e"),
    "a non-character": ('"\uffff"'.encode(), "\uffff"),
}


@pytest.mark.parametrize(("text", "value"), FINE.values(), ids=FINE)
def test_what_is_odd_but_honest_is_kept_to_the_letter(text: bytes, value: str) -> None:
    world = fresh(EDITION)
    got = ask(world, "POST", SETS, body=with_name(text))
    assert got.status == 201
    assert got.json["data"]["attributes"]["description"] == value
    shown = ask(world, "GET", got.json["data"]["links"]["self"])
    assert shown.json["data"]["attributes"]["description"] == value


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t", b"null", b"\n null"], ids=repr)
def test_no_body_where_one_is_due_is_422(body: bytes) -> None:
    got = ask(fresh(EDITION), "POST", SETS, body=body)
    assert got.status == 422
    assert [error["detail"] for error in got.errors] == ["Data can't be blank"]


def test_a_value_of_9_mb_that_is_wrong_is_not_repeated_whole() -> None:
    body = {"data": {"type": "policy-sets", "attributes": {"name": "é" * 4_500_000}}}
    got = ask(fresh(EDITION), "POST", SETS, body=body)
    assert got.status == 422
    assert len(got.body) < 2000


def test_a_member_whose_name_is_9_mb_is_noted_and_let_pass() -> None:
    body = b'{"data":{"type":"policy-sets","attributes":{"name":"fresh","%b":1}}}' % (
        b"a" * 9_000_000
    )
    assert ask(fresh(EDITION), "POST", SETS, body=body).status == 201


# how much


def padded(size: int) -> bytes:
    """A good body of exactly so many bytes."""
    text = encoded(GOOD)
    return text + b" " * (size - len(text))


def test_an_upload_of_exactly_10_mb_is_kept() -> None:
    world = fresh(EDITION)
    content = b"a" * LIMIT
    assert LIMIT == 10 * 1024 * 1024
    assert ask(world, "PUT", UPLOAD, body=content).status == 200
    assert ask(world, "GET", DOWNLOAD).body == content


TOO_LARGE = {
    "errors": [
        {"status": "413", "title": "payload too large", "detail": "the body is larger than 10 MB"}
    ]
}


def test_an_upload_of_10_mb_and_one_byte_is_413_and_nothing_is_saved() -> None:
    world = fresh(EDITION)
    got = ask(world, "PUT", UPLOAD, body=b"a" * (LIMIT + 1))
    assert (got.status, got.json) == (413, TOO_LARGE)
    assert ask(world, "GET", DOWNLOAD).body == CODE


def test_a_json_body_of_exactly_10_mb_is_read() -> None:
    assert ask(fresh(EDITION), "POST", SETS, body=padded(LIMIT)).status == 201


@each(some(cases(o for o in OPERATIONS if o.body), 5))
def test_a_body_of_10_mb_and_one_byte_is_413_wherever_one_is_taken(operation: Operation) -> None:
    world = fresh(operation.edition)
    got = ask(world, operation.method, path_of(operation), body=b"a" * (LIMIT + 1))
    assert (got.status, got.json) == (413, TOO_LARGE)


@pytest.mark.parametrize("strict", [False, True])
def test_ninety_thousand_faults_are_told_up_to_a_thousand_and_soon(strict: bool) -> None:
    started = time.thread_time()
    body = b'{"data":[' + b"1," * 90_000 + b"1]}"
    world = fresh(EDITION, strict=strict)
    got = ask(world, "POST", f"{SET}/relationships/policies", body=body)
    assert got.status == 422
    assert len(got.errors) == MOST == 1000
    assert got.errors[0]["source"] == {"pointer": "/data/0"}
    assert time.thread_time() - started < 10


@pytest.mark.parametrize("unit", [b"{},", b"[0],", b'{"type":"policies"},', b'"a,b",'])
def test_a_body_with_more_values_than_a_document_has_is_too_large_and_soon(unit: bytes) -> None:
    """Ten megabytes of small objects take many seconds to look at."""
    world = fresh(EDITION)
    started = time.thread_time()
    body = b'{"data":[' + unit * (9_000_000 // len(unit)) + b"1]}"
    got = ask(world, "POST", f"{SET}/relationships/policies", body=body)
    assert got.status == 413
    assert got.errors[0]["detail"] == "the body holds more than 100,000 values"
    assert time.thread_time() - started < 2


def test_commas_and_brackets_in_a_string_are_no_values() -> None:
    text = ',[{\\"' * 100_000
    document = {"data": {"type": "policy-sets", "attributes": {"name": "a", "description": text}}}
    assert ask(fresh(EDITION), "POST", SETS, body=document).status == 201


def test_two_thousand_members_that_are_not_listed_are_too_many_to_be_let_pass() -> None:
    """What is behind the first thousand is not known: it might be wrong."""
    attributes = {"name": "fresh", **{f"member-{n}": n for n in range(2_000)}}
    body = {"data": {"type": "policy-sets", "attributes": attributes}}
    world = fresh(EDITION)
    got = ask(world, "POST", SETS, body=body)
    assert got.status == 422
    (error,) = got.errors
    assert error["detail"] == "Body has too many members that are not listed"
    assert error["source"] == {"pointer": ""}
    assert error["meta"]["fact"] == "1000 members of the body or more are not listed"
    attributes = {"name": "fresh", **{f"member-{n}": n for n in range(999)}}
    body = {"data": {"type": "policy-sets", "attributes": attributes}}
    assert ask(world, "POST", SETS, body=body).status == 201
    assert len(world.findings) == 999


def test_a_hundred_thousand_query_parameters_are_answered_soon() -> None:
    started = time.thread_time()
    world = fresh(EDITION)
    query = "&".join(f"q{n}=1" for n in range(100_000))
    assert ask(world, "GET", SETS, query=query).status == 200
    assert len(world.findings) == 1000
    assert time.thread_time() - started < 5


def test_what_is_noted_of_a_request_counts_among_the_bytes_of_the_journal() -> None:
    """A small body can hold a thousand members that are not listed, each with its explanation."""
    attributes = {"name": "fresh", **dict.fromkeys(map(str, range(999)), 1)}
    world = fresh(EDITION)
    body = {"data": {"type": "policy-sets", "attributes": attributes}}
    assert ask(world, "POST", SETS, body=body).status == 201
    (entry,) = world.universe.journal
    assert entry.bytes > sum(len(text) for finding in entry.findings for text in finding.values())


# where


def environ(path: bytes) -> dict[str, str]:
    """A path as a server hands it over: bytes, each as the letter of its number."""
    return {"PATH_INFO": path.decode("latin-1")}


ODD_IDS: dict[str, bytes] = {
    "a NUL": b"\x00",
    "an id and a NUL": b"polset-3yVQZvHzf5j3WRJ1\x00",
    "an id and a newline": b"polset-3yVQZvHzf5j3WRJ1\n",
    "an id and a space": b"polset-3yVQZvHzf5j3WRJ1 ",
    "a dot": b".",
    "two dots": b"..",
    "5,000 letters": b"a" * 5000,
    "a slash, encoded twice": b"a%2Fb",
    "invalid UTF-8": b"\xff\xfe",
    "half a letter": b"polset-3yVQZvHzf5j3WRJ1\xc3",
    "a surrogate": b"\xed\xa0\x80",
    "a percent sign": b"%",
    "a query": b"?",
    "a fragment": b"#",
    "a backslash": b"\\",
    "a template": b"{id}",
    "an id of another kind": b"pol-u3S5p2Uwk21keu1s",
    "an id in capitals": b"POLSET-3YVQZVHZF5J3WRJ1",
    "wide letters": "ｐolset".encode(),
    "a semicolon": b"polset-3yVQZvHzf5j3WRJ1;v=1",
}
NOT_FOUND = {"errors": [{"status": "404", "title": "not found"}]}


@pytest.mark.parametrize("odd", ODD_IDS.values(), ids=ODD_IDS)
def test_an_odd_id_is_404(odd: bytes) -> None:
    world = fresh(EDITION)
    for method in ("GET", "PATCH", "DELETE"):
        got = ask(world, method, "/", environ=environ(b"/api/v2/policy-sets/" + odd), body=b"{}")
        assert (got.status, got.json) == (404, NOT_FOUND), method
    got = ask(world, "GET", "/", environ=environ(b"/api/v2/organizations/" + odd + b"/policies"))
    assert (got.status, got.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "path",
    [
        b"/api", b"/api/", b"/api/v2", b"/api/v2/", b"/api/v2//", b"/api/v1/policy-sets",
        b"/api/v2/nothing", b"/api/v2/policy-sets", b"/api/v2/../v2/organizations",
        b"/api/v2/./organizations", b"/api/v2/organizations//my-organization",
        b"/API/V2/organizations", b"/api/v2/organizations.json", b"/api/v2/organizations;",
        b"/api/v2/\xff", b"/api/v2/" + b"a/" * 2000, b"/.well-known", b"/.well-known/",
        b"/.well-known/terraform.json.bak", b"/favicon.ico", b"/api/v2/organizations%2F", b"*",
        b"/\x00", b"/_mockery",
    ],
    ids=lambda path: repr(path[:30]),
)  # fmt: skip
def test_a_path_that_is_nowhere_is_404_for_every_method(path: bytes) -> None:
    for method in ("GET", "POST", "OPTIONS", "HEAD", "BREW"):
        got = ask(fresh(EDITION), method, "/", environ=environ(path))
        assert got.status == 404, method
        assert got.body == b"" if method == "HEAD" else got.json == NOT_FOUND, method
        assert "Allow" not in got.headers, method


@pytest.mark.parametrize("start", [b"//api/v2/", b"/api/v2//", b"//api//v2///"])
def test_slashes_that_an_address_brings_along_are_one(start: bytes) -> None:
    world = fresh(EDITION)
    asked = "organizations/my-organization/policy-sets"
    got = ask(world, "GET", "/", environ=environ(start + asked.encode()))
    assert got.status == 200
    assert f"/api/v2/{asked}?" in got.json["links"]["self"]
    assert got.json == ask(world, "GET", f"/api/v2/{asked}").json


@each(cases(o for o in OPERATIONS if not o.open))
def test_a_trailing_slash_is_tolerated(operation: Operation) -> None:
    if operation.id in ("unlock-workspace", "force-unlock-workspace"):
        return  # need a lock first: the tests of examples lock
    body = sent(operation, example(operation))
    got = ask(
        fresh(operation.edition),
        operation.method,
        path_of(operation) + "/",
        query=query_of(operation),
        body=body if body is None or isinstance(body, bytes) else encoded(body),
    )
    assert got.status == success(operation)


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer ", "Basic c3dlZXA6", "sweep", "Bearer  ", "Token sweep", "Bearer x y"]
)  # fmt: skip
def test_a_header_that_is_no_bearer_token_is_401(token: str) -> None:
    got = ask(fresh(EDITION), "GET", SETS, headers={"Authorization": token})
    assert got.status == 401


def test_bearer_may_be_spelled_in_any_case() -> None:
    for scheme in ("bearer", "BEARER", "Bearer"):
        got = ask(fresh(EDITION), "GET", SETS, headers={"Authorization": f"{scheme} sweep"})
        assert got.status == 200


def test_a_401_goes_before_everything_else() -> None:
    world = fresh(EDITION)
    for method, path in (("GET", "/api/v2/nothing"), ("BREW", SETS), ("POST", SETS)):
        got = ask(world, method, path, headers={"Authorization": ""}, body=b"{")
        assert got.status == 401


# over a socket


@dataclass(frozen=True)
class Line:
    """A connection's other end: raw bytes in, raw bytes out."""

    url: str
    world: World

    def ask(self, head: bytes, body: bytes = b"", *more: bytes) -> tuple[int, bytes]:
        """Status and body of a request that is written by hand."""
        host, port = urlsplit(self.url).hostname, urlsplit(self.url).port
        lines = [
            head,
            b"Host: localhost",
            b"Authorization: Bearer live",
            b"Connection: close",
            *more,
        ]
        with socket.create_connection((host, port), timeout=20) as connection:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
            try:
                connection.sendall(body)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # answered before it was read
            response = HTTPResponse(connection)
            response.begin()
            return response.status, response.read()


@pytest.fixture
def line() -> Iterator[Line]:
    with Live() as live:
        universe = live.server.universe(key="live", fixture="documented")
        yield Line(live.url, World(live.server, universe, None))  # type: ignore[arg-type]
        assert universe.journal.breaches == []


TYPE = f"Content-Type: {JSONAPI}".encode()
CHUNKED = b"Transfer-Encoding: chunked"


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))


def test_a_chunked_body_is_read(line: Line) -> None:
    text = encoded(GOOD)
    body = chunks(text[:7], text[7:8], text[8:])
    status, answer = line.ask(b"POST %b HTTP/1.1" % SETS.encode(), body, TYPE, CHUNKED)
    assert status == 201
    assert json.loads(answer)["data"]["attributes"]["name"] == "fresh"


def test_a_chunked_body_that_is_empty_is_an_empty_upload(line: Line) -> None:
    status, _ = line.ask(b"PUT %b HTTP/1.1" % UPLOAD.encode(), chunks(), CHUNKED)
    assert status == 200
    assert line.ask(b"GET %b HTTP/1.1" % DOWNLOAD.encode()) == (200, b"")


def test_an_empty_body_is_an_empty_upload(line: Line) -> None:
    status, _ = line.ask(b"PUT %b HTTP/1.1" % UPLOAD.encode(), b"", b"Content-Length: 0")
    assert status == 200
    assert line.ask(b"GET %b HTTP/1.1" % DOWNLOAD.encode()) == (200, b"")


def test_a_chunked_body_where_none_is_due_is_drained(line: Line) -> None:
    """The connection can be used again."""
    connection = HTTPConnection(urlsplit(line.url).netloc, timeout=20)
    headers = {"Authorization": "Bearer live"}
    for method, path in (("DELETE", SET), ("GET", SETS), ("GET", SETS)):
        connection.request(
            method, path, body=iter([b"{}", b" "]), headers=headers, encode_chunked=True
        )
        response = connection.getresponse()
        assert response.status == (204 if method == "DELETE" else 200)
        response.read()
    connection.close()


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1], ids=["10 MB", "10 MB and one byte"])
@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
def test_10_mb_over_a_socket_are_kept_and_one_byte_more_is_413(
    line: Line, size: int, chunked: bool
) -> None:
    content = b"a" * size
    body = chunks(content[:65536], content[65536:]) if chunked else content
    framing = CHUNKED if chunked else b"Content-Length: %d" % size
    status, answer = line.ask(b"PUT %b HTTP/1.1" % UPLOAD.encode(), body, framing)
    if size == LIMIT:
        assert status == 200
    else:
        assert (status, json.loads(answer)) == (413, TOO_LARGE)
    status, kept = line.ask(b"GET %b HTTP/1.1" % DOWNLOAD.encode())
    assert kept == (content if size == LIMIT else CODE)


def journalled(line: Line) -> Any:
    return list(line.world.universe.journal)[-1]


@pytest.mark.parametrize("path", [SETS, UPLOAD, SET], ids=["JSON", "upload", "none due"])
@pytest.mark.parametrize(
    ("framing", "body"),
    [(b"Content-Length: 500", b"{}"), (CHUNKED, b"zz\r\n{}"), (CHUNKED, b"5\r\n{}")],
    ids=["a length too long", "no chunk", "a chunk cut short"],
)
def test_a_body_that_breaks_off_changes_nothing_and_is_answered_as_documented(
    line: Line, path: str, framing: bytes, body: bytes
) -> None:
    method = {SETS: b"POST", UPLOAD: b"PUT", SET: b"DELETE"}[path]
    before = line.world.universe.state
    head = b"%b %b HTTP/1.1" % (method, path.encode())
    status, _ = line.ask(head, body, TYPE, framing)
    entry = journalled(line)
    assert entry.status == status == 400
    assert status in load(EDITION).operation(entry.operation).responses
    assert line.world.universe.state is before


RAW_PATHS = {
    b"/api/v2/policy-sets/%00": 404,
    b"/api/v2/policy-sets/a%2Fb": 404,
    b"/api/v2/policy-sets/%ff%fe": 404,
    b"/api/v2/policy-sets/%zz%": 404,
    b"/api/v2/policy-sets/" + b"a" * 5000: 404,
    b"/api/v2/policy-sets/..": 404,
    b"/api/v2/policy-sets/../organizations": 404,
    b"/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1%0A": 404,
    b"/api/v2/policy%2Dsets/polset-3yVQZvHzf5j3WRJ1": 200,
    b"/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1/": 200,
    b"/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1?": 200,
    b"/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1?&&=&%=%ff": 200,
    b"/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1?" + b"a" * 30_000: 200,
    b"/api/v2/policy-sets/" + b"a" * 30_000: 404,
}


@pytest.mark.parametrize(("path", "expected"), RAW_PATHS.items(), ids=lambda p: repr(p)[:60])
def test_an_odd_path_over_a_socket_is_answered_as_documented(
    line: Line, path: bytes, expected: int
) -> None:
    status, body = line.ask(b"GET %b HTTP/1.1" % path)
    assert status == expected
    if status == 404:
        assert json.loads(body) == NOT_FOUND


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v2/policy-sets/" + b"a" * 1_000_000 + b" HTTP/1.1",
        b"GET /\xff HTTP/1.1", b"GET / HTTP/9.9", b"get /api/v2/ping HTTP/1.1",
        b"GET api HTTP/1.1", b"hello",
    ],
    ids=lambda head: repr(head)[:60],
)  # fmt: skip
def test_what_is_no_http_or_too_long_a_line_is_refused_by_the_server_itself(
    line: Line, head: bytes
) -> None:
    status, _ = line.ask(head)
    assert status in (400, 431, 505)
    assert line.world.universe.journal.count == 0


def test_every_operation_of_every_edition_is_among_these_tests() -> None:
    """The pinned paths above are of the documented world of one edition."""
    assert EDITION in {edition.name for edition in EDITIONS}
    for operation in OPERATIONS:
        assert misses(operation, fresh(operation.edition).play(operation)) == []
