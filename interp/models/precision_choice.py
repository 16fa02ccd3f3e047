"""Which precision linear layers compute in on this machine, chosen by measuring."""

import functools
import logging
import time
from collections.abc import Callable
from typing import TypeAlias

import torch

from interp.models.linear import Linear, has_int8_product, linear, supports_half_linear
from interp.models.precision import Precision

log = logging.getLogger(__name__)

Stopwatch: TypeAlias = Callable[[], int]
"""The time, in nanoseconds from anywhere."""

MARGIN = 1.5
"""INT8 is chosen where it is so many times as fast. It is 2.5 times on a processor with VNNI, and
slower on one without: what else the machine has to do does not decide it."""

ROWS, WIDTH = 100, 512
"""Of the layer that is measured: what the encoder hears of two seconds, in Whisper's `base`."""

ROUNDS = 8
"""The best of so many counts."""


def settled(precision: Precision, device: torch.device) -> Precision:
    """What layers on `device` compute in where `precision` is asked for: never AUTO.

    Another processor than the CPU, or one without the float16 kernel, computes in float32.
    """
    if device.type != "cpu":
        return Precision.FLOAT32
    if precision is Precision.AUTO:
        return fastest()
    if precision is Precision.FLOAT16 and not supports_half_linear():
        return Precision.FLOAT32
    return precision


def finer(precision: Precision, device: torch.device) -> Precision:
    """The same for layers that are not to be in INT8: those that are given a row or ten at a time,
    where it hardly pays, and those whose output is compared with its like."""
    found = settled(precision, device)
    return settled(Precision.FLOAT16, device) if found is Precision.INT8 else found


@functools.cache
def fastest() -> Precision:
    """What this process's CPU is to compute in; measured once, in some milliseconds."""
    usual = Precision.FLOAT16 if supports_half_linear() else Precision.FLOAT32
    if not has_int8_product():
        return usual
    gain = int8_gain(usual, time.perf_counter_ns)
    chosen = chosen_by(gain, usual)
    log.info("linear layers in %s; int8 is %.1f times as fast as %s", chosen, gain, usual)
    return chosen


def chosen_by(gain: float, usual: Precision) -> Precision:
    """INT8 where it is faster than the `usual` by the margin."""
    return Precision.INT8 if gain >= MARGIN else usual


@torch.inference_mode()
def int8_gain(usual: Precision, now_ns: Stopwatch) -> float:
    """How many times as fast as in `usual` a layer is in INT8."""
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(2 * WIDTH, WIDTH, generator=random)
    bias = torch.randn(2 * WIDTH, generator=random)
    x = torch.randn(ROWS, WIDTH, generator=random)
    layers = [linear(weight, bias, each) for each in (usual, Precision.INT8)]
    best_ns = [_taken_ns(layer, x, now_ns) for layer in layers]
    for _ in range(ROUNDS - 1):
        best_ns = [
            min(best, _taken_ns(layer, x, now_ns))
            for best, layer in zip(best_ns, layers, strict=True)
        ]
    return best_ns[0] / max(1, best_ns[1])


def _taken_ns(layer: Linear, x: torch.Tensor, now_ns: Stopwatch) -> int:
    started_ns = now_ns()
    layer(x)
    return now_ns() - started_ns
