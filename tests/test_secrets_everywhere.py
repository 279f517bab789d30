"""Secrets planted wherever a client or a server may put one, and looked for in all that is kept."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

import mockserver
from mockserver.contract import load
from mockserver.contract.editions import editions
from mockserver.redaction import MASK, is_secret
from mockserver.reports.forms import FORMS, summary
from mockserver.traffic.judging import judge_recording, result
from mockserver.traffic.masking import Mask
from mockserver.traffic.recorder import Recorder
from mockserver.traffic.recordings import har
from mockserver.traffic.transport import Response as Received
from mockserver.web.proxy import Proxy
from mockserver.web.wsgi import received
from tests.examples import examples
from tests.page.browsing import Browser

EDITION = load("2019-07")
ORG = "/api/v2/organizations/my-organization"
JSONAPI = "application/vnd.api+json"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"

Encode = Callable[[str], str]


def every_letter(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


URLS: Mapping[str, Encode] = {
    "quoted": lambda text: quote(text, safe=""),
    "as forms have it": quote_plus,
    "every letter": every_letter,
    "twice": lambda text: quote(quote(text, safe=""), safe=""),
    "every letter, twice": lambda text: quote(every_letter(text), safe=""),
}
quick = settings(max_examples=examples(25), deadline=None, phases=[Phase.explicit, Phase.generate])
ways = st.sampled_from(list(URLS.values()))


def escapes(text: str) -> str:
    """As JSON may spell it."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def parts(secret: str) -> list[str]:
    """What must be in nothing that is kept: the secret, and either half of it."""
    half = len(secret) // 2
    return [secret, secret[: max(half, 10)], secret[-max(half, 10) :]]


def leaks(kept: str, *secrets: str) -> list[str]:
    """Where parts of secrets can be read from a text, percent-encoded or not."""
    forms = [kept, unquote(kept), unquote(unquote(kept)), unquote_plus(unquote_plus(kept))]
    return [
        kept[max(0, (at := kept.index(part)) - 60) : at + len(part) + 20]
        for part in (part for secret in secrets for part in parts(secret))
        for kept in forms
        if part in kept
    ]


def varied(secret: str) -> bool:
    """Whether no part of it can stand in other words by chance."""
    return all(len(set(part)) > 6 for part in parts(secret))


# a world's journal and log


keys = st.text(LETTERS + "+~!$", min_size=20, max_size=40).filter(varied)
secrets_ = st.text(LETTERS + "+/=", min_size=24, max_size=48).filter(varied)
rests = st.text(LETTERS + "._~+/=-", min_size=20, max_size=60).filter(varied)


