"""Whisper's log-mel spectrogram, for audio that grows.

A frame is settled once 200 samples after its centre were heard; later ones see zeros there. Whisper
clamps to 8 below the loudest value: ours is the loudest so far in the segment.
"""

import torch
from torch import Tensor

from interp.core.audio import MEL_HOP_SAMPLES

FFT_SAMPLES = 400
HALF_FFT_SAMPLES = FFT_SAMPLES // 2
FLOOR_LOG10 = -10.0
DYNAMIC_RANGE_LOG10 = 8.0


def settled_frames(samples: int) -> int:
    """How many frames no later sample can change, after `samples` of a segment."""
    if samples < HALF_FFT_SAMPLES:
        return 0
    return (samples - HALF_FFT_SAMPLES) // MEL_HOP_SAMPLES + 1


def log_mel(audio: Tensor, first: int, last: int, filters: Tensor) -> Tensor:
    """log10 mel power of the frames first..last-1 of a segment, [mel, frame].

    audio: the segment from its start, [sample]; after it comes silence, before it its mirror image
    (as torch.stft's centring has it). Frame t is centred on sample 160 t. filters: [mel, bin].
    """
    begin = first * MEL_HOP_SAMPLES - HALF_FFT_SAMPLES
    end = (last - 1) * MEL_HOP_SAMPLES + HALF_FFT_SAMPLES
    piece = audio[max(begin, 0) : end]
    piece = torch.nn.functional.pad(piece, (0, end - max(begin, 0) - len(piece)))
    if begin < 0:
        mirror = torch.nn.functional.pad(audio[1 : 1 - begin], (0, max(0, 1 - begin - len(audio))))
        piece = torch.cat([mirror.flip(0), piece])
    spectrum = torch.stft(
        piece,
        FFT_SAMPLES,
        MEL_HOP_SAMPLES,
        window=torch.hann_window(FFT_SAMPLES, device=piece.device),
        center=False,
        return_complex=True,
    )
    return (filters @ spectrum.abs().square()).clamp(min=10.0**FLOOR_LOG10).log10()


def normalise(log_power: Tensor, loudest: Tensor) -> Tensor:
    """Clamp log10 mel power to 8 below `loudest` [] and scale as Whisper's encoder expects."""
    return (log_power.clamp(min=loudest - DYNAMIC_RANGE_LOG10) + 4.0) / 4.0
