"""Length of speech as it is compared with the teacher's."""

import numpy as np

from training.speaker.evaluate import spoken_length


def test_silence_around_speech_does_not_count() -> None:
    samples = np.zeros(1000, np.float32)
    samples[300:700:7] = 0.5  # the last at 699
    assert spoken_length(samples) == 400
    assert spoken_length(np.zeros(5, np.float32)) == 0
