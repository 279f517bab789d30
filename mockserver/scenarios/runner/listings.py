"""What hangs on a record and is shown by lists of its own: tags, consumers, bindings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver

Title = Callable[[Resource], str]
"""What stands for one resource object where lists are compared."""


def must_list(
    driver: Driver,
    write: JudgedAnswer,
    reads: Sequence[JudgedAnswer],
    wanted: Sequence[str],
    title: Title,
    *,
    why: str,
    source: str,
) -> bool:
    """What a write must have done, as every list shows it that holds it. Gives whether all do.

    Where no list agrees the write is at fault, else those that do not; the write's own answer is
    looked at where it is a list itself.
    """
    own = [write] if isinstance(write.data, list) else []
    able = [answer for answer in reads if answer.ok and not answer.wrong]
    if not write.ok or not able:
        return False  # which is told of them
    wrong = [one for one in [*own, *able] if _titles(one, title) != sorted(wanted)]
    if wrong and all(one in wrong for one in able):
        what = f"{why}: {brief(_titles(able[0], title))} is listed"
        expected = brief(sorted(wanted))
        driver.context.blame_write(write, what, expected, source, why)
        return False
    for one in wrong:
        what = f"{why}: {brief(_titles(one, title))} is listed"
        driver.holds(False, one, "/data", what, brief(sorted(wanted)), source)
    return not wrong


def must_find(
    driver: Driver,
    operation: str,
    of: Resource,
    query: Mapping[str, str],
    *,
    there: Sequence[Resource],
    not_there: Sequence[Resource] = (),
) -> bool:
    """A query brings the records that fit it, and not the others. Gives whether it does."""
    parameters = driver.context.edition.operation(operation).parameters
    if not query.keys() <= parameters.keys():
        return True  # the edition does not have it
    size = parameters["page[size]"]["schema"]["maximum"]
    answer = driver.call(operation, of=of, query={**query, "page[size]": size})
    found = {resource["id"] for _, resource in resources(answer.document)}
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    source = parameters[next(iter(query))].get("x-source", f"{{{operation}}}")
    if not answer.ok or answer.wrong:
        return False
    missing, extra = ([one["id"] in found for one in part] for part in (there, not_there))
    what = f"{asked} does not bring a record that fits"
    if not driver.holds(all(missing), answer, "/data", what, "all that fit", source):
        return False
    what = f"{asked} brings a record that does not fit"
    return driver.holds(not any(extra), answer, "/data", what, "no others", source)


def must_sort(
    driver: Driver, operation: str, of: Resource, sort: str, wanted: Sequence[Resource]
) -> None:
    """A list brings records in the order of `sort`, and backwards with a minus."""
    ids = [one["id"] for one in wanted]
    for asked, order in ((sort, ids), (f"-{sort}", ids[::-1])):
        answer = driver.call(operation, of=of, query={"sort": asked})
        found = [one["id"] for _, one in resources(answer.document) if one["id"] in ids]
        if answer.ok:
            what, source = f"sort={asked} brings records in another order", f"{{{operation}}}"
            driver.holds(found == order, answer, "/data", what, f"those by {asked}", source)


def _titles(answer: JudgedAnswer, title: Title) -> list[str]:
    return sorted(title(resource) for _, resource in resources(answer.document))


def same_id(resource: Resource) -> str:
    """A record by its id."""
    return str(resource["id"])