def planted(token: str, way: Encode) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests that hold a token where one has no business."""
    quoted = way(token)
    long = "x" * 45 + token  # what is said of it is cut within the token
    texts = {"description": long, "stray": token, token: long}
    member = {"data": {"type": token, "attributes": {"name": long, **texts}, "id": token}}
    hidden = json.dumps(member).replace(json.dumps(token)[1:-1], escapes(token))
    return [
        ("GET", f"{ORG}/policy-sets?{quoted}={quoted}&search[name]={quoted}&x={quoted}", {}),
        ("GET", f"{ORG}/policy-sets/{quoted}/{quoted}?include={quoted}", {}),
        ("GET", f"/api/v2/{quoted}", {}),
        ("GET", f"/_mock/{quoted}", {}),
        ("GET", ORG, {"headers": {"User-Agent": token, "Accept": token, "Content-Type": token}}),
        ("POST", f"{ORG}/policy-sets", {"data": json.dumps(member)}),
        ("POST", f"{ORG}/policy-sets", {"data": hidden}),
        ("POST", f"{ORG}/policy-sets", {"data": f'{{"{escapes(token)}": 1'}),
        ("POST", f"{ORG}/ssh-keys", {"data": json.dumps(member)}),
    ]


@quick
@given(keys, rests, ways)
@example("a-key-of-twenty-letters", "tail/with+all=of~them-.._", every_letter)
def test_no_token_of_a_world_is_in_its_journal_or_in_the_log(
    key: str, rest: str, way: Encode
) -> None:
    control, other = f"control+token/of={rest[:8]}==", "nobody"
    app = mockserver.create_app(key=key, control_token=control)
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("mockserver")
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    try:
        client = app.test_client()
        for bearer in (key, f"{key}.{rest}", f"{key}.{rest * 100}", other, control):
            for secret in (key, f"{key}.{rest}", control):
                for method, path, options in planted(secret, way):
                    options = {"content_type": JSONAPI, **options}
                    headers = {**options.pop("headers", {}), "Authorization": f"Bearer {bearer}"}
                    if "Content-Type" in headers:
                        del options["content_type"]
                    client.open(path, method=method, headers=headers, **options)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    server = app.extensions["mockserver"]
    entries = [*server.universes.journal, *(e for u in server.universes for e in u.journal)]
    assert len(entries) > 80
    kept = json.dumps([entry.shown() for entry in entries], ensure_ascii=False)
    said = "\n".join(lines)
    assert leaks(kept, key, control) == []
    assert leaks(said, key, control) == []
    assert f".{rest}" not in kept + said


# the secrets of today: some a client sends, some an answer shows once

TODAY = "/api/v2"
SET = f"{TODAY}/policy-sets/polset-oPa4567890Abcdef"


def attributes(type: str, **said: Any) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in said.items()}
    return {"json": {"data": {"type": type, "attributes": named}}}


def today(told: str, user: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests of edition 2026-08 that hold a client's secret, at its place and at others."""
    where = {"http_url": "https://github.com", "api_url": "https://api.github.com"}
    connection = {"service_provider": "ado_server", **where, "oauth_token_string": told}
    hidden = {"secret": told, "private_key": told}
    tokens = f"{TODAY}/agent-pools/apool-yoGUFz5zcRMMz53i/authentication-tokens"
    mine = f"{TODAY}/users/{user}/authentication-tokens"
    agent, strays = "authentication-tokens", {"token": told, "Token": told, "more": {"token": told}}
    return [
        ("POST", f"{ORG}/oauth-clients", attributes("oauth-clients", **connection, **hidden)),
        ("POST", tokens, attributes(agent, description="x", **strays)),
        ("POST", tokens, attributes(agent, description={"token": told})),
        ("POST", mine, attributes(agent, description="x", **strays)),
        ("PATCH", SET, attributes("policy-sets", **strays)),
        ("POST", tokens, {"json": {"data": [{"type": agent, "attributes": strays}]}}),
        ("POST", tokens, {"json": {"data": {"type": agent, "token": told}, "token": told}}),
    ]


@quick
@given(keys, secrets_, ways)
def test_no_secret_of_today_is_in_what_is_kept_shown_or_said_of_a_world(
    key: str, told: str, way: Encode
) -> None:
    """Journal, changes, log, state, and every page of them."""
    app, lines = mockserver.create_app(key=key, edition="2026-08"), list[str]()
    client = app.test_client()
    log, handler = logging.getLogger("mockserver"), logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)

    def ask(method: str, path: str, **options: Any) -> Any:
        options.setdefault("headers", {"Authorization": f"Bearer {key}"})
        if "json" in options:
            options = {"data": json.dumps(options.pop("json")), "content_type": JSONAPI, **options}
        return client.open(path, method=method, **options)

    try:
        user = ask("GET", f"{TODAY}/account/details").json["data"]["id"]
        answers = [ask(method, path, **options) for method, path, options in today(told, user)]
        assert [one.status_code for one in answers] == [201, 201, 422, 201, 200, 422, 422]
        token = answers[1].json["data"]["attributes"]["token"]
        upload = ask("POST", f"{SET}/versions").json["data"]["links"]["upload"]
        state = ask("GET", "/_mock/state").text
        for text in (token, upload):
            for said in (text, f"{'x' * 45}{text}", way(text)):
                ask("PATCH", SET, **attributes("policy-sets", description=said, stray=said))
            ask("GET", f"{SET}?x={way(text)}")
        count = ask("GET", "/_mock/journal").json["count"]
        pages = [
            f"/_mock/journal/{n}{rest}" for n in range(1, count + 1) for rest in ("", "/changes")
        ]
        kept = [ask("GET", page).text for page in pages]
        browser = Browser(app).open(key=key)
        pages = [f"/worlds/1/journal/{n}" for n in range(1, count + 1)]
        pages += ["/worlds/1/journal", f"/worlds/1/records{SET.removeprefix(TODAY)}"]
        shown = [browser.get(page) for page in pages]
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    assert {page.status_code for page in shown} == {200}
    assert '"description"' in "".join(kept)
    assert any("not listed" in line for line in lines)
    made = [text.rpartition(".")[2] for text in (token, upload)]
    for text in (*kept, *(unescape(page.text) for page in shown), "\n".join(lines), state):
        assert leaks(text, told, *made) == []
    for text in (*kept, *(unescape(page.text) for page in shown), "\n".join(lines)):
        assert leaks(text, key) == []


