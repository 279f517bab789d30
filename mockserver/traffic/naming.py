"""Which edition a server says that it speaks: ours does, for the world of a token."""

from __future__ import annotations

from mockserver.contract import editions
from mockserver.judge.documents import parsed
from mockserver.judge.pointers import at
from mockserver.traffic.transport import CutOff, Transport

WHERE = "/_mock/universe"


def named_edition(transport: Transport, token: str) -> str:
    """The edition that a server names; empty where it names none that is known here.

    Another server has nothing at that path. A world is opened by its key alone, which is what stands
    before the dot of a caller's token (`KEY.ann`). Raises Unreachable.
    """
    for key in dict.fromkeys((token, token.partition(".")[0])):
        headers = {"Accept": "application/json", "Authorization": f"Bearer {key}"}
        try:
            answer = transport.send("GET", WHERE, headers, None)
        except CutOff:  # of this path it knows nothing, which says nothing of the others
            return ""
        if answer.status != 401:
            break
    name = at(parsed(answer.body), "/edition") if answer.status == 200 else None
    return name if isinstance(name, str) and name in editions() else ""
