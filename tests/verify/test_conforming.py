"""Our own server conforms, and what verification has not brought about is listed with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import mockserver
from mockserver.judge.exchange import Exchange
from mockserver.judge.routes import filled
from mockserver.scenarios import follows
from mockserver.scenarios.runner.queries import NOT_ASKED
from mockserver.scenarios.runner.run import verify
from mockserver.scenarios.runner.unreached import unasked, unreached
from mockserver.traffic.judging import judge_recording
from tests.verify.playing import NEW, OLD, TOKEN, context_of, run, server


@pytest.fixture(scope="module", params=[OLD, NEW])
def played(request: pytest.FixtureRequest) -> Any:
    """Our server, one run against it, and what became of it; `made`: names that creates sent, `exchanges`: all.

    Each request takes a second there: what depends on two of them in one second would be seen.
    """
    app, made, exchanges = server(request.param), list[str](), list[Exchange]()
    asked: list[str] = []
    clock = app.extensions["mockserver"].universes.get(TOKEN).clock

    def watch(exchange: Any, operation: Any) -> None:
        clock.advance(1.0)
        exchanges.append(exchange)
        asked.append(operation.id)
        if operation.id.startswith("create-") and exchange.status < 300:
            attributes = (exchange.request or {"data": {"attributes": {}}})["data"]["attributes"]
            named = (attributes.get(word) for word in ("name", "key", "description"))
            made.extend(name for name in [*filter(None, named)][:1])

    session, outcome = run(app, edition=request.param, run="r4nd0m", watch=watch)
    session.made, session.exchanges, session.asked = made, exchanges, asked
    return app, session, outcome


def test_our_own_server_conforms(played: Any) -> None:
    _, _, outcome = played
    assert [finding.line() for finding in outcome.findings] == []
    assert outcome.exit == 0
    assert outcome.unplayed == {}


def test_the_recording_of_it_holds_no_fault(played: Any) -> None:
    """What changes with what is known to recordings too, and what a project's workspaces inherit."""
    _, session, _ = played
    recorded = judge_recording(session.exchanges, session.edition, follows=follows())
    faults = [one.line() for one in recorded.findings if one.place[:1] in ("", "/")]
    assert faults == []
    recorded = judge_recording(session.exchanges, session.edition)
    expected = "a PATCH keeps what it omits: /attributes/overridable is null, and was false before"
    told = [one for one in recorded.findings if expected in one.what]
    assert len(told) == (session.edition.name == NEW), "without it this is a fault"


def test_every_operation_succeeds_at_least_once_save_one(played: Any) -> None:
    _, session, _ = played
    succeeded = {id for id, status in session.reached if status < 300}
    missing = [id for id in session.edition.operations if id not in succeeded]
    assert missing == ["change-your-password"], "a scenario is to play what is missing here"


def test_every_documented_status_is_reached_or_has_a_reason(played: Any) -> None:
    _, session, _ = played
    missing = unreached(session)
    assert [pair for pair, reason in missing.items() if not reason] == []
    kinds = {pair.rpartition(" ")[2] for pair in missing}
    assert kinds <= {"200", "400", "403", "404", "415", "422", "429", "500"}
    documented = {OLD: "create-team 500", NEW: "create-user-token 500"}[session.edition.name]
    assert missing[documented] == "documented, but no request makes a server fail"
    assert (
        missing["show-policy-set 429"]
        == "only more requests a second than the server allows bring it about"
    )
    assert (
        missing["change-your-password 200"]
        == "it would change the password of who runs verification"
    )


def test_every_attribute_that_a_body_may_have_is_sent_or_left_alone_with_a_reason(
    played: Any,
) -> None:
    _, session, _ = played
    unsent, alone = [], []
    for plan in session.plans.values():
        writes = [id for id in (plan.actions.create, *plan.actions.updates) if id]
        for one in plan.known.attributes.values():
            if not one.create and not (one.update and plan.takes(one.name)):
                continue
            sent = any((id, one.name) in session.taken for id in writes)
            if one.name in plan.scenario.left_alone:
                alone += [f"{one.name} of {plan.type}"] if sent else []
            elif not sent:
                unsent.append(f"{one.name} of {plan.type}")
    assert unsent == [], "a scenario is to send it, or to say why it is left alone"
    assert alone == [], "it is sent after all"


def test_every_query_parameter_is_sent_or_left_out_with_a_reason(played: Any) -> None:
    _, session, _ = played
    documented = {
        f"{operation.id} {name}"
        for operation in session.edition.operations.values()
        for name in operation.parameters
    }
    sent = {
        f"{id} {name}"
        for id, exchange in zip(session.asked, session.exchanges, strict=True)
        for name, _ in exchange.query
        if exchange.status < 300
    }
    assert documented - sent == documented & NOT_ASKED.keys(), (
        "a law is to ask it, or to say why not"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "type",
    ["policy-sets", "team-projects", "team-workspaces", "vars", "workspaces"],
)
def test_what_may_change_beside_a_patch_does_change(type: str) -> None:
    """Our clock stands still: times that move are another server's."""
    context = context_of(server(NEW), edition=NEW)
    plan = context.plans[type]
    times = [name for name in plan.scenario.may_change if name.endswith("-at")]
    strict = replace(plan.scenario, may_change=times, besides={})
    context.scenarios = {**context.scenarios, type: strict}
    del context.plans
    outcome = verify(context, frozenset(plan.actions.every))
    assert {finding.operation for finding in outcome.findings} & {*plan.actions.updates}


