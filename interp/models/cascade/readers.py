"""Targets that read one transcript: together while they ask alike, and each its own from then on.

So several targets of a session by way of one pivot cost one hearing of it, and each is written as
if it were alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interp.core.translator import Ask, DecodeStep
from interp.models.cascade.state import (
    AnyTarget,
    CascadeSource,
    CascadeTarget,
    DirectTarget,
    TranscriptTarget,
)
from interp.models.cascade.terms import hotwords
from interp.models.cascade.transcript import Transcript

EVERYTHING = 1_000_000
"""More words than a segment has."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """A transcript that is behind its segment, and what to ask for it. expected: words that it is
    begun with."""

    transcript: Transcript
    source: CascadeSource
    ask: Ask
    expected: str


def hearings(steps: Sequence[DecodeStep[AnyTarget]]) -> Iterator[Hearing]:
    """What is to be heard for steps of transcripts; one of those that read them together.

    Captions take what a target hears that is asked with them, whatever it asks for: they cost
    nothing so.
    """
    asking: dict[int, dict[tuple[Ask, str], list[CascadeTarget | TranscriptTarget]]] = {}
    captions: list[tuple[DecodeStep[AnyTarget], TranscriptTarget]] = []
    for step in steps:
        state = step.state
        if isinstance(state, DirectTarget) or not _is_behind(step, state):
            continue
        if isinstance(state, TranscriptTarget):
            captions.append((step, state))
            continue
        readers = asking.setdefault(id(state.transcript), {})
        readers.setdefault(_question(step, state), []).append(state)
    for step, state in captions:
        readers = asking.setdefault(id(state.transcript), {})
        readers.setdefault(next(iter(readers), _question(step, state)), []).append(state)
    for alike in asking.values():
        for (ask, expected), together in alike.items():
            yield Hearing(_own(together), together[0].source, ask, expected)


def _is_behind(step: DecodeStep[AnyTarget], state: CascadeTarget | TranscriptTarget) -> bool:
    """Whether a step needs what its transcript was not made of yet."""
    transcript, source = state.transcript, state.source
    made_of = transcript.samples, transcript.finished
    return step.ask.words > 0 and made_of != (source.samples, source.finished)


def _question(
    step: DecodeStep[AnyTarget], state: CascadeTarget | TranscriptTarget
) -> tuple[Ask, str]:
    """What a step asks of the model that hears, and what it has it expect at the beginning.

    All of it, however few words are to be written: a student reads on beyond what stands.
    """
    pair = state.transcript.pair
    spoken = pair.source == pair.target
    expected = "" if state.transcript.begun else hotwords(step.glossary, spoken=spoken)
    return Ask(EVERYTHING, beams=step.ask.beams), expected


def _own(together: Sequence[CascadeTarget | TranscriptTarget]) -> Transcript:
    """The transcript of those that ask alike; of their own, where others read it too."""
    transcript = together[0].transcript
    if len(together) < transcript.readers:
        transcript = transcript.parted(len(together), together[0].source.heard)
        for reader in together:
            reader.transcript = transcript
    return transcript
