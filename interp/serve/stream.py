"""The call that carries a session, while another does not take over."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NoReturn, Protocol

from interp.core.errors import InterpError
from interp.serve.downlink import Downlink
from interp.wire.messages import Response


class Carried(Protocol):
    """A session as its stream sees it. stream: the one that carries it now."""

    downlink: Downlink
    stream: "Stream | None"
    ended: bool
    error: InterpError | None

    async def keep(self, responses: Sequence[Response]) -> None:
        """Have them recorded before they leave."""


class Stream:
    """The gRPC call that carries a session, until it ends or another takes over."""

    def __init__(self, relay: Carried) -> None:
        self._relay = relay
        self._why: InterpError | None = None
        self._cut = asyncio.Event()
        self._ready: deque[Response] = deque()

    @property
    def current(self) -> bool:
        """Whether the session is still carried by this stream."""
        return self._relay.stream is self

    async def next(self) -> Response | None:
        """The next response; None when the session has come to its natural end.

        Raises the error that the session ended with.
        """
        relay = self._relay
        while self.current:
            if self._ready:
                return self._ready.popleft()
            if responses := relay.downlink.take_all():
                await relay.keep(responses)
                if self._why:
                    raise self._why
                self._ready.extend(responses)
                continue
            if relay.error:
                raise relay.error
            if relay.ended:
                return None
            await relay.downlink.wait()
        return await self.until_cut()

    def cut(self, error: InterpError) -> None:
        """End the call now, even if its reader does not read."""
        self._why = self._why or error
        self._cut.set()
        self._relay.downlink.wake()

    async def until_cut(self) -> NoReturn:
        """Wait until the call is to end at once; raises why."""
        await self._cut.wait()
        assert self._why, "a stream is cut for a reason"
        raise self._why
