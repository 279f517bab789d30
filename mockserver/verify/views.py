"""One record as several answers show it, and whom to blame where they do not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract.explain import brief
from mockserver.verify.findings import EFFECT
from mockserver.verify.pointers import MISSING, at, leaves, plain, within
from mockserver.verify.session import Session
from mockserver.world.lives import Law, Resource, Seen

SAME = "JSON:API 1.0; policy-sets.html#sample-response: one record, one representation"


@dataclass(frozen=True, slots=True)
class View:
    """A resource object in an answer; `base` is its pointer there."""

    seen: Seen
    base: str

    @property
    def resource(self) -> Any:
        return at(self.seen.document, self.base)

    def value(self, pointer: str) -> Any:
        """As it is compared."""
        return plain(at(self.resource, pointer))

    def blamed(self, pointer: str = "") -> bool:
        """Whether a fault was found there already, or around it, or within it."""
        return within(self.base + pointer, self.seen.wrong)

    def blame(self, session: Session, pointer: str, what: str, expected: str, source: str) -> None:
        """A fault of this answer at a pointer in the resource object; told once."""
        if not self.blamed(pointer):
            self.seen.wrong.add(self.base + pointer)
            place = self.base + pointer
            session.findings.note(self.seen.operation, place, what, expected, source)


def resources(document: Any) -> Iterator[tuple[str, Any]]:
    """Pointer and value of the primary resource objects of a document."""
    data = document.get("data") if isinstance(document, dict) else None
    if isinstance(data, list):
        yield from ((f"/data/{n}", item) for n, item in enumerate(data) if is_resource(item))
    elif is_resource(data):
        yield "/data", data


def is_resource(value: Any) -> bool:
    """Whether it is an object with a type and an id, both texts."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("id"), str) and isinstance(value.get("type"), str)


def listed(seen: Seen, record: Resource) -> list[View]:
    """Where a list shows a record."""
    return [View(seen, base) for base, other in resources(seen.document) if same(other, record)]


def same(one: Resource, other: Resource) -> bool:
    return (one.get("type"), one.get("id")) == (other.get("type"), other.get("id"))


def convicted(session: Session, view: View, pointer: str) -> bool:
    """Whether this operation was found wrong in this place before: its word counts for less."""
    return session.findings.known(view.seen.operation, view.base + pointer)


def vote(
    session: Session,
    write: Seen,
    written: View | None,
    reads: Sequence[View],
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
        wanted = plain(value)
        views = [v for v in [*([written] if written else []), *reads] if not v.blamed(pointer)]
        wrong = [view for view in views if view.value(pointer) != wanted]
        again = [view for view in wrong if convicted(session, view, pointer)]
        for view in again:  # told before: whatever follows from it is not told either
            view.seen.wrong.add(view.base + pointer)
        news = [view for view in wrong if view not in again]
        judges = [view for view in views if view is not written and view not in again]
        write_fails = not elsewhere and all(view in news for view in judges)
        for number, view in enumerate(news):
            said = f"{why}: {pointer} is {brief(view.value(pointer))}"
            if not write_fails or view is written:
                view.blame(session, pointer, said, brief(wanted), source)
            elif not number and written not in again:
                session.findings.note(write.operation, EFFECT, said, brief(wanted), source)
            view.seen.wrong.add(view.base + pointer)


def agrees(views: Sequence[View], expected: Mapping[str, Any]) -> bool:
    """Whether one of the views shows all that is expected."""
    return any(
        all(view.value(pointer) == plain(value) for pointer, value in expected.items())
        for view in views
    )


def compare(
    session: Session,
    views: Sequence[View],
    known: Mapping[str, Any] = {},
    apart: Mapping[str, Collection[str]] = {},
) -> dict[str, Any]:
    """POST, GET and list show one record identically: the odd one out is at fault.

    `known`: what the record was before, which settles a tie. `apart`: by operation the pointers
    that it alone shows. Gives what the record is by the word of most, by pointer.
    """
    pointers: dict[str, None] = {}
    for view in views:
        pointers.update(dict.fromkeys(pointer for pointer, _ in leaves(view.resource)))
    truth: dict[str, Any] = {}
    for pointer in pointers:
        alone = {id for id, places in apart.items() if within(pointer, set(places))}
        able = [v for v in views if not v.blamed(pointer) and v.seen.operation not in alone]
        if pointer.rpartition("/")[2] in session.edition.secrets or not able:
            continue
        right = _majority(session, able, pointer, known.get(pointer, MISSING))
        if right is not MISSING:
            truth[pointer] = right
        for view in able:
            value = view.value(pointer)
            if value != right and not (value is MISSING and _covered(view, pointer)):
                other = next(v for v in able if v.value(pointer) == right).seen.operation
                what = f"{pointer} is {brief(value)}, and {other} shows {brief(right)}"
                view.blame(session, pointer, what, brief(right), SAME)
    return truth


def _majority(session: Session, views: Sequence[View], pointer: str, known: Any) -> Any:
    """The value that most have; of those that as many have the known one, or the first."""
    counts: Counter[str] = Counter({repr(known): 50})
    for view in views:
        weight = 1 if convicted(session, view, pointer) else 100
        counts[repr(view.value(pointer))] += weight
    values = [view.value(pointer) for view in views]
    return max(values, key=lambda value: counts[repr(value)])


def _covered(view: View, pointer: str) -> bool:
    """Whether something else than an object stands where the pointer goes through."""
    parent = pointer.rpartition("/")[0]
    while parent and view.value(parent) is MISSING:
        parent = parent.rpartition("/")[0]
    return bool(parent) and not isinstance(at(view.resource, parent), Mapping)


def lawful(session: Session, views: Sequence[View], laws: Collection[Law]) -> None:
    """Hold every view that nothing was found in to the laws of its type, and to the one of secrets."""
    for view in views:
        if view.blamed() or not isinstance(view.resource, Mapping):
            continue
        for law in laws:
            for pointer, fact in law.test(view.resource):
                view.blame(session, pointer, fact, law.words, law.source)
        _no_secret(session, view)


def _no_secret(session: Session, view: View) -> None:
    if session.edition.operations[view.seen.operation].method != "GET":
        return
    for pointer, value in leaves(view.resource):
        if pointer.rpartition("/")[2] in session.edition.secrets and value is not None:
            what = f"{pointer} holds a value"
            source = "user-tokens.html, ssh-keys.html: a secret is shown at creation alone"
            view.blame(session, pointer, what, "null", source)
