"""The fast engine and the reference come to one verdict, on every schema and near it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import Fitting, near, swept
from sweeps import EVERY, OPERATIONS, each, some

from mockserver.contract import Edition, engines
from mockserver.contract.engines import Checker
from mockserver.contract.subset import faults
from tests.examples import examples

FITTING = {edition.name: Fitting(edition.schemas) for edition in EVERY}
COMPONENTS = [
    pytest.param(edition, name, id=f"{edition.name}/{name}")
    for edition in EVERY
    for name in edition.schemas
]


@each(some(COMPONENTS, 6))
def test_both_engines_come_to_one_verdict_near_every_schema(edition: Edition, name: str) -> None:
    checker, schema = edition.checker(name), edition.schemas[name]
    verdicts: set[bool] = set()

    def sweep(least: int) -> None:
        @given(value=near(schema, FITTING[edition.name]))
        @swept(45, least)
        def agree(value: Any) -> None:
            assert checker._fast is not None
            fast, reference = checker._fast.is_valid(value), checker.reference.is_valid(value)
            assert fast is reference, f"{value!r}: jsonschema_rs {fast}, jsonschema {reference}"
            assert bool(checker.misses(value)) is not fast
            verdicts.add(fast)

        agree()

    sweep(least=1)
    if verdicts != {True, False}:  # few examples may all miss, or all fit
        sweep(least=200)
    assert True in verdicts, "nothing drawn fits the schema: then this says little"
    assert False in verdicts or not schema.get("properties"), "nothing drawn misses it"


PATTERNS = [
    ("^[$]$", "$"),
    ("^a\\$$", "a$"),
    ("^a\\\\$", "a\\"),
    ("^[^$a]$", "b"),
    ("^[A-Z\\]$]+$", "A]$"),
    ("^(?:a|b$)$", "b"),
    ("^[0-9]+$", "12"),
]


@given(st.text(alphabet="ab1-,:^$.|()[]{}*+?\\", max_size=8))
@settings(max_examples=examples(300))
def test_what_is_a_regular_expression_to_the_one_engine_is_one_to_the_other(text: str) -> None:
    if not list(faults({"pattern": text}, "", True)):
        re.compile(text)
        Checker({"pattern": text}, {}).holds("a")


@pytest.mark.parametrize(("pattern", "fits"), PATTERNS)
def test_both_engines_read_a_pattern_as_ecma_does(pattern: str, fits: str) -> None:
    checker = Checker({"type": "string", "pattern": pattern}, {})
    assert checker._fast is not None
    for tail in ("", "\n", "\r", "x", "٣"):
        verdict = checker._fast.is_valid(fits + tail)
        assert verdict is checker.reference.is_valid(fits + tail), repr(tail)
        assert verdict is (tail == ""), repr(tail)


@pytest.mark.parametrize(
    ("schema", "value", "verdict"),
    [
        ({"const": 1}, True, False),
        ({"const": 1}, 1.0, True),
        ({"const": False}, 0, False),
        ({"enum": [0, "a"]}, False, False),
        ({"enum": [[1]]}, [True], False),
        ({"type": "integer"}, 1.0, True),
        ({"type": "integer"}, True, False),
        ({"type": "integer"}, 1e300, True),
        ({"type": "integer"}, 0.5, False),
        ({"type": "number"}, False, False),
        ({"uniqueItems": True}, [1, True], True),
        ({"uniqueItems": True}, [1, 1.0], False),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1}], False),
        ({"minLength": 2}, "😀", False),
        ({"maxLength": 1}, "😀", True),
        ({"minimum": 1}, 1.0, True),
        ({"maximum": 2**63 - 1}, 2**63 - 1, True),
        ({"required": ["a"]}, [], True),
        ({"type": ["object", "null"], "required": ["a"]}, None, True),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, False),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, False),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}, True),
        ({"not": {"required": ["a"]}}, {"a": 1}, False),
        ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 3, False),
        ({"properties": {"__proto__": {"type": "null"}}}, {"__proto__": 1}, False),
        ({"properties": {}, "additionalProperties": False}, {"": 1}, False),
    ],
)
def test_both_engines_agree_where_languages_do_not(schema: Any, value: Any, verdict: bool) -> None:
    checker = Checker(schema, {})
    assert checker._fast is not None
    assert checker._fast.is_valid(value) is checker.reference.is_valid(value) is verdict


def test_the_reference_names_every_miss_whatever_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    operation = next(o for o in OPERATIONS if o.id == "create-policy-set")
    value = {"data": {"attributes": {"name": 7, "surprise": 1}}}
    schema = operation.body_schema
    components = EVERY[0].schemas
    fast = Checker(schema, components).misses(value)
    monkeypatch.setattr(engines, "jsonschema_rs", None)
    slow = Checker(schema, components).misses(value)
    assert fast == slow
    assert [(miss.pointer, miss.fault) for miss in fast] == [
        ("/data/attributes/name", "type"),
        ("/data/attributes/surprise", "unlisted"),
        ("/data/type", "missing"),
    ]
