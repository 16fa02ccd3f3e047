from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from interp.models.whisper.search import Choice, Path, Search, told

END = 0
SEEN = torch.zeros(1, 1)


def _step(
    search: Search[Tensor], *rows: Sequence[tuple[int, float]], heard: bool = True
) -> list[int]:
    choices = [[Choice(token, logprob) for token, logprob in row] for row in rows]
    return told(search.advance(choices, [SEEN] * len(rows), END), heard=heard)


def _search(width: int, budget: int = 99, written: Sequence[int] = ()) -> Search[Tensor]:
    return Search[Tensor](written, budget, width)


def _alive(search: Search[Tensor]) -> list[tuple[int, ...]]:
    return [path.tokens for path in search.alive]


def test_of_all_that_may_follow_the_best_go_on() -> None:
    search = _search(2)
    assert _step(search, [(1, -0.1), (2, -0.2), (3, -3.0), (4, -9.0)]) == [0, 0]
    places = _step(search, [(5, -2.0), (6, -4.0)], [(7, -0.1), (8, -2.5)])
    assert places == [1, 0]
    assert _alive(search) == [(2, 7), (1, 5)]


def test_a_worse_beginning_may_become_the_best_text() -> None:
    greedy, wide = _search(1), _search(2)
    _step(greedy, [(1, -0.5), (2, -0.6)])
    _step(greedy, [(END, -2.0), (9, -4.0)])
    _step(wide, [(1, -0.5), (2, -0.6), (3, -9.0)])
    _step(wide, [(END, -2.0), (9, -4.0)], [(END, -0.1), (9, -4.0)])
    assert greedy.best.tokens == (1,)
    assert wide.best.tokens == (2,)
    assert wide.stopped


def test_an_end_outside_the_best_is_no_end() -> None:
    search = _search(1)
    _step(search, [(1, -0.1), (END, -2.0)])
    assert not search.ended


def test_a_short_text_is_not_favoured() -> None:
    search = _search(2)
    _step(search, [(1, -0.1), (2, -0.2), (3, -9.0), (4, -9.0)])
    _step(search, [(3, -0.1), (END, -1.5)], [(END, -1.4), (9, -8.0)])
    assert not search.stopped, "what goes on has the better mean"
    _step(search, [(END, -0.1), (9, -4.0)], [(7, -0.1), (8, -4.0)])
    assert search.best.tokens == (1, 3)


def test_the_budget_stops_a_search() -> None:
    search = _search(1, budget=1)
    _step(search, [(1, -0.1), (2, -0.2)])
    assert search.stopped
    assert not search.best.ended


@pytest.mark.parametrize("width", [1, 2])
def test_a_loop_that_follows_nothing_heard_ends_with_its_first_round(width: int) -> None:
    search = _search(width)
    for number in range(40):
        token = 1 + number % 3
        rows = [[(token, -0.1), (50 + number, -9.0)] for _ in search.alive]
        _step(search, *rows, heard=False)
        if search.ended:
            break
    assert search.ended[0].tokens == (1, 2, 3)


def test_a_loop_ends_with_the_rounds_that_were_said() -> None:
    search = _search(1)
    for number in range(11):
        token = 1 + number % 2
        advance = search.advance([[Choice(token, -0.1), Choice(50 + number, -9.0)]], [SEEN], END)
        for doubt in advance:
            assert doubt.again == (range(2, 4), range(4, 6), range(6, 8), range(8, 10))
            with pytest.raises(StopIteration):
                advance.send(3)  # after the first
    assert [path.tokens for path in search.ended] == [(1, 2) * 4]


def test_what_was_really_said_many_times_goes_on() -> None:
    search = _search(1)
    for _ in range(20):
        _step(search, [(1, -0.1), (2, -9.0)], heard=True)
    assert not search.ended
    assert len(search.alive[0].tokens) == 20


def test_what_no_speaker_goes_on_with_ends_though_it_seems_heard() -> None:
    search = _search(1)
    while not search.ended:
        _step(search, [(1, -0.1), (2, -9.0)], heard=True)
    assert search.ended[0].tokens == (1,)


def test_of_texts_that_repeat_themselves_one_is_followed() -> None:
    search = _search(2, written=[1] * 20)
    _step(search, [(1, -0.1), (5, -3.0), (6, -9.0), (7, -9.0)])
    assert _alive(search) == [(1,), (5,)]
    _step(search, [(1, -0.1), (2, -9.0)], [(8, -1.0), (9, -9.0)])
    assert _alive(search) == [(1, 1), (5, 8)]
    other = _search(2, written=[1, 2] * 10)
    _step(other, [(1, -0.1), (5, -0.2), (6, -0.3), (7, -9.0)])
    assert _alive(other) == [(1,), (5,)]


def test_a_loop_over_written_text_adds_nothing() -> None:
    search = _search(1, written=[1, 2, 3] * 5)
    _step(search, [(1, -0.1), (9, -9.0)], heard=False)
    assert search.ended[0].tokens == ()


def test_a_path_cut_short_keeps_what_it_attended_to() -> None:
    empty: Path[Tensor] = Path()
    path = empty.grown(1, -1.0, SEEN).grown(2, -3.0, SEEN).cut(1)
    assert (path.tokens, path.total, path.ended) == ((1,), -1.0, True)
    assert len(path.attention) == 2
