"""Two operations of SNAC for training on a CPU, where the library's are slow.

Depthwise convolutions take a fifth of the library's time, Snake a third; a step half. The kernels
are built at first use (a C++ compiler and ninja; a minute).
"""

from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.cpp_extension import load


@cache
def _kernels() -> Any:
    return load(
        "interp_codec_kernels",
        [str(Path(__file__).with_name("kernels.cpp"))],
        extra_cflags=["-O3", "-march=native", "-ffast-math"],
    )


class _Snake(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x, alpha)
        out: torch.Tensor = _kernels().snake(x, alpha)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        grad_x, grad_rows = _kernels().snake_backward(grads[0].contiguous(), *ctx.saved_tensors)
        return grad_x, grad_rows.sum(0)[None, :, None]


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, dilation: int
    ) -> torch.Tensor:
        x, weight = x.contiguous(), weight.contiguous()
        ctx.save_for_backward(x, weight)
        ctx.dilation = dilation
        out: torch.Tensor = _kernels().depthwise(x, weight, bias, dilation)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad = grads[0].contiguous()
        grad_x, grad_rows = _kernels().depthwise_backward(grad, x, weight, ctx.dilation)
        return grad_x, grad_rows.sum(0)[:, None], grad.sum((0, 2)), None


def snake(alpha: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """x + sin²(alpha x) / alpha, x [batch, channel, time], alpha [1, channel, 1]."""
    out: torch.Tensor = _Snake.apply(x, alpha)  # type: ignore[no-untyped-call]
    return out


def depthwise(conv: nn.Conv1d, x: torch.Tensor) -> torch.Tensor:
    """`conv`, a depthwise convolution that keeps the length, of x [batch, channel, time]."""
    out: torch.Tensor = _Depthwise.apply(  # type: ignore[no-untyped-call]
        x, conv.weight, conv.bias, conv.dilation[0]
    )
    return out


def speed_up(model: nn.Module) -> None:
    """Let the Snakes and depthwise convolutions of a SNAC compute with these kernels.

    Parameters and their names stay as they are.
    """
    for module in model.modules():
        if type(module).__name__ == "Snake1d":
            module.forward = partial(snake, module.get_parameter("alpha"))
        elif isinstance(module, nn.Conv1d) and module.groups == module.in_channels > 1:
            module.forward = partial(depthwise, module)  # type: ignore[method-assign]
