"""The decoder that was taught to wait translates while a segment goes on; its end is Whisper's."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.tiny_whisper import tiny_checkpoint

SETTINGS = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)


def changed(checkpoint: WhisperCheckpoint) -> WhisperCheckpoint:
    """Another decoder on the same encoder."""
    other = tiny_checkpoint(seed=5).state_dict
    mlps = {n: t for n, t in other.items() if n.startswith("decoder.") and ".mlp." in n}
    return WhisperCheckpoint(checkpoint.dims, checkpoint.state_dict | mlps)


@dataclass
class Writer:
    """A segment of noise; the same for every translator."""

    translator: WhisperTranslator
    target_language: str = "en"
    heard: int = 0
    target: Any = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.translator.init_source()
        self.target = self.translator.init_target(self.source, "fr", self.target_language, "")

    def hear(self, *, finished: bool = False) -> None:
        rng = np.random.default_rng(self.heard)
        audio = rng.normal(0, 0.1, SOURCE_RATE_HZ // 4).astype(np.float32)
        self.heard += 1
        self.translator.encode([EncodeStep(self.source, audio, finished)])

    def guess(
        self, accepted: int = 0, *, words: int = 4, beams: int = 1, finished: bool = False
    ) -> Hypothesis:
        step = DecodeStep(self.target, Ask(words, beams=beams), accepted, finished)
        return self.translator.decode([step])[0]


def texts(found: Hypothesis) -> list[str]:
    return [word.text for word in found.words]


@pytest.fixture(scope="module")
def three() -> tuple[WhisperTranslator, WhisperTranslator, WhisperTranslator]:
    """As published, as changed throughout, and the one that changes at a segment's end."""
    plain = tiny_checkpoint(seed=4)
    other = changed(plain)
    return (
        WhisperTranslator.from_checkpoint(plain, SETTINGS),
        WhisperTranslator.from_checkpoint(other, SETTINGS),
        WhisperTranslator.from_checkpoint(plain, SETTINGS, waiting=other),
    )


Three = tuple[WhisperTranslator, WhisperTranslator, WhisperTranslator]


@pytest.mark.parametrize("beams", [1, 3])
def test_while_a_segment_goes_on_the_taught_decoder_writes(three: Three, beams: int) -> None:
    plain, taught, both = (Writer(each) for each in three)
    for writer in (plain, taught, both):
        writer.hear()
    assert texts(both.guess(beams=beams)) == texts(taught.guess(beams=beams))
    assert texts(both.guess(beams=beams)) != texts(plain.guess(beams=beams))


@pytest.mark.parametrize("beams", [1, 3])
def test_a_segment_heard_whole_is_written_as_whisper_does(three: Three, beams: int) -> None:
    plain, _, both = (Writer(each) for each in three)
    for writer in (plain, both):
        writer.hear(finished=True)
    whole = plain.guess(words=1000, beams=beams, finished=True)
    assert both.guess(words=1000, beams=beams, finished=True) == whole


@pytest.mark.parametrize("beams", [1, 3])
def test_at_its_end_whisper_goes_on_from_what_was_written(three: Three, beams: int) -> None:
    plain, taught, both = (Writer(each) for each in three)
    for writer in (plain, taught, both):
        writer.hear()
    taught.guess(beams=beams)
    both.guess(beams=beams)
    plain.target.written = [t for guess in taught.target.guessed[:2] for t in guess.tokens]
    plain.target.ends = [end for guess in taught.target.guessed[:2] for end in guess.ends]
    for writer in (plain, both):
        writer.hear(finished=True)
    rest = texts(plain.guess(words=1000, beams=beams, finished=True))
    assert texts(both.guess(2, words=1000, beams=beams, finished=True)) == rest


def test_what_was_said_is_written_down_by_whisper(three: Three) -> None:
    plain, _, both = (Writer(each, "fr") for each in three)
    for writer in (plain, both):
        writer.hear()
    assert both.guess() == plain.guess()
