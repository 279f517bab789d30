"""The contract of one edition: read, checked, explained, and assembled as OpenAPI.

The only room that imports jsonschema, jsonschema_rs and referencing. It knows nothing of worlds.
"""

from mockserver.contract.checked import Checked, Refusal
from mockserver.contract.editions import (
    Edition,
    UnknownEdition,
    added,
    contract,
    control,
    editions,
    load,
)
from mockserver.contract.operations import Operation
from mockserver.contract.types import Attribute, Relationship, ResourceType

__all__ = [
    "Attribute",
    "Checked",
    "Edition",
    "Operation",
    "Refusal",
    "Relationship",
    "ResourceType",
    "UnknownEdition",
    "added",
    "contract",
    "control",
    "editions",
    "load",
]
