"""Where somebody speaks in a recording, as the speech gate's detector hears it."""

from itertools import groupby

import numpy as np

from interp.core.audio import VAD_FRAME_SAMPLES, Samples, samples_to_ms
from interp.core.detector import VoiceDetector
from interp.engine.gate import GateSettings
from interp.evaluate.record.log import Stretch


def voiced(detector: VoiceDetector, samples: Samples) -> tuple[Stretch, ...]:
    """Stretches of voiced frames in 16 kHz samples [sample], by the gate's own threshold."""
    whole = samples[: samples.size - samples.size % VAD_FRAME_SAMPLES]
    judged, _ = detector.step(whole, detector.init_state())
    loud = np.asarray(judged) >= GateSettings().voiced_probability
    found = []
    for speaks, group in groupby(range(loud.size), key=lambda frame: bool(loud[frame])):
        frames = list(group)
        if speaks:
            start, end = frames[0] * VAD_FRAME_SAMPLES, (frames[-1] + 1) * VAD_FRAME_SAMPLES
            found.append(Stretch(float(samples_to_ms(start)), float(samples_to_ms(end))))
    return tuple(found)
