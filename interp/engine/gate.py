"""The speech gate: a stream of samples in, segments of speech out, on the 512-sample VAD clock.

Opens on sustained speech with a pre-roll, closes at a pause, and asks for an ever shorter pause as
a segment grows, so that no segment outgrows the model's window. Causal: an event depends only on
the samples up to its own. Digital silence is no part of it: frames are counted from the first sound
after it, so that how long it was changes nothing of what follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

from interp.core.audio import PCM16_FULL_SCALE, VAD_FRAME_MS, VAD_FRAME_SAMPLES, Samples
from interp.core.detector import VoiceDetector

SILENT = 1.5 / PCM16_FULL_SCALE
"""What stays below is digital silence: zeros, or the one step that dither makes of them."""


class CloseReason(StrEnum):
    """Why a segment closed: a full pause, its length (speech may go on), or the stream's end."""

    PAUSE = "pause"
    ROLLOVER = "rollover"
    END = "end"


@dataclass(frozen=True, slots=True)
class PauseStep:
    """From `after_ms` of segment length on, a pause of `pause_ms` closes it."""

    after_ms: int
    pause_ms: int


@dataclass(frozen=True, slots=True)
class GateSettings:
    """When a segment opens and closes. Probabilities are Silero's; times are rounded to frames.

    A segment opens when the mean probability of the last `open_window_ms` reaches
    `open_probability`: a window this long keeps faint music out, and the pre-roll outlasts it so
    that no onset is lost. A frame is voiced from `voiced_probability`. `shrink` lists ascending
    lengths; a step longer than `pause_ms` has no effect. `max_segment_ms` cuts without a pause.
    """

    open_probability: float = 0.5
    open_window_ms: int = 256
    voiced_probability: float = 0.35
    pre_roll_ms: int = 500
    pause_ms: int = 700
    shrink: tuple[PauseStep, ...] = (
        PauseStep(12_000, 320),
        PauseStep(18_000, 96),
        PauseStep(24_000, 32),
    )
    max_segment_ms: int = 28_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A segment began; start_sample: of its first sample, pre-roll included, in the stream."""

    start_sample: int


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """One VAD frame of the open segment; the first also carries the pre-roll before it.

    audio: the true samples [sample]; voiced_samples: how many of them lie in voiced frames;
    voiced: of the newest frame; end_sample: one past its last sample, in the stream.
    """

    audio: Samples
    voiced_samples: int
    voiced: bool
    end_sample: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The segment ended; end_sample: one past its last sample, in the stream."""

    end_sample: int
    reason: CloseReason


GateEvent: TypeAlias = Opened | Speech | Closed


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    audio: Samples
    probability: float


@dataclass(slots=True)
class GateState:
    """Where the gate is in one stream; copy or pickle it to resume there. Bounded in size.

    position_samples: samples heard, but for `rest`, those of a frame not whole yet [< 512].
    origin_samples: where its first frame began. asleep: there was digital silence for so long that
    it is passed over up to the next sound, where frames are counted anew. segment_start: None while
    closed. recent: the newest frames since the last close; silent_frames: how many at their end are
    digital silence.
    """

    voice: Any
    rest: Samples
    position_samples: int = 0
    origin_samples: int = 0
    asleep: bool = True
    segment_start: int | None = None
    unvoiced_frames: int = 0
    recent: list[_Frame] = field(default_factory=list)
    silent_frames: int = 0

    @property
    def at_frame_end(self) -> bool:
        """Whether what was heard is whole frames."""
        return self._into_frame == 0

    def pieces(self, samples: Samples) -> Iterator[Samples]:
        """Samples that belong together: up to the end of a frame, or to a sound.

        Each is to be heard before the next is asked for.
        """
        while samples.size:
            size = self._reach(samples)
            yield samples[:size]
            samples = samples[size:]

    def _reach(self, samples: Samples) -> int:
        room = VAD_FRAME_SAMPLES - self._into_frame
        if not self.asleep:
            return min(samples.size, room)
        loud = np.abs(samples[:VAD_FRAME_SAMPLES]) > SILENT
        sound = int(loud.argmax()) if loud.any() else loud.size
        return min(sound, room) if sound else loud.size

    @property
    def _into_frame(self) -> int:
        heard = self.position_samples + self.rest.size - self.origin_samples
        return heard % VAD_FRAME_SAMPLES


