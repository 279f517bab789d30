"""YAML by its core schema (https://yaml.org/spec/1.2.2/#103-core-schema), for documents of strangers.

Its only words for other values than texts are `null`, `true`, `false` and numbers. Names are texts
and appear once; no anchor stands for more than a document may hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any

import yaml

VALUES = 2_000_000
"""Of the largest document, what is written once and named elsewhere counted wherever it is named."""
DIGITS = 20
"""Signs of the longest integer: one of 64 bits has no more."""
TWICE = "appears twice in one object"
MERGE = "tag:yaml.org,2002:merge"
CORE = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
    ("str", None, ""),
    ("seq", None, ""),
    ("map", None, ""),
)
"""The tags of the core schema: how a plain text of it looks, and with which letters it begins."""

Construct = Callable[[Any, yaml.Node], Any]


def load(text: str) -> Any:
    """The value of a YAML text. Raises ValueError, and RecursionError where it is nested too deeply."""
    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        place = f" (line {at.line + 1}, column {at.column + 1})" if at else ""
        what = getattr(error, "problem", None) or str(error)
        raise ValueError(f"not YAML: {what}{place}") from None


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the core schema's tags alone."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._values = 0
        self._within: dict[yaml.Node, int] = {}
        """How many values each node holds that has been read to its end."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        before = self._values
        node = super().compose_node(parent, index)
        assert node is not None
        if not isinstance(event, yaml.AliasEvent):
            self._values += 1
            self._within[node] = self._values - before
        elif node in self._within:
            self._values += self._within[node]
        else:
            raise _error(f"{event.anchor!r} stands within itself", event)
        if self._values > VALUES:
            raise _error(f"it holds more than {VALUES:,} values", event)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == MERGE:
                continue
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise _error(f"{name!r} is not text", key)
            if name in names:
                raise _error(f"{name!r} {TWICE}", key)
            names.add(name)
        return super().construct_mapping(node, deep)


def _error(problem: str, at: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


def _scalar(word: str, form: re.Pattern[str], construct: Construct) -> Construct:
    """What makes a value of a text, which a tag may have been put before: `!!int x` is none."""

    def made(loader: Any, node: yaml.Node) -> Any:
        text = loader.construct_scalar(node)
        if not form.fullmatch(text):
            raise _error(f"{text[:DIGITS]!r} is not {word}", node)
        if word == "int" and len(text) > DIGITS:
            raise _error(f"an integer of {len(text)} characters does not fit 64 bits", node)
        return construct(loader, node)

    return made


Loader.yaml_implicit_resolvers = {}
Loader.yaml_constructors = {None: yaml.SafeLoader.construct_undefined}
for _word, _form, _first in CORE:
    _tag = f"tag:yaml.org,2002:{_word}"
    _construct: Any = yaml.SafeLoader.yaml_constructors.get(_tag)
    if _form is not None:
        _pattern = re.compile(f"^(?:{_form})$")
        Loader.add_implicit_resolver(_tag, _pattern, list(_first))
        _construct = _construct and _scalar(_word, _pattern, _construct)
    if _construct is not None:
        Loader.add_constructor(_tag, _construct)