@pytest.mark.parametrize("edition", editions())
def test_no_secret_in_a_url_is_in_a_journal_or_in_the_log(
    edition: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In a query under the name of a secret, and before the host; in what is taken and refused."""
    caplog.set_level(logging.INFO, "mockserver")
    told = "CANARY/of-a%20client"
    urls = f"https://user:{quote(told, safe='')}@x.com/?token={quote(told, safe='')}"
    type = "policy-sets"
    with mockserver.universe(edition=edition) as tfe:
        for name in sorted(load(edition).secrets):
            for path in (
                f"{ORG}/ssh-keys",
                f"{ORG}/policy-sets",
                "/api/v2/nothing",
                "/_mock/state",
            ):
                tfe.client.post(f"{path}?a=b&{name}={quote(told, safe='')}", json={})
                tfe.client.get(f"{path}?{name}={quote_plus(told)}")
        for attributes in (
            {"name": "a", "description": urls},
            {"name": urls},
            {"name": 1, urls: 1},
        ):
            body = {"data": {"type": type, "attributes": {**attributes, "vcs-repo": urls}}}
            tfe.client.post(f"{ORG}/policy-sets?include={quote(urls)}", json=body)
        body = {
            "data": {"type": "oauth-clients", "attributes": {"http-url": urls, "api-url": urls}}
        }
        tfe.client.post(f"{ORG}/oauth-clients", json=body)
        kept = tfe.client.get("/_mock/journal").text
    assert kept.count('"method"') > 15
    assert "x.com" in kept
    for text in (kept, caplog.text):
        assert leaks(text, "CANARY/of-a", "CANARY%2Fof-a") == []


# recordings and reports


class Upstream:
    """A server that repeats whatever it is sent, and says some things of its own."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def send(self, method: str, target: str, headers: Any, body: bytes | None) -> Received:
        data = {"id": "x", "type": "policy-sets", "attributes": {"name": self.told}}
        errors = [{"status": "422", "title": "x", "detail": f"{'x' * 40}{self.told}"}]
        echo = json.loads(body) if body and b"sauce" not in body else None
        document = {"data": data, "errors": errors, "told": self.told, "echo": echo}
        kind = {"content-type": JSONAPI}
        return Received(200 if method == "GET" else 201, kind, json.dumps(document).encode())


MISSPELT = ["value", "valeu", "Value", "VALUE", "vale", "Password", "pasword", "passwrod",
            "current_password", "Current-Password", "tokne", "Token"]  # fmt: skip
people = st.builds(
    "{}.{}@{}.example.org".format,
    st.text("abcdefghijklmnop'+%", min_size=10, max_size=70).filter(varied),
    st.text("äöüß一ñlmnopqrst", min_size=10, max_size=20).filter(varied),
    st.text("qrstuvw", min_size=3, max_size=9),
)


def traffic(
    bearer: str, secret: str, person: str, name: str, way: Encode
) -> list[tuple[str, str, str, bytes]]:
    """Requests that hold a bearer token, another secret and an e-mail wherever they may."""
    key = {"data": {"type": "ssh-keys", "attributes": {"name": "k", name: secret}}}
    beside = {"data": {"type": "ssh-keys", "attributes": {"name": "k", "private": f"{secret}"}}}
    again = {
        "data": {
            "type": "policy-sets",
            "attributes": {
                "name": "x" * 45 + secret,
                "description": f"{bearer} {secret} {person}",
                secret: bearer,
                person: "x" * 45 + bearer,
            },
        }
    }
    code = json.dumps({"policy": bearer, "code": "secret sauce", "more": [secret]})
    query = "&".join(f"{way(text)}={way(text)}" for text in (bearer, secret, person))
    raw = "+/=".join((secret, bearer))
    url = "CANARY" + secret[::-1]  # a secret that stands in URLs alone
    link = f"https://ann:{quote(url, safe='')}@x.com/?a=b&private_token={quote(url, safe='')}"
    linked = {"data": {"type": "policy-sets", "attributes": {"name": 1, "description": link}}}
    linked["data"]["attributes"][link] = "x" * 45 + link
    return [
        ("POST", f"{ORG}/ssh-keys", query, json.dumps(key).encode()),
        ("POST", f"{ORG}/ssh-keys", "", json.dumps(beside).encode()),
        ("POST", f"{ORG}/policy-sets", f"search[name]={raw}", json.dumps(again).encode()),
        ("PUT", "/api/v2/policies/pol-1/upload", query, code.encode()),
        ("GET", f"{ORG}/policy-sets", f"search[name]={way(person)}&x={way(bearer)}", b""),
        ("GET", f"{ORG}/policy-sets", f"token={way(url)}&q={way(link)}", b""),
        ("POST", f"{ORG}/policy-sets", "", json.dumps(linked).encode()),
        ("GET", f"/api/v2/things/{way(secret)}/{way(person)}/{way(bearer)}", "", b""),
        (f"X{bearer}", f"/api/v2/{bearer}", query, code.encode()),
        ("POST", f"/api/v2/organizations/{way(person)}/things", "", code.encode()),
    ]


def environ(method: str, path: str, query: str, body: bytes, bearer: str) -> dict[str, Any]:
    import io

    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_AUTHORIZATION": f"Bearer {bearer}",
        "CONTENT_TYPE": JSONAPI,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "here",
        "SERVER_PORT": "80",
    }