class Gate:
    """Splits one stream into segments of speech; the events do not depend on how input was cut."""

    def __init__(self, detector: VoiceDetector, settings: GateSettings) -> None:
        self._detector = detector
        self._settings = settings
        self._window_frames = max(1, round(settings.open_window_ms / VAD_FRAME_MS))
        self._pre_roll_frames = round(settings.pre_roll_ms / VAD_FRAME_MS)
        self._pause_frames = _whole_frames(settings.pause_ms)
        self._max_samples = settings.max_segment_ms // VAD_FRAME_MS * VAD_FRAME_SAMPLES

    def init_state(self) -> GateState:
        """State of a stream that has heard nothing."""
        return GateState(voice=self._detector.init_state(), rest=np.zeros(0, np.float32))

    def feed(self, samples: Samples, state: GateState) -> list[GateEvent]:
        """Hear samples [sample] at 16 kHz, any number; events of the frames they complete."""
        assert samples.ndim == 1, f"samples must be mono, got shape {samples.shape}"
        events: list[GateEvent] = []
        for piece in state.pieces(samples):
            events.extend(self._hear(piece, state))
        return events

    def end(self, state: GateState) -> list[GateEvent]:
        """The stream is over: hear the last part of a frame and close what is open."""
        events: list[GateEvent] = []
        if state.rest.size:
            padded = np.zeros(VAD_FRAME_SAMPLES, np.float32)
            padded[: state.rest.size] = state.rest
            probabilities, state.voice = self._detector.step(padded, state.voice)
            audio, state.rest = state.rest, np.zeros(0, np.float32)
            events.extend(self._advance(_Frame(audio, float(probabilities[0])), state))
        if state.segment_start is not None:
            events.append(_close(state, CloseReason.END))
        return events

    def _hear(self, piece: Samples, state: GateState) -> Iterator[GateEvent]:
        """One of `pieces`."""
        if state.asleep:
            if np.abs(piece[0]) <= SILENT:
                state.position_samples += piece.size
                return
            state.asleep, state.origin_samples = False, state.position_samples
        state.rest = np.concatenate([state.rest, piece])
        if state.rest.size == VAD_FRAME_SAMPLES:
            audio, state.rest = state.rest, np.zeros(0, np.float32)
            probabilities, state.voice = self._detector.step(audio, state.voice)
            yield from self._advance(_Frame(audio, float(probabilities[0])), state)

    def _advance(self, frame: _Frame, state: GateState) -> Iterator[GateEvent]:
        state.position_samples += frame.audio.size
        if state.segment_start is None:
            yield from self._listen(frame, state)
            return
        voiced = self._voiced(frame)
        state.unvoiced_frames = 0 if voiced else state.unvoiced_frames + 1
        yield Speech(frame.audio, frame.audio.size * voiced, voiced, state.position_samples)
        yield from self._close_if_due(state)

    def _listen(self, frame: _Frame, state: GateState) -> Iterator[GateEvent]:
        """While closed: keep the pre-roll and open on sustained speech."""
        keep = max(self._pre_roll_frames + 1, self._window_frames)
        state.recent = [*state.recent[-(keep - 1) :], frame]
        silent = bool((np.abs(frame.audio) <= SILENT).all())
        state.silent_frames = state.silent_frames + 1 if silent else 0
        if state.silent_frames == keep:
            state.asleep, state.recent, state.silent_frames = True, [], 0
            return
        if not self._sustained(state.recent[-self._window_frames :]):
            return
        frames = state.recent
        audio = np.concatenate([each.audio for each in frames])
        voiced_samples = sum(each.audio.size for each in frames if self._voiced(each))
        state.recent = []
        state.segment_start = state.position_samples - audio.size
        state.unvoiced_frames = 0
        yield Opened(state.segment_start)
        yield Speech(audio, voiced_samples, self._voiced(frame), state.position_samples)

    def _sustained(self, window: list[_Frame]) -> bool:
        mean = sum(each.probability for each in window) / self._window_frames
        return mean >= self._settings.open_probability

    def _close_if_due(self, state: GateState) -> Iterator[GateEvent]:
        assert state.segment_start is not None, "only an open segment closes"
        length_samples = state.position_samples - state.segment_start
        if state.unvoiced_frames >= self._pause_frames:
            yield _close(state, CloseReason.PAUSE)
        elif state.unvoiced_frames >= self._pause_due(length_samples):
            yield _close(state, CloseReason.ROLLOVER)
        elif length_samples >= self._max_samples:
            yield _close(state, CloseReason.ROLLOVER)
            state.segment_start = state.position_samples  # speech goes on: no frame may be lost
            yield Opened(state.segment_start)

    def _pause_due(self, length_samples: int) -> int:
        """Unvoiced frames that close a segment of this length."""
        pause_frames = self._pause_frames
        for step in self._settings.shrink:
            if length_samples * VAD_FRAME_MS >= step.after_ms * VAD_FRAME_SAMPLES:
                pause_frames = min(pause_frames, _whole_frames(step.pause_ms))
        return pause_frames

    def _voiced(self, frame: _Frame) -> bool:
        return frame.probability >= self._settings.voiced_probability


def _close(state: GateState, reason: CloseReason) -> Closed:
    state.segment_start = None
    state.unvoiced_frames = state.silent_frames = 0
    return Closed(state.position_samples, reason)


def _whole_frames(duration_ms: int) -> int:
    """Frames that cover `duration_ms`, at least one."""
    return max(1, -(-duration_ms // VAD_FRAME_MS))
