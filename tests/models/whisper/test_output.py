import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.linear import int8_linear
from interp.models.precision import Precision
from interp.models.whisper.output import CONTENDERS, Output

TOKENS, DIM = 2_000, 64


@pytest.fixture
def embedding() -> Tensor:
    return torch.randn(TOKENS, DIM, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def hidden() -> Tensor:
    return torch.randn(9, DIM, generator=torch.Generator().manual_seed(2))


def test_tokens_that_may_be_chosen_score_as_they_are(embedding: Tensor, hidden: Tensor) -> None:
    """Though whole numbers alone would put others first."""
    # Two tokens that only differ by less than a step of either.
    embedding[7] = embedding[5] = hidden[0] * 3
    embedding[7] += 1e-3 * hidden[0]
    exact = F.linear(hidden, embedding)
    found = Output(embedding, Precision.INT8)(hidden)
    best = exact.topk(CONTENDERS // 4, dim=1).indices
    assert torch.allclose(found.gather(1, best), exact.gather(1, best), atol=1e-3)
    assert torch.equal(found.topk(4, dim=1).indices, exact.topk(4, dim=1).indices)
    alone = int8_linear(embedding, torch.zeros(TOKENS))(hidden)
    assert not torch.equal(alone.topk(4, dim=1).indices, exact.topk(4, dim=1).indices)


def test_a_row_scores_alone_as_beside_others(embedding: Tensor, hidden: Tensor) -> None:
    output = Output(embedding, Precision.INT8)
    together = output(hidden)
    for place in range(len(hidden)):
        assert torch.equal(output(hidden[place : place + 1]), together[place : place + 1])


def test_no_row_is_no_score(embedding: Tensor) -> None:
    assert Output(embedding, Precision.INT8)(torch.empty(0, DIM)).shape == (0, TOKENS)


def test_float_scores_are_left_alone(embedding: Tensor, hidden: Tensor) -> None:
    found = Output(embedding, Precision.FLOAT32)(hidden)
    assert torch.equal(found, F.linear(hidden, embedding, torch.zeros(TOKENS)))
