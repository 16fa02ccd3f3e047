"""One session as the page follows it: its view, its readers, and those who listen."""

import asyncio
import time
from collections.abc import Sequence

import numpy as np

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples, to_pcm16
from interp.core.events import TargetSpeech
from interp.monitor.change import Change, encoded
from interp.monitor.readers import Reader, Readers, Sent
from interp.monitor.view import View, fold, level_db, snapshot
from interp.serve.relay import Relay
from interp.wire.messages import Body

SOUND_KEPT = 8
"""Pieces of sound for those who come late: enough to start playing at once."""
METER_MS = 250
"""Between two levels of what comes in or goes out."""
AUDIENCE_KINDS = frozenset({"target", "correction", "ended"})


SOUND_RATES_HZ = {"target": TARGET_RATE_HZ, "source": SOURCE_RATE_HZ}


class Booth:
    """follow() a relay until it ends; join() as a reader; listen() to one side."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.began_s = time.time()
        self.ended_s: float | None = None
        self.view = View(policy=relay.config.session.policy)
        self.target_sound = Readers(SOUND_KEPT)
        self.source_sound = Readers(SOUND_KEPT)
        self._staff = Readers()
        self._audience = Readers()
        self._spoken: list[Samples] = []

    @property
    def session_id(self) -> str:
        """Of the session."""
        return self.relay.session_id

    @property
    def sounds(self) -> dict[str, Readers]:
        """Who listens, by side; PCM16 mono at SOUND_RATES_HZ."""
        return {"target": self.target_sound, "source": self.source_sound}

    @property
    def readers(self) -> int:
        """Who reads or listens now."""
        return sum(len(each) for each in self._all())

    async def follow(self) -> None:
        """To the end of the session."""
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear_source())
            await self._read()
            hearing.cancel()
        self.ended_s = time.time()
        self.view.ended = True
        self.tell({"kind": "ended", "how": self.relay.how_ended})
        for readers in self._all():
            readers.end()

    def tell(self, change: Change) -> None:
        """Hand a change to all whom it concerns."""
        data = encoded(change)
        self._staff.tell(data)
        if change["kind"] in AUDIENCE_KINDS:
            self._audience.tell(data)

    def forget(self) -> None:
        """Delete what was said."""
        self.view.lines.clear()
        for readers in self._all():
            readers.forget()

    def join(self, after: int | None, *, audience: bool = False) -> tuple[Reader, list[Sent]]:
        """A new reader and what it is to be told first: what it missed, or a snapshot.

        audience: told the target text alone.
        """
        readers = self._audience if audience else self._staff
        reader, missed = readers.join(after)
        if missed is None:
            first = snapshot(self.view, source=not audience)
            missed = [Sent(readers.number, encoded(first))]
        return reader, missed

    def leave(self, reader: Reader) -> None:
        """It reads no more."""
        self._staff.leave(reader)
        self._audience.leave(reader)

    def _all(self) -> tuple[Readers, ...]:
        return self._staff, self._audience, self.target_sound, self.source_sound

    async def _read(self) -> None:
        while not self.relay.ended:
            with self.relay.downlink.watch(speech=True) as watch:
                async for body in watch:
                    self._take(body)
            if watch.dropped:  # this loop was held up: what it missed is told by the next snapshot
                self.view = View(policy=self.view.policy)
            else:
                return

    def _take(self, body: Body) -> None:
        if isinstance(body, TargetSpeech):
            self._hear_target(body)
        elif change := fold(self.view, body):
            self.tell(change)

    def _hear_target(self, speech: TargetSpeech) -> None:
        if speech.target:
            return  # the page lets the first target be heard
        self.target_sound.tell(to_pcm16(speech.samples))
        self._spoken.append(speech.samples)
        if _enough(self._spoken, TARGET_RATE_HZ):
            self.view.output_db = level_db(np.concatenate(self._spoken))
            self.tell({"kind": "output", "level": self.view.output_db})
            self._spoken.clear()

    async def _hear_source(self) -> None:
        heard: list[Samples] = []
        while not self.relay.ended:
            with self.relay.listen() as watch:
                async for audio in watch:
                    self.source_sound.tell(to_pcm16(audio.samples))
                    heard.append(audio.samples)
                    if _enough(heard, SOURCE_RATE_HZ):
                        self.view.input_db = level_db(np.concatenate(heard))
                        self.tell({"kind": "input", "level": self.view.input_db})
                        heard.clear()


def _enough(pieces: Sequence[Samples], rate_hz: int) -> bool:
    """Whether there is enough sound for a level."""
    return sum(each.size for each in pieces) >= METER_MS * rate_hz // 1000
