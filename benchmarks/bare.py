"""One Flask route that answers the bytes of a file: what the server and Flask cost by themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import flask

from mockserver.web.serving import LiveServer

BODY = Path(sys.argv[1]).read_bytes()
app = flask.Flask(__name__)


@app.get("/")
def answer() -> flask.Response:
    return flask.Response(BODY, content_type="application/vnd.api+json")


LiveServer(app, port=int(sys.argv[2])).run()
