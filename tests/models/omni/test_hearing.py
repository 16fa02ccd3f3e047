"""One vector a SNAC frame, whatever rate the features come at."""

from pathlib import Path

import numpy as np
import pytest
import torch
import whisper

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.models.catalog import CATALOGUE
from interp.models.omni.hearing import (
    Ear,
    MelHearer,
    WhisperEar,
    WindowHearer,
    ear,
    hearer,
    per_frame,
)
from interp.models.store import Store, WeightsError
from tests.fakes.tiny_whisper import official_model, tiny_checkpoint


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


def test_the_name_says_which(tmp_path: Path) -> None:
    store = Store(CATALOGUE, tmp_path)
    assert hearer("mel", store).name == "mel"
    with pytest.raises(WeightsError, match="no model 'parrot'"):
        hearer("parrot", store)
    with pytest.raises(WeightsError, match="heard whole"):
        ear("raw:whisper-small", store)


def noise(seconds: float) -> Samples:
    return np.random.default_rng(0).normal(0, 0.1, int(16_000 * seconds)).astype(np.float32)


@torch.no_grad()
def test_a_recording_is_heard_as_openai_whisper_hears_it() -> None:
    checkpoint, samples = tiny_checkpoint(seed=4), noise(1.3)
    ours = WindowHearer("tiny", checkpoint).hear(samples)
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples, 32_000))
    theirs = official_model(checkpoint).encoder(mel[None])[0]
    np.testing.assert_allclose(ours, theirs[: len(ours)].numpy(), atol=2e-3)
    pooled = WhisperEar("tiny", checkpoint).hear(samples)
    assert pooled.shape == (16, 2 * ours.shape[1])
    with pytest.raises(ValueError, match=r"2\.1 s do not fit"):
        WindowHearer("tiny", checkpoint).hear(noise(2.1))


@pytest.mark.parametrize("listener", [MelHearer(), WhisperEar("tiny", tiny_checkpoint(seed=4))])
def test_speech_that_comes_in_parts_has_the_frames_of_the_whole(listener: Ear) -> None:
    samples, state = noise(1.3), listener.init_state()
    counts = [
        len(listener.listen(state, samples[start : start + 3_200], finished=False))
        for start in range(0, 19_200, 3_200)
    ]
    assert counts == [2, 4, 7, 9, 11, 14]
    told = listener.listen(state, samples[19_200:], finished=True)
    assert told.shape == (16, listener.dim)
    at_once = listener.listen(listener.init_state(), samples, finished=True)
    assert at_once.shape == told.shape


def test_bands_stay_as_they_were_told_but_for_the_newest_frame() -> None:
    samples, ear = noise(1.3), MelHearer()
    state, whole = ear.init_state(), ear.hear(samples)
    early = ear.listen(state, samples[:9_600], finished=False)
    np.testing.assert_allclose(early[:-1], whole[: len(early) - 1], atol=1e-5)
    np.testing.assert_array_equal(ear.listen(state, samples[9_600:], finished=True), whole)
