"""Choosing ids from logits: temperature, top-k, top-p, a guard against repetition; seeded."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose. temperature 0: the best id. top_k 0 and top_p 1: no limit.

    repetition: logits of recent ids are divided by it where positive, multiplied where negative
    (Keskar et al., arXiv 1909.05858); 1: no guard.
    """

    temperature: float = 0.9
    top_k: int = 1
    top_p: float = 1.0
    repetition: float = 1.0


def choose(
    logits: Tensor,
    sampling: Sampling,
    generator: torch.Generator,
    recent: Tensor | None = None,
) -> Tensor:
    """Ids [...] from logits [..., id]. recent: ids [..., n] under the guard. An id whose logit is
    -inf is never chosen."""
    if recent is not None and sampling.repetition != 1.0:
        logits = _guarded(logits, recent, sampling.repetition)
    if sampling.temperature == 0.0 or sampling.top_k == 1:
        return logits.argmax(dim=-1)
    if 0 < sampling.top_k < logits.shape[-1]:
        best, ids = logits.topk(sampling.top_k, dim=-1)
    else:
        best, ids = logits.sort(dim=-1, descending=True)
    chance = torch.softmax(best.float() / sampling.temperature, dim=-1)
    if sampling.top_p < 1.0:
        before = chance.cumsum(dim=-1) - chance
        chance = chance.masked_fill(before >= sampling.top_p, 0.0)
    flat = chance.flatten(0, -2)
    drawn = torch.multinomial(flat, 1, generator=generator).view(*chance.shape[:-1], 1)
    return ids.gather(-1, drawn)[..., 0]


def _guarded(logits: Tensor, recent: Tensor, penalty: float) -> Tensor:
    seen = logits.gather(-1, recent)
    weaker = torch.where(seen > 0, seen / penalty, seen * penalty)
    return logits.scatter(-1, recent, weaker)
