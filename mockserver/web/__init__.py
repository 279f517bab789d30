"""HTTP: the page on which a request lives, the control plane, the servers.

The only room that imports flask, werkzeug and a server.
"""

from mockserver.web.app import create_app

__all__ = ["create_app"]
