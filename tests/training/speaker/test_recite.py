"""Sentences spoken in lanes, whatever the lead."""

import pytest
import torch

from tests.models.voice.tiny import tiny_speaker
from training.speaker.recite import LANES, recite

SENTENCES = ["bad cab.", "\u2014 head \u2014 a \u2014", "", "face each egg, deaf."] * 3


def test_a_sentence_is_spoken_the_same_in_any_company() -> None:
    speaker = tiny_speaker()
    together = recite(speaker, SENTENCES, lead=99)
    assert len(SENTENCES) > LANES
    for sentence, frames in zip(SENTENCES, together, strict=True):
        assert torch.equal(frames, recite(speaker, [sentence], lead=99)[0])


def test_every_lead_says_everything_and_a_short_one_takes_longer() -> None:
    speaker = tiny_speaker()
    long, short = (recite(speaker, SENTENCES, lead) for lead in (99, 1))
    assert [len(frames) > 0 for frames in short] == [len(frames) > 0 for frames in long]
    assert sum(map(len, short)) > sum(map(len, long))


def test_a_lead_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="without a word"):
        recite(tiny_speaker(), ["a"], lead=0)
