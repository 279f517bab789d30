"""What calls have made of a world can be loaded: its state as a fixture makes an equal one."""

from __future__ import annotations

from itertools import islice

import pytest

from mockserver.contract import editions
from mockserver.pipeline.server import Server
from mockserver.world.dumping import dump
from tests.pipeline.writes import writes


@pytest.mark.parametrize("name", editions())
@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_after_every_write_the_state_makes_an_equal_world(name: str, one_in: int) -> None:
    """The quick run looks at one state in a few."""
    server, played = Server(edition=name), 0
    for universe, *_ in islice(writes(server, name), 0, None, one_in):
        document = dump(universe.kinds, universe.state)
        copy = server.universe(fixture=document)
        assert dump(copy.kinds, copy.state) == document
        played += 1
    assert played > 15
