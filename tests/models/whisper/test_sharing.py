"""Decodes of one segment that are about to do the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis
from interp.models.whisper.lane import Lane, TargetState
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.sharing import leads_of
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.tiny_whisper import tiny_checkpoint
from tests.models.device_guard import Transfers

SETTINGS = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)
ALL = 100


@pytest.fixture(scope="module")
def translator() -> WhisperTranslator:
    return WhisperTranslator.from_checkpoint(tiny_checkpoint(), SETTINGS)


def _targets(translator: WhisperTranslator, *languages: str) -> list[TargetState]:
    """Writers of one segment of noise."""
    source = translator.init_source()
    audio = np.random.default_rng(1).normal(0, 0.1, SOURCE_RATE_HZ).astype(np.float32)
    translator.encode([EncodeStep(source, audio, finished=False)])
    return [translator.init_target(source, "fr", language, "") for language in languages]


def _leads(translator: WhisperTranslator, steps: Sequence[DecodeStep[TargetState]]) -> list[int]:
    lanes = [Lane(step, SETTINGS, translator.decoder, translator.tokenizer) for step in steps]
    return leads_of(lanes)


def _step(
    target: TargetState, accepted: int = 0, words: int = ALL, beams: int = 3
) -> DecodeStep[TargetState]:
    return DecodeStep(target, Ask(words, beams=beams), accepted, finished=False)


def test_writers_of_the_same_text_are_led_by_the_first(translator: WhisperTranslator) -> None:
    english, french, again = _targets(translator, "en", "fr", "en")
    steps = [_step(english), _step(french), _step(again)]
    assert _leads(translator, steps) == [0, 1, 0]


def test_writers_of_different_segments_are_not(translator: WhisperTranslator) -> None:
    (one,), (other,) = _targets(translator, "en"), _targets(translator, "en")
    assert _leads(translator, [_step(one), _step(other)]) == [0, 1]


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("words", [2, ALL])
def test_together_they_write_what_each_writes_alone(
    translator: WhisperTranslator, words: int, beams: int
) -> None:
    """The second looks for fewer words and accepts others: they part, and go on."""

    def written(first: TargetState, second: TargetState, *, together: bool) -> list[Hypothesis]:
        found = []
        for turn in range(3):
            steps = [_step(first, min(turn, 1), beams=beams), _step(second, 0, words, beams)]
            batches = [steps] if together else [[step] for step in steps]
            found += [one for batch in batches for one in translator.decode(batch)]
        return found

    alone = written(*_targets(translator, "en", "en"), together=False)
    assert written(*_targets(translator, "en", "en"), together=True) == alone
    assert alone[0].words


@pytest.mark.parametrize("beams", [1, 3])
def test_a_step_waits_for_the_device_as_often_for_many_lanes_as_for_one(
    translator: WhisperTranslator, beams: int
) -> None:
    looked = []
    for lanes in (1, 5):
        targets = [_targets(translator, "en")[0] for _ in range(lanes)]
        with Transfers() as transfers:
            found = translator.decode([_step(target, words=3, beams=beams) for target in targets])
        steps = transfers.counts["tensor"]
        assert all(one.words for one in found)
        assert transfers.counts["tolist"] == steps + 1  # what may follow; at the start, if speech
        assert transfers.counts.keys() <= {"tensor", "tolist", "cpu", "numpy"}
        looked.append(transfers.counts["cpu"])  # for the words, and for what repeats itself
    assert looked[0] == looked[1] <= 2


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("draft", [False, True])
def test_it_waits_as_often_where_words_are_looked_up_to_find_the_stop(
    translator: WhisperTranslator, draft: bool, beams: int
) -> None:
    counts = []
    for lanes in (1, 5):
        targets = [_targets(translator, "en")[0] for _ in range(lanes)]
        if draft:
            translator.decode([_step(target, beams=1) for target in targets])
        with Transfers() as transfers:
            found = translator.decode([_stopping(target, beams) for target in targets])
        assert all(one.words for one in found)
        counts.append(transfers.counts)
    assert counts[0] == counts[1]
    assert counts[0]["cpu"] > 1


def _stopping(target: TargetState, beams: int) -> DecodeStep[TargetState]:
    """One that stops at a word of the last tenth of the segment, or of none."""
    return DecodeStep(target, Ask(ALL, before_ms=900, beams=beams), 0, finished=False)
