"""What the contract asks of any voice activity detector: add a new one to DETECTORS and see."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import VAD_FRAME_SAMPLES, Samples
from interp.core.detector import VoiceDetector
from interp.models.vad import SileroDetector
from tests.fakes.voice import LoudestSample

FRAMES = 24
DETECTORS: dict[str, VoiceDetector] = {"script": LoudestSample(), "silero": SileroDetector()}


@pytest.fixture(params=DETECTORS, name="detector")
def _detector(request: pytest.FixtureRequest) -> VoiceDetector:
    return DETECTORS[request.param]


def frames(count: int, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, count * VAD_FRAME_SAMPLES).clip(-1, 1).astype(np.float32)


@pytest.mark.parametrize("count", [0, 1, FRAMES])
def test_each_frame_has_a_probability(detector: VoiceDetector, count: int) -> None:
    found, _ = detector.step(frames(count), detector.init_state())
    assert found.shape == (count,)
    assert found.dtype == np.float32
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("name", DETECTORS)
@given(cuts=st.lists(st.integers(0, FRAMES), max_size=8))
@settings(max_examples=15, deadline=None)
def test_any_split_gives_the_same(name: str, cuts: list[int]) -> None:
    detector = DETECTORS[name]
    whole, _ = detector.step(frames(FRAMES), detector.init_state())
    state, parts = detector.init_state(), [np.zeros(0, np.float32)]
    for part in np.split(frames(FRAMES), [cut * VAD_FRAME_SAMPLES for cut in sorted(cuts)]):
        found, state = detector.step(part, state)
        parts.append(found)
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_frame_is_judged_by_what_came_before_it_only(detector: VoiceDetector) -> None:
    before = frames(FRAMES)
    short, _ = detector.step(before, detector.init_state())
    longer, _ = detector.step(np.concatenate([before, frames(9, seed=1)]), detector.init_state())
    np.testing.assert_array_equal(longer[:FRAMES], short)


def test_a_state_can_be_kept_and_sent(detector: VoiceDetector) -> None:
    _, state = detector.step(frames(FRAMES), detector.init_state())
    kept, sent = copy.deepcopy(state), pickle.loads(pickle.dumps(state))
    later = [detector.step(frames(5, seed=2), each)[0] for each in (state, kept, sent)]
    np.testing.assert_array_equal(later[0], later[1])
    np.testing.assert_array_equal(later[0], later[2])


def test_streams_do_not_hear_each_other(detector: VoiceDetector) -> None:
    quiet = np.zeros(FRAMES * VAD_FRAME_SAMPLES, np.float32)
    alone, _ = detector.step(quiet, detector.init_state())
    _, other = detector.step(frames(FRAMES), detector.init_state())
    detector.step(frames(3, seed=3), other)
    beside, _ = detector.step(quiet, detector.init_state())
    np.testing.assert_array_equal(alone, beside)
