"""The scenario of notification configurations: a URL that answers, and the request to ask it."""

from __future__ import annotations

from mockserver.scenarios.runner.scenario import Scenario, shown_attributes

URL = "https://httpstat.us/200"
TOLD = [f"run:{what}" for what in ("created", "needs_attention", "completed", "errored")]
VALUES = {"url": (URL, f"{URL}?again"), "token": ("text", None), "triggers": (TOLD, TOLD[:1])}
ENTRY = ("name", "url", "destination-type", "enabled", "triggers", "created-at", "updated-at")
SCENARIO = Scenario(
    values=lambda name: VALUES,
    may_change=(
        "/attributes/updated-at",
        "/attributes/delivery-responses",  # a server asks the URL that a PATCH enables
    ),
    steps=lambda driver, record: driver.call("verify-notification-configuration", of=record),
    fixture_entry=lambda resource, known: shown_attributes(resource, *ENTRY),
)
