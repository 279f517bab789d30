"""The blueprint of the page, with the addresses of all its parts."""

from __future__ import annotations

import flask

from mockserver.page import enforced, exchange, journal, records, worlds

views = flask.Blueprint("page", __name__)

for part in (worlds, records, enforced, journal, exchange):
    for rule, method, function in part.ADDRESSES:
        views.add_url_rule(rule, function.__name__, function, methods=[method])
