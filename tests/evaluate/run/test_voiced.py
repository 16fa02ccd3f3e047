import numpy as np
import pytest

from interp.core.audio import VAD_FRAME_SAMPLES, Samples
from interp.evaluate.record.log import Stretch
from interp.evaluate.run.voiced import voiced
from interp.intake.file import read_audio
from interp.models.vad import SileroDetector
from tests.evaluate.run.test_shared_hearing import RECORDING
from tests.fakes.voice import LoudestSample


def sound(*frames: float) -> Samples:
    return np.repeat(np.array(frames, np.float32), VAD_FRAME_SAMPLES)


@pytest.mark.parametrize(
    ("frames", "found"),
    [
        ((0, 0, 0), ()),
        ((0.9, 0.9), (Stretch(0, 64),)),
        ((0, 0.9, 0.9, 0, 0, 0.9), (Stretch(32, 96), Stretch(160, 192))),
        ((0.34, 0.36), (Stretch(32, 64),)),
        ((), ()),
    ],
)
def test_stretches_are_runs_of_voiced_frames(
    frames: tuple[float, ...], found: tuple[Stretch, ...]
) -> None:
    assert voiced(LoudestSample(), sound(*frames)) == found


def test_a_piece_of_a_frame_at_the_end_is_not_judged() -> None:
    assert voiced(LoudestSample(), np.append(sound(0.0), np.full(100, 0.9, np.float32))) == ()


def test_a_real_voice_is_found_and_silence_is_not() -> None:
    samples = read_audio(RECORDING)
    speech = voiced(SileroDetector(), samples)
    spoken_ms = sum(stretch.end_ms - stretch.start_ms for stretch in speech)
    assert 0.5 * samples.size / 16 < spoken_ms <= samples.size / 16
    assert voiced(SileroDetector(), np.zeros(32_000, np.float32)) == ()


def test_times_are_whole_frames_in_milliseconds() -> None:
    (found,) = voiced(LoudestSample(), sound(*[0.0] * 5, *[0.9] * 31))
    assert (found.start_ms, found.end_ms) == (5 * 32.0, 36 * 32.0)
