"""Where a secret ends and a word begins: the bound of eight letters, on either side of it."""

from __future__ import annotations

import json
import tarfile
import time
from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote, unquote, urlsplit

import pytest

import mockserver
from mockserver.contract import editions, load
from mockserver.judge.collected import Findings
from mockserver.judge.drift import Stray
from mockserver.judge.findings import Finding
from mockserver.redaction import (
    MASK,
    TOKEN,
    USUAL,
    Redactor,
    cut,
    is_secret,
    literal,
    mask_strangers,
    redactor,
)
from mockserver.redaction.cutting import WORD
from mockserver.redaction.names import OPEN
from mockserver.traffic.masking import Mask

SEVEN, EIGHT = "k2345-7", "k2345-78"
NAMES = frozenset({"token"})


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (SEVEN, MASK),
        (f"a {SEVEN}, b", f"a {MASK}, b"),
        (f"x{SEVEN}", f"x{SEVEN}"),
        (f"{SEVEN}-x", f"{SEVEN}-x"),
        (f"/a/{SEVEN}/b", f"/a/{MASK}/b"),
    ],
)
def test_a_secret_of_seven_letters_is_found_as_a_whole_word(text: str, clean: str) -> None:
    assert Redactor(NAMES, literal(SEVEN)).text(text) == clean


@pytest.mark.parametrize("around", ["%s", "x%s", "%s-x", "ab%scd", "/a/%s/b"])
def test_a_secret_of_eight_letters_is_found_inside_a_word(around: str) -> None:
    clean = Redactor(NAMES, literal(EIGHT)).text(around % EIGHT)
    assert clean == around % MASK


def test_a_key_of_seven_letters_is_a_name_where_no_token_follows_it() -> None:
    masks = redactor(NAMES, f"{SEVEN}.ann").text
    assert masks(f"the workspace {SEVEN}") == f"the workspace {SEVEN}"
    assert masks(f"by {SEVEN}.ann and {SEVEN}.eve") == f"by {MASK} and {MASK}"


def test_a_key_of_eight_letters_is_a_secret_by_itself() -> None:
    masks = redactor(NAMES, f"{EIGHT}.ann").text
    assert masks(f"the workspace {EIGHT}") == f"the workspace {MASK}"
    assert masks(f"by {EIGHT}.ann and {EIGHT}.eve") == f"by {MASK} and {MASK}"


def test_a_key_of_seven_letters_is_a_name_to_strangers_where_no_token_follows_it() -> None:
    known = {SEVEN, EIGHT}.__contains__
    assert mask_strangers(f"{SEVEN} {EIGHT}", known) == f"{SEVEN} {MASK}"
    assert mask_strangers(f"{SEVEN}.ann {EIGHT}.ann", known) == f"{MASK} {MASK}"
    assert mask_strangers("another-key another.ann", known) == "another-key another.ann"


def test_what_a_recording_learns_is_looked_for_elsewhere_from_six_letters_on() -> None:
    mask = Mask(NAMES)
    mask.learn("s2345", "s23456")
    assert mask.clean.text("s2345 and s23456") == f"s2345 and {MASK}"


@pytest.mark.parametrize(
    ("clean", "text"),
    [
        (Redactor(NAMES, [TOKEN]).text, "a" * 100_000 + " x.atlasv1.y"),
        (redactor(NAMES, EIGHT).text, f"{EIGHT} " + "a%25 " * 50_000),
        (redactor(NAMES, EIGHT).text, f"{EIGHT} " + "a% " * 100_000),
    ],
    ids=["a long word", "escapes", "signs of percent"],
)
def test_a_long_text_with_a_secret_in_it_is_read_once(
    clean: Callable[[str], str], text: str
) -> None:
    """It was read once for each letter, or decoded word by word: seconds, in which nobody is served."""
    began = time.process_time()
    assert MASK in clean(text)
    assert time.process_time() - began < 0.3


