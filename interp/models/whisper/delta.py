"""A small change to a decoder, as a file of its own: two factors for each matrix that it changes.

Made by `python -m training whisper train`.
"""

import safetensors.torch
from safetensors import SafetensorError

from interp.models.store import FileContent, WeightsError
from interp.models.whisper.checkpoint import WhisperCheckpoint


def with_delta(checkpoint: WhisperCheckpoint, file: FileContent) -> WhisperCheckpoint:
    """The checkpoint with `NAME.up` [out, rank] times `NAME.down` [rank, in] added to each matrix
    `NAME.weight` that the file names. Raises WeightsError where it is of another model."""
    try:
        tensors = safetensors.torch.load(file.data)
    except SafetensorError as error:
        raise WeightsError(f"{file.name} is not a safetensors file: {error}") from error
    weights = dict(checkpoint.state_dict)
    for name in sorted({key.rpartition(".")[0] for key in tensors}):
        weight = weights.get(f"{name}.weight")
        up, down = tensors.get(f"{name}.up"), tensors.get(f"{name}.down")
        if weight is None or up is None or down is None:
            raise WeightsError(f"{file.name} changes {name}, which this model has not")
        change = up.float() @ down.float()
        if change.shape != weight.shape:
            raise WeightsError(f"{file.name} is of a Whisper of another size")
        weights[f"{name}.weight"] = weight + change.to(weight.device)
    return WhisperCheckpoint(checkpoint.dims, weights)
