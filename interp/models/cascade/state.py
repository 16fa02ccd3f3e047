"""What a cascade keeps of a segment, of its targets, and of a decode that is under way."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from interp.core.glossary import Glossary
from interp.core.translator import Hypothesis, Pair
from interp.models.cascade.transcript import Sentence, Transcript
from interp.models.marian.lane import WriterState, Written
from interp.models.marian.student import Student


@dataclass(frozen=True, slots=True)
class Route:
    """How a pair is served: heard in the pivot language, read by the student."""

    pivot: str
    student: Student


@dataclass(slots=True)
class CascadeSource:
    """One segment. heard: the transcriber's state.

    transcripts: the newest of each pivot language. Targets read it together while they ask alike,
    so that what one writes does not depend on when others decide (`readers`).
    """

    heard: Any
    samples: int = 0
    finished: bool = False
    transcripts: dict[str, Transcript] = field(default_factory=dict)


@dataclass(slots=True)
class DirectTarget:
    """A pair that the transcriber serves alone.

    state: the transcriber's, from the first decode on. answer: of a decode that is under way.
    """

    source: CascadeSource
    pair: Pair
    context: str
    state: Any = None
    answer: Hypothesis | None = None


@dataclass(slots=True)
class TranscriptTarget:
    """The heard words themselves, as they settle. written: so many of them."""

    source: CascadeSource
    transcript: Transcript
    written: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What the last hypothesis took of a sentence. number: the sentence's."""

    number: int
    words: int
    ended: bool


@dataclass(slots=True)
class CascadeTarget:
    """A translation.

    done: sentences written to their end. writers: by the sentence's number. carried: words accepted
    by steps that asked for none.
    """

    source: CascadeSource
    transcript: Transcript
    student: Student
    done: int = 0
    writers: dict[int, WriterState] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    carried: int = 0


@dataclass(slots=True)
class Job:
    """One sentence of one step, to be written on. place: the step's; number: the sentence's."""

    place: int
    number: int
    sentence: Sentence
    words: tuple[str, ...]
    student: Student
    state: WriterState
    accepted: int
    until: int
    glossary: Glossary


AnyTarget: TypeAlias = DirectTarget | TranscriptTarget | CascadeTarget
Done: TypeAlias = list[tuple[Job, Written]]
