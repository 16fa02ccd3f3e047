"""What a session takes in and gives out, as frozen values."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from interp.core.audio import Samples
from interp.core.glossary import Glossary


class Output(StrEnum):
    """What a session may be asked to send."""

    TEXT = "text"
    SPEECH = "speech"
    SOURCE_TEXT = "source_text"
    ACTIONS = "actions"


class WarningCode(StrEnum):
    """Conditions a client should know of and that do not end its session."""

    GAP_FILLED = "GAP_FILLED"
    GAP_RESET = "GAP_RESET"
    DUPLICATE_DROPPED = "DUPLICATE_DROPPED"
    AUDIO_CLIPPED = "AUDIO_CLIPPED"
    AUDIO_OFFSET = "AUDIO_OFFSET"
    CATCHING_UP = "CATCHING_UP"
    SPEECH_SKIPPED = "SPEECH_SKIPPED"
    OUTPUT_DROPPED = "OUTPUT_DROPPED"
    REPLICA_REPLACED = "REPLICA_REPLACED"
    OTHER_LANGUAGE = "OTHER_LANGUAGE"
    TERMS_NOT_TAKEN = "TERMS_NOT_TAKEN"


@dataclass(frozen=True, slots=True)
class Audio:
    """16 kHz mono samples [sample] that follow on. arrived_ms: on the engine's clock."""

    samples: Samples
    arrived_ms: float


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """From this point of the audio on, decide with this policy string. target: None: all."""

    policy: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class SetOutputs:
    """From this point of the audio on, send these outputs. target: None: of all."""

    outputs: frozenset[Output]
    target: int | None = None


@dataclass(frozen=True, slots=True)
class SetGlossary:
    """From this point of the audio on, write these terms and no others."""

    glossary: Glossary


@dataclass(frozen=True, slots=True)
class Expect:
    """From this point of the audio on, expect to hear these words, and none that were before."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """Answered by MarkerReached once all audio before it has been worked through."""

    marker_id: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop speaking now and drop the speech that is queued."""


@dataclass(frozen=True, slots=True)
class MuteSpeech:
    """Hold speech back (muted) or let it through again; text goes on."""

    muted: bool


@dataclass(frozen=True, slots=True)
class RepeatSpeech:
    """Say again the newest segment of which something was said. target: None: of all."""

    target: int | None = None


@dataclass(frozen=True, slots=True)
class SkipBacklog:
    """Treat audio that was received and not yet worked through as silence."""


@dataclass(frozen=True, slots=True)
class End:
    """The speaker has finished; write the rest and end."""


@dataclass(frozen=True, slots=True)
class Replay:
    """First input of a session that is worked through again: decide as the original did.

    until_samples: what the original said up to here was told. passed_samples: where it passed over
    a decision for being late; it made all others up to there. made_samples: where it made those.
    """

    until_samples: int
    passed_samples: frozenset[int]
    made_samples: frozenset[int] = frozenset()


Steering: TypeAlias = (
    SetPolicy
    | SetOutputs
    | SetGlossary
    | Expect
    | Interrupt
    | MuteSpeech
    | RepeatSpeech
    | SkipBacklog
)
Input: TypeAlias = Audio | Steering | Marker | End | Replay


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """One written target word.

    text: with its leading space, so that words concatenate. delay_ms: source heard when it was
    written; elapsed_ms: the same plus compute and waiting. source_start_ms, source_end_ms: the
    stretch of source it came from. All from the start of the session's audio. probability: how sure
    the model was of it, 0..1; None where it does not tell. The same words need not be as sure.
    """

    text: str
    delay_ms: int
    elapsed_ms: int
    source_start_ms: int
    source_end_ms: int
    probability: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TargetText:
    """Words written at one moment, then a tentative tail that the next TargetText replaces.

    segment_ended: nothing more will be written for this segment. target: place among the session's
    targets, from 0.
    """

    segment: int
    words: tuple[WrittenWord, ...]
    tentative: str = ""
    segment_ended: bool = False
    target: int = 0


