"""The list of sessions, whole or as it changes."""

import asyncio
from collections.abc import AsyncIterator

from interp.core.errors import InvalidRequest, Reason
from interp.monitor.contract import House
from interp.wire.monitoring import (
    ListSessionsRequest,
    ListSessionsResponse,
    MonitoredSession,
    WatchSessionsResponse,
)

LOOK_S = 0.5
MOST_ROWS = 1000
"""On a page."""


def listed(house: House, request: ListSessionsRequest) -> ListSessionsResponse:
    """One page of it. Raises InvalidRequest."""
    if request.page_size < 0:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a page has 0 sessions or more")
    size = min(request.page_size or MOST_ROWS, MOST_ROWS)
    rest = [row for row in house.rows() if row.name > request.page_token]
    more = rest[size - 1].name if len(rest) > size else ""
    return ListSessionsResponse(sessions=rest[:size], next_page_token=more)


async def changes(house: House) -> AsyncIterator[WatchSessionsResponse]:
    """All rows at first, then those that are new or changed, and names of those that are gone."""
    known: dict[str, MonitoredSession] = {}
    first = True
    while True:
        rows = {row.name: row for row in house.rows()}
        changed = [row for name, row in rows.items() if known.get(name) != row]
        gone = [name for name in known if name not in rows]
        if changed or gone or first:
            yield WatchSessionsResponse(sessions=changed, gone=gone)
        known, first = rows, False
        await asyncio.sleep(LOOK_S)
