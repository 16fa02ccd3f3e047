import pytest
import torch

from interp.models.best import GROUPS_OF, best_of


@pytest.mark.parametrize("tokens", [40 * GROUPS_OF, 51_865, 51_864, 1_000, 30])
@pytest.mark.parametrize("count", [1, 10, 30])
def test_the_best_are_those_that_torch_finds(tokens: int, count: int) -> None:
    scores = torch.randn(7, tokens, generator=torch.Generator().manual_seed(tokens))
    values, places = best_of(scores, count)
    expected = scores.topk(count, dim=1)
    assert torch.equal(values, expected.values)
    assert torch.equal(places, expected.indices)


def test_the_best_of_one_group_are_all_found() -> None:
    """And those behind the last whole group."""
    scores = torch.zeros(2, 100 * GROUPS_OF + 3)
    in_one_group = torch.arange(7, 100 * GROUPS_OF, 100)
    scores[0, in_one_group] = torch.arange(1.0, 1 + GROUPS_OF)
    scores[1, -3:] = torch.tensor([2.0, 3.0, 1.0])
    _, places = best_of(scores, 3)
    assert places[0].tolist() == in_one_group.flip(0)[:3].tolist()
    assert places[1].tolist() == [scores.shape[1] - 2, scores.shape[1] - 3, scores.shape[1] - 1]


def test_no_row_has_no_best() -> None:
    values, places = best_of(torch.empty(0, 51_865), 5)
    assert values.shape == places.shape == (0, 5)
