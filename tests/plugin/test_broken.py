"""A test fails when its contract is broken, in that test, with all that is needed to act on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import mockserver
from mockserver.client import Broken

Run = Callable[..., pytest.RunResult]
ORG = "/api/v2/organizations/my-organization"
SETS = f"{ORG}/policy-sets"

BREAKING = '''
import pytest
from mockserver.contract import load
from mockserver.pipeline.server import served
from mockserver.world.calls import Reply
SETS = "/api/v2/organizations/my-organization/policy-sets"


@pytest.fixture
def broken(tfe_server, monkeypatch):
    """A server with defects of its own."""
    table = served(load("2019-07"), tfe_server.server.kinds).table
    handler, rule = table["create-policy-set"]

    def nameless(call):
        raise KeyError("a mistake")

    def undocumented(call):
        return Reply(299)

    monkeypatch.setitem(table, "create-policy-set", (nameless, rule))
    monkeypatch.setitem(table, "list-policy-sets", (undocumented, rule))


def body(**attributes):
    return {"data": {"type": "policy-sets", "attributes": {"name": "new", **attributes}}}
'''
PASSES = (
    f'  passes: POST {SETS} {{"data": {{"type": "policy-sets", "attributes": {{"name": "staging", '
    '"description": "Checked in staging."}}}'
)


def shown(result: pytest.RunResult, *lines: str) -> None:
    """The lines stand in the output, one after the other."""
    text = result.stdout.str()
    assert "\n".join(lines) in text, text


def test_a_finding_in_a_strict_world_fails_the_test_although_it_took_the_422(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.tfe(strict=True)
        def test_it(tfe):
            body = {"data": {"type": "policy-sets", "attributes": {"name": "a", "nme": 3}}}
            path = "/api/v2/organizations/my-organization/policy-sets"
            assert tfe.client.post(path + "?pge=1", json=body).status_code == 422

        @pytest.mark.tfe(strict=True)
        def test_good(tfe):
            assert tfe.client.get("/api/v2/organizations").status_code == 200
        """
    )
    result.assert_outcomes(failed=1, passed=1)
    sent = (
        f"  sent: POST {SETS}?pge=1 "
        '{"data": {"attributes": {"name": "a", "nme": 3}, "type": "policy-sets"}}'
    )
    shown(
        result,
        "not in the contract: create-policy-set (edition 2019-07)",
        "  the query parameter pge is not listed; expected no query parameter",
        "  pointer: /",
        "  key path: pge (policy-sets.html#create-a-policy-set)",
        sent,
        PASSES,
        "  Leave out pge.",
        "",
        "not in the contract: create-policy-set (edition 2019-07)",
        "  data.attributes.nme is not listed (3); expected no such member",
        "  pointer: /data/attributes/nme",
        "  key path: data.attributes.nme (policy-sets.html#create-a-policy-set)",
        sent,
        PASSES,
        "  Did you mean name?",
    )
    shown(
        result,
        f"422 POST {SETS}?pge=1  create-policy-set  [the query parameter pge is not listed. Leave "
        "out pge; data.attributes.nme is not listed (3). Did you mean name?]",
    )


def test_a_line_of_the_report_tells_why_a_request_was_refused_and_what_was_let_pass(
    run: Run,
) -> None:
    result = run(
        f"""
        def test_it(tfe):
            def send(json, **headers):
                assert tfe.client.post("{SETS}", json=json, headers=headers).status_code == 422

            attributes = {{"name": "production", "glob": True}}
            send({{"data": {{"type": "policy-sets", "attributes": attributes}}}})
            send({{"data": {{"type": "policy-sets", "attributes": {{"nmae": "a"}}}}}})
            tfe.faults.add("status", operation="create-policy-set", status=422)
            send({{"data": {{"type": "policy-sets", "attributes": {{"name": "a"}}}}}})
            assert False
        """
    )
    shown(
        result,
        f"422 POST {SETS}  create-policy-set  [the policy set polset-3yVQZvHzf5j3WRJ1 already has the "
        "name 'production'. Send another value, or change the record that has it; "
        "data.attributes.glob is not listed (true). Did you mean global?]",
        f"422 POST {SETS}  create-policy-set  [data.attributes.name is missing. Did you mean name? "
        'data.attributes.nmae is not listed; data.attributes.nmae is not listed ("a"). Did you mean name?]',
        f"422 POST {SETS}  create-policy-set  [status]",
    )


def test_of_many_findings_a_line_of_the_report_tells_three_and_each_in_brief(run: Run) -> None:
    result = run(
        f"""
        def test_it(tfe):
            names = ["n" * 1000, "bbb1", "ccc1", "ddd1", "eee1"]
            attributes = dict.fromkeys(names, 1) | {{"name": "a"}}
            body = {{"data": {{"type": "policy-sets", "attributes": attributes}}}}
            assert tfe.client.post("{SETS}", json=body).status_code == 422
        """
    )
    (line,) = [line for line in result.outlines if line.startswith(f"201 POST {SETS}")]
    told = [name for name in ("bbb1", "ccc1", "ddd1", "eee1", "nnnn") if name in line]
    assert told == ["bbb1", "ccc1", "ddd1"]
    assert line.endswith("; 2 more findings]")
    assert len(line) < 800


