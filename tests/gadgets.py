"""A type of resources that no edition has: gadgets, which have a name and a color."""

from __future__ import annotations

from typing import Any


def gadget(relationships: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """Its definition as a page file has it, with these relationships, and these attributes too."""
    return {
        "title": "Gadget",
        "x-source": "#gadgets",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^gad-[A-Za-z0-9]+$"},
            "type": {"const": "gadgets"},
            "attributes": {
                "type": "object",
                "properties": {
                    "name": {"$ref": "common.json#/$defs/name", "x-required": True},
                    "color": {"enum": ["red", "green"], "default": "green"},
                    **attributes,
                },
            },
            "relationships": {"type": "object", "properties": relationships},
        },
    }
