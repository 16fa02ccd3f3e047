"""A listener's score of speech without a reference: DNSMOS, on the networks of the wheel speechmos.

Reddy et al. 2021 and 2022 (arXiv 2010.15258, 2110.01763). The wheel's own code wants librosa; here
are its two inputs, its windows of 9.01 s at every second, and its polynomial.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, Samples

WINDOW_SAMPLES = int(9.01 * SOURCE_RATE_HZ)
FFT = 321
HOP = 160
MELS = 120
OVRL = (-0.06766283, 1.11546468, 0.04602535)
"""From the network's number to a mean opinion."""


@dataclass(frozen=True, slots=True)
class Score:
    """Mean opinions, 1 to 5. ovrl: of speech and background together (P.835); p808: of quality."""

    ovrl: float
    p808: float


def dnsmos(samples: Samples, rate_hz: int) -> Score:
    """The score of mono speech [sample] that is not empty; less than a window is repeated."""
    heard = np.clip(soxr.resample(samples, rate_hz, SOURCE_RATE_HZ), -1, 1).astype(np.float32)
    heard = np.tile(heard, 2 ** max(0, int(np.ceil(np.log2(WINDOW_SAMPLES / len(heard))))))
    last = max(len(heard) // SOURCE_RATE_HZ - 9, 0)
    starts = [hop * SOURCE_RATE_HZ for hop in range(last + 1)]
    windows = [
        heard[at : at + WINDOW_SAMPLES] for at in starts if at + WINDOW_SAMPLES <= len(heard)
    ]
    overall = [_run("sig_bak_ovr", window)[2] for window in windows]
    quality = [_run("model_v8", mel_spectrum(window[:-HOP]))[0] for window in windows]
    return Score(float(np.mean(np.polyval(OVRL, overall))), float(np.mean(quality)))


def mel_spectrum(samples: Samples) -> NDArray[np.float32]:
    """Mel power in dB under the loudest, shifted to about -1 to 1 [frame, 120]; as librosa's."""
    padded = np.pad(samples, FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    power = np.abs(np.fft.rfft(frames * window)) ** 2 @ _filters().T
    loud = np.maximum(power, 1e-10)
    db = 10 * np.log10(loud) - 10 * np.log10(max(float(power.max()), 1e-10))
    mels: NDArray[np.float32] = ((np.maximum(db, db.max() - 80) + 40) / 40).astype(np.float32)
    return mels


def _run(name: str, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    (found,) = _network(name).run(None, {"input_1": inputs[None]})
    opinions: NDArray[np.float32] = np.asarray(found, np.float32)[0]
    return opinions


@cache
def _network(name: str) -> onnxruntime.InferenceSession:
    spec = find_spec("speechmos")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("DNSMOS is in the wheel speechmos: the extra `judge`")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = Path(spec.origin).parent / "dnsmos_models" / f"{name}.onnx"
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@cache
def _filters() -> NDArray[np.float64]:
    """Slaney's mel filters [mel, bin] of equal area, 0 to 8 kHz."""
    edges_hz = _hz(np.linspace(0, _mel(SOURCE_RATE_HZ / 2), MELS + 2))
    bins_hz = np.arange(FFT // 2 + 1) * SOURCE_RATE_HZ / FFT
    slopes = edges_hz[:, None] - bins_hz[None]
    widths = np.diff(edges_hz)
    rising, falling = -slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None]
    area = 2 / (edges_hz[2:] - edges_hz[:-2])
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * area[:, None]
    return filters


def _mel(hz: float) -> float:
    """Slaney's scale: linear to 1 kHz, logarithmic above."""
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
