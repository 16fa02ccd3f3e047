"""Convolution stacks over time in pieces: the output of any split is that of the whole.

Each layer holds the input that later output still needs and gives output as soon as nothing to
come can change it. With `final` it gives the rest, padded as the whole would be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(slots=True)
class StreamState:
    """What one layer holds [1, channel, time], the states of the layers inside it, its noise."""

    held: Tensor
    parts: tuple["StreamState", ...] = ()
    noise: np.random.Generator | None = field(default=None, repr=False)


class StreamLayer(Protocol):
    """One layer; the caller keeps its state."""

    def init_state(self) -> StreamState:
        """State before any input."""

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """New input [1, channel, time] to the output [1, channel, time] that is now settled."""


NOTHING = torch.zeros(1, 0, 0, device="cpu")


class Pointwise:
    """A function of each position by itself."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self._function = function

    def init_state(self) -> StreamState:
        """Nothing is held."""
        return StreamState(NOTHING)

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Settled at once."""
        return self._function(x) if x.shape[-1] else x


class Convolution:
    """A Conv1d of stride 1 that keeps the length; holds its receptive field less one."""

    def __init__(self, conv: nn.Conv1d) -> None:
        span = (conv.kernel_size[0] - 1) * conv.dilation[0]
        assert conv.stride == (1,), "the length must stay"
        assert 2 * int(conv.padding[0]) == span, "the length must stay"
        self._conv = conv
        self._span = span

    def init_state(self) -> StreamState:
        """The zeros before the start."""
        return StreamState(self._conv.weight.new_zeros(1, self._conv.in_channels, self._span // 2))

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Behind by half the receptive field until `final`."""
        if final:
            x = F.pad(x, (0, self._span // 2))
        x = torch.cat((state.held, x), -1)
        state.held = x[..., max(0, x.shape[-1] - self._span) :]
        if x.shape[-1] <= self._span:
            return x.new_zeros(1, self._conv.out_channels, 0)
        conv = self._conv
        return F.conv1d(x, conv.weight, conv.bias, 1, 0, conv.dilation, conv.groups)


class Upsampling:
    """A ConvTranspose1d of kernel twice its stride that gives stride outputs an input."""

    def __init__(self, conv: nn.ConvTranspose1d) -> None:
        stride = conv.stride[0]
        left, extra = int(conv.padding[0]), conv.output_padding[0]
        assert conv.kernel_size == (2 * stride,), "the kernel is twice the stride"
        assert 2 * left - extra == stride, "the length must grow by the stride"
        self._conv, self._stride, self._left = conv, stride, left

    def init_state(self) -> StreamState:
        """No input yet, so nothing overlaps and the padding is still to be cut off."""
        return StreamState(NOTHING)

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Behind by less than a stride until `final`."""
        started = state.held.shape[-1] > 0
        out = state.held if started else x.new_zeros(1, self._conv.out_channels, self._stride)
        if x.shape[-1]:
            new = F.conv_transpose1d(x, self._conv.weight, stride=self._stride)
            new[..., : self._stride] += out
            out = new
        elif not started:
            return x.new_zeros(1, self._conv.out_channels, 0)
        state.held = out[..., -self._stride :]
        settled = out if final else out[..., : -self._stride]
        if final:
            settled = out[..., : out.shape[-1] - self._stride + self._left]
        settled = settled if started else settled[..., self._left :]
        return settled if self._conv.bias is None else settled + self._conv.bias[None, :, None]


class Noise:
    """SNAC's noise block: x plus one normal draw a position times a map of x."""

    def __init__(self, linear: nn.Conv1d, seed: int) -> None:
        self._linear, self._seed = linear, seed

    def init_state(self) -> StreamState:
        """A generator whose draws do not depend on how the input is split."""
        return StreamState(NOTHING, noise=np.random.default_rng(self._seed))

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Settled at once."""
        assert state.noise is not None, "a state of another layer"
        if not x.shape[-1]:
            return x
        draws = state.noise.standard_normal(x.shape[-1], np.float32)
        noise: Tensor = torch.from_numpy(draws).to(x.device) * self._linear(x)
        return x + noise


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[StreamLayer]) -> None:
        self._layers = tuple(layers)

    def init_state(self) -> StreamState:
        """The states of the layers."""
        return StreamState(NOTHING, tuple(layer.init_state() for layer in self._layers))

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Behind by the sum of the layers' lags."""
        for layer, part in zip(self._layers, state.parts, strict=True):
            x = layer.step(x, part, final)
        return x


class Residual:
    """x plus layers(x), where the layers keep channels and length."""

    def __init__(self, layers: Sequence[StreamLayer]) -> None:
        self._chain = Chain(layers)

    def init_state(self) -> StreamState:
        """The layers' state, and no input that waits for their output."""
        return StreamState(NOTHING, (self._chain.init_state(),))

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Behind as the layers are."""
        waiting = joined(state.held, x)
        y = self._chain.step(x, state.parts[0], final)
        state.held = waiting[..., y.shape[-1] :]
        return waiting[..., : y.shape[-1]] + y


def joined(held: Tensor, x: Tensor) -> Tensor:
    """What is held, before x; what holds nothing yet has neither channels nor a device."""
    return torch.cat((held, x), -1) if held.shape[-1] else x
