"""tfe-mockserver: a stand-in for the Terraform Enterprise API that keeps state and its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.client import ControlError as ControlError
    from mockserver.client import Gone as Gone
    from mockserver.client import World as World
    from mockserver.client import connect as connect
    from mockserver.client import universe as universe
    from mockserver.web.app import create_app as create_app

__all__ = ["ControlError", "Gone", "World", "__version__", "connect", "create_app", "universe"]

_PUBLIC = {
    "ControlError": "mockserver.client",
    "Gone": "mockserver.client",
    "World": "mockserver.client",
    "connect": "mockserver.client",
    "universe": "mockserver.client",
    "create_app": "mockserver.web.app",
}


def __getattr__(name: str) -> Any:
    """Import what is public when it is first used: the plugin must cost nothing unused."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
