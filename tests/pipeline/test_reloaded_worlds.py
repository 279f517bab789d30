"""What calls have made of a world can be loaded: its state as a fixture makes an equal one."""

from __future__ import annotations

import pytest

from mockserver.contract import editions
from mockserver.pipeline.server import Server
from mockserver.world.dumping import dump
from tests.pipeline.writes import writes


@pytest.mark.parametrize("name", editions())
def test_after_every_write_the_state_makes_an_equal_world(name: str) -> None:
    server, played = Server(edition=name), 0
    for universe, _ in writes(server, name):
        document = dump(universe.kinds, universe.state)
        copy = server.universe(fixture=document)
        assert dump(copy.kinds, copy.state) == document
        played += 1
    assert played > 15
