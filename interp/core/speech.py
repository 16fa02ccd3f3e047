"""Target speech as data: what is asked of a synthesiser, and the sound that it gives."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from interp.core.audio import Samples

StateT = TypeVar("StateT")


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
