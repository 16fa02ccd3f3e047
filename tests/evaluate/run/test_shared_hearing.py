import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interp import app
from interp.core.audio import VAD_FRAME_SAMPLES, Samples, ms_to_samples
from interp.core.config import SessionConfig
from interp.core.events import Event, Output, PolicyAction, TargetText
from interp.evaluate.run.shared_hearing import SharedDetector
from interp.evaluate.run.worker import EngineSystem, System
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings
from tests.fakes.translator import ScriptTranslator
from tests.fakes.voice import LoudestSample

RECORDING = Path(__file__).parents[2] / "data" / "fr" / "conf-onlyperson.flac"
POLICIES = (
    "waitk:k=1,unit_ms=400",
    "waitk:k=3,unit_ms=400",
    "alignatt:unit_ms=400,guard_ms=500",
    "agree:unit_ms=800",
    "offline",
)

Said = list[object]


def configs(policies: Sequence[str]) -> list[SessionConfig]:
    outputs = frozenset({Output.TEXT, Output.ACTIONS})
    return [SessionConfig("fr", "en", outputs, policy) for policy in policies]


def said(events: Sequence[Event]) -> Said:
    """Everything but what no two runs share: times of compute."""
    texts = [event for event in events if isinstance(event, TargetText)]
    words = [(word.text, word.delay_ms, word.source_end_ms) for t in texts for word in t.words]
    steps = [(e.units, e.position_ms, e.words) for e in events if isinstance(e, PolicyAction)]
    return [words, [text.tentative for text in texts], steps]


def system(translator: ScriptTranslator) -> System:
    return EngineSystem(LoudestSample(), translator)


def speech(ms: int) -> Samples:
    return np.full(ms_to_samples(ms), 0.9, np.float32)


def test_sessions_side_by_side_say_what_each_says_alone() -> None:
    model = system(ScriptTranslator())
    samples = np.concatenate([speech(4000), np.zeros(40_000, np.float32), speech(2500)])
    together = model.interpret(configs(POLICIES), samples)
    for policy, events in zip(POLICIES, together, strict=True):
        (alone,) = model.interpret(configs([policy]), samples)
        assert said(events) == said(alone)
        assert sum(isinstance(e, TargetText) for e in events) > 1


def test_what_is_heard_in_the_same_steps_is_encoded_once() -> None:
    one, three = ScriptTranslator(), ScriptTranslator()
    system(one).interpret(configs(POLICIES[:1]), speech(4000))
    system(three).interpret(configs(POLICIES[:3]), speech(4000))
    assert three.encoded_samples == one.encoded_samples


def test_a_recording_is_judged_once() -> None:
    detector = CountingDetector()
    model = EngineSystem(detector, ScriptTranslator())
    model.interpret(configs(POLICIES[:3]), speech(4000))
    assert detector.frames == -(-ms_to_samples(4000) // VAD_FRAME_SAMPLES)


def test_segments_that_end_on_a_unit_are_encoded_once_as_well() -> None:
    one, three = ScriptTranslator(), ScriptTranslator()
    pauses = [
        np.concatenate([speech(ms), np.zeros(30_000, np.float32)]) for ms in range(1500, 1900, 32)
    ]
    samples = np.concatenate(pauses)
    system(one).interpret(configs(POLICIES[:1]), samples)
    system(three).interpret(configs(POLICIES[:3]), samples)
    assert three.encoded_samples == one.encoded_samples


def test_a_session_that_hears_in_other_steps_is_run_alone() -> None:
    policies = ("fixed:unit_ms=1000", "offline")  # offline leaves all audio for the end
    translator = ScriptTranslator()
    fixed, offline = system(translator).interpret(configs(policies), speech(4000))
    assert translator.encoded_samples == pytest.approx(2 * ms_to_samples(4000), rel=0.05)
    assert said(offline) != said(fixed)
    assert said(offline) == said(
        system(ScriptTranslator()).interpret(configs(["offline"]), speech(4000))[0]
    )


def test_every_session_is_charged_for_what_it_heard() -> None:
    samples = speech(4000)
    first, second = system(SlowEars()).interpret(configs(POLICIES[:2]), samples)
    for events in (first, second):
        compute_ms = sum(e.compute_ms for e in events if isinstance(e, PolicyAction))
        steps = sum(isinstance(e, PolicyAction) for e in events)
        assert compute_ms >= steps * SlowEars.step_ms * 0.9


class CountingDetector(LoudestSample):
    """Counts all frames it is given."""

    frames = 0

    def step(self, audio: Samples, state: int) -> tuple[NDArray[np.float32], int]:
        self.frames += audio.size // VAD_FRAME_SAMPLES
        return super().step(audio, state)


class SlowEars(ScriptTranslator):
    """Each step of the encoder takes a while."""

    step_ms = 5

    def encode(self, steps: Sequence[object]) -> None:
        time.sleep(self.step_ms / 1000)
        super().encode(steps)  # type: ignore[arg-type]


@pytest.mark.weights
def test_whisper_heard_together_writes_what_it_writes_alone() -> None:
    model = EngineSystem(app.detector(), app.translator(ModelSettings()))
    samples = read_audio(RECORDING)
    together = model.interpret(configs(POLICIES), samples)
    for policy, events in zip(POLICIES, together, strict=True):
        (alone,) = model.interpret(configs([policy]), samples)
        assert said(events) == said(alone)


def frames(*probabilities: float) -> Samples:
    return np.repeat(np.array(probabilities, np.float32), VAD_FRAME_SAMPLES)


def test_a_shared_detector_gives_each_session_what_it_would_hear_alone() -> None:
    audio = frames(0.1, 0.9, 0.2, 0.8, 0.7)
    alone, _ = LoudestSample().step(audio, 0)
    shared = SharedDetector(LoudestSample())
    first, second = shared.init_state(), shared.init_state()
    heard_first, heard_second = [], []
    # One session hears by two frames, the other by three; they take turns.
    for start in (0, 2):
        found, first = shared.step(
            audio[start * VAD_FRAME_SAMPLES :][: 2 * VAD_FRAME_SAMPLES], first
        )
        heard_first += found.tolist()
    for start, count in ((0, 3), (3, 2)):
        piece = audio[start * VAD_FRAME_SAMPLES :][: count * VAD_FRAME_SAMPLES]
        found, second = shared.step(piece, second)
        heard_second += found.tolist()
    assert heard_first == alone[:4].tolist()
    assert heard_second == alone.tolist()
    assert (first, second) == (4, 5)


def test_a_session_behind_the_others_is_told_what_was_judged() -> None:
    detector = CountingDetector()
    shared = SharedDetector(detector)
    audio = frames(0.3, 0.6, 0.9)
    shared.step(audio, 0)
    found, state = shared.step(audio, 0)
    assert found.tolist() == pytest.approx([0.3, 0.6, 0.9])
    assert (state, detector.frames) == (3, 3)


def test_no_policy_is_asked_for_and_nothing_is_heard() -> None:
    assert system(ScriptTranslator()).interpret([], speech(1000)) == []