@dataclass(frozen=True, slots=True)
class SourceText:
    """As TargetText, in the source language."""

    segment: int
    words: tuple[WrittenWord, ...]
    tentative: str = ""
    segment_ended: bool = False


@dataclass(frozen=True, slots=True)
class SourceLanguage:
    """What is spoken, where the session was not told: known now, or another than before.

    probability: how sure the model that hears is, 0..1.
    """

    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class TargetSpeech:
    """Target speech of a run of SNAC frames.

    samples: 24 kHz mono [sample]; codes: the same frames as SNAC codes [frame, 7], or None.
    offset_ms: where it begins on the target timeline, which runs beside the source's; rounded down.
    text: the words that have been said in full with it. source_start_ms, source_end_ms: the source
    of what it says. delay_ms, elapsed_ms: as for words. human: a person speaks, not the voice.
    target: as TargetText has it. packets: the sound as Opus, for clients that asked for it.
    repeated: it was said before, see RepeatSpeech.
    """

    segment: int
    samples: Samples
    codes: Any
    offset_ms: int
    text: str
    source_start_ms: int
    source_end_ms: int
    delay_ms: int
    elapsed_ms: int
    human: bool = False
    target: int = 0
    packets: tuple[bytes, ...] | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class PolicyAction:
    """One decision, as a trace: READ is zero words.

    units: source units of the segment so far. position_ms: source heard. compute_ms: model time.
    guarded: a guard kept back words that the policy would have written.
    """

    segment: int
    units: int
    position_ms: int
    words: int
    compute_ms: float
    target: int = 0
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """A condition the client should know of. amount_ms: how much audio it concerns. language: with
    OTHER_LANGUAGE, the one that is heard. target: with SPEECH_SKIPPED and OUTPUT_DROPPED, whose it
    was, its place among the session's targets."""

    code: WarningCode
    amount_ms: int = 0
    language: str = ""
    target: int = 0


@dataclass(frozen=True, slots=True)
class MarkerReached:
    """All audio before the marker has been worked through. position_ms: where that was."""

    marker_id: str
    position_ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a session. compute_ms: model time spent on it."""

    heard_ms: int = 0
    voiced_ms: int = 0
    segments: int = 0
    words: int = 0
    speech_ms: int = 0
    compute_ms: float = 0.0

    def with_compute(self, compute_ms: float) -> "Totals":
        """With so much more model time."""
        return replace(self, compute_ms=self.compute_ms + compute_ms)


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The last event of a session."""

    totals: Totals


Event: TypeAlias = (
    TargetText
    | SourceText
    | SourceLanguage
    | TargetSpeech
    | PolicyAction
    | Warned
    | MarkerReached
    | SessionEnded
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point between segments from which a session can be worked through again, word for word.

    position_samples: audio before it is no longer needed. next_sequence: number of the next event.
    state: the session's own small state (gate, counters, policy); picklable, opaque to others.
    """

    position_samples: int
    next_sequence: int
    state: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Decisions at this position were passed over, because they came too late."""

    position_samples: int


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Decisions that had been passed over were made at this position."""

    position_samples: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What became of a SkipBacklog: this stretch of audio was taken for silence."""

    start_samples: int
    end_samples: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in the session's output, counted from 0 without holes.

    The same session worked through again gives the same numbers, which makes delivery exactly once.
    Only what is sure to come again counts. Speech and warnings do not: theirs is the number of the
    event that follows, and the place of speech is that on the target timeline.
    """

    sequence: int
    event: Event

    @property
    def counts(self) -> bool:
        """Whether the number is its own."""
        return not isinstance(self.event, TargetSpeech | Warned)


Note: TypeAlias = Checkpoint | PassedOver | MadeUp | Skipped
"""For whoever may have to replay a session."""

Said: TypeAlias = Numbered | Note
"""What a session says: events for the client, and notes."""
