"""Ten minutes of what is not speech: no word, and no model work."""

import pytest

from interp import app
from interp.core.audio import SOURCE_RATE_HZ, Samples, silence
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import SessionEnded
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.engine.session_state import SessionSettings
from tests.fakes.sounds import hold_music, white_noise
from tests.fakes.translator import ScriptTranslator

TEN_MINUTES_S = 600

QUIET = {
    "silence": lambda: silence(TEN_MINUTES_S * SOURCE_RATE_HZ),
    "white noise": lambda: white_noise(TEN_MINUTES_S, -30.0),
    "hold music": lambda: hold_music(TEN_MINUTES_S, -25.0),
}


@pytest.mark.parametrize("kind", QUIET)
def test_ten_minutes_without_speech_write_nothing_and_ask_no_model(kind: str) -> None:
    audio: Samples = QUIET[kind]()
    clock, translator = VirtualClock(), ScriptTranslator()
    stage = Session(
        SessionConfig("fr", "en", policy="fixed:unit_ms=500"),
        gate=app.gate(),
        models=Models(translator),
        clock=clock,
        settings=SessionSettings(),
    )
    events = list(interpret(stage, audio, clock, chunk_samples=1600))
    assert [type(event) for event in events] == [SessionEnded]
    assert translator.decodes == 0
