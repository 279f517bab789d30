"""Same seed, same key, same calls: byte-equal answers, in any process and under any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CALLS = Path(__file__).with_name("calls.py")


def run(hash_seed: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(CALLS), *arguments],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_two_processes_with_other_hash_seeds_answer_byte_equal() -> None:
    one, other = run("1"), run("4242", "disturbed")
    assert one == other
    assert len(one.splitlines()) > 60
    assert " 500 [" not in one


@pytest.mark.slow
def test_another_seed_answers_otherwise() -> None:
    assert run("1", "--seed=7") != run("1")


def test_the_same_calls_after_a_reset_answer_byte_equal(tfe: Any) -> None:
    from .calls import walked

    first = list(walked(tfe))
    tfe.reset()
    assert list(walked(tfe)) == first
