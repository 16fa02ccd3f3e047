"""A replica as the gateway sees it: an actor's calls with a deadline each, and our own errors."""

import asyncio
from dataclasses import replace
from typing import Any

from interp.cluster.calls import answer_in, asked
from interp.cluster.hosted import Pulse
from interp.cluster.offset import ClockOffset
from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import EngineFailed
from interp.core.events import Audio, Checkpoint, Input
from interp.core.logs import pass_on
from interp.engine.load import Load
from interp.engine.replica import Inbound, Outbound, ReplicaInfo, lost


class RayReplica:
    """`Replica` over one actor. Once it was found gone it stays lost, whatever the actor does.

    lost: set then. Nothing is retried: a tick repeated on empty lanes would answer for nobody.
    """

    def __init__(self, name: str, actor: Any) -> None:
        self.name = name
        self.actor = actor
        self.lost = asyncio.Event()
        self._clock = MonotonicClock()
        self._offset = ClockOffset()

    async def info(self) -> ReplicaInfo:
        """As Replica.info."""
        info: ReplicaInfo = await self._call("info")
        return info

    async def load(self) -> Load:
        """As Replica.load."""
        load: Load = await self._call("load")
        return load

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """As Replica.open."""
        await self._call("open", session_id, config, checkpoint)

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick; arrival times are told on the replica's clock."""
        offset_ms = self._offset.offset_ms
        if offset_ms:
            inbound = {k: [_moved(i, offset_ms) for i in items] for k, items in inbound.items()}
        outbound: list[Outbound] = await self._call("tick", inbound)
        return outbound

    async def close(self, session_id: str) -> None:
        """As Replica.close."""
        await self._call("close", session_id)

    async def ping(self) -> Pulse:
        """A sign of life, which measures the clock and brings the logs.

        A replica that cannot compute any more is lost.
        """
        sent_ms = self._clock.now_ms()
        try:
            pulse: Pulse = await self._call("ping")
        except EngineFailed:
            raise lost() from None
        self._offset.observe(sent_ms, pulse.now_ms, self._clock.now_ms())
        pass_on(pulse.logs)
        return pulse

    async def _call(self, method: str, *arguments: object) -> Any:
        if self.lost.is_set():
            raise lost()
        reference = self.actor.call.remote(asked(method, arguments))
        return answer_in(await asyncio.wrap_future(reference.future()))


def _moved(item: Input, offset_ms: float) -> Input:
    if not isinstance(item, Audio):
        return item
    return replace(item, arrived_ms=item.arrived_ms + offset_ms)
