"""What an OmniLM remembers: keys and values of the last steps, one ring a lane."""

from dataclasses import dataclass

import torch
from torch import Tensor

from interp.models.omni.config import OmniConfig


@dataclass(slots=True)
class OmniState:
    """Preallocated cache of `lanes` independent streams, updated in place.

    keys, values: [layer, lane, slot, group, head_dim]. slot_steps [lane, slot]: the step that a
    slot holds, -1 for none. steps [lane]: how many steps a lane has taken.
    """

    keys: Tensor
    values: Tensor
    slot_steps: Tensor
    steps: Tensor

    @classmethod
    def empty(cls, config: OmniConfig, lanes: int, longest_call: int, like: Tensor) -> "OmniState":
        """State of streams that have seen nothing. longest_call: most steps in one call. like: a
        parameter of the model, whose type and device the cache has."""
        device = like.device
        slots = config.window + longest_call - 1
        shape = (config.layers, lanes, slots, config.groups, config.head_dim)
        return cls(
            keys=torch.zeros(shape, dtype=like.dtype, device=device),
            values=torch.zeros(shape, dtype=like.dtype, device=device),
            slot_steps=torch.full((lanes, slots), -1, dtype=torch.int64, device=device),
            steps=torch.zeros(lanes, dtype=torch.int64, device=device),
        )

    @property
    def lanes(self) -> int:
        """How many streams."""
        return len(self.steps)

    def rewind(self, steps: Tensor) -> None:
        """Forget all but the first `steps` [lane] of each lane: what was run ahead of time. Exact
        as long as it was no more than `longest_call` steps."""
        self.steps.copy_(steps)
        self.slot_steps[self.slot_steps >= steps[:, None]] = -1

    def reset(self, lanes: Tensor) -> None:
        """Forget all of these lanes, int64 [lane]."""
        self.slot_steps[lanes] = -1
        self.steps[lanes] = 0
        self.keys[:, lanes] = 0.0
        self.values[:, lanes] = 0.0
