"""Which precision is chosen, with a clock that is told what it shows."""

from collections.abc import Sequence

import pytest
import torch

from interp.models.linear import has_int8_product
from interp.models.precision import Precision
from interp.models.precision_choice import (
    MARGIN,
    ROUNDS,
    chosen_by,
    fastest,
    int8_gain,
    settled,
)

CPU = torch.device("cpu")


class Told:
    """A stopwatch by which the usual layer and the one in int8 take so long, round by round."""

    def __init__(self, usual_ns: Sequence[int], int8_ns: Sequence[int]) -> None:
        steps = [each for both in zip(usual_ns, int8_ns, strict=True) for each in both]
        self._shown = [at for step in steps for at in (0, step)]

    def __call__(self) -> int:
        return self._shown.pop(0)


def test_the_best_round_of_each_counts() -> None:
    usual = [900, 300, *[700] * (ROUNDS - 2)]
    int8 = [800] * (ROUNDS - 1) + [100]
    assert int8_gain(Precision.FLOAT32, Told(usual, int8)) == 3.0


def test_a_clock_that_stands_still_is_no_error() -> None:
    assert int8_gain(Precision.FLOAT32, Told([0] * ROUNDS, [0] * ROUNDS)) == 0.0


@pytest.mark.parametrize(
    ("gain", "chosen"), [(MARGIN, Precision.INT8), (MARGIN - 0.01, Precision.FLOAT16)]
)
def test_int8_is_chosen_from_the_margin_on(gain: float, chosen: Precision) -> None:
    assert chosen_by(gain, Precision.FLOAT16) is chosen


def test_a_process_chooses_once() -> None:
    assert fastest() is fastest() is settled(Precision.AUTO, CPU)
    if not has_int8_product():
        assert fastest() is not Precision.INT8


def test_what_is_asked_for_holds_on_any_processor() -> None:
    """Another machine that takes over a session writes the same text, if more slowly."""
    assert settled(Precision.INT8, CPU) is Precision.INT8
    assert settled(Precision.FLOAT32, CPU) is Precision.FLOAT32


@pytest.mark.parametrize("asked", list(Precision))
def test_a_gpu_computes_in_float32(asked: Precision) -> None:
    assert settled(asked, torch.device("cuda")) is Precision.FLOAT32
