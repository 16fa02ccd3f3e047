"""Silero voice activity detector, run from the ONNX files inside the `silero_vad` package.

The package itself is not imported: its __init__ loads torch, which the gate has no use for.
Its weights for 16 kHz hear one frame in sixteen of a telephone line's speech as none; while a
stream has nothing above 4 kHz, those for 8 kHz are asked as well.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from interp.core.audio import VAD_FRAME_SAMPLES, Samples
from interp.models.band import HALVED_TAPS, Band, halve

_CONTEXT_SAMPLES = 64  # the end of the frame before, which the model wants in front of each frame
_NARROW_CONTEXT_SAMPLES = _CONTEXT_SAMPLES + HALVED_TAPS - 1
_RECURRENT_SHAPE = (1, 1, 128)  # [layer, batch, dim] of the LSTM
_WIDE_FILE, _NARROW_FILE = "silero_vad_16k_sequence.onnx", "silero_vad.onnx"
_NARROW_HZ = np.array(8_000, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What a network remembers. context: last samples heard, at 16 kHz [sample]; hidden, cell: of
    the LSTM [1, 1, 128]."""

    context: Samples
    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SileroState:
    """What one stream's detector remembers; never changed in place; may be pickled.

    narrow: at 8 kHz, of the frames since the band was last wide.
    """

    wide: Memory
    narrow: Memory
    band: Band


class SileroDetector:
    """`VoiceDetector` over Silero VAD at 16 kHz; one instance serves any number of streams."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: of the models; by default the installed package's.

        Raises FileNotFoundError when the package or a file is not installed.
        """
        folder = folder or _packaged_models()
        self._wide = _session(folder / _WIDE_FILE)
        self._narrow = _session(folder / _NARROW_FILE)

    def init_state(self) -> SileroState:
        """State of a stream that has heard nothing."""
        wide, narrow = _nothing(_CONTEXT_SAMPLES), _nothing(_NARROW_CONTEXT_SAMPLES)
        return SileroState(wide, narrow, Band())

    def step(self, audio: Samples, state: SileroState) -> tuple[NDArray[np.float32], SileroState]:
        """audio [frames * 512] to speech probability per frame [frames], and the next state."""
        assert audio.ndim == 1, f"audio must be mono, got shape {audio.shape}"
        assert audio.size % VAD_FRAME_SAMPLES == 0, f"{audio.size} samples are not whole frames"
        frames = audio.astype(np.float32, copy=False).reshape(-1, VAD_FRAME_SAMPLES)
        probabilities = np.empty(len(frames), np.float32)
        # One frame per run: a longer run is cheaper, but matrix kernels may round differently with
        # its length, and then the split of the input could decide what is speech.
        for place, frame in enumerate(frames):
            probabilities[place], state = self._judge(frame, state)
        return probabilities, state

    def _judge(self, frame: Samples, state: SileroState) -> tuple[float, SileroState]:
        """One frame [512]."""
        chance, wide = self._hear_wide(frame, state.wide)
        band = state.band.hear(frame)
        if band.judged and not band.narrow:
            return chance, SileroState(wide, _nothing(_NARROW_CONTEXT_SAMPLES), band)
        chance_narrow, narrow = self._hear_narrow(frame, state.narrow)
        if band.narrow:
            chance = max(chance, chance_narrow)
        return chance, SileroState(wide, narrow, band)

    def _hear_wide(self, frame: Samples, memory: Memory) -> tuple[float, Memory]:
        """A frame [512] at 16 kHz."""
        heard = np.concatenate([memory.context, frame])
        chances, hidden, cell = self._wide.run(
            ["speech_probs", "hn", "cn"],
            {"input": heard[None], "h": memory.hidden, "c": memory.cell},
        )
        return float(chances[0]), Memory(heard[-_CONTEXT_SAMPLES:].copy(), hidden, cell)

    def _hear_narrow(self, frame: Samples, memory: Memory) -> tuple[float, Memory]:
        """The same frame, at 8 kHz."""
        heard = np.concatenate([memory.context, frame])
        recurrent = np.concatenate([memory.hidden, memory.cell])
        chances, recurrent = self._narrow.run(
            None, {"input": halve(heard)[None], "state": recurrent, "sr": _NARROW_HZ}
        )
        context = heard[-_NARROW_CONTEXT_SAMPLES:].copy()
        return float(chances[0, 0]), Memory(context, recurrent[:1], recurrent[1:])


def _nothing(context_samples: int) -> Memory:
    """Of a network that has heard nothing."""
    zeros = np.zeros(_RECURRENT_SHAPE, np.float32)
    return Memory(np.zeros(context_samples, np.float32), zeros, zeros)


def _session(model: Path) -> onnxruntime.InferenceSession:
    if not model.is_file():
        raise FileNotFoundError(f"no file {model.name} of the voice detector")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # it warns of initialisers that it does not need
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _packaged_models() -> Path:
    spec = find_spec("silero_vad")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package silero-vad is not installed")
    return Path(spec.origin).parent / "data"
