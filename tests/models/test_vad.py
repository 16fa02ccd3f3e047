import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.degraded import telephone
from interp.core.audio import SOURCE_RATE_HZ, VAD_FRAME_SAMPLES, Samples, silence
from interp.engine.gate import Closed, Gate, GateEvent, GateSettings, Opened
from interp.intake.file import read_audio
from interp.models.vad import SileroDetector
from tests.fakes.sounds import hold_music, mains_hum, pink_noise, white_noise

DATA = Path(__file__).parents[1] / "data"
DETECTOR = SileroDetector()
SPEECH: Samples = soundfile.read(DATA / "fr" / "vm-invalidpassword.flac", dtype="float32")[0]
FRAMES = SPEECH.size // VAD_FRAME_SAMPLES
PUBLISHED = [0.0096, 0.0636, 0.8485, 0.9965, 1.0, 0.9996, 0.9999, 0.9999]


def gate_events(audio: Samples) -> list[GateEvent]:
    gate = Gate(DETECTOR, GateSettings())
    state = gate.init_state()
    return gate.feed(audio, state) + gate.end(state)


def test_speech_scores_high_and_silence_low() -> None:
    spoken, state = DETECTOR.step(SPEECH[: FRAMES * VAD_FRAME_SAMPLES], DETECTOR.init_state())
    silent, _ = DETECTOR.step(silence(50 * VAD_FRAME_SAMPLES), state)
    assert spoken.shape == (FRAMES,)
    assert np.mean(spoken > 0.5) > 0.75
    assert silent[10:].max() < 0.1


def test_probabilities_are_those_of_the_published_model() -> None:
    """Every second frame as silero_vad.onnx 6.2.3, another form of the same weights, scores it."""
    probabilities, _ = DETECTOR.step(SPEECH[: 16 * VAD_FRAME_SAMPLES], DETECTOR.init_state())
    np.testing.assert_allclose(probabilities[::2], PUBLISHED, atol=2e-4)


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, FRAMES), max_size=6))
def test_any_split_into_frames_gives_the_same_bits(cuts: list[int]) -> None:
    audio = telephone([SPEECH], 0)[: FRAMES * VAD_FRAME_SAMPLES]
    whole, end = DETECTOR.step(audio, DETECTOR.init_state())
    state, parts = DETECTOR.init_state(), []
    for part in np.split(audio, [cut * VAD_FRAME_SAMPLES for cut in sorted(cuts)]):
        probabilities, state = DETECTOR.step(part, state)
        parts.append(probabilities)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(state.wide.hidden, end.wide.hidden)
    np.testing.assert_array_equal(state.narrow.hidden, end.narrow.hidden)
    np.testing.assert_array_equal(state.narrow.context, end.narrow.context)


def test_a_step_leaves_the_state_it_was_given_alone() -> None:
    first, later = SPEECH[: 20 * VAD_FRAME_SAMPLES], SPEECH[20 * VAD_FRAME_SAMPLES :]
    later = later[: 10 * VAD_FRAME_SAMPLES]
    _, state = DETECTOR.step(first, DETECTOR.init_state())
    once, _ = DETECTOR.step(later, state)
    again, _ = DETECTOR.step(later, state)
    copied, _ = DETECTOR.step(later, copy.deepcopy(state))
    pickled, _ = DETECTOR.step(later, pickle.loads(pickle.dumps(state)))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(once, copied)
    np.testing.assert_array_equal(once, pickled)


def test_part_of_a_frame_is_refused() -> None:
    with pytest.raises(AssertionError, match="whole frames"):
        DETECTOR.step(silence(VAD_FRAME_SAMPLES + 1), DETECTOR.init_state())


def test_a_missing_model_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no file"):
        SileroDetector(tmp_path)


@pytest.mark.parametrize("level", [1.0, 0.2])
@pytest.mark.parametrize("name", ["cases/talk.flac", "repeats/es-ole.flac", "repeats/en-yes.flac"])
def test_what_is_speech_is_speech_over_a_telephone_line(name: str, level: float) -> None:
    """Before the weights for 8 kHz were asked, 41 to 73 % of it was."""
    sound = read_audio(DATA / name)
    sound = sound[: sound.size // VAD_FRAME_SAMPLES * VAD_FRAME_SAMPLES]
    spoken, _ = DETECTOR.step(sound, DETECTOR.init_state())
    over_line, _ = DETECTOR.step(level * telephone([sound], 0), DETECTOR.init_state())
    threshold = GateSettings().voiced_probability
    assert np.mean(over_line[spoken > 0.5] >= threshold) > 0.85


def test_wide_speech_is_judged_by_the_weights_for_it_alone() -> None:
    """What a telephone line adds changes nothing of other lines: their words stay what they are."""
    sound = SPEECH[: FRAMES * VAD_FRAME_SAMPLES]
    _, state = DETECTOR.step(sound, DETECTOR.init_state())
    assert state.band.judged
    assert not state.band.narrow
    assert not state.narrow.hidden.any()


NOT_SPEECH = {
    "digital silence": silence(60 * SOURCE_RATE_HZ),
    "faint white noise": white_noise(20, -50),
    "loud white noise": white_noise(20, -10),
    "faint pink noise": pink_noise(20, -50),
    "loud pink noise": pink_noise(20, -15),
    "mains hum": mains_hum(20, -30),
    "faint arpeggio": hold_music(20, -55, "arpeggio"),
    "arpeggio": hold_music(20, -25, "arpeggio"),
    "pads": hold_music(20, -25, "pads"),
    "melody": hold_music(20, -25, "melody"),
    "drums": hold_music(20, -25, "drums"),
}


@pytest.mark.parametrize("line", [np.asarray, lambda sound: telephone([sound], 0)])
@pytest.mark.parametrize("sound", NOT_SPEECH)
def test_the_shipped_gate_stays_closed_for(sound: str, line: Callable[[Samples], Samples]) -> None:
    assert gate_events(line(NOT_SPEECH[sound])) == []


@pytest.mark.parametrize("level", [1.0, 0.1])
def test_the_shipped_gate_opens_on_a_sentence_and_closes_after_it(level: float) -> None:
    start = SOURCE_RATE_HZ
    audio = np.concatenate([silence(start), level * SPEECH, silence(2 * SOURCE_RATE_HZ)])
    events = gate_events(audio)
    opened = [e.start_sample for e in events if isinstance(e, Opened)]
    closed = [e.end_sample for e in events if isinstance(e, Closed)]
    loud = np.flatnonzero(np.abs(audio) > 0.05 * level)
    assert len(opened) == len(closed) == 1
    assert start - SOURCE_RATE_HZ / 2 < opened[0] < loud[0]
    assert loud[-1] < closed[0] < start + SPEECH.size + SOURCE_RATE_HZ
