"""Tones are heard as the words that they are."""

import numpy as np
import pytest

from training.data.tones_engine import WORDS, Tones, listened


@pytest.mark.parametrize(("language", "words"), [("en", [*WORDS]), ("pt", [*WORDS.values()])])
def test_every_word_is_heard_in_either_language(language: str, words: list[str]) -> None:
    speech = Tones().say(" ".join(words))
    assert listened(speech.samples, language).split() == words
    assert [word.text for word in speech.words] == words
    assert speech.words[-1].end_samples == len(speech.samples)


def test_noise_is_heard_as_some_words_and_nothing_as_none() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 12_000).astype(np.float32)
    assert len(listened(noise, "en").split()) == 2
    assert listened(noise[:0], "en") == ""