def every_report(told: Any) -> str:
    lines = [*(finding.line() for finding in told.findings), *told.lines]
    return "\n".join([*lines, summary(told), *(form(told) for form in FORMS.values())])


drawn = given(
    bearer=secrets_, secret=secrets_, person=people, name=st.sampled_from(MISSPELT), way=ways
)
case = example(
    bearer="a-lower-case-key-of-mine",
    secret="ab+/cd==ab+/cd==ab+/cd==",
    person="jane.doe+tag@mail.example.org",
    name="valeu",
    way=every_letter,
)


@quick
@drawn
@case
def test_no_secret_is_in_what_record_writes_and_says(
    bearer: str, secret: str, person: str, name: str, way: Encode
) -> None:
    folder, said = Path(tempfile.mkdtemp()), list[str]()
    try:
        recorder = Recorder(EDITION, folder, Mask(EDITION.secrets), said.append)
        for told in (secret, bearer, person):
            proxy = Proxy(Upstream(told), "http://upstream", recorder)
            for method, path, query, body in traffic(bearer, secret, person, name, way):
                proxy(received(environ(method, path, query, body, bearer)))
        kept = "\n".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    finally:
        shutil.rmtree(folder)
    told = every_report(result(recorder.recorded, EDITION))
    assert kept.count('"operation"') > 20
    for text in (kept, "\n".join(said), told):
        assert leaks(text, bearer, secret, person) == []
        assert "secret sauce" not in text
        assert "CANARY" not in unquote(unquote(text))


@quick
@drawn
@case
def test_no_secret_of_a_recording_is_in_a_report_of_it(
    bearer: str, secret: str, person: str, name: str, way: Encode
) -> None:
    answer = json.dumps({"data": [{"id": secret, "type": bearer}], "meta": person})
    entries = [
        {
            "request": {
                "method": method,
                "url": f"https://tfe.example.org{path}?{query}",
                "headers": [{"name": "Authorization", "value": f"Bearer {bearer}"}],
                "postData": {"text": body.decode()},
            },
            "response": {"status": 201, "content": {"text": answer, "mimeType": JSONAPI}},
        }
        for method, path, query, body in traffic(bearer, secret, person, name, way)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".har") as file:
        json.dump({"log": {"entries": entries}}, file)
        file.flush()
        recorded = judge_recording(har(Path(file.name)), EDITION)
    assert recorded.stopped == ""
    told = every_report(result(recorded, EDITION))
    assert "create-policy-set" in told
    assert leaks(told, bearer, secret, person) == []
    assert "CANARY" not in unquote(unquote(told))


