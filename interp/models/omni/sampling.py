"""Choosing ids from logits: temperature, top-k, top-p, a guard against repetition.

Chance comes in as numbers that the caller drew, one a choice, so that each lane keeps its own
generator and speaks the same alone and in a batch.
"""

import torch
from torch import Tensor

from interp.models.omni.settings import Sampling


def choose(
    logits: Tensor, sampling: Sampling, uniform: Tensor, recent: Tensor | None = None
) -> Tensor:
    """Ids [...] from logits [..., id] by the inverse of their cumulative distribution.

    uniform: numbers [...] in [0, 1). recent: ids [..., n] under the guard. An id whose logit is
    -inf is never chosen.
    """
    if recent is not None and sampling.repetition != 1.0:
        logits = _guarded(logits, recent, sampling.repetition)
    if sampling.temperature == 0.0 or sampling.top_k == 1:
        return logits.argmax(dim=-1)
    count = sampling.top_k if 0 < sampling.top_k < logits.shape[-1] else logits.shape[-1]
    best, ids = logits.topk(count, dim=-1)
    chance = torch.softmax(best.float() / sampling.temperature, dim=-1)
    if sampling.top_p < 1.0:
        before = chance.cumsum(dim=-1) - chance
        chance = chance.masked_fill(before >= sampling.top_p, 0.0)
    reached = chance.cumsum(dim=-1)
    drawn = (reached <= (uniform * reached[..., -1])[..., None]).sum(dim=-1, keepdim=True)
    last = (chance > 0.0).sum(dim=-1, keepdim=True) - 1  # where rounding leads past the end
    return ids.gather(-1, torch.minimum(drawn, last))[..., 0]


def _guarded(logits: Tensor, recent: Tensor, penalty: float) -> Tensor:
    seen = logits.gather(-1, recent)
    weaker = torch.where(seen > 0, seen / penalty, seen * penalty)
    return logits.scatter(-1, recent, weaker)