def test_a_wrong_content_type_is_a_finding_of_a_strict_world_too(run: Run) -> None:
    result = run(
        f"""
        import pytest

        @pytest.mark.tfe(strict=True)
        def test_it(tfe):
            body = '{{"data": {{"type": "policy-sets", "attributes": {{"name": "a"}}}}}}'
            sent = tfe.client.post("{SETS}", data=body, content_type="application/json")
            assert sent.status_code == 415
        """
    )
    result.assert_outcomes(failed=1)
    shown(result, "  the body was sent as application/json")
    shown(result, "  Send Content-Type: application/vnd.api+json.")


def test_a_call_that_no_page_lists_fails_a_test_of_a_strict_world(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.tfe(strict=True)
        @pytest.mark.parametrize("method, path", [("GET", "runners"), ("PUT", "ping")])
        def test_it(tfe, method, path):
            assert tfe.client.open("/api/v2/" + path, method=method).status_code in (404, 405)
        """
    )
    result.assert_outcomes(failed=2)
    shown(
        result,
        "not in the contract: no operation (edition 2019-07)",
        "  no page of edition 2019-07 lists GET /api/v2/runners",
        "  sent: GET /api/v2/runners",
        "  `mockserver operations --edition 2019-07` lists what there is.",
    )
    shown(result, "404 GET /api/v2/runners  no operation  [Edition 2019-07 has no such path.]")
    shown(result, "  no page of edition 2019-07 lists PUT /api/v2/ping")


def test_findings_are_only_noted_where_the_world_is_not_strict(run: Run) -> None:
    run(
        f"""
        def test_it(tfe):
            assert tfe.client.get("{SETS}?pge=1").status_code == 200
            assert tfe.journal.exchanges()[0].findings[0]["key-path"] == "pge"
        """
    ).assert_outcomes(passed=1)


def test_a_finding_outlives_a_reset_and_the_bounds_of_the_journal_but_not_a_clear(
    run: Run,
) -> None:
    result = run(
        f"""
        import pytest
        pytestmark = pytest.mark.tfe(strict=True)

        def test_reset(tfe):
            tfe.client.get("{SETS}?pge=1")
            tfe.reset()

        def test_bounds(tfe):
            tfe.client.get("{SETS}?pge=1")
            for _ in range(1001):
                tfe.client.get("/api/v2/nowhere")
            assert tfe.journal.forgotten == 2

        def test_deleted(tfe):
            fork = tfe.fork()
            fork.client.get("{SETS}?pge=1")
            fork.delete()

        def test_clear(tfe):
            tfe.client.get("{SETS}?pge=1")
            tfe.journal.clear()  # the author says so
        """
    )
    result.assert_outcomes(failed=3, passed=1)
    assert "(952 earlier)" in result.stdout.str()


def test_an_unexpected_exception_fails_the_test_although_it_took_the_500(run: Run) -> None:
    result = run(
        BREAKING
        + """

def test_bad(tfe, broken):
    assert tfe.client.post(SETS, json=body()).status_code == 500

def test_good(tfe):
    assert tfe.client.post(SETS, json=body()).status_code == 201
"""
    )
    result.assert_outcomes(failed=1, passed=1)
    shown(
        result,
        "unexpected exception: KeyError in create-policy-set",
        "  in create-policy-set (edition 2019-07)",
        f"  sent: POST {SETS} "
        '{"data": {"attributes": {"name": "new"}, "type": "policy-sets"}}',
        PASSES,
        "  This is a defect of the mock server, not of the test: please report it with these lines.",
    )
    assert "KeyError: 'a mistake'" in result.stdout.str()  # the log has the traceback


def test_an_answer_that_breaks_the_contract_fails_the_test_in_whose_world_it_happened(
    run: Run,
) -> None:
    result = run(
        BREAKING
        + """
import requests

def test_one(tfe):
    assert tfe.client.get(SETS).status_code == 200

def test_two(tfe, broken):
    headers = {"Authorization": "Bearer " + tfe.token}
    assert requests.get(tfe.url + SETS, headers=headers).status_code == 500
    tfe.journal.clear()

def test_three(tfe):
    assert tfe.client.get(SETS).status_code == 200
""",
        "-v",
    )
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["*test_one PASSED*", "*test_two FAILED*", "*test_three PASSED*"])
    shown(
        result,
        "breach of contract: the answer of list-policy-sets (edition 2019-07) breaks the contract: "
        "status 299 is not documented (documented: [200, 400, 401, 404, 405, 422, 429])",
    )


def test_a_breach_in_a_fork_or_in_what_cleans_up_is_raised_too(run: Run) -> None:
    result = run(
        BREAKING
        + """

def test_fork(tfe, broken):
    tfe.fork().client.get(SETS)

@pytest.fixture
def cleaned(tfe, broken):
    yield
    tfe.client.get(SETS)

def test_cleaned(cleaned):
    pass

@pytest.fixture
def prepared(tfe, broken):
    tfe.client.get(SETS)

def test_prepared(prepared):
    pass
""",
    )
    result.assert_outcomes(failed=2, passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_cleaned*"])
    assert result.stdout.str().count("breach of contract: the answer of list-policy-sets") >= 3


def test_a_mistake_in_the_control_plane_is_raised_too(run: Run) -> None:
    result = run(
        """
        import pytest
        from mockserver.client import ControlError

        def test_it(tfe, tfe_server, monkeypatch):
            from mockserver.control import answering as control
            monkeypatch.setitem(control.OPERATIONS, "show-clock", lambda call: (200, {"now": 3}))
            with pytest.raises(ControlError):
                tfe.clock.now
        """
    )
    result.assert_outcomes(failed=1)
    shown(result, "unexpected exception: AssertionError: show-clock breaks the control contract: ")


def test_a_failed_test_shows_its_exchanges_a_line_each(run: Run) -> None:
    result = run(
        f"""
        import pytest

        def test_fails(tfe):
            tfe.client.get("{SETS}?page[size]=1")
            tfe.client.get("/api/v2/policies/nobody")
            tfe.client.get("{SETS}", headers={{"Authorization": "Bearer " + tfe.token + ".anne"}})
            fork = tfe.fork()
            fork.client.get("{SETS}")
            assert False

        def test_passes(tfe):
            tfe.client.get("/api/v2/organizations")

        @pytest.fixture
        def fails(tfe):
            tfe.client.get("{ORG}")
            raise RuntimeError

        def test_setup(fails):
            pass
        """
    )
    result.assert_outcomes(failed=1, passed=1, errors=1)
    result.stdout.re_match_lines(
        [
            "-+ exchanges with the mock server -+",
            rf"200 GET {SETS}\?page\[size\]=1  list-policy-sets",
            r"404 GET /api/v2/policies/nobody  show-policy  \[There is no policy 'nobody'\.\]",
            rf"401 GET {SETS}  .*\[the world exists, but has no such token .*\]",
            r"in the fork \w+:",
            f"200 GET {SETS}  list-policy-sets",
        ]
    )
    text = result.stdout.str()
    assert f"200 GET {ORG}  show-organization" in text
    assert "200 GET /api/v2/organizations  list-organizations" not in text


def test_a_failure_of_its_own_is_not_hidden_by_a_breach(run: Run) -> None:
    result = run(
        BREAKING
        + """

def test_it(tfe, broken):
    answer = tfe.client.get(SETS)
    assert answer.status_code == 200
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 500 == 200*", "*the contract was broken*", "breach of*"])


def test_skipped_and_expected_failures_stay_what_they_are(run: Run) -> None:
    run(
        """
        import pytest

        def test_skip(tfe):
            pytest.skip("not today")

        @pytest.mark.xfail
        def test_xfail(tfe):
            assert False

        @pytest.mark.xfail(strict=True)
        @pytest.mark.tfe(strict=True)
        def test_expected(tfe):
            tfe.client.get("/api/v2/organizations?x=1")
        """
    ).assert_outcomes(skipped=1, xfailed=2)


# the same without pytest


def test_a_universe_raises_at_its_end_what_was_broken() -> None:
    def strict() -> None:
        with mockserver.universe(strict=True) as tfe:
            assert tfe.fork().client.get(SETS + "?pge=1").status_code == 422

    with pytest.raises(Broken) as broken:
        strict()
    assert str(broken.value).startswith("not in the contract: list-policy-sets (edition 2019-07)\n")

    def failing() -> None:
        with mockserver.universe(strict=True) as tfe:
            tfe.client.get(SETS + "?pge=1")
            raise ValueError("of its own")

    with pytest.raises(ValueError, match="of its own") as own:
        failing()
    assert own.value.__notes__[0].startswith("not in the contract: list-policy-sets")


def test_check_raises_in_the_middle_over_http_too(served: str) -> None:
    world = mockserver.connect(served).fork()
    world.client.get(SETS + "?pge=1")
    world.check()  # it is not strict
    world.delete()
    with mockserver.universe(strict=True) as tfe:
        tfe.client.get(SETS + "?pge=1")
        for world in (tfe, mockserver.connect(tfe.url, tfe.token)):
            with pytest.raises(Broken) as found:
                world.check()
            said = str(found.value)
            assert "  key path: pge (policy-sets.html#list-policy-sets)" in said
        tfe.journal.clear()
        tfe.check()