def test_nothing_is_left_behind(played: Any) -> None:
    app, _, outcome = played
    assert outcome.left == []
    answer = app.test_client().get("/_mock/state", headers={"Authorization": f"Bearer {TOKEN}"})
    state = answer.get_json()
    del state["users"]  # who was invited is known to the installation: no operation removes a user
    assert "mockverify" not in json.dumps(state)


def test_everything_that_is_made_carries_prefix_and_run(played: Any) -> None:
    _, session, _ = played
    assert [name for name in session.made if not name.startswith("mockverify-r4nd0m-")] == []
    assert session.made


@pytest.mark.parametrize("edition", [OLD, NEW])
def test_read_only_sends_gets_alone_and_conforms(edition: str) -> None:
    methods: set[str] = set()
    _, outcome = run(
        server(edition),
        edition=edition,
        read_only=True,
        watch=lambda exchange, operation: methods.add(exchange.method),
    )
    assert methods == {"GET"}
    assert outcome.findings == []
    assert outcome.exit == 0


@pytest.mark.parametrize(
    ("edition", "fixture", "unplayed"),
    [
        (OLD, "documented", {}),
        (NEW, "documented", {}),
        (
            NEW,
            "platform",
            {
                "policy-set-versions": "list-policy-set-versions shows none of the 4 policy-sets that it "
                "was asked for",
            },
        ),
    ],
)
def test_read_only_reads_what_lists_show_of_the_records_that_others_have_made(
    edition: str, fixture: str, unplayed: dict[str, str]
) -> None:
    app = mockserver.create_app(key=TOKEN, edition=edition, fixture=fixture)
    organization = "acme" if fixture == "platform" else "my-organization"
    session, outcome = run(app, edition=edition, read_only=True, organization=organization)
    none = "no operation lists them"
    of_users = {
        "users": none,
        "authentication-tokens": f"list-user-tokens is asked for those of users: {none}",
    }
    assert outcome.unplayed == of_users | unplayed
    assert (outcome.exit, outcome.left) == (0, [])
    shows = ("show-variable", "show-team-access-to-project", "show-oauth-token")
    asked = shows if edition == NEW else ("show-team-access-to-workspace",)
    assert [id for id in asked if (id, 200) not in session.reached] == []


def test_read_only_says_that_nothing_is_there_to_ask_for() -> None:
    fixture = {"organizations": [{"name": "my-organization"}]}
    app = mockserver.create_app(key=TOKEN, edition=NEW, fixture=fixture)
    _, outcome = run(app, edition=NEW, read_only=True)
    assert outcome.unplayed["workspaces"] == "there is no record to read"
    nothing = "there is no record of workspaces that list-variables could be asked for"
    assert outcome.unplayed["vars"] == nothing


def test_one_operation_plays_its_type_alone() -> None:
    session, outcome = run(server(), only=frozenset({"create-ssh-key"}))
    refused = {id for id, status in session.reached if status == 415}
    assert refused == {"create-ssh-key"}
    assert outcome.exit == 0


def test_an_organization_that_is_not_empty_is_said_and_left_alone(played: Any) -> None:
    app, session, outcome = played
    counts = []
    for plan in session.plans.values():
        listing = plan.listing
        if listing and [*listing.records.values()] == ["organizations"]:
            path = filled(listing, dict.fromkeys(listing.records, "my-organization"))
            answer = app.test_client().get(path, headers={"Authorization": f"Bearer {TOKEN}"})
            counts.append(f"{answer.json['meta']['pagination']['total-count']} {plan.type}")
    known = [count for count in counts if not count.startswith("0 ")]
    assert len(known) >= 5
    assert outcome.lines[0] == (
        f"hint: the organization my-organization is not empty ({', '.join(known)}): "
        "verify changes only what it has made itself"
    )


def test_what_is_not_asked_has_a_reason(played: Any) -> None:
    _, session, _ = played
    alone = {
        "collaborator-auth-policy of organizations": "it would lock out members without a second factor",
        "owners-team-saml-role-id of organizations": "it needs single sign-on",
        "vcs-repo of workspaces": "it needs a repository, and who may read it",
        "create-team include": "show-team-information includes the same",
    }
    old = {
        "list-workspaces without page[size]": "151 records would be made",
        "migration-environment of workspaces": "no page says what it may be",
    }
    new = {
        "list-projects filter[permissions][create-workspace]": "who runs verification may do so in all",
        "list-projects filter[permissions][update]": "who runs verification may do so in all",
        "list-organization-memberships-of-team sort": "all that a run invites have one status",
        "update-team include": "show-team-information includes the same",
        "an organization without vcs-integrations": "verification can take no entitlement away",
        "user-tokens-enabled of organizations": "it would lock out who runs verification",
        "policy-tool-version of policy-sets": "it needs a version that the server has",
        "vcs-repo of policy-sets": "it needs a repository that the server can read",
        "auto-destroy-at of workspaces": "who forgets to remove the workspace would have it destroyed",
        **{
            f"{name} of {tool}-versions": why
            for tool in ("opa", "sentinel", "terraform")
            for name, why in (
                ("url", "archs says it"),
                ("sha", "archs says it"),
                ("official", "the server that is verified would keep an official version for good"),
            )
        },
    }
    assert unasked(session) == {
        "an organization without sentinel": "verification can take no entitlement away",
        "an organization without teams": "verification can take no entitlement away",
        **alone,
        **(old if session.edition.name == OLD else new),
    }
