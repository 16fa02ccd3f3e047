"""One vector a SNAC frame, whatever rate the features come at."""

import numpy as np
import pytest
import torch

from interp.core.audio import SOURCE_RATE_HZ
from training.omni.hear import MelHearer, hearer, per_frame


@pytest.mark.parametrize(("rate_hz", "seconds"), [(50.0, 10.24), (100.0, 10.24), (50.0, 0.02)])
def test_a_frame_is_2048_samples_at_24_khz(rate_hz: float, seconds: float) -> None:
    times = torch.arange(round(rate_hz * seconds))[:, None] / rate_hz
    frames = per_frame(times, rate_hz)
    assert len(frames) == max(1, round(seconds * 24_000 / 2048))
    middles = (torch.arange(2 * len(frames)) + 0.5) * 2048 / 24_000 / 2
    if seconds > 1:
        assert (frames.flatten() - middles).abs().max() < 1.5 / rate_hz


def test_bands_follow_the_pitch() -> None:
    ear = MelHearer()
    time_s = np.arange(SOURCE_RATE_HZ) / SOURCE_RATE_HZ
    low, high = (
        ear.hear(np.sin(2 * np.pi * pitch_hz * time_s).astype(np.float32)).mean(axis=0)
        for pitch_hz in (200, 2_000)
    )
    assert low.shape == (ear.dim,)
    assert low[: ear.dim // 2].argmax() < high[: ear.dim // 2].argmax()


def test_the_name_says_which() -> None:
    assert hearer("mel").name == "mel"
