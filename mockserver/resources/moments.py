"""Moments that a body sends: kept as the API writes them, refused where they are on no calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import clock
from mockserver.world.problems import invalid


def kept(attributes: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The attributes with that moment in UTC and milliseconds; as they are where it is null or not
    sent. Raises Problem 422.
    """
    if attributes.get(name) is None:
        return dict(attributes)
    try:
        moment = clock.timestamp(clock.parse_timestamp(attributes[name]))
    except ValueError as error:
        raise invalid(
            f"{name.replace('-', ' ').capitalize()} is invalid",
            f"/data/attributes/{name}",
            fact=str(error),
            expected="a moment of the calendar",
            hint="Send a timestamp such as 2027-01-31T12:00:00Z, or null.",
        ) from None
    return {**attributes, name: moment}
