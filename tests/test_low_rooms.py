"""Numbers, pointers and nearest names: one function each, for all rooms."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import mockserver
from mockserver.digits import whole_number
from mockserver.nearest import did_you_mean, nearest
from mockserver.pointers import escape, key_path_of, parts, path_of, pointer

PACKAGE = Path(mockserver.__file__).parent
SOURCES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in PACKAGE.rglob("*.py")
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("",), "/"),
        (("a/b", "m~n", "~1"), "/a~1b/m~0n/~01"),
        (("data", "0"), "/data/0"),
    ],
)
def test_a_path_is_written_as_a_pointer_and_read_back(path: tuple[str, ...], text: str) -> None:
    assert pointer(path) == text
    assert tuple(parts(text)) == path


def test_an_index_and_any_other_name_can_be_escaped() -> None:
    assert pointer(("data", 3)) == "/data/3"
    assert escape(7) == "7"


@pytest.mark.parametrize(
    ("text", "found"),
    [("0", 0), ("007", 7), ("999999999", 999_999_999)]
    + [
        (text, None)
        for text in ("", "-1", "+1", "1.0", " 1", "1_0", "²", "٣", "1000000000", "9" * 5_000)
    ],
)
def test_a_number_is_ascii_digits_nine_at_most(text: str, found: int | None) -> None:
    assert whole_number(text) == found


def test_a_name_that_is_no_number_to_python_is_a_name_in_a_path() -> None:
    assert path_of(f"/data/0/²/{'9' * 5_000}") == ("data", 0, "²", "9" * 5_000)
    assert key_path_of("/data/0/²") == "data[].²"


def test_the_nearest_name_is_asked_for_and_all_are_listed() -> None:
    assert (
        did_you_mean("strikt", ["seed", "strict"])
        == "Did you mean 'strict'? There are: seed, strict."
    )
    assert did_you_mean("x", ["seed", "strict"]) == "There are: seed, strict."


def test_a_name_of_nine_megabytes_costs_no_time() -> None:
    begun = time.thread_time()
    assert nearest("policy-set" + "s" * 9_000_000, ["policy-sets"]) == []
    assert time.thread_time() - begun < 0.5


@pytest.mark.parametrize(
    ("text", "home"), [("get_close_matches(", "nearest.py"), ('"~0"', "pointers.py")]
)
def test_one_module_alone_does_it(text: str, home: str) -> None:
    assert [name for name, source in SOURCES.items() if text in source] == [home]
