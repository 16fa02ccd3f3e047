"""Pieces take over the times of the words they are parts of."""

from collections.abc import Sequence

import numpy as np

from training.speaker.respell import plain, respelled
from training.speaker.shards import Aligned


class Halves:
    """Reads a word in two parts."""

    def say(self, words: Sequence[str]) -> list[list[str]]:
        """As Reader."""
        return [[word[:2], word[2:]] for word in words]


def aligned(text: str, symbols: str) -> Aligned:
    ends = tuple(range(100, 100 * len(symbols) + 1, 100))
    return Aligned(text, np.zeros(ends[-1], np.float32), symbols, ends, 1.0)


def test_pieces_share_a_words_time_by_their_letters_and_marks_keep_theirs() -> None:
    found = respelled(aligned("Maybe, three.", "^meibi, tri.$"), Halves())
    assert found is not None
    assert found.symbols == ("^", "ma", "ybe", ",", " ", "th", "ree", ".", "$")
    assert found.ends == (100, 300, 600, 700, 800, 920, 1100, 1200, 1300)


def test_where_words_were_joined_their_times_are_not_known() -> None:
    assert respelled(aligned("on the", "^ɔnðə$"), Halves()) is None


def test_pieces_are_learnt_of_what_is_spelled() -> None:
    assert plain("In 1984, \u201cEU\u201d states.") == "in nineteen eighty four, ee you states."
