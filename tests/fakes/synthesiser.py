"""A voice that follows a script: every word takes four frames at its own tempo, then silence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from interp.core.audio import SNAC_FRAME_SAMPLES
from interp.core.synthesiser import SoundFrame, SpeakStep, Voice

FRAMES_A_WORD = 4
TAIL_FRAMES = 2
POISON = "poison"


@dataclass(slots=True)
class ScriptSpeech:
    """words: given so far. said: in full. progress: of the next, 0..1. pause, tail: silent frames
    to come, and since the last word."""

    seed: int
    words: list[str] = field(default_factory=list)
    said: int = 0
    progress: float = 0.0
    pause: int = 0
    tail: int = TAIL_FRAMES

    @property
    def left(self) -> bool:
        """Whether a word waits that has a sound."""
        return any(_has_sound(word) for word in self.words[self.said :])


@dataclass
class ScriptSynthesiser:
    """Implements Synthesiser. Samples of a sounding frame tell its word, silent ones are 0.

    frames: made in all. paces: as asked for, step by step. widest: the largest batch.
    fail_on_step: raise at this call (counted from 0); a batch with POISON in it always fails.
    """

    name: str = "script"
    language: str = "en"
    frames: int = 0
    paces: list[float] = field(default_factory=list)
    widest: int = 0
    calls: int = 0
    fail_on_step: int | None = None

    @property
    def voice(self) -> Voice:
        return Voice(self.name, self.language)

    def init_state(self, seed: int) -> ScriptSpeech:
        return ScriptSpeech(seed)

    def idle(self, state: ScriptSpeech) -> bool:
        return not state.left and state.tail >= TAIL_FRAMES

    def speak(self, steps: Sequence[SpeakStep[ScriptSpeech]]) -> list[tuple[SoundFrame, ...]]:
        self.calls += 1
        self.widest = max(self.widest, len(steps))
        if self.calls - 1 == self.fail_on_step or any(
            POISON in (*step.state.words, *step.words) for step in steps
        ):
            raise RuntimeError("planted fault with a secret transcript")
        return [self._speak(step) for step in steps]

    def _speak(self, step: SpeakStep[ScriptSpeech]) -> tuple[SoundFrame, ...]:
        state = step.state
        state.words.extend(step.words)
        step.words = ()
        self.paces.append(step.pace)
        frames: list[SoundFrame] = []
        while len(frames) < step.frames and not self.idle(state):
            frames.append(_frame(state, step.pace, step.pause_frames))
        self.frames += len(frames)
        return tuple(frames)


def _frame(state: ScriptSpeech, pace: float, pause_frames: int) -> SoundFrame:
    while state.said < len(state.words) and not _has_sound(state.words[state.said]):
        state.said += 1
    if state.pause:
        state.pause -= 1
        return _sound(0, state.said)
    if state.said == len(state.words):
        state.tail += 1
        return _sound(0, state.said)
    word = state.words[state.said]
    state.tail = 0
    state.progress += pace / FRAMES_A_WORD
    if state.progress > 1 - 1e-9:
        state.progress, state.said = state.progress - 1, state.said + 1
        if word.endswith(".") and state.left:
            state.pause = pause_frames
    return _sound(1 + sum(map(ord, word)) % 97 + state.seed, state.said)


def _sound(value: int, words: int) -> SoundFrame:
    samples = np.full(SNAC_FRAME_SAMPLES, value / 128, np.float32)
    return SoundFrame(samples, (value,) * 7, words)


def _has_sound(word: str) -> bool:
    return any(letter.isalnum() for letter in word)
