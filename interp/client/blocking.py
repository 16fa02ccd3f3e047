"""The client for callers that are not asynchronous: one thread with one event loop and channel.

Every step waits until the server has worked through the audio that the step brought, so what a
step gives back depends on the audio alone and never on time.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from interp.client.client import Client, ClientTls, Fed, connect
from interp.core.audio import Samples, silence
from interp.core.errors import OutOfOrder, Reason
from interp.core.events import Marker, MarkerReached, TargetSpeech, TargetText
from interp.wire.messages import Body, StreamConfig

ResultT = TypeVar("ResultT")

MESSAGE_BYTES = 64 * 1024
STEP_S = 120.0
"""The server itself gives up on a session that stands still long before this."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What the server said in one step. words: written, without spaces; speech: 24 kHz [sample]."""

    words: tuple[str, ...]
    speech: Samples


NOTHING = Said((), silence(0))


class BlockingClient:
    """Opens sessions on one server. Its thread is a daemon; close() ends it and its sessions."""

    def __init__(self, address: str, *, key: str = "", tls: ClientTls | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._client: Client = self.run(
            self._stack.enter_async_context(connect(address, key=key, tls=tls))
        )

    def open(self, config: StreamConfig) -> "BlockingSession":
        """A session that connects with its first step. config: audio must be FLOAT32."""
        return BlockingSession(self, self._client, config)

    def close(self) -> None:
        """End the channel and the thread; a second call does nothing."""
        if self._loop.is_closed():
            return
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """The result of `work` on the event loop. Raises what it raises, TimeoutError."""
        return asyncio.run_coroutine_threadsafe(_in_time(work), self._loop).result()

    async def _end(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._stack.aclose()
        await self._loop.shutdown_asyncgens()


class BlockingSession:
    """One recording. Steps come one at a time, from any thread.

    Each raises InterpError with the server's reason, or TimeoutError; the session is then over.
    """

    def __init__(self, owner: BlockingClient, client: Client, config: StreamConfig) -> None:
        self._owner = owner
        self._feed: asyncio.Queue[Fed | None] = asyncio.Queue()
        self._bodies = self._talk(client, config)
        self._markers = 0
        self._segment: int | None = None
        self._ended = False

    def hear(self, samples: Samples) -> Said:
        """Everything said for the audio so far and not given back yet. samples: [sample]."""
        return self._owner.run(self._hear(samples)) if samples.size else NOTHING

    def finish(self) -> Said:
        """The speaker has finished: the rest."""
        return self._owner.run(self._finish())

    def close(self) -> None:
        """Leave the session without a word, if it is not over."""
        self._ended = True
        self._owner.run(self._bodies.aclose())

    async def _hear(self, samples: Samples) -> Said:
        content = samples.astype("<f4").tobytes()
        for start in range(0, len(content), MESSAGE_BYTES):
            self._feed.put_nowait(content[start : start + MESSAGE_BYTES])
        self._markers += 1
        self._feed.put_nowait(Marker(str(self._markers)))
        return await self._until(str(self._markers))

    async def _finish(self) -> Said:
        self._feed.put_nowait(None)
        return await self._until(None)

    async def _until(self, marker_id: str | None) -> Said:
        """Read on to the marker; with None, to the end."""
        if self._ended:
            raise OutOfOrder(Reason.MALFORMED_MESSAGE, "the session is over")
        texts: list[str] = []
        speech: list[Samples] = [silence(0)]
        self._ended = True  # unless the marker comes
        async for body in self._bodies:
            match body:
                case TargetText():
                    texts.append(self._joined(body))
                case TargetSpeech(samples=samples):
                    speech.append(samples)
                case MarkerReached(marker_id=reached) if reached == marker_id:
                    self._ended = False
                    break
        return Said(tuple("".join(texts).split()), np.concatenate(speech))

    def _joined(self, text: TargetText) -> str:
        """Written text; the first word of a segment never continues the last of another."""
        gap = " " if text.words and text.segment != self._segment else ""
        self._segment = text.segment if text.words else self._segment
        return gap + "".join(word.text for word in text.words)

    async def _talk(self, client: Client, config: StreamConfig) -> AsyncGenerator[Body, None]:
        async for body in client.interpret(config, self._sent()):
            yield body

    async def _sent(self) -> AsyncGenerator[Fed, None]:
        while (item := await self._feed.get()) is not None:
            yield item


async def _in_time(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    async with asyncio.timeout(STEP_S):
        return await work
