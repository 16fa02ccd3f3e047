"""Silero voice activity detector, run from the ONNX file inside the `silero_vad` package.

The package itself is not imported: its __init__ loads torch, which the gate has no use for.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from interp.core.audio import VAD_FRAME_SAMPLES, Samples

_CONTEXT_SAMPLES = 64  # the end of the frame before, which the model wants in front of each frame
_RECURRENT_SHAPE = (1, 1, 128)  # [layer, batch, dim] of the LSTM
_MODEL_FILE = "silero_vad_16k_sequence.onnx"


@dataclass(frozen=True, slots=True, eq=False)
class SileroState:
    """What one stream's detector remembers; never changed in place; may be pickled.

    context: last samples heard [64]; hidden, cell: of the LSTM [1, 1, 128].
    """

    context: Samples
    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]


class SileroDetector:
    """`VoiceDetector` over Silero VAD at 16 kHz; one instance serves any number of streams."""

    def __init__(self, path: Path | None = None) -> None:
        """path: the sequence form of the 16 kHz model; by default the installed package's file.

        Raises FileNotFoundError when the package or the file is not installed.
        """
        model = path or _packaged_model()
        if not model.is_file():
            raise FileNotFoundError(f"no file {model.name} of the voice detector")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )

    def init_state(self) -> SileroState:
        """State of a stream that has heard nothing."""
        return SileroState(
            context=np.zeros(_CONTEXT_SAMPLES, np.float32),
            hidden=np.zeros(_RECURRENT_SHAPE, np.float32),
            cell=np.zeros(_RECURRENT_SHAPE, np.float32),
        )

    def step(self, audio: Samples, state: SileroState) -> tuple[NDArray[np.float32], SileroState]:
        """audio [frames * 512] to speech probability per frame [frames], and the next state."""
        assert audio.ndim == 1, f"audio must be mono, got shape {audio.shape}"
        assert audio.size % VAD_FRAME_SAMPLES == 0, f"{audio.size} samples are not whole frames"
        heard = np.concatenate([state.context, audio.astype(np.float32, copy=False)])
        frames = audio.size // VAD_FRAME_SAMPLES
        probabilities = np.empty(frames, np.float32)
        hidden, cell = state.hidden, state.cell
        # One frame per run: a longer run is cheaper, but matrix kernels may round differently with
        # its length, and then the split of the input could decide what is speech.
        for frame in range(frames):
            start = frame * VAD_FRAME_SAMPLES
            window = heard[None, start : start + _CONTEXT_SAMPLES + VAD_FRAME_SAMPLES]
            probability, hidden, cell = self._session.run(
                ["speech_probs", "hn", "cn"], {"input": window, "h": hidden, "c": cell}
            )
            probabilities[frame] = probability[0]
        return probabilities, SileroState(heard[-_CONTEXT_SAMPLES:].copy(), hidden, cell)


def _packaged_model() -> Path:
    spec = find_spec("silero_vad")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package silero-vad is not installed")
    return Path(spec.origin).parent / "data" / _MODEL_FILE
