"""One session as the page follows it: its view, its readers, and those who listen."""

import asyncio
import secrets
import time
from collections.abc import Sequence

import numpy as np

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples, to_pcm16
from interp.core.events import TargetSpeech
from interp.monitor.readers import Reader, Readers
from interp.monitor.row import row_of
from interp.monitor.told import Told
from interp.monitor.view import View, audience_text, fold, level_db
from interp.serve.relay import Relay
from interp.wire.messages import Body
from interp.wire.monitoring import (
    MonitoredSession,
    SessionSnapshot,
    WatchEnded,
    WatchSessionResponse,
)
from interp.wire.requests import terms_to_proto

SOUND_KEPT = 8
"""Pieces of sound for those who come late: enough to start playing at once."""
METER_MS = 250
"""Between two levels of what comes in or goes out."""
LOOK_S = 0.5
"""Between two looks at how the session is, for those who read it."""
AUDIENCE_KINDS = frozenset({"target_text", "correction", "ended"})


class Booth:
    """follow() a relay until it ends; join() as a reader; listen to one of its sides.

    source_sound, target_sounds: PCM16 at SOURCE_RATE_HZ and TARGET_RATE_HZ, mono.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.began_s = time.time()
        self.ended_s: float | None = None  # of a clock that nobody sets
        count = len(relay.wishes.targets)
        self.view = View(count)
        self.source_sound: Readers[bytes] = Readers(SOUND_KEPT)
        self.target_sounds: list[Readers[bytes]] = [Readers(SOUND_KEPT) for _ in range(count)]
        self._staff: Readers[Told] = Readers()
        self._audiences: list[Readers[Told]] = [Readers() for _ in range(count)]
        self._epoch = secrets.token_hex(4)
        self._spoken: list[list[Samples]] = [[] for _ in range(count)]
        self._sounded: set[int] = set()
        self._row = MonitoredSession()
        self._snapshots: dict[int | None, Told] = {}

    @property
    def session_id(self) -> str:
        """Of the session."""
        return self.relay.session_id

    @property
    def readers(self) -> int:
        """Who reads or listens now."""
        return sum(len(each) for each in self._all())

    @property
    def row(self) -> MonitoredSession:
        """How the session is now."""
        return row_of(self.relay, self.view, began_s=self.began_s, readers=self.readers)

    @property
    def text(self) -> SessionSnapshot:
        """A copy of what is shown of it."""
        text = SessionSnapshot()
        text.CopyFrom(self.view.text)
        return text

    async def follow(self) -> None:
        """To the end of the session."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in (self._hear_source(), self._look())]
            await self._read()
            for task in tasks:
                task.cancel()
        self.ended_s = time.monotonic()
        self.view.ended = True
        self.tell_row()
        self.tell(WatchSessionResponse(ended=WatchEnded(reason=self.relay.how_ended)))
        for readers in self._all():
            readers.end()

    def tell(self, change: WatchSessionResponse) -> None:
        """Hand a change to all whom it concerns."""
        kind = change.WhichOneof("change") or ""
        if kind in AUDIENCE_KINDS:
            for number, audience in enumerate(self._audiences):
                if kind == "ended" or getattr(change, kind).target == number:
                    self._tell(audience, change)
        self._tell(self._staff, change)

    def tell_row(self) -> None:
        """Tell how the session is, where that has changed."""
        row = self.row
        if row != self._row:
            self._row = row
            self.tell(WatchSessionResponse(session=row))

    def forget(self) -> None:
        """Delete what was said."""
        self.view.forget()
        self._snapshots.clear()
        for readers in self._all():
            readers.forget()

    def join(self, last_event_id: str, audience: int | None) -> tuple[Reader[Told], list[Told]]:
        """A new reader and what it is to be told first: what it missed, or a snapshot.

        audience: told the written text of this target alone.
        """
        readers = self._staff if audience is None else self._audiences[audience]
        epoch, _, number = last_event_id.partition(".")
        known = epoch == self._epoch and number.isdecimal() and len(number) < 18
        reader, missed = readers.join(int(number) if known else None)
        return reader, [self._snapshot(audience)] if missed is None else missed

    def leave(self, reader: Reader[Told]) -> None:
        """It reads no more."""
        for readers in (self._staff, *self._audiences):
            readers.leave(reader)

    def _tell(self, readers: Readers[Told], change: WatchSessionResponse) -> None:
        numbered = WatchSessionResponse(event_id=f"{self._epoch}.{readers.number + 1}")
        numbered.MergeFrom(change)
        readers.tell(Told(numbered))

    def _snapshot(self, audience: int | None) -> Told:
        """Made once for all who come before the next change."""
        readers = self._staff if audience is None else self._audiences[audience]
        event_id = f"{self._epoch}.{readers.number}"
        made = self._snapshots.get(audience)
        if made is None or made.message.event_id != event_id or self.view.ended:
            shown = self._shown(audience)
            made = Told(WatchSessionResponse(event_id=event_id, snapshot=shown))
            self._snapshots[audience] = made
        return made

    def _shown(self, audience: int | None) -> SessionSnapshot:
        row = self.row
        if audience is not None:
            shown = audience_text(self.view.text, audience)
            shown.session.CopyFrom(
                MonitoredSession(name=row.name, state=row.state, targets=[row.targets[audience]])
            )
            return shown
        shown = SessionSnapshot(
            session=row, glossary=terms_to_proto(self.relay.wishes.glossary.terms)
        )
        shown.MergeFrom(self.view.text)
        return shown

    def _all(self) -> tuple[Readers[Told] | Readers[bytes], ...]:
        return self._staff, *self._audiences, *self.target_sounds, self.source_sound

    async def _look(self) -> None:
        while True:
            self.tell_row()
            await asyncio.sleep(LOOK_S)
            for number, target in enumerate(self.view.targets):
                if number not in self._sounded:
                    target.output_db = None
            self._sounded.clear()

    async def _read(self) -> None:
        while not self.relay.ended:
            with self.relay.downlink.watch(speech=True) as watch:
                async for body in watch:
                    self._take(body)
            if not watch.dropped:
                return
            # this loop was held up: everybody begins anew with what is lately said
            self.view.forget()
            self._tell(self._staff, WatchSessionResponse(snapshot=self._shown(None)))
            for number, audience in enumerate(self._audiences):
                self._tell(audience, WatchSessionResponse(snapshot=self._shown(number)))

    def _take(self, body: Body) -> None:
        if isinstance(body, TargetSpeech):
            self._hear_target(body)
        elif change := fold(self.view, body):
            self.tell(change)

    def _hear_target(self, speech: TargetSpeech) -> None:
        self.target_sounds[speech.target].tell(to_pcm16(speech.samples))
        self._sounded.add(speech.target)
        spoken = self._spoken[speech.target]
        spoken.append(speech.samples)
        if _enough(spoken, TARGET_RATE_HZ):
            self.view.targets[speech.target].output_db = level_db(np.concatenate(spoken))
            spoken.clear()

    async def _hear_source(self) -> None:
        heard: list[Samples] = []
        while not self.relay.ended:
            with self.relay.listen() as watch:
                async for audio in watch:
                    self.source_sound.tell(to_pcm16(audio.samples))
                    heard.append(audio.samples)
                    if _enough(heard, SOURCE_RATE_HZ):
                        self.view.input_db = level_db(np.concatenate(heard))
                        heard.clear()


def _enough(pieces: Sequence[Samples], rate_hz: int) -> bool:
    """Whether there is enough sound for a level."""
    return sum(each.size for each in pieces) >= METER_MS * rate_hz // 1000
