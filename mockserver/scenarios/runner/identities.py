"""An id stands for one record, also after that has gone; a name may be given again."""

from __future__ import annotations

from mockserver.judge.documents import resources
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.representations import Representation

IDENTITY = "JSON:API 1.0: type and id identify one resource"


class Identities:
    """The ids of all records that one run has made."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: set[tuple[str, str]] = set()

    def judge_new(self, answer: JudgedAnswer) -> None:
        """What a create has made has an id that nothing had."""
        context = self._context
        type = context.type_made_by(answer.operation)
        for base, resource in resources(answer.document) if type and answer.ok else ():
            key = type, str(resource["id"])
            if key in self._known and key[1] != context.plan(type).name_of(resource):
                what = "the id of a new record is that of another, or was"
                view = Representation(answer, base)
                view.blame(context, "/id", what, "an id that nothing had", IDENTITY)
            self._known.add(key)
