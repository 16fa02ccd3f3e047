"""The sound of a clip."""

from interp.core.audio import Samples, ms_to_samples
from interp.evaluate.record.manifest import Clip
from interp.intake.file import read_audio


def read_clip(clip: Clip) -> Samples:
    """16 kHz mono samples [sample] of a clip's part of its file. Raises InterpError, OSError."""
    samples = read_audio(clip.audio)
    start = ms_to_samples(round(clip.start_ms))
    if clip.duration_ms is None:
        return samples[start:]
    return samples[start : start + ms_to_samples(round(clip.duration_ms))]
