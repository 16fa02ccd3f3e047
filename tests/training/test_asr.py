import numpy as np
import pytest
import torch

from interp.core.audio import TARGET_RATE_HZ
from training.asr import WhisperListener, mel_power, read_aloud, understood
from training.data.piper_engine import Piper

WINDOW, HOP = 1024, 256


@pytest.mark.weights
def test_a_listener_reads_spectra_as_well_as_it_hears() -> None:
    texts = ["The committee meets again on Thursday morning.", "Please wait for the signal."]
    engine = Piper()
    speech = [engine.say(text).samples for text in texts]
    listener = WhisperListener()
    spectra = []
    for samples in speech:
        frames = torch.stft(
            torch.from_numpy(np.asarray(samples, np.float32)),
            WINDOW,
            HOP,
            window=torch.hann_window(WINDOW),
            return_complex=True,
        )
        spectra.append(mel_power(frames.abs().square(), WINDOW, HOP, TARGET_RATE_HZ))
    # Piper speaks a little differently each time: a word or two may be misheard either way.
    assert understood(listener, speech, texts) < 0.25
    assert read_aloud(listener, spectra, texts) < 0.25
