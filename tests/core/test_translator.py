"""What the contract asks of any translator: add a new backend to BACKENDS and see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from interp.core.audio import SOURCE_RATE_HZ, Samples, samples_to_ms
from interp.core.translator import (
    Abilities,
    Ask,
    DecodeStep,
    EncodeStep,
    Hypothesis,
    Pair,
    Translator,
)
from interp.models.cascade.routes import routes
from interp.models.cascade.settings import CascadeSettings
from interp.models.cascade.translator import CascadeTranslator
from interp.models.omni.grid import TextSpecial
from interp.models.omni.hearing import MelHearer
from interp.models.omni.release import Omni, OmniCard
from interp.models.omni.translator import OmniTranslator
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.parrot import Parrot
from tests.fakes.tiny_whisper import tiny_checkpoint
from tests.fakes.translator import ScriptTranslator
from tests.models.omni.tiny import Letters, compact_config, tiny_lm

STEP = SOURCE_RATE_HZ // 4
EVERYTHING = Ask(words=1000)


def scripted() -> Translator:
    return ScriptTranslator(word_ms=120)


def blind() -> Translator:
    return ScriptTranslator(word_ms=120, abilities=Abilities(attention=False))


def whisper() -> Translator:
    settings = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)
    return WhisperTranslator.from_checkpoint(tiny_checkpoint(seed=4), settings)


def waiting_whisper() -> Translator:
    settings = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)
    checkpoint, other = tiny_checkpoint(seed=4), tiny_checkpoint(seed=5)
    decoder = {name: t for name, t in other.state_dict.items() if ".mlp." in name}
    changed = WhisperCheckpoint(checkpoint.dims, checkpoint.state_dict | decoder)
    return WhisperTranslator.from_checkpoint(checkpoint, settings, waiting=changed)


def cascade() -> Translator:
    hearing = ScriptTranslator(word_ms=120)
    students = {Pair("en", "pt"): Parrot()}
    return CascadeTranslator(hearing, routes(hearing.pairs, students), CascadeSettings())


def omni() -> Translator:
    tokens = Letters()
    config = compact_config(window=600, text_tokens=tokens.count, source_dim=MelHearer.dim)
    card = OmniCard(config, ("en", "pt"), "mel", pairs=("en-en", "en-pt"))
    lm = tiny_lm(config, seed=1)
    with torch.no_grad():
        lm.text_head.weight.mul_(20.0)
        lm.text_head.bias[config.layout.text(TextSpecial.END)] -= 20.0  # it has much to say
    return OmniTranslator(Omni(card, lm, tokens), MelHearer())


BACKENDS: dict[str, tuple[Callable[[], Translator], Pair]] = {
    "script": (scripted, Pair("fr", "en")),
    "script without attention": (blind, Pair("fr", "en")),
    "whisper": (whisper, Pair("fr", "en")),
    "whisper, own words": (whisper, Pair("fr", "fr")),
    "whisper that waits": (waiting_whisper, Pair("fr", "en")),
    "cascade": (cascade, Pair("en", "pt")),
    "cascade, through a pivot": (cascade, Pair("fr", "pt")),
    "omni": (omni, Pair("en", "pt")),
    "omni, own words": (omni, Pair("en", "en")),
}


@pytest.fixture(params=BACKENDS, name="backend")
def _backend(request: pytest.FixtureRequest) -> tuple[Translator, Pair]:
    build, pair = BACKENDS[request.param]
    return build(), pair


def noise(seed: int, samples: int) -> Samples:
    return np.random.default_rng(seed).normal(0, 0.1, samples).astype(np.float32)


@dataclass
class Lane:
    """A segment of noise and one writer over it."""

    translator: Translator
    pair: Pair
    seed: int = 0
    heard: int = 0
    source: Any = field(init=False)
    target: Any = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.translator.init_source()
        self.target = self.translator.init_target(
            self.source, self.pair.source, self.pair.target, ""
        )

    def encode_step(self, *, finished: bool = False) -> EncodeStep[Any]:
        audio = noise(self.seed + self.heard, STEP)
        self.heard += STEP
        return EncodeStep(self.source, audio, finished)

    def step(self, ask: Ask, accepted: int = 0, *, finished: bool = False) -> DecodeStep[Any]:
        return DecodeStep(self.target, ask, accepted, finished)

    def hear(self, *, finished: bool = False) -> None:
        self.translator.encode([self.encode_step(finished=finished)])

    def guess(self, ask: Ask, accepted: int = 0, *, finished: bool = False) -> Hypothesis:
        (hypothesis,) = self.translator.decode([self.step(ask, accepted, finished=finished)])
        return hypothesis


def texts(hypothesis: Hypothesis) -> list[str]:
    return [word.text for word in hypothesis.words]


Backend = tuple[Translator, Pair]


def test_pairs_are_primary_subtags_and_hold_what_is_tested(backend: Backend) -> None:
    translator, pair = backend
    assert pair in translator.pairs
    for served in translator.pairs:
        for language in (served.source, served.target):
            assert language == language.lower()
            assert 2 <= len(language) <= 3


def test_every_pair_has_a_writer(backend: Backend) -> None:
    translator, _ = backend
    source = translator.init_source()
    for pair in sorted(translator.pairs)[::7]:
        translator.init_target(source, pair.source, pair.target, "what was said before")


def test_of_nothing_heard_nothing_is_guessed(backend: Backend) -> None:
    lane = Lane(*backend)
    assert lane.guess(Ask(0)).words == ()
    assert [word for word in texts(lane.guess(EVERYTHING)) if "?" not in word] == []


@pytest.mark.parametrize("words", [0, 1, 2])
def test_no_more_words_come_than_were_asked_for(backend: Backend, words: int) -> None:
    lane = Lane(*backend)
    for _ in range(4):
        lane.hear()
    assert len(lane.guess(Ask(words)).words) <= words
    assert len(lane.guess(EVERYTHING).words) >= 3


def test_words_are_likely_or_not_and_come_from_what_was_heard_if_that_is_told(
    backend: Backend,
) -> None:
    lane = Lane(*backend)
    for _ in range(4):
        lane.hear()
    for word in lane.guess(EVERYTHING).words:
        assert word.text.strip()
        assert 0 <= word.probability <= 1
        if lane.translator.abilities.attention:
            assert word.attended_ms is not None
            assert 0 <= word.attended_ms <= samples_to_ms(lane.heard)
        else:
            assert word.attended_ms is None


def test_decoding_stops_at_the_first_word_that_attends_too_late(backend: Backend) -> None:
    lane = Lane(*backend)
    if not lane.translator.abilities.attention:
        return
    for _ in range(4):
        lane.hear()
    limit_ms = 400
    places = [word.attended_ms for word in lane.guess(Ask(1000, before_ms=limit_ms)).words]
    assert all(place is not None and place < limit_ms for place in places[:-1])


def test_accepted_words_are_not_guessed_again_and_change_nothing_that_follows(
    backend: Backend,
) -> None:
    lane, beside = Lane(*backend), Lane(*backend)
    for _ in range(4):
        lane.hear()
        beside.hear()
    whole = texts(lane.guess(EVERYTHING))
    beside.guess(EVERYTHING)
    assert texts(beside.guess(EVERYTHING, accepted=2)) == whole[2:]


def test_at_the_end_the_text_is_finished(backend: Backend) -> None:
    lane = Lane(*backend)
    lane.hear()
    lane.hear(finished=True)
    assert lane.guess(EVERYTHING, finished=True).finished


def test_two_lanes_in_a_batch_guess_as_each_does_alone(backend: Backend) -> None:
    translator, pair = backend
    alone = [Lane(translator, pair, seed) for seed in (0, 100)]
    batch = [Lane(translator, pair, seed) for seed in (0, 100)]
    for turn in range(1, 4):
        for lane in alone[:turn]:
            lane.hear()
        translator.encode([lane.encode_step() for lane in batch[:turn]])
        expected = [texts(lane.guess(Ask(3), accepted=0)) for lane in alone]
        found = translator.decode([lane.step(Ask(3)) for lane in batch])
        assert [texts(hypothesis) for hypothesis in found] == expected


def test_a_step_that_is_given_again_after_a_fault_beside_it_counts_once(backend: Backend) -> None:
    lane, beside = Lane(*backend), Lane(*backend)
    for each in (lane, beside):
        for _ in range(4):
            each.hear()
        each.guess(Ask(2))
    step = lane.step(Ask(3), accepted=1)
    nobody: DecodeStep[Any] = DecodeStep(None, Ask(3), 0, finished=False)
    with pytest.raises(Exception, match=r".*"):
        lane.translator.decode([step, nobody])
    (again,) = lane.translator.decode([step])
    assert texts(again) == texts(beside.guess(Ask(3), accepted=1))
    more = min(1, len(again.words))
    assert texts(lane.guess(Ask(3), more)) == texts(beside.guess(Ask(3), more))
