"""Whisper's vocabulary: what is never written, where words begin, where characters end."""

import pytest
import torch

from interp.models.whisper.tokenizer import WhisperTokenizer
from tests.fakes.tiny_whisper import TINY


@pytest.fixture(scope="module")
def tokenizer() -> WhisperTokenizer:
    return WhisperTokenizer(TINY.n_vocab)


def test_text_reads_back_and_words_begin_with_a_blank(tokenizer: WhisperTokenizer) -> None:
    tokens = tokenizer.encode(" Hello there")
    assert tokenizer.text(tokens) == " Hello there"
    assert tokenizer.starts_word(tokens[0])
    assert not tokenizer.starts_word(tokenizer.encode("s")[0])


def test_a_character_is_whole_with_its_last_byte(tokenizer: WhisperTokenizer) -> None:
    tokens = tokenizer.encode("\U0001f99c")
    assert len(tokens) > 1
    assert not tokenizer.is_whole_character(tokens[:-1])
    assert tokenizer.is_whole_character(tokens)


def test_marks_of_the_task_are_never_written_but_the_end_may_be(
    tokenizer: WhisperTokenizer,
) -> None:
    assert bool(tokenizer.suppressed[tokenizer.sot])
    assert not bool(tokenizer.suppressed[tokenizer.eot])
    assert tokenizer.suppressed.device == torch.device("cpu")
