"""Fixtures as JSON, YAML and TOML: one document, three ways to write it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.client import ControlError
from mockserver.contract import editions, load
from mockserver.contract.files import folder, is_released, shipped_fixtures
from mockserver.contract.fixture_files import FORMATS, read_file
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture, check_fixture, read_fixture
from mockserver.pipeline import server

WORLDS = {
    "json": """{
      "users": [{"username": "no", "email": "no@example.com"}],
      "organizations": [{
        "name": "acme", "created-at": "2019-07-01T10:00:00.000Z", "session-timeout": null,
        "policies": [{"name": "on", "code": "main = rule { true }\\n"}],
        "policy-sets": [{"name": "production", "policies": ["on"]}]
      }]
    }""",
    "yaml": """
users:
  - {username: no, email: no@example.com}
organizations:
  - name: acme
    created-at: 2019-07-01T10:00:00.000Z
    session-timeout:
    policies:
      - name: on
        code: |
          main = rule { true }
    policy-sets:
      - name: production
        policies: [on]
""",
    "toml": """
[[users]]
username = "no"
email = "no@example.com"

[[organizations]]
name = "acme"
created-at = 2019-07-01T12:00:00+02:00

[[organizations.policies]]
name = "on"
code = '''
main = rule { true }
'''

[[organizations.policy-sets]]
name = "production"
policies = ["on"]
""",
}
WORLDS["yml"] = WORLDS["yaml"]


def a_file(folder: Path, text: str | bytes, ends: str = "yaml") -> Path:
    path = folder / f"world.{ends}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_format_is_tried_here() -> None:
    assert {f".{ends}" for ends in WORLDS} == set(FORMATS)


def bomb(form: str) -> str:
    """Ten times as much in each line as in the one before it."""
    lines = ["a0: &a0 {x: 1}"]
    for n in range(1, 12):
        lines.append(f"a{n}: &a{n} " + form.format(", ".join([f"*a{n - 1}"] * 10)))
    return "\n".join(lines)


@pytest.mark.parametrize("ends", WORLDS)
def test_a_world_is_the_same_in_every_format(tmp_path: Path, ends: str) -> None:
    with mockserver.universe(a_file(tmp_path, WORLDS["json"], "json")) as tfe:
        wanted = tfe.state()
    with mockserver.universe(a_file(tmp_path, WORLDS[ends], ends)) as tfe:
        assert tfe.state() == wanted
    with mockserver.universe("empty") as tfe:
        tfe.seed(str(tmp_path / f"world.{ends}"))
        assert [one["name"] for one in tfe.state()["organizations"]] == ["acme"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("No", "No"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("010", "010"),
        ("-12", -12),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("=", "="),
        ("2019-07-15", "2019-07-15"),
        ("2019-07-15T00:00:00.000Z", "2019-07-15T00:00:00.000Z"),
        ("[a, 1]", ["a", 1]),
    ],
)
def test_a_plain_text_of_yaml_is_what_its_core_schema_says(
    tmp_path: Path, text: str, value: Any
) -> None:
    assert read_file(a_file(tmp_path, f"a: {text}")) == {"a": value}


def test_what_stands_in_several_places_of_a_yaml_file_is_written_once(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a"
    assert read_file(a_file(tmp_path, text)) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": {"x": 1, "y": 2},
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2019-07-15T02:00:00.123456+02:00", "2019-07-15T00:00:00.123Z"),
        ("2019-07-15T00:00:00Z", "2019-07-15T00:00:00.000Z"),
        ("2019-07-15T00:00:00", "2019-07-15T00:00:00"),
        ("2019-07-15", "2019-07-15"),
        ("07:30:00", "07:30:00"),
    ],
)
def test_a_time_of_toml_is_written_as_the_api_does_where_it_has_a_zone(
    tmp_path: Path, value: str, text: str
) -> None:
    assert read_file(a_file(tmp_path, f"a = [{value}]", "toml")) == {"a": [text]}


@pytest.mark.parametrize(
    ("ends", "text", "said"),
    [
        ("json", "{", "not JSON: Expecting property name"),
        (
            "json",
            '{"users": [], "users": []}',
            "'users' appears twice in one object (line 1, column 15)",
        ),
        (
            "json",
            '{\n\t"a": {"b": "x\\/y",\n\t\t"c": 1, "c": 2}}',
            "'c' appears twice in one object (line 3, column 11)",
        ),
        ("json", '{"a": "' + "x" * 600_000 + '", "a": 1}', "'a' appears twice in one object"),
        (
            "txt",
            "users: []",
            "not JSON: Expecting value: line 1 column 1 (char 0); its name does not end in .json, "
            ".yaml, .yml or .toml, so it is read as JSON",
        ),
        ("yaml", "a: [", "not YAML: expected the node content, but found '<stream end>' (line 1"),
        (
            "yaml",
            "a: 1\nb:\n  c: 1\n  c: 2",
            "not YAML: 'c' appears twice in one object (line 4, column 3)",
        ),
        ("yaml", "1: 2", "not YAML: 1 is not text (line 1, column 1)"),
        ("yaml", "a: *b", "not YAML: found undefined alias 'b' (line 1, column 4)"),
        ("yaml", "a: 1\n---\nb: 2", "not YAML: but found another document (line 2, column 1)"),
        ("yaml", "a: !!python/name:os.system", "not YAML: could not determine a constructor"),
        ("yaml", "a: !!binary aGFs", "not YAML: could not determine a constructor"),
        ("yaml", "a: \x00", "not YAML: "),
        ("yaml", "a: !!int ''", "not YAML: '' is not int (line 1, column 4)"),
        ("yaml", "a: !!int 0x", "not YAML: '0x' is not int (line 1, column 4)"),
        ("yaml", "a: !!float x", "not YAML: 'x' is not float (line 1, column 4)"),
        ("yaml", "a: !!bool on", "not YAML: 'on' is not bool (line 1, column 4)"),
        ("yaml", "a: !!null on", "not YAML: 'on' is not null (line 1, column 4)"),
        ("yaml", "a: !!map on", "not YAML: expected a mapping node, but found scalar (line 1"),
        ("yaml", "a: !!seq on", "not YAML: expected a sequence node, but found scalar (line 1"),
        ("yaml", "a: !!int [1]", "not YAML: expected a scalar node, but found sequence (line 1"),
        ("yaml", "? !!map on\n: 1", "not YAML: expected a mapping node, but found scalar (line 1"),
        ("yaml", "a: &a [*a]", "not YAML: 'a' stands within itself (line 1, column 8)"),
        ("yaml", "a: &a\n  <<: *a", "not YAML: 'a' stands within itself (line 2, column 7)"),
        ("yaml", bomb("[{}]"), "not YAML: it holds more than 2,000,000 values (line 7"),
        ("yaml", bomb("{{<<: [{}]}}"), "not YAML: it holds more than 2,000,000 values (line 7"),
        ("yaml", "a: 9223372036854775808", "the integer 9223372036854775808 does not fit 64 bits"),
        ("yaml", "a: " + "9" * 5_000, "not YAML: an integer of 5000 characters does not fit 64"),
        ("yaml", "a: 1.0e999", "inf is not a number of JSON"),
        ("yaml", 'a: "\\ud800"', "a string holds a lone surrogate"),
        ("yaml", "a: " + "[" * 64 + "]" * 64, "nested deeper than 64 levels"),
        ("yaml", "a: " + "[" * 1_000, "nested deeper than 64 levels"),
        ("json", '{"a": ' + "[" * 64 + "]" * 64 + "}", "nested deeper than 64 levels"),
        ("json", "[" * 200_000, "nested deeper than 64 levels"),
        ("json", '{"a": ' + "9" * 5_000 + "}", "an integer of 5000 characters does not fit 64"),
        ("json", '{"a": NaN}', "nan is not a number of JSON (at /a)"),
        ("json", '{"a": 1e999}', "inf is not a number of JSON"),
        ("json", '{"\\ud800": 1}', "a string holds a lone surrogate"),
        ("toml", "a = " + "[" * 64 + "]" * 64, "nested deeper than 64 levels"),
        ("toml", "a = " + "[" * 5_000, "nested deeper than 64 levels"),
        ("toml", "a = " + "9" * 5_000, "not TOML: "),
        ("toml", "a = -9223372036854775809", "the integer -9223372036854775809 does not fit 64"),
        ("toml", "a = nan", "nan is not a number of JSON"),
        ("toml", "a = -inf", "-inf is not a number of JSON"),
        ("toml", "a = ", "not TOML: Invalid value (at "),
        ("toml", "a = 1\na = 2", "not TOML: Cannot overwrite a value"),
        ("toml", b"a = '\xff'", "not in UTF-8"),
        ("yaml", b"a: \xff", "not in UTF-8"),
        ("json", b"\xff", "not in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_name_and_the_place(
    tmp_path: Path, ends: str, text: str | bytes, said: str
) -> None:
    path = a_file(tmp_path, text, ends)
    with pytest.raises(ValueError, match="^" + str(path.parent)) as refused:
        read_file(path)
    assert f"{path}: {said}" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"), [("", "null"), ("[1]", "an array"), ("words", "a string")]
)
def test_a_file_that_holds_no_object_is_no_fixture(tmp_path: Path, text: str, said: str) -> None:
    path = a_file(tmp_path, text)
    with pytest.raises(UnfitFixture) as refused:
        read_fixture(path, "2019-07")
    assert refused.value.faults == [("", f"the file holds {said}, not an object")]
    assert str(path) in str(refused.value)


def test_a_fault_in_a_yaml_file_has_the_same_pointer_as_in_json(tmp_path: Path) -> None:
    path = a_file(tmp_path, "organizations:\n- nam: acme")
    with (
        mockserver.universe("empty") as tfe,
        pytest.raises((UnfitFixture, ControlError)) as refused,
    ):
        tfe.seed(path)
    assert "/organizations/0/nam: organizations[].nam is not listed" in str(refused.value)


@pytest.mark.parametrize(
    ("ends", "text", "pointer", "said"),
    [
        (
            "yaml",
            "organizations: [acme]",
            "/organizations/0",
            "organizations[] is a string (its value is not shown); expected an object. "
            "Write an object as organizations[].",
        ),
        (
            "toml",
            "[organizations]\nname = 'acme'",
            "/organizations",
            "organizations is an object (its value is not shown); expected an array. Write an array as "
            "organizations. In TOML: [[organizations]], not [organizations].",
        ),
        (
            "toml",
            "[[organizations]]\nname = 'acme'\n[organizations.teams]\nname = 'a'",
            "/organizations/0/teams",
            "organizations[].teams is an object; expected an array. Write an array as "
            "organizations[].teams. In TOML: [[organizations.teams]], not [organizations.teams].",
        ),
        *(
            (
                "json",
                f'{{"users": [{{"username": "ann", "password": {value}}}]}}',
                "/users/0/password",
                f"users[].password is {kind} (its value is not shown); expected a string. Write a string as "
                "users[].password.",
            )
            for value, kind in [
                ("4711", "an integer"), ("1.5", "a number"), ("true", "a boolean"),
                ("null", "null"), ('["4711"]', "an array"), ('{"4711": 1}', "an object"),
            ]
        ),
        (
            "json",
            '{"organizations": [{"name": "acme", "workspaces": [{"name": "w", "team-access": {"t": "reads"}}]}]}',
            "/organizations/0/workspaces/0/team-access/t",
            'organizations[].workspaces[].team-access.t is "reads"; expected an object or one of "read", '
            '"plan", "write", "admin". Write an object or one of "read", "plan", "write", "admin" as '
            "organizations[].workspaces[].team-access.t.",
        ),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_told_by_what_stands_there_and_what_may(
    tmp_path: Path, ends: str, text: str, pointer: str, said: str
) -> None:
    with pytest.raises(UnfitFixture) as refused:
        server.fixture_for("2019-07", a_file(tmp_path, text, ends))
    assert refused.value.faults == [(pointer, said)]


# what ships


@pytest.mark.parametrize(
    ("edition", "name"),
    [(edition, name) for edition in editions() for name in shipped_fixtures(edition)],
)
def test_a_fixture_that_ships_keeps_the_schema_of_every_edition_that_can_read_it(
    edition: str, name: str
) -> None:
    document = read_fixture(name, edition)
    held = check_fixture(document, edition, lambda known: server.fixture_checker(load(known)))
    assert held == document


@pytest.mark.parametrize("released", [True, False])
def test_a_fixture_that_ships_is_held_to_the_schema_in_a_checkout_alone(
    monkeypatch: pytest.MonkeyPatch, released: bool
) -> None:
    """A contributor is told of a mistake at once; a release's users do not pay for it."""
    asked: list[str] = []
    monkeypatch.setattr(server, "is_released", lambda place: released)
    monkeypatch.setattr(
        server,
        "check_fixture",
        lambda document, edition, of: asked.append(edition) or document,
    )
    for options in (
        {},
        {"fixture": "documented"},
        {"fixture": "platform"},
        {"fixture": "documented", "edition": "2026-08"},
    ):
        server.Server().made(**options)
    assert asked == ([] if released else ["2019-07", "2019-07", "2026-08", "2026-08"])
    server.Server().made(fixture=read_fixture("documented", "2019-07"))
    assert asked[-1:] == ["2019-07"]


