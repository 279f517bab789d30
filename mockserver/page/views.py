"""The blueprint of the page, with the addresses of all its parts."""

from __future__ import annotations

import flask

from mockserver.page import contract, enforced, exchange, faults, journal, records, who, worlds

views = flask.Blueprint("page", __name__)

for part in (worlds, records, enforced, journal, exchange, contract, faults, who):
    for rule, method, function in part.ADDRESSES:
        views.add_url_rule(rule, function.__name__, function, methods=[method])
