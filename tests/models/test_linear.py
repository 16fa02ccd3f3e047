"""Linear layers in each precision; whole numbers against float64."""

import os
import subprocess
import sys

import pytest
import torch
from torch import Tensor

from interp.models.linear import (
    LARGEST,
    ROWS_AT_ONCE,
    ZERO,
    has_int8_product,
    int8_linear,
    int8_product,
    linear,
)
from interp.models.precision import Precision

CHOSEN = [each for each in Precision if each is not Precision.AUTO]
SIZES = [(512, 2048), (2048, 512), (33, 7), (512, 1), (1, 50)]


def _random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _true(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x.double() @ weight.double().T + bias.double()


def _bound(x: Tensor, weight: Tensor) -> Tensor:
    """How far [row, out] rounding to steps may lead: half a step of each, times the other."""
    weight, x = weight.double().abs(), x.double().abs()
    width = weight.shape[1]
    weight_step = weight.amax(1) / LARGEST
    row_step = x.amax(1, keepdim=True) / LARGEST
    errors = row_step / 2 * weight.sum(1) + x.sum(1, keepdim=True) * weight_step / 2
    return (errors + width * row_step * weight_step / 4) * 1.0001


@pytest.mark.parametrize("precision", CHOSEN)
@pytest.mark.parametrize(("inner", "outer"), SIZES)
def test_rows_of_a_batch_are_what_they_are_alone(
    precision: Precision, inner: int, outer: int
) -> None:
    layer = linear(_random(outer, inner), _random(outer, seed=1), precision)
    x = _random(2 * ROWS_AT_ONCE + 9, inner, seed=2)
    whole = layer(x)
    for rows in (slice(0, 1), slice(3, 8), slice(255, 259), slice(100, 400), slice(520, 521)):
        alone = layer(x[rows])
        if precision is Precision.FLOAT32:
            torch.testing.assert_close(alone, whole[rows], rtol=1e-4, atol=1e-4)
        else:
            assert torch.equal(alone, whole[rows])


@pytest.mark.parametrize(("inner", "outer"), SIZES)
def test_whole_numbers_are_as_near_to_the_truth_as_their_steps_allow(
    inner: int, outer: int
) -> None:
    weight, bias, x = _random(outer, inner), _random(outer, seed=1), _random(40, inner, seed=2)
    x[3, 0] = 60.0  # a channel that stands out costs its own row precision, and no other
    far = (int8_linear(weight, bias)(x).double() - _true(x, weight, bias)).abs()
    assert (far <= _bound(x, weight) + 1e-4).all()


def test_rows_of_zeros_are_the_bias() -> None:
    bias = _random(64, seed=1)
    layer = int8_linear(_random(64, 32), bias)
    assert torch.equal(layer(torch.zeros(2, 32)), bias.expand(2, 64))


@pytest.mark.parametrize("size", [1e-20, 1e6, 1e30])
def test_a_huge_or_tiny_row_is_as_good_as_any(size: float) -> None:
    weight, x = _random(64, 32), _random(5, 32, seed=2)
    layer = int8_linear(weight, torch.zeros(64))
    torch.testing.assert_close(layer(size * x) / size, layer(x), rtol=0.02, atol=0.02)


def test_an_output_without_weights_is_its_bias() -> None:
    weight = _random(4, 32)
    weight[2] = 0.0
    assert int8_linear(weight, torch.ones(4))(_random(3, 32))[:, 2].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("precision", CHOSEN)
def test_no_rows_give_no_rows(precision: Precision) -> None:
    assert linear(_random(8, 4), _random(8), precision)(torch.zeros(0, 4)).shape == (0, 8)


def test_a_layer_needs_a_precision_that_was_chosen() -> None:
    with pytest.raises(ValueError, match="chosen"):
        linear(_random(8, 4), _random(8), Precision.AUTO)


def test_a_product_is_exact_on_this_processor() -> None:
    _check_product()


# Of the processors that oneDNN can take this one for, those without VNNI add with saturation.
@pytest.mark.parametrize("isa", ["AVX512_CORE", "AVX2", "SSE41"])
def test_a_product_is_exact_on_a_processor_that_saturates(isa: str) -> None:
    check = f"import {__name__} as t; t._check_product(); print(t.has_int8_product())"
    found = subprocess.run(
        [sys.executable, "-c", check],
        env=os.environ | {"ONEDNN_MAX_CPU_ISA": isa},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() in ("False", str(has_int8_product()))


def _check_product() -> None:
    """Products of the largest numbers there are, and of others, against float64."""
    random = torch.Generator().manual_seed(0)
    weight = torch.randint(-LARGEST, LARGEST + 1, (96, 512), generator=random, dtype=torch.int8)
    weight[0], weight[1] = LARGEST, -LARGEST
    x = torch.randint(1, 256, (70, 512), generator=random, dtype=torch.uint8)
    x[0], x[1] = 255, 1
    step = torch.rand(96, generator=random)
    product = int8_product(weight, step)
    true = ((x.double() - ZERO) @ weight.double().T).float() * step
    for rows in (1, 2, 6, 70):
        assert torch.equal(product(x[:rows]), true[:rows])
