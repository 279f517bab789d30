"""Recorded traffic, judged offline: a HAR, our journal, a folder of exchanges."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import mockserver
from mockserver.cli import main
from mockserver.contract import load

JSONAPI = "application/vnd.api+json"
EDITION = load("2019-07")
HOST = "tfe.secret-host.example"


def example(operation: str, status: int = 200) -> Any:
    return json.loads(json.dumps(EDITION.examples[operation]["answers"][str(status)]))


def entry(
    method: str, path: str, status: int, body: Any, sent: Any = None, **content: Any
) -> dict[str, Any]:
    """An entry of a HAR as browsers write it."""
    request: dict[str, Any] = {"method": method, "url": f"https://{HOST}{path}", "headers": []}
    if sent is not None:
        request["postData"] = {"mimeType": JSONAPI, "text": json.dumps(sent)}
    text = json.dumps(body)
    answer = {"mimeType": JSONAPI, "size": len(text), "text": text} | content
    return {"request": request, "response": {"status": status, "content": answer}, "time": 1.5}


def har(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments], env={"TFE_TOKEN": ""})


SHOW = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"


def test_a_recording_that_keeps_the_contract_conforms(tmp_path: Path) -> None:
    path = har(tmp_path / "good.har", entry("GET", SHOW, 200, example("show-policy-set")))
    said = verify("--har", str(path))
    assert said.exit_code == 0
    assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 1 exchange\n"


@pytest.mark.parametrize("text", ["xx", '{"log": {}}', '{"log": {"entries": []}}'])
def test_a_recording_without_an_exchange_neither_conforms_nor_differs(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "none.har"
    path.write_text(text)
    said = verify("--har", str(path))
    assert said.exit_code == 2
    assert "conform" not in said.stdout
    assert said.stderr.startswith("Error: ")


def test_a_server_that_takes_a_filter_of_its_own_is_not_at_fault(tmp_path: Path) -> None:
    taken = entry("GET", f"{SHOW}?filter%5Bkind%5D=opa", 200, example("show-policy-set"))
    said = verify("--har", str(har(tmp_path / "filtered.har", taken)))
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0] == (
        "note: show-policy-set request ?filter[kind]: the query parameter filter[kind] is not "
        "listed; expected no filter (decision: who asks for some records and is given all of them "
        "may delete all of them) [log.entries[0]]"
    )


def test_a_wrong_attribute_is_found_with_its_place_in_the_recording(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["workspace-count"] = "4"
    good = entry("GET", SHOW, 200, example("show-policy-set"))
    path = har(tmp_path / "wrong.har", good, entry("GET", SHOW, 200, wrong))
    said = verify("--har", str(path))
    assert said.exit_code == 1
    assert said.stdout.splitlines()[0] == (
        "fault: show-policy-set /data/attributes/workspace-count: data.attributes.workspace-count "
        'is "4"; expected an integer of at least 0 (policy-sets.html#sample-response) '
        "[log.entries[1]]"
    )


def test_a_law_of_the_domain_is_kept_in_a_recording_too(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["policy-count"] = 7
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, wrong))))
    assert said.exit_code == 1
    assert (
        "/data/attributes/policy-count: policy-count is 7, and 1 policies are named" in said.stdout
    )


def test_what_a_client_sent_and_the_server_took_is_judged(tmp_path: Path) -> None:
    sent = {"data": {"type": "policy-sets", "attributes": {"name": "not this!", "colour": "red"}}}
    path = "/api/v2/organizations/my-organization/policy-sets"
    answer = example("create-policy-set", 201)
    said = verify("--har", str(har(tmp_path / "a.har", entry("POST", path, 201, answer, sent))))
    assert said.exit_code == 1
    lines = said.stdout.splitlines()
    assert lines[0].startswith("fault: create-policy-set request/data/attributes/name: ")
    assert lines[1].startswith("note: create-policy-set request/data/attributes/colour: ")


def test_a_request_that_was_refused_is_nobodys_fault(tmp_path: Path) -> None:
    sent = {"data": {"type": "policy-sets", "attributes": {"name": "not this!"}}}
    path = "/api/v2/organizations/my-organization/policy-sets"
    answer = {"errors": [{"status": "422", "title": "invalid attribute"}]}
    said = verify("--har", str(har(tmp_path / "a.har", entry("POST", path, 422, answer, sent))))
    assert said.exit_code == 0


def test_unknown_routes_are_listed_with_the_first_path_and_without_hosts_or_secrets(
    tmp_path: Path,
) -> None:
    said = verify(
        "--har",
        str(
            har(
                tmp_path / "a.har",
                entry("GET", SHOW, 200, example("show-policy-set")),
                entry("GET", "/api/v2/runs/run-CZcmD7eagjhyX0vN?token=s3cr3t", 200, {}),
                entry("GET", "/api/v2/runs/run-aaaaaaaaaaaaaaaa", 200, {}),
                entry("GET", "/api/v2/a%0Ab\nc\x1b", 200, {}),
                entry("GET", "/assets/app.js", 200, {}),
            )
        ),
    )
    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "unknown route: GET /api/v2/*: 1 time, first /api/v2/a%0Abc\\x1b [log.entries[3]]",
        "documented, not supported here: GET /api/v2/runs/*: 2 times, first "
        "/api/v2/runs/run-CZcmD7eagjhyX0vN [log.entries[1]]",
        "none of the API's: 1 exchange",
        "conforms to 2019-07: 0 faults, 0 notes; 1 exchange",
    ]


def test_hosts_and_tokens_in_what_is_found_are_not_printed(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["name"] = None
    wrong["data"]["links"]["self"] = f"https://{HOST}/x"
    wrong["data"]["attributes"]["extra"] = "aBcD1234.atlasv1.zZ09"
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, wrong))))
    assert said.exit_code == 1
    assert HOST not in said.output
    assert "atlasv1.zZ09" not in said.output


def test_a_base64_body_and_one_that_was_not_kept(tmp_path: Path) -> None:
    text = base64.b64encode(json.dumps(example("show-policy-set")).encode()).decode()
    coded = entry("GET", SHOW, 200, {}, text=text, encoding="base64")
    lost = entry("GET", SHOW, 200, {}, size=1234)
    del lost["response"]["content"]["text"]
    aborted = entry("GET", SHOW, 0, {})
    said = verify("--har", str(har(tmp_path / "a.har", coded, lost, aborted)))
    assert said.exit_code == 0
    assert "2 exchanges" in said.stdout


@pytest.mark.parametrize("spoil", [{}, {"log": 1}, [], {"log": {"entries": [1, None, {"a": 1}]}}])
def test_what_is_no_har_is_one_sentence(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "a.har"
    path.write_text(json.dumps(spoil))
    said = verify("--har", str(path))
    assert said.exit_code == 2
    assert said.stderr in (
        "Error: a.har has no log.entries: is it a HAR?\n",
        "Error: the recording holds no exchange of the API: there is nothing to judge\n",
    )


def test_a_file_that_is_no_json_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(b"<html>\xff")
    said = verify("--har", str(path))
    assert said.exit_code == 2
    assert said.stderr == "Error: a.har is not JSON: is it a HAR?\n"


def test_a_truncated_har_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    del wrong["data"]["attributes"]["name"]
    whole = har(tmp_path / "a.har", *(entry("GET", SHOW, 200, wrong) for _ in range(3)))
    whole.write_text(whole.read_text()[:-400])
    said = verify("--har", str(whole))
    assert said.exit_code == 2
    assert "show-policy-set /data/attributes/name: data.attributes.name is missing" in said.stdout
    assert said.stderr == (
        "Error: a.har ends in the middle of entry 2: it is truncated; the 2 entries before were "
        "judged\n"
    )


@pytest.mark.parametrize("percent", ["150", "-1", "nan"])
def test_a_share_that_is_no_percentage_is_usage(tmp_path: Path, percent: str) -> None:
    path = har(tmp_path / "a.har", entry("GET", SHOW, 200, example("show-policy-set")))
    for command in (["verify", "--har", str(path)], ["coverage"]):
        said = CliRunner().invoke(main, [*command, "--fail-under", percent])
        assert said.exit_code == 2
        assert f"Invalid value for '--fail-under': {percent} is not from 0 to 100." in said.stderr


def test_no_such_file_is_usage() -> None:
    assert verify("--har", "/no/such.har").exit_code == 2


def test_two_recordings_at_once_are_usage(tmp_path: Path) -> None:
    path = har(tmp_path / "a.har")
    said = verify("--har", str(path), "--journal", str(path))
    assert said.exit_code == 2
    assert "--har and --journal: one recording at a time" in said.stderr


@pytest.mark.parametrize(
    "option",
    ["--url http://localhost", "--organization x", "--read-only", "--jobs 2", "--unreached"],
)
def test_a_recording_and_a_server_at_once_are_usage(tmp_path: Path, option: str) -> None:
    path = har(tmp_path / "a.har", entry("GET", SHOW, 200, example("show-policy-set")))
    said = verify("--har", str(path), *option.split())
    assert said.exit_code == 2
    assert said.stderr.endswith(
        f"Error: --har and {option.split()[0]}: a recording is judged without a server\n"
    )


def test_the_address_of_a_server_in_the_environment_is_no_wish_to_ask_it(tmp_path: Path) -> None:
    path = har(tmp_path / "a.har", entry("GET", SHOW, 200, example("show-policy-set")))
    said = CliRunner().invoke(
        main, ["verify", "--har", str(path)], env={"TFE_ADDRESS": "http://localhost"}
    )
    assert said.exit_code == 0


@pytest.mark.parametrize("option", ["--har", "--journal"])
def test_a_folder_in_the_place_of_a_file_is_told_which_option_takes_it(
    option: str, tmp_path: Path
) -> None:
    said = verify(option, str(tmp_path))
    assert said.exit_code == 2
    assert said.stderr.splitlines()[-1] == (
        f"Error: Invalid value for '{option}': '{tmp_path}' is a folder; one that `mockserver record` "
        "has written is for --exchanges."
    )


@pytest.mark.parametrize("command", [["verify", "--exchanges"], ["fixture", "--from"]])
def test_a_file_in_the_place_of_a_folder_is_told_what_takes_it(
    command: list[str], tmp_path: Path
) -> None:
    path = har(tmp_path / "a.har")
    said = CliRunner().invoke(main, [*command, str(path)])
    assert said.exit_code == 2
    assert said.stderr.splitlines()[-1] == (
        f"Error: Invalid value for '{command[1]}': '{path}' is a file; give the folder that `mockserver "
        "record` has written. `mockserver verify` judges files with --har and --journal."
    )


def test_our_own_journal_conforms_as_document_and_as_lines(tmp_path: Path) -> None:
    with mockserver.universe() as tfe:
        path = "/api/v2/organizations/my-organization/policy-sets"
        body = {"data": {"type": "policy-sets", "attributes": {"name": "a"}}}
        for _ in range(2):
            tfe.client.post(path, json=body)
        tfe.client.get(path)
        tfe.client.put("/api/v2/policies/pol-u3S5p2Uwk21keu1s/upload", data=b"main = rule {}")
        tfe.client.get("/api/v2/policies/pol-u3S5p2Uwk21keu1s/download")
        journal = tfe.client.get("/_mock/journal").get_json(force=True)
    whole, lines = tmp_path / "whole.json", tmp_path / "lines.json"
    whole.write_text(json.dumps(journal))
    lines.write_text("\n".join(json.dumps(one) for one in journal["exchanges"]))
    for file in (whole, lines):
        said = verify("--journal", str(file))
        assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 5 exchanges\n"
        assert said.exit_code == 0


def test_a_journal_with_a_wrong_attribute_names_the_exchange(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["global"] = "no"
    kept = {"n": 41, "method": "GET", "path": SHOW, "query": "", "status": 200, "response": wrong}
    file = tmp_path / "journal.json"
    file.write_text(json.dumps({"exchanges": [kept]}))
    said = verify("--journal", str(file))
    assert said.exit_code == 1
    assert said.stdout.splitlines()[0].endswith("[exchange 41]")


def test_a_journal_that_breaks_off_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "journal.json"
    file.write_text('{"n": 1, "status": 200}\n{"n": 2, "sta')
    said = verify("--journal", str(file))
    assert said.exit_code == 2
    assert said.stderr == (
        "Error: journal.json is not JSON in line 2: it is truncated, or not a journal\n"
    )


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    said = verify("--exchanges", str(tmp_path))
    assert said.exit_code == 2
    assert said.stderr == (
        f"Error: {tmp_path.name} holds no exchange: `mockserver record` writes them\n"
    )


def test_coverage_of_a_recording(tmp_path: Path) -> None:
    path = har(tmp_path / "good.har", entry("GET", SHOW, 200, example("show-policy-set")))
    said = verify("--har", str(path), "--coverage", "--fail-under", "50")
    assert said.exit_code == 1
    assert f"1 of {len(EDITION.operations)} operations" in said.stdout


def test_a_byte_order_mark_is_no_part_of_a_har(tmp_path: Path) -> None:
    path = har(tmp_path / "a.har", entry("GET", SHOW, 200, example("show-policy-set")))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    said = verify("--har", str(path))
    assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 1 exchange\n"


def test_what_cannot_be_judged_is_listed_with_its_reason(tmp_path: Path) -> None:
    good = entry("GET", SHOW, 200, example("show-policy-set"))
    masked = entry("GET", SHOW, 200, {})
    masked["request"]["url"] = "https://[redacted]/"
    aborted = entry("GET", SHOW, 0, {})
    said = verify("--har", str(har(tmp_path / "a.har", good, masked, aborted, masked)))
    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "not judged: log.entries[1], log.entries[3]: its URL cannot be read",
        "not judged: log.entries[2]: no answer was recorded",
        "conforms to 2019-07: 0 faults, 0 notes; 1 exchange",
    ]


def test_bodies_that_were_not_kept_or_are_none_are_not_missed(tmp_path: Path) -> None:
    empty = entry("GET", SHOW, 200, {}, text="", size=1234)
    same = entry("GET", SHOW, 304, {}, text="", size=0)
    head = entry("HEAD", SHOW, 200, {}, text="", size=0)
    said = verify("--har", str(har(tmp_path / "a.har", empty, same, head)))
    assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 3 exchanges\n"


def test_base64_in_lines_is_read(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    del wrong["data"]["attributes"]["name"]
    text = base64.encodebytes(json.dumps(wrong).encode()).decode()
    assert "\n" in text.strip()
    coded = entry("GET", SHOW, 200, {}, text=text, encoding="base64")
    said = verify("--har", str(har(tmp_path / "a.har", coded)))
    assert "data.attributes.name is missing" in said.stdout


def test_our_own_har_passes(tmp_path: Path) -> None:
    file = tmp_path / "ours.har"
    with mockserver.universe() as tfe:
        policy = "/api/v2/policies/pol-u3S5p2Uwk21keu1s"
        tfe.client.put(f"{policy}/upload", data=b"main = rule { true }")
        tfe.client.get(f"{policy}/download")
        tfe.client.get(f"{policy}?include=policy-sets")
        tfe.client.head(policy)
        tfe.client.patch(policy, json={"data": {"type": "policies", "attributes": {}}})
        tfe.client.delete(policy)
        tfe.client.get(policy)
        file.write_text(json.dumps(tfe.journal.to_har()))
    said = verify("--har", str(file))
    assert said.stdout == "conforms to 2019-07: 0 faults, 0 notes; 7 exchanges\n"


def patched(before: Any, after: Any, sent: Any) -> list[dict[str, Any]]:
    """A record as it is shown, and the PATCH that follows."""
    body = {"data": {"type": "policy-sets", "attributes": sent}}
    return [entry("GET", SHOW, 200, before), entry("PATCH", SHOW, 200, after, body)]


def test_a_patch_that_changes_what_it_did_not_send_is_found_in_a_recording(tmp_path: Path) -> None:
    before, after = example("show-policy-set"), example("show-policy-set")
    after["data"]["attributes"] |= {"name": "other", "description": None}
    said = verify("--har", str(har(tmp_path / "a.har", *patched(before, after, {"name": "other"}))))
    assert said.exit_code == 1
    assert said.stdout.splitlines()[0].startswith(
        "fault: update-policy-set /data/attributes/description: a PATCH keeps what it omits: "
        "/attributes/description is null, and was "
    )
    assert "(policy-sets.html#update-a-policy-set) [log.entries[1]]" in said.stdout


def test_what_the_server_alone_sets_may_change_with_a_patch(tmp_path: Path) -> None:
    before, after = example("show-policy-set"), example("show-policy-set")
    after["data"]["attributes"] |= {"name": "other", "updated-at": "2030-01-01T00:00:00.000Z"}
    said = verify("--har", str(har(tmp_path / "a.har", *patched(before, after, {"name": "other"}))))
    assert said.exit_code == 0, said.stdout


def test_coverage_of_a_tool_is_counted_of_what_it_uses(tmp_path: Path) -> None:
    path = str(har(tmp_path / "good.har", entry("GET", SHOW, 200, example("show-policy-set"))))
    least = ("--har", path, "--fail-under", "20")
    assert verify(*least).exit_code == 1
    assert verify(*least, "--only", "show-policy-set").exit_code == 0
    assert verify(*least, "--only", "touched").exit_code == 0
    shown = verify(*least, "--only", "policy-sets", "--coverage")
    assert shown.exit_code == 1
    assert "1 of 9 operations" in shown.stdout
    wrong = verify(*least, "--only", "policy-set")
    assert wrong.exit_code == 2
    assert (
        "--only: There is no operation or page named 'policy-set'. Did you mean 'policy-sets'? There are: touched, account"
        in wrong.stderr
    )


def test_a_member_that_must_not_be_there_is_named_with_the_reason(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["global"] = True
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, wrong))))
    assert said.exit_code == 1
    assert said.stdout.splitlines()[0] == (
        "fault: show-policy-set /data/relationships/workspaces: data.relationships.workspaces is "
        "there; expected no such member where attributes.global is true (policy-sets.html#show-a-policy-set) "
        "[log.entries[0]]"
    )


def test_a_member_that_a_condition_wants_is_named_too(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    del wrong["data"]["relationships"]["workspaces"]
    said = verify("--har", str(har(tmp_path / "a.har", entry("GET", SHOW, 200, wrong))))
    assert said.stdout.splitlines()[0].startswith(
        "fault: show-policy-set /data/relationships/workspaces: data.relationships.workspaces is "
        "missing; expected an object "
    )


DEEP = "[" * 100_000
LONE = "\ud800"


@pytest.mark.parametrize("text", [DEEP, '{"log": {"entries": [{"request": ' + DEEP])
def test_a_har_that_is_nested_without_end_is_one_sentence_at_once(
    tmp_path: Path, text: str
) -> None:
    (path := tmp_path / "a.har").write_text(text)
    said = verify("--har", str(path))
    assert (said.exit_code, said.stderr) == (2, "Error: a.har is not JSON: is it a HAR?\n")


@pytest.mark.parametrize("option", ["--journal", "--exchanges"])
@pytest.mark.parametrize("text", [DEEP, '{"exchanges": ' + DEEP])
def test_other_recordings_that_are_nested_without_end_are_one_sentence(
    tmp_path: Path, option: str, text: str
) -> None:
    (path := tmp_path / "a.json").write_text(text)
    said = verify(option, str(tmp_path if option == "--exchanges" else path))
    assert said.exit_code == 2
    assert said.stderr.startswith("Error: a.json is not JSON")


def test_letters_that_no_encoding_has_are_judged_as_any_others(tmp_path: Path) -> None:
    wrong = example("show-policy-set")
    wrong["data"]["attributes"]["name"] = LONE
    path = har(
        tmp_path / "a.har",
        entry("GET", SHOW, 200, wrong),
        entry("GET", SHOW, 200, None, encoding="base64", text=f"é{LONE}"),
        entry("GET", f"{SHOW}?{LONE}={LONE}", 200, wrong),
    )
    kept = {"method": "PATCH", "path": SHOW, "query": LONE, "status": 200, "request": LONE}
    (tmp_path / "exchanges").mkdir()
    (tmp_path / "exchanges" / "1.json").write_text(json.dumps(kept | {"response": wrong}))
    for option, place in (("--har", path), ("--exchanges", tmp_path / "exchanges")):
        forms = ("json", "junit", "sarif", "html")
        reports = [f"--report={form}={tmp_path / form}" for form in forms]
        said = verify(option, str(place), "--coverage", "--report=github", *reports)
        assert said.exit_code == 1
        assert "data.attributes.name is" in said.stdout
        for form in forms:
            assert "data.attributes.name is" in (tmp_path / form).read_text(encoding="utf-8")
