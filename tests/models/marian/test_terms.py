"""Terms are begun where the model turns to them, completed, and written once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from interp.models.marian.outlook import Rows, outlooks
from interp.models.marian.terms import PreferredTerm, TermPreference

VOCAB = 200
TERM = PreferredTerm((150, 151, 152), places=(2, 3))
GROWS = torch.zeros(VOCAB, dtype=torch.bool)
GROWS[180] = True
AWAY, THERE = torch.tensor([0.9, 0.1, 0.0, 0.0, 0.0]), torch.tensor([0.0, 0.1, 0.4, 0.4, 0.1])


def _best(
    written: Sequence[int], attention: Tensor, top: int = 100, score: float = 10.0, terms: int = 1
) -> int:
    preference = TermPreference((TERM,) * terms)
    scores = torch.zeros(1, VOCAB)
    scores[0, top] = score
    watched = preference.watched, torch.tensor(preference.watched)
    rows = Rows(scores, attention[None], watched, GROWS)
    return preference.options(written, outlooks([rows], 1, 2)[0][0])[0].token


def test_a_term_is_begun_where_the_model_turns_to_it() -> None:
    assert _best([], THERE) == 150
    assert _best([], AWAY) == 100


def test_an_article_may_stand_before_it() -> None:
    assert _best([], THERE, top=4) == 4


def test_what_was_begun_is_completed() -> None:
    assert _best([100, 150], AWAY) == 151
    assert _best([100, 150, 151], AWAY) == 152


def test_it_is_written_as_often_as_it_was_said() -> None:
    assert _best([150, 151, 152], THERE) == 100
    assert _best([150, 151, 152], THERE, terms=2) == 150


def test_a_term_that_is_written_does_not_grow_into_another_word() -> None:
    assert _best([150, 151, 152], AWAY, top=180) != 180
    assert _best([100], AWAY, top=180) == 180


def test_a_model_that_is_sure_enough_of_something_else_writes_it() -> None:
    assert _best([], THERE, score=50.0) == 100
