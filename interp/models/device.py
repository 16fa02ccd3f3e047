"""Where models compute: one processor of this machine, named in a setting.

State is made on the device of the parameters. What decides on the host and is small stays there on
any machine: the voice detector (`vad.py`) and the pronouncer of a voice.
"""

import torch

from interp.core.errors import InvalidRequest, Reason
from interp.models.settings import AUTO


def device_of(name: str) -> torch.device:
    """`cpu`, `cuda`, `cuda:1`, or `auto`: CUDA where this process sees one, otherwise the CPU.

    Raises InvalidRequest(BAD_CONFIG) for a device that is not here.
    """
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda") or (index and not index.isdecimal()):
        raise InvalidRequest(Reason.BAD_CONFIG, f"{name} is no device: cpu, cuda or auto")
    if kind == "cuda" and int(index or 0) >= torch.cuda.device_count():
        raise InvalidRequest(Reason.BAD_CONFIG, f"there is no {name} that this process can use")
    return torch.device(name)