@pytest.mark.parametrize("word", ["x.atlasv1.y", "é-x.atlasv1.y", "x.atlasv1.y.atlasv1.z"])
def test_a_token_of_the_vendors_is_taken_out_whole(word: str) -> None:
    assert Redactor(NAMES, [TOKEN]).text(f"a.b ({word}) c") == f"a.b ({MASK}) c"


def test_a_relationship_is_shown_though_a_secret_elsewhere_has_its_name() -> None:
    """A workspace's `ssh-key` names a record; that of an OAuth token is the text of a key."""
    redactor = Redactor(frozenset({"ssh-key"}), [])
    named = {"ssh-key": {"data": {"type": "ssh-keys", "id": "sshkey-1"}}}
    one = {"type": "ssh-keys", "id": "sshkey-1"}
    several = [{"ssh-key": {"data": data}} for data in ([], [one, one])]
    links = [{"ssh-key": {"links": {"related": link}}} for link in ("/api/v2/x", "https://x", None)]
    none = ({"ssh-key": {"data": None}}, {"ssh-key": {"data": None, "links": {}}})
    for shown in (named, *none, *several, *links):
        assert redactor.value(shown) == shown
    for secret in (
        "text", {"data": "text"}, {"value": "text"}, {"data": {"id": "text"}}, ["text"], {}, {"data": [one, "text"]},
        {"data": [[one]]}, {"data": one | {"id": {"x": "text"}}}, {"links": "text"}, {"links": {"self": "/text"}},
        {"data": one, "links": {"self": ["text"]}}, {"data": one, "meta": "text"},
    ):  # fmt: skip
        assert redactor.value({"ssh-key": secret}) == {"ssh-key": MASK}


def encoded(text: str, times: int) -> str:
    """Each letter by its number, and then the signs of percent."""
    for number in range(times):
        text = (
            text.replace("%", "%25") if number else "".join(f"%{one:02X}" for one in text.encode())
        )
    return text


def test_a_parameter_with_values_that_the_contract_lists_is_no_secret() -> None:
    listed = {
        (name, value)
        for edition in map(load, editions())
        for operation in edition.operations.values()
        for name, parameter in operation.parameters.items()
        for value in parameter["schema"].get("enum", ())
        if name in USUAL or is_secret(name, edition.secrets)
    }
    assert listed == OPEN
    found = redactor(SECRET_NAMES, "key-of-ten")
    for name, value in listed:
        assert found.query(f"a=b&{name}={value}") == f"a=b&{name}={value}"
        assert found.query(f"{name}={value}x&{name}=x") == f"{name}={MASK}&{name}={MASK}"


@pytest.mark.parametrize("times", [0, 1, 2, 3, 4, 5, 40])
def test_a_token_is_taken_out_however_often_it_is_encoded(times: int) -> None:
    clean, word = redactor(frozenset(), "key-of-ten.ann"), encoded("key-of-ten.ann", times)
    for told in (
        clean.text(f"/api/v2/{word}?a=b&c=d"),
        clean.body(json.dumps({"a": [f"x {word}"]}).encode()).decode(),
        clean.body(json.dumps({"a": word}).encode(), ours=times > 1).decode(),
    ):
        while unquote(told) != told:
            told = unquote(told)
        assert "key-of" not in told


@pytest.mark.parametrize("times", [0, 1, 2, 3, 4, 9, 40])
def test_what_is_encoded_and_holds_no_secret_stays_however_often_it_is(times: int) -> None:
    word = encoded("a b/c", times)
    for text in (f"/api/v2/{word}?search%5Bname%5D=d", f"100%{'25' * times} of https://a.b/{word}"):
        for clean in (redactor(frozenset(), "key-of-ten"), redactor(frozenset(), None)):
            assert clean.text(text) == text
            assert json.loads(clean.body(json.dumps({"a": text}).encode())) == {"a": text}


SIGNS = ["my&secret%key-12345", "key=abc&def[1]ghi", "k<secret>'key'", "a%41b&c%2Bd+e-secret"]


