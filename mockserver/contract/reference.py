"""The reference engine: jsonschema, with patterns as ECMA means them.

Imported when the first value does not keep its schema: a server that only meets good requests does
not pay for explanations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend


@lru_cache(maxsize=512)
def _ecma(pattern: str) -> re.Pattern[str]:
    """A pattern as ECMA means it: `$` is the very end (Python's matches before a newline)."""
    ends = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda kept: kept[1] or r"\Z", pattern)
    return re.compile(ends, re.ASCII)


def _pattern(
    validator: Any, pattern: str, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _ecma(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Reference: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
"""jsonschema's validator of 2020-12, with ECMA's patterns."""
