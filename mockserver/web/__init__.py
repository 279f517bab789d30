"""HTTP: Flask, the doors for WSGI and for sockets, TLS.

The only room that imports flask, werkzeug and a server. It imports nothing itself: `serve` starts without
Flask.
"""
