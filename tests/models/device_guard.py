"""Finds tensors that are made without saying where, and counts what goes to the device and back."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

FACTORIES = {
    getattr(torch, name)
    for name in (
        *("arange", "empty", "eye", "full", "hann_window", "linspace", "ones", "rand", "randint"),
        *("randn", "randperm", "scalar_tensor", "tensor", "tril_indices", "zeros"),
    )
}


class Watch(TorchFunctionMode):
    """Sees every call of a function of torch."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Called in place of every function of torch."""
        given = kwargs or {}
        self.see(func, given)
        return func(*args, **given)

    def see(self, func: Callable[..., Any], given: Mapping[str, Any]) -> None:
        """Before it is called. given: its arguments by name."""
        raise NotImplementedError


class NoDefaultDevice(Watch):
    """A factory that is called without a device raises: on a GPU it would make a host tensor."""

    def see(self, func: Callable[..., Any], given: Mapping[str, Any]) -> None:
        """As Watch.see."""
        if func in FACTORIES and given.get("device") is None:
            raise AssertionError(f"torch.{func.__name__} without a device")


WAITS = {
    getattr(torch.Tensor, name): name
    for name in ("cpu", "item", "numpy", "tolist", "__bool__", "__float__", "__index__", "__int__")
}


class Transfers(Watch):
    """Counts by name what a host would wait for, and tensors that are made of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def see(self, func: Callable[..., Any], given: Mapping[str, Any]) -> None:
        """As Watch.see."""
        if func in WAITS or func is torch.tensor:
            self.counts[WAITS.get(func, "tensor")] += 1
