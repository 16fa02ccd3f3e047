"""Delays and figures of planted answers."""

from pathlib import Path

import pytest

from interp.models.omni.duplex import Written
from interp.models.omni.prompts import Task
from interp.models.omni.tokens import PIECES, Vocabulary, load_tokens
from training.omni.evaluate import judged, word_times_ms
from training.omni.prepare import trained_pieces
from training.omni.schedule import FRAME_MS


@pytest.fixture
def tokens(tmp_path: Path) -> Vocabulary:
    (tmp_path / PIECES).write_bytes(trained_pieces(["one two three four"], 30))
    return load_tokens(tmp_path / PIECES)


def test_a_word_is_written_with_its_last_token(tokens: Vocabulary) -> None:
    ids = tokens.encode("one two")
    written = [Written(token, 3 + place) for place, token in enumerate(ids)]
    first = sum(tokens.begins_word(token) for token in ids) == 2
    assert first
    second_starts = [place for place, token in enumerate(ids) if tokens.begins_word(token)][1]
    times_ms = list(word_times_ms(written, tokens, heard=50))
    assert times_ms == [(3 + second_starts) * FRAME_MS, (3 + len(ids)) * FRAME_MS]


def test_what_is_written_after_the_source_has_the_delay_of_its_end(tokens: Vocabulary) -> None:
    (one,) = word_times_ms([Written(tokens.encode("one")[0], 40)], tokens, heard=10)
    assert one == 10 * FRAME_MS


def test_recognition_is_judged_by_words_and_translation_by_bleu() -> None:
    assert judged(Task.ASR, ["one two three four"], ["one two tree four"]) == ("wer", 25.0)
    metric, value = judged(Task.S2TT, ["one two three four"], ["one two three four"])
    assert metric == "bleu"
    assert value == pytest.approx(100.0)
