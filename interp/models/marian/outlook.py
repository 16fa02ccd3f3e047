"""What may follow each text of a batch, told by the device in one transfer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import torch
from torch import Tensor

Watched: TypeAlias = tuple[Sequence[int], Tensor]
"""Tokens that a preference asks about, here and on the device."""


@dataclass(frozen=True, slots=True)
class Option:
    """A token that may follow, its log probability, and by how much a preference raises that."""

    token: int
    logprob: float
    raised: float = 0.0

    @property
    def rank(self) -> float:
        """What it is chosen by."""
        return self.logprob + self.raised


@dataclass(frozen=True, slots=True)
class Seen:
    """best: the options that are best, in order. watched: those of the tokens that were asked
    about."""

    best: tuple[Option, ...]
    watched: Mapping[int, Option]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of one text. attention: of the row that tells it, [source token]. whole: the same without
    tokens that would make another word of the one before; where there is a preference."""

    seen: Seen
    attention: Sequence[float]
    whole: Seen | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Of one lane. scores: [row, vocab], which are changed. attention: [row, source token].

    grows: the tokens that would make another word of the one before, [vocab]; None, as `watched`,
    where there is no preference.
    """

    scores: Tensor
    attention: Tensor
    watched: Watched | None = None
    grows: Tensor | None = None


def outlooks(lanes: Sequence[Rows], never: int, count: int) -> list[list[Outlook]]:
    """For each row of each lane. never: a token that is none. count: options that are told."""
    told: list[Tensor] = []
    for lane in lanes:
        lane.scores[:, never] = -torch.inf
        logprobs = lane.scores.log_softmax(dim=1)
        told += [lane.attention, *_told(logprobs, lane.watched, count)]
        if lane.grows is not None:
            whole = logprobs.masked_fill(lane.grows, -torch.inf)
            told += _told(whole, lane.watched, count)
    numbers: Iterator[float] = iter(torch.cat([each.double().flatten() for each in told]).tolist())
    return [_outlooks(lane, count, numbers) for lane in lanes]


def _told(logprobs: Tensor, watched: Watched | None, count: int) -> Iterator[Tensor]:
    best = logprobs.topk(count, dim=1)
    yield best.indices
    yield best.values
    if watched:
        yield logprobs[:, watched[1]]


def _outlooks(lane: Rows, count: int, numbers: Iterator[float]) -> list[Outlook]:
    rows, places = lane.attention.shape
    attention = [list(islice(numbers, places)) for _ in range(rows)]
    seen = _seen(lane, rows, count, numbers)
    whole = [None] * rows if lane.grows is None else _seen(lane, rows, count, numbers)
    return [Outlook(*each) for each in zip(seen, attention, whole, strict=True)]


def _seen(lane: Rows, rows: int, count: int, numbers: Iterator[float]) -> list[Seen]:
    tokens = [[int(token) for token in islice(numbers, count)] for _ in range(rows)]
    logprobs = [list(islice(numbers, count)) for _ in range(rows)]
    watched = lane.watched[0] if lane.watched else ()
    asked = [list(islice(numbers, len(watched))) for _ in range(rows)]
    return [
        Seen(
            tuple(map(Option, best, values)),
            {token: Option(token, value) for token, value in zip(watched, others, strict=True)},
        )
        for best, values, others in zip(tokens, logprobs, asked, strict=True)
    ]
