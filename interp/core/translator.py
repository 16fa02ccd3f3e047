"""The contract of a translator: what it declares, what it is asked, what it answers.

A backend implements `Translator`; the engine runs on nothing else of it, and on a script in tests.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from interp.core.audio import Samples
from interp.core.glossary import NO_TERMS, Glossary

StateT = TypeVar("StateT")


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Languages that a translator goes between, as primary subtags.

    Equal ones: it writes down what was said in the speaker's own words.
    """

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a backend can do beyond its pairs; what it cannot is refused by name, never imitated.

    attention: it tells where in the audio each word comes from (`Word.attended_ms`). glossary:
    it can be asked to write the terms of a session. languages: it tells which one is spoken.
    """

    attention: bool
    glossary: bool = False
    languages: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One whole target word of a hypothesis.

    text: as the tokenizer spells it, with its leading space where it has one.
    probability: geometric mean over its tokens, 0..1.
    attended_ms: where in the segment's audio its attention points, ms from segment start; None
    from a backend without that ability.
    """

    text: str
    probability: float
    attended_ms: int | None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A continuation of the written prefix. finished: end-of-text follows the last word."""

    words: tuple[Word, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a policy needs to see before it decides.

    words: decode at most this many whole words. before_ms: stop at the first word that attends to
    audio at or after this point of the segment (None: do not stop). beams: texts that a backend
    may follow side by side to find the best.
    """

    words: int
    before_ms: int | None = None
    beams: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """How far a policy stays behind its speaker: a word a unit of `unit_ms` after the first `units`
    of them."""

    units: int
    unit_ms: int


@dataclass(slots=True)
class EncodeStep(Generic[StateT]):
    """New audio of one segment for its source state.

    finished: the segment's audio is complete. anew_ms: a backend that can should encode as much of
    the newest audio anew, since it now knows what came after it.
    """

    state: StateT
    audio: Samples
    finished: bool
    anew_ms: int = 0


@dataclass(slots=True)
class DecodeStep(Generic[StateT]):
    """One decode of one target state.

    accepted: how many words of this state's last hypothesis were written since; they become part of
    the forced prefix. finished: the source state got its last audio, so end-of-text is believed.
    glossary: terms that shall be written; none for a backend that takes none. wait: what the policy
    keeps, for a backend that learnt to write accordingly; None where it says no such thing.
    """

    state: StateT
    ask: Ask
    accepted: int
    finished: bool
    glossary: Glossary = NO_TERMS
    wait: Wait | None = None


class Translator(Protocol):
    """Streaming translation of one segment at a time; steps are batched over sessions.

    Its states are its own: the engine holds them and hands them back.
    """

    @property
    def pairs(self) -> Collection[Pair]:
        """What it serves."""

    @property
    def abilities(self) -> Abilities:
        """What it can do beyond that."""

    def init_source(self) -> Any:
        """State of a segment of which nothing was heard."""

    def init_target(
        self, source: Any, source_language: str, target_language: str, context: str
    ) -> Any:
        """A writer over the source state, for one of `pairs`. context: what was written before."""

    def encode(self, steps: Sequence[EncodeStep[Any]]) -> None:
        """Encode what is new in each segment."""

    def spoken(self, sources: Sequence[Any]) -> list[Mapping[str, float]]:
        """How likely each language is the one spoken in what each segment has had encoded, by code;
        empty where nothing was encoded, and from a backend without that ability."""

    def decode(self, steps: Sequence[DecodeStep[Any]]) -> list[Hypothesis]:
        """Continue each written prefix; one hypothesis per step, in order.

        Text that the backend itself does not believe to be speech is no part of a hypothesis. A
        step may be given again if a batch with it failed: it must not count twice.
        """
