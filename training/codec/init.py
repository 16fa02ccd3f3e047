"""Starting weights from data: every layer's output gets unit size on a first batch.

Speech at RMS 0.08 shrinks further in each freshly initialised convolution, where Snake is nearly
linear, and a linear network cannot measure energy; without this, the first thousands of steps go
into growing. (Mishkin and Matas 2016, layer-sequential unit variance.)
"""

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from training.codec.quantise import levels_of, pass_open

BRANCH_SIZE = 0.4  # of what a residual unit adds to its input
SPEECH_SIZE = 0.08


@torch.no_grad()
def scale_to_data(model: nn.Module, strides: tuple[int, ...], wave: torch.Tensor) -> None:
    """Rescale the weight norms of a SNAC in place so that `wave` [batch, 1, sample] passes well."""
    convolutions = [
        module
        for module in model.modules()
        if isinstance(module, nn.Conv1d | nn.ConvTranspose1d) and is_parametrized(module, "weight")
    ]
    sizes = dict.fromkeys(convolutions, 1.0)
    for module in model.modules():
        if type(module).__name__ == "ResidualUnit":
            sizes[module.get_submodule("block.3")] = BRANCH_SIZE  # type: ignore[index]
    sizes[convolutions[-1]] = SPEECH_SIZE
    hooks = [conv.register_forward_hook(_Rescale(size)) for conv, size in sizes.items()]
    z = model.get_submodule("encoder")(wave)
    passed = pass_open(levels_of(model, strides), z, noise=0.3, seed=0)
    model.get_submodule("decoder")(passed.z)
    for hook in hooks:
        hook.remove()


class _Rescale:
    def __init__(self, size: float) -> None:
        self._size = size

    def __call__(
        self, module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        factor = self._size / output.std().clamp(min=1e-6)
        module.get_parameter("parametrizations.weight.original0").mul_(factor)
        bias = module.get_parameter("bias")
        output = (output - bias[:, None]) * factor
        bias.zero_()
        return output
