"""Target text as data: words, hypotheses, and what is asked of a translator."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from interp.core.audio import Samples

StateT = TypeVar("StateT")


class Task(StrEnum):
    """What the decoder writes: a translation into English, or the words in the source language."""

    TRANSLATE = "translate"
    TRANSCRIBE = "transcribe"


@dataclass(frozen=True, slots=True)
class Word:
    """One whole target word of a hypothesis.

    text: as the tokenizer spells it, with its leading space where it has one.
    probability: geometric mean over its tokens, 0..1.
    attended_ms: where in the segment's audio its cross-attention points, ms from segment start.
    """

    text: str
    probability: float
    attended_ms: int


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A continuation of the written prefix.

    finished: end-of-text follows the last word. no_speech: the model's own probability, 0..1,
    that the segment holds no speech.
    """

    words: tuple[Word, ...] = ()
    finished: bool = False
    no_speech: float = 0.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What a policy needs to see before it decides.

    words: decode at most this many whole words. before_ms: stop at the first word that attends to
    audio at or after this point of the segment (None: do not stop). beams: texts to follow side by
    side.
    """

    words: int
    before_ms: int | None = None
    beams: int = 1


@dataclass(slots=True)
class EncodeStep(Generic[StateT]):
    """New audio of one segment for its source state. finished: the segment's audio is complete."""

    state: StateT
    audio: Samples
    finished: bool


@dataclass(slots=True)
class DecodeStep(Generic[StateT]):
    """One decode of one target state.

    accepted: how many words of this state's last hypothesis were written since; they become part of
    the forced prefix. finished: the source state got its last audio, so end-of-text is believed.
    """

    state: StateT
    ask: Ask
    accepted: int
    finished: bool
