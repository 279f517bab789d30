"""One record as several answers show it, and whom to blame where they do not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, resources, same
from mockserver.judge.laws import is_secret, violations
from mockserver.judge.pointers import MISSING, at, comparable, leaves, within
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.context import Context

SAME = "JSON:API 1.0; {policy-set-sample}: one record, one representation"


@dataclass(frozen=True, slots=True)
class Representation:
    """A resource object in an answer; `base` is its pointer there."""

    answer: JudgedAnswer
    base: str

    @property
    def resource(self) -> Any:
        return at(self.answer.document, self.base)

    def value(self, pointer: str) -> Any:
        """As it is compared."""
        return comparable(at(self.answer.document, self.base + pointer))

    def blamed(self, pointer: str = "") -> bool:
        """Whether a fault was found there already, or around it, or within it."""
        return within(self.base + pointer, self.answer.wrong)

    def lists(self, pointer: str) -> bool:
        """Whether the edition lists what stands at a pointer."""
        place = self.base + pointer
        return not any(place == one or place.startswith(one + "/") for one in self.answer.unlisted)

    def blame(self, context: Context, pointer: str, what: str, expected: str, source: str) -> None:
        """A fault of this answer at a pointer in the resource object; told once."""
        if not self.blamed(pointer):
            self.answer.wrong.add(self.base + pointer)
            place = self.base + pointer
            answer = self.answer
            context.findings.note(
                answer.operation, place, what, expected, source, where=answer.request
            )


def in_list(answer: JudgedAnswer, record: Resource) -> list[Representation]:
    """Where a list shows a record."""
    return [
        Representation(answer, base)
        for base, other in resources(answer.document)
        if same(other, record)
    ]


def convicted(context: Context, view: Representation, pointer: str) -> bool:
    """Whether this operation was found wrong in this place before, or around it: its word counts
    for less.
    """
    while pointer:
        if context.findings.known(view.answer.operation, view.base + pointer):
            return True
        pointer = pointer.rpartition("/")[0]
    return False


def vote(
    context: Context,
    write: JudgedAnswer,
    written: Representation | None,
    reads: Sequence[Representation],
    expected: Mapping[str, Any],
    why: str,
    source: str,
    elsewhere: bool = False,
) -> None:
    """Hold the views of a record to what a write must have made of it.

    `written` is the write's own answer. Where no read agrees the write is at fault, where some
    views do, or another record shows the effect (`elsewhere`), the others are.
    """
    for pointer, value in expected.items():
        wanted = comparable(value)
        views = [v for v in [*([written] if written else []), *reads] if not v.blamed(pointer)]
        wrong = [view for view in views if view.value(pointer) != wanted]
        again = [view for view in wrong if convicted(context, view, pointer)]
        for view in again:  # told before: whatever follows from it is not told either
            view.answer.wrong.add(view.base + pointer)
        news = [view for view in wrong if view not in again]
        judges = [view for view in views if view is not written and view not in again]
        write_fails = not elsewhere and all(view in news for view in judges)
        for number, view in enumerate(news):
            what = f"{why}: {pointer} is {in_words(view.value(pointer))}"
            if not write_fails or view is written:
                view.blame(context, pointer, what, brief(wanted), source)
            elif not number and written not in again:
                kind = f"{why}: {pointer}"
                context.blame_write(write, what, brief(wanted), source, kind)
            view.answer.wrong.add(view.base + pointer)


def agrees(views: Sequence[Representation], expected: Mapping[str, Any]) -> bool:
    """Whether one of the views shows all that is expected."""
    return any(
        all(view.value(pointer) == comparable(value) for pointer, value in expected.items())
        for view in views
    )


def compare(
    context: Context,
    views: Sequence[Representation],
    known: Mapping[str, Any] = {},
    apart: Mapping[str, Collection[str]] = {},
    own: str = "",
) -> dict[str, Any]:
    """POST, GET and list show one record identically: the odd one out is at fault.

    `known`: what the record was before, which settles a tie. `apart`: by operation the pointers
    that it alone shows. `own`: the pointer of what each caller is shown of his own. Gives what the record is by the word of most, by pointer.
    """
    truth: dict[str, Any] = {}
    for pointer in _listed(views):
        alone = {id for id, places in apart.items() if within(pointer, set(places))}
        able = [
            view
            for view in views
            if not view.blamed(pointer) and view.answer.operation not in alone
        ]
        if not able or is_secret(able[0].resource, pointer, context.edition):
            continue
        if own and within(pointer, {own}):
            continue
        values = [view.value(pointer) for view in able]
        if all(value == values[0] for value in values):
            right = values[0]
        else:
            right = _majority(context, able, pointer, known.get(pointer, MISSING))
        if right is not MISSING:
            truth[pointer] = right
        for view, value in zip(able, values, strict=True):
            if value != right and not (value is MISSING and _covered(view, pointer)):
                _blame(context, view, able, pointer, right)
    return truth


def _listed(views: Sequence[Representation]) -> list[str]:
    """The pointers that the views show and list, each once."""
    found = (
        pointer for view in views for pointer, _ in leaves(view.resource) if view.lists(pointer)
    )
    return list(dict.fromkeys(found))


def _blame(
    context: Context,
    view: Representation,
    able: Sequence[Representation],
    pointer: str,
    right: Any,
) -> None:
    """Tell that a view shows something else than the one that is right."""
    value = view.value(pointer)
    other = next(v for v in able if v.value(pointer) == right)
    place = _missing(view, pointer) if value is MISSING else pointer
    wanted = right if place == pointer else at(other.resource, place)
    what = f"{place} is {in_words(value)}, and {other.answer.operation} shows {in_words(wanted)}"
    view.blame(context, place, what, in_words(wanted), SAME)


def in_words(value: Any) -> str:
    """A value in a sentence."""
    return "missing" if value is MISSING else brief(value)


def _missing(view: Representation, pointer: str) -> str:
    """The outermost member on the way to a pointer that a view does not show."""
    while (parent := pointer.rpartition("/")[0]) and at(view.resource, parent) is MISSING:
        pointer = parent
    return pointer


def _majority(context: Context, views: Sequence[Representation], pointer: str, known: Any) -> Any:
    """The value that most have; of those that as many have the known one, or the first."""
    counts: Counter[str] = Counter({repr(known): 50})
    for view in views:
        weight = 1 if convicted(context, view, pointer) else 100
        counts[repr(view.value(pointer))] += weight
    values = [view.value(pointer) for view in views]
    return max(values, key=lambda value: counts[repr(value)])


def _covered(view: Representation, pointer: str) -> bool:
    """Whether something else than an object stands where the pointer goes through."""
    parent = pointer.rpartition("/")[0]
    while parent and view.value(parent) is MISSING:
        parent = parent.rpartition("/")[0]
    return bool(parent) and not isinstance(at(view.resource, parent), Mapping)


def lawful(context: Context, views: Sequence[Representation]) -> None:
    """Hold every view that nothing was found in to the laws of its type."""
    for view in views:
        if view.blamed():
            continue
        for one in violations(view.resource, context.edition):
            others = [pointer for pointer in one.about if pointer != one.pointer]
            if not any(convicted(context, view, pointer) for pointer in others):
                view.blame(context, one.pointer, one.fact, one.expected, one.source)