@pytest.mark.parametrize(
    ("fixture", "own"),
    [
        ("documented", False),
        ("./documented", True),
        (Path("documented"), True),
        (Path("./documented"), True),
    ],
)
def test_a_fixture_that_ships_goes_before_a_file_of_its_name_where_it_is_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixture: str | Path, own: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("documented").write_text('{"organizations": [{"name": "mine"}]}', encoding="utf-8")
    with mockserver.universe(fixture=fixture) as tfe:
        assert (tfe.client.get("/api/v2/organizations/mine").status_code == 200) is own


def test_a_path_is_told_as_one_where_a_fixture_of_its_name_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("platform").write_text("{}", encoding="utf-8")
    for fixture, told in (
        (Path("platform"), f".{os.sep}platform"),
        (Path("platform").resolve(), str(tmp_path / "platform")),
        ("platform", "platform"),
    ):
        with mockserver.universe(fixture=fixture) as tfe:
            assert tfe.client.get("/_mock/universe").json["fixture"] == told
    Path("platform").write_text('{"users": 1}', encoding="utf-8")
    with pytest.raises(
        UnfitFixture, match=f"^The fixture '{re.escape(f'.{os.sep}')}platform' has 1 "
    ):
        mockserver.universe(fixture=Path("platform").resolve())


@pytest.mark.parametrize("fixture", ["./documented", Path("documented"), "a/documented"])
def test_a_path_that_leads_to_no_file_is_no_fixture_whatever_its_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixture: str | Path
) -> None:
    monkeypatch.chdir(tmp_path)
    said = f"There is no fixture file {str(Path(fixture))!r}. It was looked for in {tmp_path}."
    with pytest.raises(UnknownFixture, match=f"^{re.escape(said)}$"):
        mockserver.universe(fixture=fixture)


def test_a_release_has_its_data_in_the_package_and_a_checkout_beside_it() -> None:
    for name in ("contracts", "fixtures"):
        place = folder(name)
        assert is_released(place) == ("site-packages" in place.parts)
