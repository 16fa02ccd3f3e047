"""An evaluation's sessions on a live server, by our own client."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import get_args

from interp.client.client import Client, ClientTls, Patience, connect, paced
from interp.core.config import SessionConfig
from interp.core.events import Event
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.runner import Point, Progress
from interp.evaluate.run.server_run import CHUNK_MS, Voiced, run_live
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.wire.messages import StreamConfig

AHEAD_MS = IntakeLimits().max_ahead_ms - 5_000
"""An unpaced recording may be so far ahead of its time: a little less than a server takes."""


PATIENCE = Patience(room_s=300.0)
"""A load run waits for a lane as it would wait for a recording to end."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is and how it is played to. tls: None for a bare line. paced: as it was spoken."""

    address: str
    key: str = ""
    tls: ClientTls | None = None
    paced: bool = True


async def run(
    server: Server,
    points: Sequence[Point],
    clips: Sequence[tuple[int, Clip]],
    voiced: Voiced,
    progress: Progress,
) -> None:
    """Play the clips through the server. Raises what the server answers, as InterpError."""
    async with connect(server.address, key=server.key, tls=server.tls, patience=PATIENCE) as client:
        await run_live(points, clips, _Talk(client, server.paced), voiced, progress)


@dataclass(frozen=True, slots=True)
class _Talk:
    """Converse: one session of the client."""

    client: Client
    paced: bool

    async def __call__(
        self, config: SessionConfig, chunks: Sequence[bytes]
    ) -> AsyncIterator[Event]:
        stream = StreamConfig(config, AudioFormat(Encoding.PCM16))
        feed = paced(chunks, CHUNK_MS, ahead_ms=0 if self.paced else AHEAD_MS)
        async for body in self.client.interpret(stream, feed):
            if isinstance(body, get_args(Event)):
                yield body
