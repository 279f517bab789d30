"""One world in your hands: the same object for tests, scripts and the pytest plugin.

with mockserver.universe(fixture="documented") as tfe:
    tfe.client.get("/api/v2/organizations")

tfe = mockserver.connect("http://127.0.0.1:8080", "test-token")
tfe.reset()
"""

from mockserver.client.broken import Broken
from mockserver.client.handle import World
from mockserver.client.journal import JournalReader, UnknownOperation
from mockserver.client.links import ControlError, Gone
from mockserver.client.opening import connect, universe
from mockserver.client.seen import Changes, Seen

__all__ = [
    "Broken",
    "Changes",
    "ControlError",
    "Gone",
    "JournalReader",
    "Seen",
    "UnknownOperation",
    "World",
    "connect",
    "universe",
]
