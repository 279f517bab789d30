"""Whether the pointers of a 422 lead to what is wrong, with its index in a list."""

from __future__ import annotations

from mockserver.contract.explain import brief
from mockserver.judge.pointers import at
from mockserver.pointers import pointer
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver

SOURCE = "recorded answers of the real service; JSON:API error objects"


def points_at(driver: Driver, answer: JudgedAnswer, path: tuple[str | int, ...], why: str) -> None:
    """Hold the errors of an answer, where they have pointers, to the path of what is wrong.

    A pointer to what is around it will do, to a whole list for one of its items will not.
    """
    errors = at(answer.document, "/errors")
    listed = errors if isinstance(errors, list) else []
    said = [at(error, "/source/pointer") for error in listed]
    found = [one for one in said if isinstance(one, str)]
    right = pointer(path)
    fits = {right} if isinstance(path[-1], int) else {right, right.rpartition("/")[0]}
    if found and not any(one in fits or one.startswith(f"{right}/") for one in found):
        what = f"{why}: the error points at {found[0] or 'the whole'}"
        place = f"/errors/{said.index(found[0])}/source/pointer"
        driver.holds(False, answer, place, what, brief(right), SOURCE)
