"""When each token was said: the best monotone way through what the alignment heads attend to.

As whisper's word timestamps: weights are standardised over the tokens, smoothed over time by a
median, averaged over the heads and aligned by dynamic time warping.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MEDIAN_FRAMES = 7
MEDIAN_NETWORK = (
    *((0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5)),
    *((2, 6), (2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4)),
)
"""Comparisons after each of which the smaller of two is at the first place; after all of them the
median of seven is in the middle (Devillard 1998). Sorting each window is twenty times as slow."""
NEAR_FRAMES = 5
LEAST_SPREAD = 0.01
"""A frame that tokens attend to more alike than this says little of them. Behind a text that is not
at its end yet there are seconds of such frames."""
AHEAD_FRAMES = 3
"""The heads turn to the next word this long before it begins (measured on synthetic speech)."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Of the tokens of a text over the audio, [token, head, frame]; a row more tells where the last
    token ends. first: the frame at which the first token begins at the earliest. weighed: whether
    strengths are asked for."""

    attention: Tensor
    first: int = 0
    weighed: bool = False

    @property
    def begin(self) -> int:
        """The first frame that is looked at."""
        return min(self.first, self.attention.shape[2] - 1)


@dataclass(frozen=True, slots=True)
class Located:
    """ends: the frame at which each token of a text ends and the next begins, ascending.

    strengths: how much of its attention each token has near the place where it was said, 0..1: of
    what is said it is half and more; where the model makes up a text, a tenth. Empty if not asked.
    """

    ends: list[int]
    strengths: list[float]


def located(texts: Sequence[Alignment]) -> list[Located]:
    """Where the tokens of each text were said. One transfer from the device serves all texts."""
    if not texts:
        return []
    matrices = [_matrix(text.attention[:, :, text.begin :]) for text in texts]
    means = [text.attention.mean(dim=1).double() for text in texts if text.weighed]
    parts = [*matrices, *means]
    values: NDArray[np.float64] = torch.cat([each.flatten() for each in parts]).cpu().numpy()
    split = np.split(values, np.cumsum([each.numel() for each in parts])[:-1])
    told = [each.reshape(*part.shape) for each, part in zip(split, parts, strict=True)]
    weights = iter(told[len(matrices) :])
    found = []
    for text, matrix in zip(texts, told, strict=False):
        ends = _ends(text, _warp(-matrix))
        found.append(Located(ends, _strengths(text, ends, next(weights)) if text.weighed else []))
    return found


def _ends(text: Alignment, starts: Sequence[int]) -> list[int]:
    frames = text.attention.shape[2]
    return [min(text.begin + start + AHEAD_FRAMES, frames) for start in starts[1:]] + [frames]


def _strengths(text: Alignment, ends: Sequence[int], mean: NDArray[np.float64]) -> list[float]:
    begins = [text.first, *ends[:-1]]
    return [
        float(row[max(0, begin - NEAR_FRAMES) : end + NEAR_FRAMES].sum())
        for row, begin, end in zip(mean, begins, ends, strict=True)
    ]


def _matrix(attention: Tensor) -> Tensor:
    """How well each frame goes with each token, [token, frame]."""
    apart = attention - attention.mean(dim=0, keepdim=True)
    spread = apart.square().mean(dim=0, keepdim=True).sqrt()  # torch's own is 15 times as slow here
    standard = apart / spread.clamp(min=LEAST_SPREAD)
    return median_over_time(standard).mean(dim=1).double()


def median_over_time(values: Tensor) -> Tensor:
    """The median of each value and its neighbours in time, [token, head, frame]."""
    half, frames = MEDIAN_FRAMES // 2, values.shape[2]
    padded = torch.nn.functional.pad(values, (half, half), mode="replicate")
    near = [padded[:, :, begin : begin + frames] for begin in range(MEDIAN_FRAMES)]
    for low, high in MEDIAN_NETWORK:
        pair = near[low], near[high]
        near[low], near[high] = torch.minimum(*pair), torch.maximum(*pair)
    return near[half]


def _warp(cost: NDArray[np.float64]) -> list[int]:
    """First frame of each token on the cheapest path; tokens may share their edge frame.

    cost: [token, frame]. A token's row is entered from the one before it at the same frame or the
    next, and costs the sum of the frames it stays: with running sums S that is
    S[j] + min over k <= j of (entry[k] - S[k - 1]), one pass of numpy per token.
    """
    tokens, frames = cost.shape
    came = np.zeros((tokens, frames), np.int64)
    places = np.arange(frames)
    best = np.cumsum(cost[0])
    for token in range(1, tokens):
        entry = np.minimum(best, np.concatenate([[np.inf], best[:-1]]))
        sums = np.cumsum(cost[token])
        gain = entry - (sums - cost[token])
        lowest = np.minimum.accumulate(gain)
        came[token] = np.maximum.accumulate(np.where(gain <= lowest, places, 0))
        best = sums + lowest
    starts, frame = [0] * tokens, frames - 1
    diagonal = frame
    for token in range(tokens - 1, 0, -1):
        starts[token] = frame = int(came[token, diagonal])
        diagonal = frame
    return starts
