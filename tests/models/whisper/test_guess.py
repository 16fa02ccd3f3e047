import math

import pytest
import torch
from torch import Tensor

from interp.core.translator import Ask
from interp.models.whisper.guess import Chooser, Guess
from interp.models.whisper.tokenizer import WhisperTokenizer

VOCAB = 51865


@pytest.fixture(scope="module")
def tokenizer() -> WhisperTokenizer:
    return WhisperTokenizer(VOCAB)


def _scores(*best: int) -> Tensor:
    """Scores that prefer the first of `best`, then the second, and so on."""
    scores = torch.zeros(VOCAB)
    for rank, token in enumerate(best):
        scores[token] = 50.0 - rank
    return scores


def _peak(position: int) -> Tensor:
    return torch.eye(50)[position]


def _guess(ask: Ask, *, spaced: bool = True, believe_end: bool = False, budget: int = 99) -> Guess:
    return Guess(ask=ask, written=[], budget=budget, spaced=spaced, believe_end=believe_end)


def _run(tokenizer: WhisperTokenizer, guess: Guess, tokens: list[int], step: int = 1) -> int:
    """Feed planted tokens until the guess stops; how many were looked at."""
    chooser = Chooser(tokenizer)
    for used, token in enumerate(tokens, start=1):
        chooser.take(guess, _scores(token), _peak(used * step % 50))
        if guess.stopped:
            return used
    return len(tokens)


def _texts(guess: Guess) -> list[str]:
    return [word.text for word in guess.words]


def test_a_word_is_whole_only_when_the_next_one_begins(tokenizer: WhisperTokenizer) -> None:
    tokens = tokenizer.encode(" unbelievably good")
    guess = _guess(Ask(words=1))
    used = _run(tokenizer, guess, tokens)
    assert _texts(guess) == [" unbelievably"]
    assert used == len(tokens)  # the look-ahead token was seen …
    assert guess.text == tokens[:-1]  # … and not taken


def test_end_of_text_makes_the_last_word_whole(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=9))
    _run(tokenizer, guess, [*tokenizer.encode(" good day."), tokenizer.eot])
    assert _texts(guess) == [" good", " day."]
    assert guess.ended


def test_a_hypothesis_cut_by_the_asked_words_has_not_ended(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=1))
    _run(tokenizer, guess, tokenizer.encode(" good day"))
    assert guess.stopped
    assert not guess.ended


def test_the_first_word_at_or_after_the_limit_belongs_to_it(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=9, before_ms=40))
    _run(tokenizer, guess, tokenizer.encode(" we go to town"))
    assert [word.attended_ms for word in guess.words] == [20, 40]


def test_nothing_may_be_written_while_the_speaker_goes_on(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=9), believe_end=False)
    _run(tokenizer, guess, [tokenizer.eot])
    assert (guess.ended, _texts(guess)) == (True, [])


def test_a_finished_segment_does_not_begin_with_its_end(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=9), believe_end=True)
    (hello,) = tokenizer.encode(" hello")
    Chooser(tokenizer).take(guess, _scores(tokenizer.eot, hello), _peak(0))
    assert not guess.ended
    assert guess.text == [hello]


def test_special_and_non_speech_tokens_are_never_written(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=9))
    (hello,) = tokenizer.encode(" hello")
    banned = [VOCAB - 1, tokenizer.sot, *tokenizer.encode("♪")[:1], *tokenizer.encode(" (")]
    Chooser(tokenizer).take(guess, _scores(*banned, hello), _peak(0))
    assert guess.text == [hello]


def test_a_loop_is_cut_to_one_copy_and_ends(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=99))
    _run(tokenizer, guess, tokenizer.encode(" and so we went" * 9))
    assert "".join(_texts(guess)) == " and so we went"
    assert guess.ended


def test_a_loop_over_written_text_writes_nothing_more(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=99))
    guess.written = tokenizer.encode(" and so we went" * 2)
    _run(tokenizer, guess, tokenizer.encode(" and so we went" * 9))
    assert _texts(guess) == []
    assert guess.ended


def test_the_budget_ends_a_text_and_drops_its_open_word(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=99), budget=3)
    _run(tokenizer, guess, tokenizer.encode(" one two three four"))
    assert _texts(guess) == [" one", " two"]
    assert guess.ended


def test_without_spaces_every_whole_character_is_a_word(tokenizer: WhisperTokenizer) -> None:
    guess = _guess(Ask(words=99), spaced=False)
    _run(tokenizer, guess, [*tokenizer.encode("鬱天気です"), tokenizer.eot])
    assert "".join(_texts(guess)) == "鬱天気です"
    assert len(guess.words) > 1
    assert not any("\ufffd" in text for text in _texts(guess))


def test_probability_is_the_geometric_mean_over_the_tokens(tokenizer: WhisperTokenizer) -> None:
    tokens = tokenizer.encode(" unbelievably")
    guess = _guess(Ask(words=1))
    chances = [0.5**n for n in range(1, len(tokens) + 1)]
    rest = [token for token in range(1000, 1100) if token not in tokens]
    for token, chance in zip(tokens, chances, strict=True):
        scores = torch.full((VOCAB,), -torch.inf)
        scores[rest] = math.log((1 - chance) / len(rest))
        scores[token] = math.log(chance)
        Chooser(tokenizer).take(guess, scores, _peak(0))
    Chooser(tokenizer).take(guess, _scores(tokenizer.eot), _peak(0))
    expected = math.prod(chances) ** (1 / len(chances))
    assert guess.words[0].probability == pytest.approx(expected, rel=1e-3)
