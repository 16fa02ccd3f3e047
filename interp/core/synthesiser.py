"""The contract of a voice: what it declares, what it is asked to say, the sound that it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from interp.core.audio import TARGET_RATE_HZ, Samples

StateT = TypeVar("StateT")


class Gender(StrEnum):
    """What a voice sounds like."""

    UNSPECIFIED = "unspecified"
    FEMALE = "female"
    MALE = "male"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, order=True)
class Voice:
    """A voice as it is offered. name: as SessionConfig.voice has it. language: primary subtag.

    rate_hz: of its samples.
    """

    name: str
    language: str
    gender: Gender = Gender.UNSPECIFIED
    rate_hz: int = TARGET_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class SoundFrame:
    """One SNAC frame of speech, 85.33 ms.

    samples: 24 kHz mono [2048]. codes: the same sound as seven SNAC codes. words: how many of the
    words given to its state have been said in full when the frame has sounded.
    """

    samples: Samples
    codes: tuple[int, ...]
    words: int


@dataclass(slots=True)
class SpeakStep(Generic[StateT]):
    """Up to `frames` more frames from one state.

    words: written words to take in first, whole, with the marks attached. pace: wished tempo, 1 is
    the voice's own. pause_frames: silence after a sentence.
    """

    state: StateT
    words: tuple[str, ...]
    pace: float
    pause_frames: int
    frames: int


class Synthesiser(Protocol):
    """A voice: written words in as they come, sound out frame by frame, batched over sessions."""

    @property
    def voice(self) -> Voice:
        """What it is offered as."""

    def init_state(self, seed: int) -> Any:
        """State of a voice that has said nothing; it may be dropped at any moment."""

    def idle(self, state: Any) -> bool:
        """Everything given was said and has faded: no more frames come without new words."""

    def speak(self, steps: Sequence[SpeakStep[Any]]) -> list[tuple[SoundFrame, ...]]:
        """The next frames of each state, in order; fewer than asked for where it falls idle.

        A step may be given again if a batch with it failed: its words must not count twice, and
        frames that were made and not given come first.
        """
