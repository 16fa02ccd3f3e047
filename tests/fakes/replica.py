"""A replica that follows a script: it writes one word per stretch of audio it hears, at once.

Words depend on the place of the audio alone, so that a session worked through again says the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from interp.core.audio import SAMPLES_PER_MS, TARGET_RATE_HZ, samples_to_ms
from interp.core.config import SessionConfig
from interp.core.errors import AtCapacity, InterpError, Reason, Unavailable
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Event,
    Input,
    Marker,
    MarkerReached,
    MuteSpeech,
    Numbered,
    Output,
    PolicyAction,
    RepeatSpeech,
    Said,
    SessionEnded,
    TargetSpeech,
    TargetText,
    Totals,
    WrittenWord,
)
from interp.core.synthesiser import Voice
from interp.core.translator import Pair
from interp.engine.load import Load
from interp.engine.replica import Inbound, Outbound, ReplicaInfo

PAIRS = frozenset(Pair(a, b) for a in ("fr", "en") for b in (a, "en"))
WORD_MS = 100
CHECKPOINT_WORDS = 5


@dataclass
class Lane:
    """One session as the fake holds it."""

    config: SessionConfig
    position: int = 0
    words: int = 0
    sequence: int = 0
    items: list[Said] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    error: InterpError | None = None
    muted: bool = False

    def say(self, event: Event) -> None:
        """Number an event."""
        item = Numbered(self.sequence, event)
        self.items.append(item)
        self.sequence += item.counts


class FakeReplica:
    """Implements Replica. Its public fields are what a test turns."""

    def __init__(
        self,
        name: str = "r0",
        lanes: int = 8,
        info: ReplicaInfo | None = None,
        word_ms: int = WORD_MS,
    ) -> None:
        self.word_ms = word_ms
        self.name = name
        self.lanes: dict[str, Lane] = {}
        self.offer = info or ReplicaInfo(lanes, PAIRS, (Voice("anna", "en"),), "scripted")
        self.dead = False
        self.frozen = False
        self.busy: Load | None = None
        self.opened: list[tuple[str, Checkpoint | None]] = []
        self.closed: list[str] = []
        self.ticks = 0
        self.speech_samples = 0
        self.crash_on: Callable[[Input], InterpError | None] = lambda _: None

    async def info(self) -> ReplicaInfo:
        """What the test set."""
        self._check()
        return self.offer

    async def load(self) -> Load:
        """What the test set, or what its lanes say."""
        self._check()
        lanes = self.offer.lanes
        return self.busy or Load(len(self.lanes), lanes - len(self.lanes), len(self.lanes) / lanes)

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """Take a lane."""
        self._check()
        if len(self.lanes) >= self.offer.lanes:
            raise AtCapacity(Reason.NO_LANE, "all lanes are taken", retry_after_ms=500)
        self.opened.append((session_id, checkpoint))
        lane = Lane(config)
        if checkpoint:
            lane.position, lane.sequence = checkpoint.position_samples, checkpoint.next_sequence
            lane.words = checkpoint.state
        self.lanes[session_id] = lane

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """Hear, write, tell."""
        self.ticks += 1
        if self.frozen:
            await asyncio.sleep(3600)
        self._check()
        outs = []
        for session_id, inputs in inbound.items():
            if lane := self.lanes.get(session_id):
                for item in inputs:
                    self._hear(lane, item)
                outs.append(
                    Outbound(
                        session_id, tuple(lane.items), samples_to_ms(lane.position), lane.error
                    )
                )
                lane.items.clear()
                if lane.error:
                    del self.lanes[session_id]
        return outs

    async def close(self, session_id: str) -> None:
        """Free the lane."""
        self._check()
        self.closed.append(session_id)
        self.lanes.pop(session_id, None)

    def _check(self) -> None:
        if self.dead:
            raise Unavailable(Reason.REPLICA_LOST, "gone", 1000)

    def _hear(self, lane: Lane, item: Input) -> None:
        lane.inputs.append(item)
        lane.error = lane.error or self.crash_on(item)
        match item:
            case Audio(samples):
                lane.position += samples.size
                while (lane.words + 1) * self.word_ms * SAMPLES_PER_MS <= lane.position:
                    self._write(lane)
            case Marker(marker_id):
                lane.say(MarkerReached(marker_id, samples_to_ms(lane.position)))
            case MuteSpeech(muted):
                lane.muted = muted
            case RepeatSpeech():
                lane.say(replace(self._speech(lane, again=True), repeated=True))
            case End():
                totals = Totals(samples_to_ms(lane.position), 0, 1, lane.words)
                lane.say(TargetText(0, (), "", segment_ended=True))
                lane.say(SessionEnded(totals))
            case _:
                pass

    def _write(self, lane: Lane) -> None:
        start_ms, end_ms = lane.words * self.word_ms, (lane.words + 1) * self.word_ms
        word = WrittenWord(f" w{lane.words}", end_ms, end_ms + 5, start_ms, end_ms)
        lane.words += 1
        lane.say(TargetText(0, (word,), "maybe"))
        for number, more in enumerate(lane.config.also, 1):
            other = replace(word, text=f" {more.target}{lane.words - 1}")
            lane.say(TargetText(0, (other,), target=number))
            if Output.SPEECH in (more.outputs or lane.config.outputs) and not lane.muted:
                lane.say(replace(self._speech(lane), target=number))
        if Output.ACTIONS in lane.config.outputs:
            lane.say(PolicyAction(0, lane.words, end_ms, 1, 1.5))
        if Output.SPEECH in lane.config.outputs and not lane.muted:
            lane.say(self._speech(lane))
        if lane.words % CHECKPOINT_WORDS == 0:
            position = lane.words * self.word_ms * SAMPLES_PER_MS
            lane.items.append(Checkpoint(position, lane.sequence, lane.words))

    def _speech(self, lane: Lane, *, again: bool = False) -> TargetSpeech:
        """Of the newest word, with room behind it to say it again."""
        end_ms = samples_to_ms(lane.position)
        samples = np.full(self.speech_samples or 2048, 0.25, np.float32)
        offset_ms = (2 * lane.words + again) * samples.size * 1000 // TARGET_RATE_HZ
        return TargetSpeech(
            0, samples, None, offset_ms, f" w{lane.words - 1}", 0, 100, end_ms, end_ms + 5
        )
