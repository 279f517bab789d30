"""The query of a request, held to the parameters that an operation lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mockserver.contract.checked import Checked, Refusal
from mockserver.contract.engines import MOST, Checker, Schema
from mockserver.contract.explain import UNTOLD, expected
from mockserver.nearest import nearest
from mockserver.redaction import USUAL, cut, is_secret

FILTERS = ("filter[", "search[")
"""How the names of parameters begin that say which records are wanted."""
UNFILTERED = "decision: who asks for some records and is given all of them may delete all of them"


class Query:
    """The query parameters of one operation, by name.

    `filters`: those that are not listed and let pass, because a client applies them itself. `place`
    says which operation it is.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        filters: Collection[str],
        place: Mapping[str, str],
        source: str,
    ) -> None:
        self._parameters, self._filters = parameters, filters
        self._place, self._source = place, source

    def checked(self, arguments: Iterable[tuple[str, str]]) -> Checked:
        """Query parameters: typed, with defaults; unknown or repeated ones are findings, unknown
        filters are refused."""
        checked = Checked({})
        sent: dict[str, str] = {}
        for name, text in arguments:
            if name not in self._parameters:
                if len(checked.findings) + len(checked.refusals) < MOST:
                    self._stray(name, checked)
            elif name in sent:
                checked.findings.append(
                    self._finding(name, f"{name} is repeated; the last counts", "one value")
                )
            if name in self._parameters:
                sent[name] = text
        for name, parameter in self._parameters.items():
            schema = parameter["schema"]
            if name in sent:
                self._check_parameter(name, sent[name], schema, checked)
            elif parameter.get("required"):
                self._refuse_parameter(name, f"{name} is required", f"{name} is missing", checked)
            elif "default" in schema:
                checked.value[name] = schema["default"]
        return checked

    def _check_parameter(self, name: str, text: str, schema: Schema, checked: Checked) -> None:
        if "x-include" in schema:
            names = [part.strip() for part in text.split(",") if part.strip()]
            if any(part not in schema["x-include"] for part in names):
                wanted = "one or more of " + ", ".join(schema["x-include"])
                meta = self._finding(name, f"include is {cut(text, 60)!r}", wanted)
                checked.refusals.append(
                    Refusal(400, "bad request", "Invalid include parameter", None, meta)
                )
            checked.value[name] = list(dict.fromkeys(names))
            return
        if "enum" in schema:
            if text not in schema["enum"]:
                must = f"one of {', '.join(schema['enum'])}"
                self._refuse_parameter(name, f"{name} must be {must}", _said(name, text), checked)
            checked.value[name] = text
            return
        if schema["type"] != "integer":
            if len(text) < schema.get("minLength", 0):
                self._refuse_parameter(name, f"{name} is required", f"{name} is empty", checked)
            elif "pattern" in schema and not Checker(schema, {}).holds(text):
                must = f"{name} must be {expected(schema, {})}"
                self._refuse_parameter(name, must, _said(name, text), checked)
            checked.value[name] = text
            return
        low, high = schema.get("minimum"), schema.get("maximum")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
        if number is None or (low is not None and number < low) or (high and number > high):
            must = f"between {low} and {high}" if high else f"{low} or more"
            self._refuse_parameter(name, f"{name} must be {must}", _said(name, text), checked)
        else:
            checked.value[name] = number

    def _refuse_parameter(self, name: str, detail: str, fact: str, checked: Checked) -> None:
        required = detail == f"{name} is required"
        wanted = "a value" if required else detail.removeprefix(f"{name} must be ")
        meta = self._finding(name, fact, wanted)
        checked.refusals.append(Refusal(422, "invalid attribute", detail, None, meta))

    def _stray(self, name: str, checked: Checked) -> None:
        """A parameter that is not listed: a finding; a filter that nobody applies: refused."""
        near, ours = self._meant(name), name in self._filters
        name = cut(name, 100)
        known = ", ".join(self._parameters) or "no query parameter"
        finding = self._finding(name, f"the query parameter {name} is not listed", known)
        finding["hint"] = f"Did you mean {near}?" if near else f"Leave out {name}."
        if not name.startswith(FILTERS) or ours:
            checked.findings.append(finding)
            return
        listed = [parameter for parameter in self._parameters if parameter.startswith(FILTERS)]
        expected = ", ".join(listed) or "no filter"
        detail = f"{name} is not a filter of this operation; its filters are: {expected}"
        meta = {**finding, "expected": expected, "source": UNFILTERED}
        checked.refusals.append(Refusal(400, "bad request", detail, None, meta))

    def _meant(self, name: str) -> str | None:
        """The listed parameter that is meant: a filter of the same name goes before one that is like
        it, `search[tags]` for `filter[tags]`.
        """
        others = (name.replace(sent, there, 1) for sent in FILTERS for there in FILTERS)
        same = [other for other in others if other in self._parameters]
        return next(iter(same or nearest(name, self._parameters)), None)

    def _finding(self, name: str, fact: str, wanted: str) -> dict[str, str]:
        parameter = self._parameters.get(name, {})
        return {
            **self._place,
            "pointer": "",
            "fact": fact,
            "expected": wanted,
            "key-path": name,
            "source": parameter.get("x-source", self._source),
            "hint": f"Send {wanted} as {name}.",
        }


def _said(name: str, text: str) -> str:
    """What a parameter is; of one that is named as a secret, which log and journal mask in the URL too, not
    its value.
    """
    return (
        f"{name} does not fit ({UNTOLD})"
        if is_secret(name, USUAL)
        else f"{name} is {cut(text, 60)!r}"
    )
