"""Depthwise convolutions on the CPU, ten times as fast as the library's; built at first use."""

from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.cpp_extension import load


@cache
def _kernels() -> Any:
    return load(
        "interp_depthwise",
        [str(Path(__file__).with_suffix(".cpp"))],
        extra_cflags=["-O3", "-march=native", "-ffast-math"],
    )


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, dilation: int
    ) -> torch.Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x, weight)
        ctx.dilation = dilation
        out: torch.Tensor = _kernels().forward(x, weight.contiguous(), bias, dilation)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad = grads[0].contiguous()
        grad_x, grad_rows = _kernels().backward(grad, x, weight.contiguous(), ctx.dilation)
        return grad_x, grad_rows.sum(0)[:, None], grad.sum((0, 2)), None


class FastDepthwise(nn.Module):
    """Takes the place of a depthwise Conv1d that keeps the length; shares its parameters."""

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x [batch, channel, time]."""
        assert self.conv.bias is not None, "SNAC's convolutions have biases"
        out: torch.Tensor = _Depthwise.apply(  # type: ignore[no-untyped-call]
            x, self.conv.weight, self.conv.bias, self.conv.dilation[0]
        )
        return out
