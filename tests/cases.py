"""Sweeps: the cases of a test that looks at everything there is of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature, signature
from itertools import groupby, product
from os.path import relpath as relative
from traceback import extract_tb
from typing import Any

import pytest

Test = Callable[..., None]
TOLD = 5
"""Failures of a sweep of which message and way are shown; of the others the names."""


def cases(operations: Any) -> list[Any]:
    """Operations as parameters of a test, named by edition and id."""
    return [pytest.param(o, id=f"{o.edition}/{o.id}") for o in operations]


def some(cases: Iterable[Any], n: int) -> list[Any]:
    """Cases of which every run plays one in `n`; the slow one plays the others."""
    return [
        pytest.param(*case.values, id=case.id, marks=[pytest.mark.slow] if at % n else [])
        for at, case in enumerate(cases)
    ]


def each(cases: Iterable[Any], *axes: Iterable[Any]) -> Callable[[Test], Test]:
    """A sweep of many small cases as one test for each edition, which the names of cases begin with: a
    test of its own would take longer than what it looks at. With `axes` it is each case with each value.

    The values are the test's last arguments; those before them are fixtures, and shared. Every case
    is tried, and each that fails is told by its name.
    """
    every = [_with(case, *more) for case, *more in product(cases, *axes)]
    groups = {
        (edition, slow): list(group)
        for (edition, slow), group in groupby(sorted(every, key=_group), key=_group)
    }
    parameters = [
        pytest.param(group, id=f"{edition} the rest", marks=pytest.mark.slow)
        if slow
        else pytest.param(group, id=edition)
        for (edition, slow), group in groups.items()
    ]

    def decorated(test: Test) -> Test:
        fixtures = [*signature(test).parameters][: -len(every[0].values)]

        @pytest.mark.parametrize("group", parameters)
        def swept(group: list[Any], **given: Any) -> None:
            failed = []
            for case in group:
                try:
                    test(*(given[name] for name in fixtures), *case.values)
                except (Exception, pytest.fail.Exception) as error:
                    failed.append((case.id, error))
            if failed:
                names = "".join(f"\n  {name}" for name, _ in failed)
                shown = "".join(_told(name, error) for name, error in failed[:TOLD])
                told = f"{len(failed)} of {len(group)} cases fail:{names}\n{shown}"
                pytest.fail(told, pytrace=False)

        swept.__name__, swept.__doc__ = test.__name__, test.__doc__
        swept.__signature__ = Signature(  # type: ignore[attr-defined]
            [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("group", *fixtures)]
        )
        return swept

    return decorated


def _told(name: str, error: BaseException) -> str:
    """What failed in a case, and the last lines of code on the way there."""
    frames = extract_tb(error.__traceback__)[1:][-TOLD:]
    way = "".join(f"\n    {relative(f.filename)}:{f.lineno}: {f.line}" for f in frames)
    return f"\n{name}\n  {type(error).__name__}: {error}{way}\n"


def _with(case: Any, *more: Any) -> Any:
    """A case with values of other axes; a tuple is several."""
    if not more:
        return case
    values = [part for one in more for part in (one if isinstance(one, tuple) else (one,))]
    said = " ".join(repr(value)[:40] for value in values)
    return pytest.param(*case.values, *values, id=f"{case.id} {said}", marks=case.marks)


def _group(case: Any) -> tuple[str, bool]:
    return case.id.partition("/")[0], bool(case.marks)
