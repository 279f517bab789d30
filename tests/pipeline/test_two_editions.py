"""Two editions in one server: each is served as its own folder says, and neither knows the other.

The second is made up: one page, on which an attribute has another default, there is an attribute
more, and what was made is answered with another status.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Edition, UnknownEdition, added, editions, load
from mockserver.contract.files import folder, read
from mockserver.contract.fixtures import UnfitFixture
from mockserver.judge.collected import Findings
from mockserver.pipeline.server import Server
from mockserver.scenarios import scenarios
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.run import verify
from mockserver.web.app import create_app
from mockserver.web.testing import ApiClient, Live
from tests.verify.playing import TOKEN, InProcess

REAL, MADE_UP = "2019-07", "made-up"
ORGS = "/api/v2/organizations"


@pytest.fixture
def edition(tmp_path: Path) -> Iterator[Edition]:
    """The made-up edition, in a folder of its own."""
    real = folder("contracts") / REAL
    page, said = read(real / "organizations.json"), read(real / "edition.json")
    (tmp_path / "common.json").write_text((real / "common.json").read_text())
    kind = page["$defs"]["organizations"]
    attributes = kind["properties"]["attributes"]["properties"]
    attributes["collaborator-auth-policy"]["default"] = "two_factor_mandatory"
    attributes["colour"] = {"type": "string", "default": "blue", "description": "Its colour."}
    for example in kind["examples"]:
        example["attributes"]["colour"] = "red"
    create = page["operations"]["create-organization"]
    create["answers"]["202"] = {"description": "It was made.", "document": "organizations"}
    create["example"]["answers"]["202"] = create["example"]["answers"].pop("201")
    (tmp_path / "organizations.json").write_text(json.dumps(page))
    said |= {"edition": MADE_UP, "now": "2020-02-02T00:00:00.000Z", "not-built": []}
    (tmp_path / "edition.json").write_text(json.dumps(said))
    with added(tmp_path) as made:
        yield made


@pytest.fixture
def worlds(edition: Edition) -> Iterator[dict[str, ApiClient]]:
    """A client of a world of each edition, in one server."""
    with Live(Server()) as live:
        for name in (REAL, MADE_UP):
            fixture = {"organizations": [{"name": "old"}]}
            live.server.universe(key=f"key-of-{name}", edition=name, fixture=fixture)
        yield {name: ApiClient.of(live.app, f"key-of-{name}") for name in (REAL, MADE_UP)}


def made(client: ApiClient, name: str = "new", **attributes: Any) -> Any:
    said = {"name": name, "email": "a@example.com", **attributes}
    return client.post(ORGS, json={"data": {"type": "organizations", "attributes": said}})


def test_what_is_made_has_the_defaults_and_the_status_of_its_edition(
    worlds: dict[str, ApiClient],
) -> None:
    real, other = made(worlds[REAL]), made(worlds[MADE_UP])
    assert (real.status_code, other.status_code) == (201, 202)
    attributes = other.json["data"]["attributes"]
    assert attributes["collaborator-auth-policy"] == "two_factor_mandatory"
    assert attributes["colour"] == "blue"
    assert attributes["created-at"] == "2020-02-02T00:00:00.000Z"
    assert real.json["data"]["attributes"]["collaborator-auth-policy"] == "password"
    assert "colour" not in real.json["data"]["attributes"]


def test_an_attribute_more_is_set_kept_shown_listed_and_changed_without_a_line_of_python(
    worlds: dict[str, ApiClient],
) -> None:
    client = worlds[MADE_UP]
    assert made(client, colour="red").json["data"]["attributes"]["colour"] == "red"
    assert client.get(f"{ORGS}/new").json["data"]["attributes"]["colour"] == "red"
    change = {"data": {"type": "organizations", "attributes": {"colour": "green"}}}
    changed = client.patch(f"{ORGS}/new", json=change).json["data"]["attributes"]
    assert changed["colour"] == "green"
    listed = client.get(ORGS).json["data"]
    assert [one["attributes"]["colour"] for one in listed] == ["green", "blue"]
    assert made(client, name="x", colour=5).status_code == 422


def test_it_is_unlisted_in_the_other_edition(worlds: dict[str, ApiClient]) -> None:
    assert made(worlds[REAL], colour="red").status_code == 201
    (finding,) = worlds[REAL].get("/_mock/journal").json["exchanges"][0]["findings"]
    assert finding["fact"] == 'data.attributes.colour is not listed ("red")'
    assert finding["edition"] == REAL


def test_fixtures_are_those_of_the_edition(worlds: dict[str, ApiClient]) -> None:
    more = {"organizations": [{"name": "more", "colour": "red"}]}
    assert worlds[MADE_UP].post("/_mock/seed", json=more).status_code == 201
    refused = worlds[REAL].post("/_mock/seed", json=more)
    assert refused.status_code == 422
    assert "colour is not listed" in refused.json["errors"][0]["detail"]
    with pytest.raises(UnfitFixture, match="colour is not listed"):
        Server().made(fixture=more)


def test_its_state_is_a_fixture_of_it(worlds: dict[str, ApiClient]) -> None:
    made(worlds[MADE_UP], colour="red")
    state = worlds[MADE_UP].get("/_mock/state").json
    assert [one["colour"] for one in state["organizations"]] == ["blue", "red"]
    assert Server().made(edition=MADE_UP, fixture=state).dump() == state


def test_what_it_does_not_document_is_not_there(worlds: dict[str, ApiClient]) -> None:
    assert worlds[REAL].get(f"{ORGS}/old/policy-sets").status_code == 200
    assert worlds[MADE_UP].get(f"{ORGS}/old/policy-sets").status_code == 404
    assert worlds[MADE_UP].get(f"{ORGS}/old").status_code == 200


def test_messages_name_the_edition_they_are_of(worlds: dict[str, ApiClient]) -> None:
    for name, client in worlds.items():
        for taken in ("not this!", "old"):
            (error,) = made(client, name=taken).json["errors"]
            assert error["meta"]["edition"] == name


def test_an_edition_of_ones_own_is_known_as_long_as_it_is_added(edition: Edition) -> None:
    assert editions() == (REAL, "2026-08", MADE_UP)
    assert load(MADE_UP) is edition
    with (
        pytest.raises(ValueError, match="there is an edition 'made-up' already"),
        added(edition.place),
    ):
        pass


def test_it_is_unknown_before_and_afterwards() -> None:
    assert MADE_UP not in editions()
    with pytest.raises(UnknownEdition, match="There is no edition named 'made-up'"):
        load(MADE_UP)


def test_the_made_up_edition_is_verified_as_it_says_itself(edition: Edition) -> None:
    """Another status of success, another default, an attribute more: no fault, all of it played."""
    fixture = {"organizations": [{"name": "mine", "colour": "green"}]}
    app = create_app(key=TOKEN, edition=MADE_UP, fixture=fixture)
    context = Context(
        transport=InProcess(app),
        edition=edition,
        scenarios=scenarios(),
        organization="mine",
        token=TOKEN,
        findings=Findings(edition),
    )
    result = verify(context)
    assert [finding.line() for finding in result.findings] == []
    assert result.left == []
    journal = app.extensions["mockserver"].universes.get(TOKEN).journal
    made = [e for e in journal if e.operation == "create-organization" and e.status == 202]
    assert made
    changed = [str(e.request) for e in journal if e.operation == "update-organization"]
    assert any("'colour'" in sent for sent in changed)


@pytest.mark.parametrize(
    ("edition", "path", "told"),
    [
        (
            REAL,
            f"{ORGS}/my-organization/projects",
            "This path is documented in 2026-08; this world speaks 2019-07.",
        ),
        (
            REAL,
            "/api/v2/runs/run-1/task-stages",
            "documented in 2026-08, not supported there; this world speaks 2019-07.",
        ),
        (
            "2026-08",
            "/api/v2/admin/smtp-settings",
            "documented in 2019-07, not supported there; this world speaks 2026-08.",
        ),
        (
            "2026-08",
            "/api/v2/vars",
            "This path is documented in 2019-07, not supported there; this world speaks 2026-08. Did "
            "you mean GET /api/v2/workspaces/{workspace_id}/vars?",
        ),
        (
            "2026-08",
            "/api/v2/organizations/acme/project",
            "Did you mean GET /api/v2/organizations/{organization_name}/projects?",
        ),
        (
            "2026-08",
            "/api/v2/workspace/ws-1",
            "Did you mean GET /api/v2/workspaces/{workspace_id}?",
        ),
        ("2026-08", "/api/v2/nothing", "Edition 2026-08 has no such path."),
        (REAL, "/api/v2/nothing", "Edition 2019-07 has no such path."),
    ],
)
def test_a_call_of_another_edition_is_404_and_log_and_journal_say_which(
    edition: str, path: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Live(Server()) as live, caplog.at_level("INFO", "mockserver"):
        universe = live.server.universe(key="k", edition=edition, fixture="documented")
        answer = ApiClient.of(live.app, "k").get(path)
        assert answer.status_code == 404
        assert answer.json == {"errors": [{"status": "404", "title": "not found"}]}
        assert str([*universe.journal][-1].why).endswith(told)
        assert told in caplog.text
