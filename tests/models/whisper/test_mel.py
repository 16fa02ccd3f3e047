import numpy as np
import pytest
import torch
import whisper.audio

from interp.models.whisper.assets import mel_filters
from interp.models.whisper.mel import log_mel, normalise, settled_frames

RATE_HZ = 16_000


def _noise(samples: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(0, 0.1, samples).astype(np.float32))


@pytest.mark.parametrize("n_mels", [80, 128])
def test_a_whole_segment_gives_whispers_spectrogram(n_mels: int) -> None:
    audio = _noise(RATE_HZ)
    official = whisper.audio.log_mel_spectrogram(audio, n_mels, padding=RATE_HZ)
    power = log_mel(audio, 0, 200, mel_filters(n_mels))
    ours = normalise(power, power.max())
    torch.testing.assert_close(ours, official, atol=1e-5, rtol=0)


def test_frames_taken_one_by_one_equal_frames_taken_together() -> None:
    audio, filters = _noise(8000), mel_filters(80)
    together = log_mel(audio, 0, 40, filters)
    alone = torch.cat([log_mel(audio, t, t + 1, filters) for t in range(40)], dim=1)
    torch.testing.assert_close(alone, together, atol=1e-5, rtol=0)


def test_a_frame_is_settled_when_its_last_sample_was_heard() -> None:
    assert [settled_frames(samples) for samples in (0, 199, 200, 359, 360)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("samples", [201, 300, 5000, 5100])
def test_a_settled_frame_never_changes_and_the_next_one_does(samples: int) -> None:
    audio, filters = _noise(6000), mel_filters(80)
    settled = settled_frames(samples)
    early = log_mel(audio[:samples], 0, settled + 1, filters)
    late = log_mel(audio, 0, settled + 1, filters)
    torch.testing.assert_close(early[:, :settled], late[:, :settled], atol=1e-5, rtol=0)
    assert (early[:, settled] - late[:, settled]).abs().max() > 1e-3
