"""The page for people: worlds, who is checked by what, every request with the world around it.

Imported at its first use: who does not open it pays nothing.
"""

from mockserver.page.app import application

__all__ = ["application"]
