"""Targets of one segment that read the same pivot: together where they can, each as if alone."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.glossary import NO_TERMS, Glossary, Term
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis, Pair, Translator
from interp.models.cascade.routes import routes
from interp.models.cascade.settings import CascadeSettings
from interp.models.cascade.translator import CascadeTranslator
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.parrot import Parrot
from tests.fakes.tiny_whisper import tiny_checkpoint
from tests.models.cascade.test_translator import WORD_MS, Heard, Transcriber, Written

SETTINGS = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)
LANGUAGES = ("xx", "yy", "zz")
ALL = Ask(1_000_000)
UNITS = 24
UNIT_SAMPLES = WORD_MS * SOURCE_RATE_HZ // 1000
NOISE = np.random.default_rng(2).normal(0, 0.1, UNITS * UNIT_SAMPLES).astype(np.float32)


@dataclass
class Mood(Written):
    """A target that never forgets how it was asked."""

    asked: list[tuple[object, ...]] = field(default_factory=list)


class Moody(Transcriber):
    """Hears each word otherwise, by all that its target was ever asked: what one writer asks shows
    in the words of whoever shares its state."""

    def init_target(self, source: Heard, source_language: str, target: str, context: str) -> Mood:
        return Mood(source, asked=[(context,)])

    def _continue(self, step: DecodeStep[Written]) -> Hypothesis:
        assert isinstance(step.state, Mood)
        step.state.asked.append((step.state.source.samples, step.ask, step.accepted))
        mood = zlib.crc32(repr(step.state.asked).encode()) % 1000
        found = super()._continue(step)
        words = [replace(word, text=f" {mood}{word.text.strip()}") for word in found.words]
        return Hypothesis(tuple(words), found.finished)


@dataclass(frozen=True)
class Reader:
    """A target: a decision every so many words of speech, and what it asks."""

    every: int = 1
    ask: Ask = ALL
    glossary: Glossary = NO_TERMS
    listens: int = 0
    """Decisions at the beginning that ask for nothing."""


def interpreted(
    readers: Sequence[Reader], hearing: Translator, *, captions: bool = False, units: int = UNITS
) -> list[list[tuple[str, ...]]]:
    """What the decisions of each write; captions come last."""
    students = {Pair("en", language): Parrot() for language in LANGUAGES}
    cascade = CascadeTranslator(
        hearing, routes(hearing.pairs, students), CascadeSettings(settle_ms=600)
    )
    source = cascade.init_source()
    states = [
        cascade.init_target(source, "en", language, "")
        for _, language in zip(readers, LANGUAGES, strict=False)
    ]
    writers = list(readers)
    if captions:
        states.append(cascade.init_target(source, "en", "en", ""))
        writers.append(Reader())
    accepted = [0] * len(states)
    written: list[list[tuple[str, ...]]] = [[] for _ in states]
    for unit in range(1, units + 1):
        finished = unit == units
        audio = NOISE[(unit - 1) * UNIT_SAMPLES : unit * UNIT_SAMPLES]
        cascade.encode([EncodeStep(source, audio, finished)])
        due = [i for i, one in enumerate(writers) if finished or unit % one.every == 0]
        steps = [
            DecodeStep(
                states[i], _asked(writers[i], unit, finished), accepted[i], finished,
                writers[i].glossary,
            )
            for i in due
        ]  # fmt: skip
        for i, found in zip(due, cascade.decode(steps), strict=True):
            accepted[i] = len(found.words)
            written[i].append(_texts(found))
    return written


def _asked(reader: Reader, unit: int, finished: bool) -> Ask:
    if finished:
        return ALL
    return Ask(0) if unit <= reader.listens * reader.every else reader.ask


def _texts(found: Hypothesis) -> tuple[str, ...]:
    return tuple(word.text for word in found.words)


READERS = {
    "alike": (Reader(), Reader(), Reader()),
    "at different times": (Reader(), Reader(every=2), Reader(every=3)),
    "one that listens first": (Reader(), Reader(listens=3), Reader(listens=3)),
    "few words and all": (Reader(ask=Ask(1)), Reader(), Reader(ask=Ask(1))),
    "different beams": (Reader(ask=Ask(10**6, beams=5)), Reader(), Reader()),
    "terms of one": (Reader(glossary=Glossary((Term("rules", "RR"),))), Reader(), Reader()),
    "only at the end": (Reader(listens=UNITS), Reader(), Reader(listens=UNITS)),
}


@pytest.mark.parametrize("captions", [False, True])
@pytest.mark.parametrize("readers", READERS.values(), ids=READERS)
def test_each_is_written_as_if_alone(readers: Sequence[Reader], captions: bool) -> None:
    together = interpreted(readers, Moody(), captions=captions)
    for number, reader in enumerate(readers):
        assert together[number] == interpreted([reader], Moody())[0]


@pytest.mark.parametrize("other", [Reader(every=2), Reader(ask=Ask(10**6, beams=3))])
def test_a_hearing_of_whispers_parts_as_well(other: Reader) -> None:
    def whisper() -> WhisperTranslator:
        return WhisperTranslator.from_checkpoint(tiny_checkpoint(), SETTINGS)

    together = interpreted([Reader(), other], whisper(), units=5)
    assert together == [
        interpreted([reader], whisper(), units=5)[0] for reader in (Reader(), other)
    ]
    assert any(together[1])


def test_those_that_ask_alike_cost_one_hearing() -> None:
    one, three = Transcriber(), Transcriber()
    interpreted([Reader()], one)
    interpreted([Reader()] * 3, three, captions=True)
    assert three.batches == one.batches
    assert set(three.batches) == {1}


def test_those_that_decide_at_other_times_are_heard_apart_from_then_on() -> None:
    hearing = Transcriber()
    interpreted([Reader(), Reader(every=2), Reader(every=2)], hearing)
    assert hearing.batches == [1, 2] * (UNITS // 2)
