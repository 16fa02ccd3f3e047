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
    heard = judged("asr", Task.ASR, ["One two, three four."], ["one two tree four"])
    assert (heard.metric, heard.value, heard.entries) == ("wer", 25.0, 1)
    told = judged("s2tt", Task.S2TT, ["one two three four"], ["one two three four"])
    assert told.metric == "bleu"
    assert told.value == pytest.approx(100.0)


def test_a_score_says_how_far_other_entries_would_move_it() -> None:
    wanted = ["one two three four"] * 20
    mixed = judged("asr", Task.ASR, wanted, [*wanted[:10], *["one"] * 10])
    assert mixed.value == 37.5
    assert 10 < mixed.low < 30 < 45 < mixed.high < 65
    sure = judged("asr", Task.ASR, wanted, ["one two three"] * 20)
    assert (sure.low, sure.value, sure.high) == (25.0, 25.0, 25.0)