@pytest.mark.parametrize("key", SIGNS)
@pytest.mark.parametrize("safe", ["", "&", "&=<>[]'", "%", "%&"])
def test_a_key_with_signs_is_masked_however_its_signs_are_encoded(key: str, safe: str) -> None:
    word = key
    for times in (1, 2, 3):
        word = quote(word, safe=safe)
        text = f"GET /a?x={word}&y=%20z"
        assert redactor(NAMES, key).text(text) == f"GET /a?x={MASK}&y=%20z", times
        if "%41" not in key or "%" not in safe:  # else it is written as another key would be
            assert mask_strangers(text, {key}.__contains__) == f"GET /a?x={MASK}&y=%20z", times
        for ours in (False, True):
            body = redactor(NAMES, key).body(json.dumps({"a": text}).encode(), ours=ours)
            assert json.loads(body) == {"a": f"GET /a?x={MASK}&y=%20z"}, times


def test_a_large_text_is_taken_out_unread_where_it_is_encoded_very_deep() -> None:
    deep = "%" * 100_000 + "3" * 200_000
    clean = redactor(NAMES, EIGHT)
    assert clean.text(deep) == MASK
    assert json.loads(clean.body(json.dumps({"a": deep}).encode())) == MASK
    assert clean.text(deep[-200_000:]) == deep[-200_000:]


@pytest.mark.parametrize("around", ["%s", "ü%s", "%%C3%%BC%s%%e2%%82%%ac", "%%FF%s\ud800", "€%s€"])
def test_what_stands_around_an_encoded_secret_stays_as_it_is(around: str) -> None:
    word = encoded("schlüssel der welt", 2)
    for form in (word, "schl%C3%BCssel+der+welt", "schlüssel%20der%2Bwelt"):
        assert Redactor(NAMES, literal("schlüssel der welt")).text(around % form) == around % MASK


@pytest.mark.parametrize(
    "text", ["%" * 9_000 + "3" * 18_000, "%" + "25" * 40_000 + "41", "%25" * 30_000]
)
def test_a_text_that_is_encoded_very_deep_is_read_once(text: str) -> None:
    began = time.process_time()
    assert redactor(NAMES, EIGHT).text(f"{EIGHT[:3]}%{ord(EIGHT[3]):x}{EIGHT[4:]} {text}") == (
        f"{MASK} {text}"
    )
    assert time.process_time() - began < 1


def test_the_key_of_a_token_is_masked_however_long_the_token_is() -> None:
    for token in ("key-of-ten." + "a" * 5_000, "key-of-ten" + ".a" * 2_000):
        assert redactor(NAMES, token).text(f"?private_token=key-of-ten&{token}") == (
            f"?private_token={MASK}&{MASK}"
        )


def test_a_path_of_no_operation_is_not_cut_within_a_token() -> None:
    key = "a-key-of-twenty-letters"
    with mockserver.universe(key=key) as tfe:
        for before in range(150, 201, 10):
            tfe.client.get(f"/api/v2/{'x' * before}/{key}")
        kept = tfe.journal.exchanges()
    assert {exchange.findings[0]["fact"].rpartition("/")[2] for exchange in kept} == {MASK}


@pytest.mark.parametrize("key", ["CANARY-of-a-long-key", "CANARY,of:a[long]{key}"])
@pytest.mark.parametrize("around", ["%s", "see %s now", '{"a": "%s"}', "a %s %s", "x" * 30 + "%s"])
def test_a_text_that_is_cut_ends_in_no_half_of_a_secret_wherever_it_is_cut(
    around: str, key: str
) -> None:
    text = around.replace("%s", key)
    for most in range(1, len(text)):
        kept = cut(text, most)
        assert len(kept) <= most
        assert kept.endswith("…")
        assert key[:9] not in Redactor(NAMES, literal(key)).text(kept)
    assert cut(text, len(text)) == text


def test_a_long_word_loses_no_more_than_what_may_be_a_secret() -> None:
    assert cut("x" * 70_000, 65_537) == "x" * (65_536 - WORD + 8) + "…"


