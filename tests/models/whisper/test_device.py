"""Whisper makes its state on the device of its weights."""

import numpy as np
import torch

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.translator import Ask, DecodeStep, EncodeStep
from interp.models.precision import Precision
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.tiny_whisper import tiny_checkpoint
from tests.models.device_guard import NoDefaultDevice


def test_no_tensor_is_made_without_a_device() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, SOURCE_RATE_HZ).astype(np.float32)
    checkpoint = tiny_checkpoint()
    with NoDefaultDevice():
        model = WhisperTranslator.from_checkpoint(
            checkpoint,
            WhisperSettings(open_ms=400, precision=Precision.FLOAT32),
            torch.device("cpu"),
        )
        source = model.init_source()
        target = model.init_target(source, "fr", "en", "")
        for finished in (False, True):
            model.encode([EncodeStep(source, noise, finished)])
            (hypothesis,) = model.decode([DecodeStep(target, Ask(words=3), 0, finished)])
        assert hypothesis.words
