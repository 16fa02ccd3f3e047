"""Linear layers for a CPU: weights and products in float32, float16 or whole numbers of 8 bits.

A row's result does not depend on the rows beside it, in any of them.
"""

import functools
from collections.abc import Callable
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from interp.models.precision import Precision

Linear: TypeAlias = Callable[[Tensor], Tensor]
"""A linear layer: [row, in] to [row, out]."""

LARGEST = 127
"""The largest number of steps, up or down, that a weight or an activation is from zero."""

ZERO = 128
"""What stands for zero among activations: the processor multiplies unsigned by signed."""

SMALLEST = 1e-30
"""Least largest value of a row: a row of zeros has a step too."""

ROWS_AT_ONCE = 256
"""Rows whose sums, conversion and bias stay in a core's cache."""


def linear(weight: Tensor, bias: Tensor, precision: Precision) -> Linear:
    """A layer of weight [out, in] and bias [out]. precision: one that was chosen, not AUTO."""
    match precision:
        case Precision.FLOAT32:
            return float_linear(weight, bias)
        case Precision.FLOAT16:
            return half_linear(weight, bias)
        case Precision.INT8:
            return int8_linear(weight, bias)
        case Precision.AUTO:
            raise ValueError("a layer needs a precision that was chosen")


def float_linear(weight: Tensor, bias: Tensor) -> Linear:
    """weight: [out, in]; bias: [out]."""
    return lambda x: F.linear(x, weight, bias)


def half_linear(weight: Tensor, bias: Tensor) -> Linear:
    """The same with weights kept as float16 and sums in float32, for processors with AVX2.

    Whisper was published in float16, so nothing is lost; one row costs half the memory traffic.
    """
    packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)

    def apply(x: Tensor) -> Tensor:
        result: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, packed)
        return result

    return apply


def supports_half_linear() -> bool:
    """Whether this build and processor have the float16 kernel."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def int8_linear(weight: Tensor, bias: Tensor) -> Linear:
    """The same in whole numbers of steps: the weights of an output, and each row of x, have a step
    of their own, a 127th of the largest. Sums of whole numbers are exact in any order."""
    step = weight.abs().amax(1).clamp_(min=SMALLEST) / LARGEST
    product = int8_product((weight / step[:, None]).round().to(torch.int8), step)

    def some(x: Tensor) -> Tensor:
        steps = x.abs().amax(1, keepdim=True).clamp_(min=SMALLEST).div_(LARGEST)
        # Above zero, to cut off after adding a half is to round.
        return product((x / steps).add_(ZERO + 0.5).to(torch.uint8)).mul_(steps)

    def apply(x: Tensor) -> Tensor:
        if 0 < len(x) <= ROWS_AT_ONCE:
            return some(x).add_(bias)  # each operation rounds by itself, wherever a row lies
        result = x.new_empty(len(x), len(bias))
        for rows, place in zip(
            torch.split(x, ROWS_AT_ONCE), torch.split(result, ROWS_AT_ONCE), strict=True
        ):
            if len(rows):
                torch.add(some(rows), bias, out=place)
        return result

    return apply


def int8_product(weight: Tensor, step: Tensor) -> Linear:
    """(x - ZERO) · weight · step of x [row, in] uint8, in float32 [row, out].

    weight: [out, in] int8; step: [out] float32. A processor that would not add exactly is given
    float64, which does, and is slow.
    """
    if not has_int8_product():
        wide = weight.double().T
        return lambda x: ((x.double() - ZERO) @ wide).float() * step
    return _native_product(weight, step)


@functools.cache
def has_int8_product() -> bool:
    """Whether this processor multiplies and adds numbers of 8 bits exactly.

    Without VNNI, AVX2 adds pairs of products in 16 bits, which saturate.
    """
    width = 128
    weight = torch.full((width, width), LARGEST, dtype=torch.int8)
    weight[1::2] = -LARGEST
    true = LARGEST * LARGEST * width * weight[:, 0].sign().float()
    try:
        product = _native_product(weight, torch.ones(width))
        return all(
            torch.equal(product(torch.full((rows, width), 2 * LARGEST + 1, dtype=torch.uint8)),
                        true.expand(rows, width))
            for rows in (1, 5, 80)
        )  # fmt: skip
    except (RuntimeError, AttributeError):  # a build without the kernel
        return False


def _native_product(weight: Tensor, step: Tensor) -> Linear:
    packed = torch.ops.onednn.qlinear_prepack(weight, None)
    none = torch.zeros(len(weight), dtype=torch.int32)

    def apply(x: Tensor) -> Tensor:
        result: Tensor = torch.ops.onednn.qlinear_pointwise(
            x, 1.0, ZERO, packed, step, none, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return result

    return apply