@pytest.mark.parametrize("name", MISSPELT)
def test_a_secret_under_a_misspelt_name_is_one(name: str) -> None:
    assert is_secret(name, EDITION.secrets)


def test_what_is_not_listed_beside_a_secret_is_kept_by_no_journal_and_told_by_no_fact() -> None:
    attributes = {"name": "key", "value": "k" * 20, "surprise": "hunter2hunter2"}
    with mockserver.universe() as tfe:
        tfe.client.post(
            f"{ORG}/ssh-keys", json={"data": {"type": "ssh-keys", "attributes": attributes}}
        )
        (exchange,) = tfe.journal.exchanges()
    (finding,) = exchange.findings
    assert finding["fact"] == "data.attributes.surprise is not listed (its value is not shown)"
    assert exchange.request["data"]["attributes"]["surprise"] == "[secret]"


def test_no_member_that_an_edition_lists_is_taken_for_a_misspelt_secret() -> None:
    listed = set()
    for operation in EDITION.operations.values():
        schema = operation.body_schema if operation.body else {}
        listed |= set(json.dumps(schema).replace('"', " ").split())
    wrong = {name for name in listed if is_secret(name, EDITION.secrets)} - EDITION.secrets
    assert wrong - {"tokens"} == set()


def test_the_end_of_a_presigned_url_is_in_no_recording() -> None:
    url = "https://archivist.terraform.io/v1/object/dmF1bHQ6djE6NWJPbHQ4QjV4R1ox"
    links = {"self": "/api/v2/policy-set-versions/polsetver-1", "upload": url}
    clean = Mask(load("2026-08").secrets).clean
    assert clean.value(links) == {**links, "upload": f"{url.rpartition('/')[0]}/[secret]"}
    assert (
        clean.text(f"PUT {url}?a=b") == "PUT https://archivist.terraform.io/v1/object/[secret]?a=b"
    )


@pytest.mark.parametrize("edition", editions())
def test_no_secret_of_a_fixture_is_in_the_message_that_it_is_unfit(edition: str) -> None:
    """A CI log has it. Whatever is wrong, beside a secret or around one, and in either edition's name."""
    told, said = "CANARY-of-a-fixture", list[str]()
    names = [*load("2019-07").secrets, *load("2026-08").secrets, "client_secret"]
    hidden = {"name": "a", **dict.fromkeys(names, told), "url": f"https://ann:{told}@x.com"}
    for part in ("organizations", "tokens", "variables", "ssh-keys", "oauth-clients", "surprises"):
        for value in (
            hidden, [hidden], [[hidden]], {"a": hidden}, [{"name": hidden}],
            told, [told], [[told]], {"a": told}, {"a": [told]},
        ):  # fmt: skip
            app = mockserver.create_app(key="a-key-of-mine", edition=edition)
            client = app.test_client()
            for path, body in (
                ("/_mock/universes", {"fixture": {part: value}}),
                ("/_mock/seed", {part: value}),
                ("/_mock/seed", {"fixture": {part: value}}),
                ("/_mock/seed", [{part: value}]),
            ):
                headers = {"Authorization": "Bearer a-key-of-mine"}
                answer = client.post(path, json=body, headers=headers)
                assert answer.status_code in (400, 422), answer.text
                said.append(answer.text)
    assert leaks("\n".join(said), told) == []


def test_no_list_or_title_of_the_page_shows_a_record_that_is_named_as_the_key() -> None:
    key, told = "a-key-of-twenty-letters", "CANARY-of-a-client"
    app = mockserver.create_app(key=key)
    client = app.test_client()
    for type, name in (("policy-sets", key), ("ssh-keys", f"https://ann:{told}@x.com")):
        headers = {"Authorization": f"Bearer {key}"}
        document = {"data": {"type": type, "attributes": {"name": name, "value": "x"}}}
        sent = {"data": json.dumps(document), "content_type": JSONAPI, "headers": headers}
        made = client.post(f"{ORG}/{type}", **sent)
        assert made.status_code == 201
        browser = Browser(app).open(key=key)
        for page in (f"records/{type}", f"records/{type}/{made.json['data']['id']}"):
            shown = browser.get(f"/worlds/1/{page}")
            assert MASK in shown.text
            assert leaks(unescape(shown.text), key, told) == []
