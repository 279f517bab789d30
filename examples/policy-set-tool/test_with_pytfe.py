"""The vendor's own Python client sees what the tool has done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from policy_set_tool import Organization

import mockserver

pytfe = pytest.importorskip("pytfe")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(tfe: mockserver.World) -> Iterator[pytfe.TFEClient]:
    client = pytfe.TFEClient(pytfe.TFEConfig(address=tfe.url, token=tfe.token))
    yield client
    client.close()


def test_what_the_tool_makes_the_client_reads(
    client: pytfe.TFEClient, tfe: mockserver.World
) -> None:
    Organization("acme", tfe.url, tfe.token).apply({"staging": {"policies": ["tags"]}})
    sets = {one.name: one for one in client.policy_sets.list("acme")}
    assert set(sets) == {"production", "staging"}
    assert client.policy_sets.read(sets["staging"].id).policy_count == 1


def test_what_the_client_makes_the_tool_leaves_alone(
    client: pytfe.TFEClient, tfe: mockserver.World
) -> None:
    client.policy_sets.create("acme", pytfe.models.PolicySetCreateOptions(name="theirs"))
    before = tfe.state()
    assert Organization("acme", tfe.url, tfe.token).apply({"theirs": {}}) == []
    assert tfe.state() == before