def test_the_name_of_an_archives_entry_is_masked_whole() -> None:
    key, archive = "a-key-of-twenty-letters", BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as made:
        entry = tarfile.TarInfo(f"../{'a/' * 33}{key}/b")
        made.addfile(entry)
    with mockserver.universe(key=key, edition="2026-08", fixture="documented") as tfe:
        path = "/api/v2/policy-sets/polset-oPa4567890Abcdef/versions"
        links = tfe.client.post(path).json["data"]["links"]
        tfe.client.put(urlsplit(links["upload"]).path, data=archive.getvalue())
        told = str(tfe.journal.exchanges()[-1].response)
    assert "is outside its folder" in told
    assert f"/{MASK}/b" in told
    assert key[:9] not in told


def test_the_name_of_a_member_that_no_edition_lists_is_told_without_a_half_of_a_secret() -> None:
    findings, secret = Findings(load("2019-07")), "CANARY-of-a-long-key"
    name = f"attributes.{'a' * 30}-{'b' * 15} {secret}"
    stray = Stray("/data", "teams", name)
    findings.add(Finding("drift", "show-team", "/data", "", "", "", stray=stray))
    (finding,) = findings
    assert finding.what.endswith(f": attributes.{'a' * 30}-{'b' * 15} CANARY-o…")
    assert "CANARY-of" not in finding.what


SECRET_NAMES = load("2026-08").secrets


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://ann:CANARY@x.com/a", "https://ann:[secret]@x.com/a"),
        ("see https://ann:CA'N@ARY@x.com.", "see https://ann:[secret]@x.com."),
        ("https://:CANARY@x.com", "https://:[secret]@x.com"),
        ("https://CANARY-of-github:x-oauth-basic@x.com", "https://[secret]:[secret]@x.com"),
        ("https://CANARY-of-github@x.com", "https://[secret]@x.com"),
        ("postgres://ann:CANARY@[::1]:5432/a", "postgres://ann:[secret]@[::1]:5432/a"),
        ("https%3A%2F%2Fann%3ACANARY%40x.com", "https%3A%2F%2Fann:[secret]%40x.com"),
        (
            "/data/attributes/https:~1~1ann:CANARY@x.com",
            "/data/attributes/https:~1~1ann:[secret]@x.com",
        ),
        ("/a?token=CANARY&b=c", "/a?token=[secret]&b=c"),
        ("/a?b=c&Token=CANARY#d", "/a?b=c&Token=[secret]#d"),
        ("/a?b=c&valeu=CANARY", "/a?b=c&valeu=[secret]"),
        ("/a?private_token=CAN%26ARY%20", "/a?private_token=[secret]"),
        ("/a?u=https%3A%2F%2Fx%3Ftoken%3DCANARY&b=c", "/a?u=https://x?token=[secret]&b=c"),
    ],
)
def test_a_secret_in_a_url_is_masked(text: str, clean: str) -> None:
    found = redactor(SECRET_NAMES, None)
    told = found.text(text)
    assert "CANARY" not in unquote(told)
    assert told == clean
    for ours in (False, True):
        assert json.loads(found.body(json.dumps({"a": text}).encode(), ours=ours)) == {"a": told}


@pytest.mark.parametrize(
    "text",
    [
        "https://x.com:8080/a?mail=ann@x.com",
        "ssh://git@github.com/a/b.git",
        "git@github.com:a/b.git",
        "https://x.com/a@b?c=d&page%5Bsize%5D=20",
        "token=a, value=b",
        "?filter%5Btagged%5D%5B0%5D%5Bvalue%5D=a&include=ssh-keys",
    ],
)
def test_a_url_without_a_secret_stays(text: str) -> None:
    found = redactor(SECRET_NAMES, "key-of-ten")
    assert found.text(text) == text
    assert json.loads(found.body(json.dumps({"a": text}).encode(), ours=True)) == {"a": text}
