"""Speaker states of one lane each, as one batch and back: sessions come and go as they like.

Only lanes that speak are in a batch. Copying a lane of the shipped size there and back takes well
under a millisecond; a step takes ten.
"""

from collections.abc import Sequence

import torch

from interp.models.omni.state import OmniState
from interp.models.voice.speaker import SpeakerState


def gathered(states: Sequence[SpeakerState]) -> SpeakerState:
    """A batch whose lane i continues states[i]. Scripts and generators are theirs, tensors copies;
    a single state is its own batch."""
    if len(states) == 1:
        return states[0]
    lms = [state.lm for state in states]
    return SpeakerState(
        lm=OmniState(
            keys=torch.cat([lm.keys for lm in lms], dim=1),
            values=torch.cat([lm.values for lm in lms], dim=1),
            slot_steps=torch.cat([lm.slot_steps for lm in lms]),
            steps=torch.cat([lm.steps for lm in lms]),
        ),
        scripts=[script for state in states for script in state.scripts],
        generators=[generator for state in states for generator in state.generators],
        last=torch.cat([state.last for state in states]),
        predicted=[predicted for state in states for predicted in state.predicted],
    )


def scattered(batch: SpeakerState, states: Sequence[SpeakerState]) -> None:
    """Write what the batch has become back into the states it was gathered from."""
    if len(states) == 1:
        return
    for lane, state in enumerate(states):
        of_lane = slice(lane, lane + 1)
        streams = slice(lane * state.lm.lanes, (lane + 1) * state.lm.lanes)
        state.lm.keys.copy_(batch.lm.keys[:, streams])
        state.lm.values.copy_(batch.lm.values[:, streams])
        state.lm.slot_steps.copy_(batch.lm.slot_steps[streams])
        state.lm.steps.copy_(batch.lm.steps[streams])
        state.last.copy_(batch.last[of_lane])
        state.predicted[:] = batch.predicted[of_lane]
