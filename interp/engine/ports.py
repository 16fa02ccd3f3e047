"""What the engine needs from models: protocols, so that it runs on real weights or a script."""

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import Samples
from interp.core.speech import SoundFrame, SpeakStep
from interp.core.text import DecodeStep, EncodeStep, Hypothesis, Task

VoiceT = TypeVar("VoiceT")
SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")
SpeechT = TypeVar("SpeechT")


class VoiceDetector(Protocol[VoiceT]):
    """Neural VAD over 512-sample frames at 16 kHz, causal, with a small copyable state."""

    def init_state(self) -> VoiceT:
        """State of a stream that has heard nothing."""

    def step(self, audio: Samples, state: VoiceT) -> tuple[NDArray[np.float32], VoiceT]:
        """audio [frames * 512] to speech probability per frame [frames], and the next state."""


class Translator(Protocol[SourceT, TargetT]):
    """Streaming speech translation of one segment at a time; steps are batched over sessions."""

    @property
    def languages(self) -> Collection[str]:
        """Whisper codes of the languages it hears."""

    def init_source(self) -> SourceT:
        """State of a segment of which nothing was heard."""

    def init_target(self, source: SourceT, task: Task, language: str, context: str) -> TargetT:
        """A writer over `source`. language: the source's Whisper code; context: earlier text."""

    def encode(self, steps: Sequence[EncodeStep[SourceT]]) -> None:
        """Encode what is new in each segment."""

    def decode(self, steps: Sequence[DecodeStep[TargetT]]) -> list[Hypothesis]:
        """Continue each written prefix; one hypothesis per step, in order.

        A step may be given again if a batch with it failed: it must not count twice.
        """


class Synthesiser(Protocol[SpeechT]):
    """A voice: written words in as they come, sound out frame by frame, batched over sessions."""

    @property
    def name(self) -> str:
        """As SessionConfig.voice has it."""

    @property
    def language(self) -> str:
        """Primary subtag of the language it speaks."""

    def init_state(self, seed: int) -> SpeechT:
        """State of a voice that has said nothing; it may be dropped at any moment."""

    def idle(self, state: SpeechT) -> bool:
        """Everything given was said and has faded: no more frames come without new words."""

    def speak(self, steps: Sequence[SpeakStep[SpeechT]]) -> list[tuple[SoundFrame, ...]]:
        """The next frames of each state, in order; fewer than asked for where it falls idle.

        A step may be given again if a batch with it failed: its words must not count twice, and
        frames that were made and not given come first.
        """
