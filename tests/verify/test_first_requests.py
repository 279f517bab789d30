"""The request that a finding names: the same in every run, and no longer than a line can be."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

from mockserver.scenarios.runner.run import verify
from tests.verify.playing import context_of, run, server


def of_another_form(late: frozenset[str] = frozenset()) -> Any:
    """A server that refuses a query with an empty object; those that are late come after the others."""
    ours = server()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        said: list[Any] = []
        content = b"".join(ours(environ, lambda status, held: said.append((status, held))))
        status, held = said[0]
        if environ["QUERY_STRING"] and status.startswith("422"):
            content = b"{}"
            if unquote_plus(environ["REQUEST_URI"]) in late:
                time.sleep(0.05)
        held = [(name, value) for name, value in held if name != "Content-Length"]
        start(status, held)
        return [content]

    return app


def test_a_finding_names_the_same_request_however_many_are_sent_at_a_time() -> None:
    only = frozenset({"list-policies"})
    alone = verify(context_of(of_another_form()), only)
    (told,) = [one for one in alone.findings if one.operation == "list-policies"]
    assert told.times > 2
    late = frozenset({told.where.removeprefix("GET ")})
    several = verify(context_of(of_another_form(late)), only, jobs=4)
    assert [one.line() for one in several.findings] == [one.line() for one in alone.findings]


def test_a_request_of_200_kb_is_cut_in_what_is_told_of_it() -> None:
    ours, long = server(), "x" * 200_000

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].replace(long, "")
        if environ["REQUEST_METHOD"] == "DELETE" and "/ssh-keys/" in environ["PATH_INFO"]:
            start("200 OK", [("Content-Type", "text/plain")])
            return [b""]
        content = b"".join(ours(environ, start))
        return [re.sub(rb'(?<=")sshkey-(?=\w{16}")', b"sshkey-" + long.encode(), content)]

    _, outcome = run(app, only=frozenset({"delete-ssh-key"}))
    assert any(finding.where.endswith("x…") for finding in outcome.findings)
    assert max(len(finding.line()) for finding in outcome.findings) < 1_000
