"""What a browser sees at `/`: what this is, and where to go."""

from __future__ import annotations

from html import escape

from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.server import Server

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>tfe-mockserver</title></head>
<body style="font: 16px/1.5 sans-serif; max-width: 46em; margin: 3em auto">
<h1>tfe-mockserver</h1>
<p>A stand-in for the Terraform Enterprise API, edition {edition}. It keeps state, obeys the
vendor's rules, and holds every request and every answer to the documented contract.</p>
<pre>curl -H "Authorization: Bearer $TOKEN" {base}/api/v2/organizations</pre>
<p>The API is under <code>/api/v2</code>, its contract at
<a href="/_mock/openapi.json">/_mock/openapi.json</a>, the control plane under
<code>/_mock/</code>: <code>POST /_mock/reset</code>, <code>POST /_mock/seed</code>,
<code>GET /_mock/state</code>, <code>GET /_mock/journal</code>.</p>
</body></html>
"""


def answer(server: Server, sent: Sent) -> Answer:
    """One page, for every method: nothing here can be changed."""
    page = PAGE.format(edition=server.edition, base=escape(sent.base))
    return Answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})
