"""The original sound of a video, at its own quality, under the translation."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.outlets.ducked import RATE_HZ, ducked, original

SPANS = [(RATE_HZ, 2 * RATE_HZ)]


def written(path: Path, sound: np.ndarray, rate_hz: int, first: int = 0) -> Path:
    """Sound [channel, sample] from sample `first` of the file's time on, as it is."""
    layout = "mono" if len(sound) == 1 else "stereo"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_f32le", rate=rate_hz, layout=layout)
        assert isinstance(stream, av.AudioStream)
        for start in range(0, sound.shape[1], 1_000):
            packed = np.ascontiguousarray(sound[:, start : start + 1_000].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, "flt", layout)
            frame.sample_rate, frame.pts = rate_hz, first + start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.concatenate(list(original(file, file.streams.audio[0])), axis=1)


def noise(channels: int, size: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.5, 0.5, (channels, size)).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
def test_both_channels_are_heard_as_they_are(tmp_path: Path, channels: int) -> None:
    sound = noise(channels, RATE_HZ)
    np.testing.assert_allclose(heard(written(tmp_path / "a.mkv", sound, RATE_HZ)), sound, atol=1e-6)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_other_rates_keep_their_length(tmp_path: Path, rate_hz: int) -> None:
    found = heard(written(tmp_path / "a.mkv", noise(1, 2 * rate_hz), rate_hz))
    assert abs(found.shape[1] - 2 * RATE_HZ) < 100


def test_a_hole_is_silent_and_in_its_place(tmp_path: Path) -> None:
    sound = noise(2, RATE_HZ)
    whole = np.concatenate((sound, np.zeros((2, RATE_HZ), np.float32), sound), axis=1)
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_f32le", rate=RATE_HZ, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        for first in (0, 2 * RATE_HZ):
            packed = np.ascontiguousarray(sound.T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, "flt", "stereo")
            frame.sample_rate, frame.pts = RATE_HZ, first
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    np.testing.assert_allclose(heard(path), whole, atol=1e-6)


@given(cuts=st.lists(st.integers(1, 4 * RATE_HZ - 1), max_size=6))
@settings(max_examples=20, deadline=None)
def test_it_is_lower_under_speech_only_however_it_comes_in_pieces(cuts: list[int]) -> None:
    sound = np.full((2, 4 * RATE_HZ), 0.5, np.float32)
    speech = np.zeros(2 * RATE_HZ, np.float32)
    pieces = np.split(sound, sorted(cuts), axis=1)
    found = np.concatenate(list(ducked(pieces, speech, SPANS)), axis=1)
    assert found.shape == sound.shape
    assert found[:, : RATE_HZ // 2] == pytest.approx(0.5)
    assert found[:, RATE_HZ : 2 * RATE_HZ] == pytest.approx(0.1, abs=2e-3)
    assert found[:, 3 * RATE_HZ :] == pytest.approx(0.5)


def test_speech_after_the_end_of_the_original_is_heard_alone() -> None:
    sound, speech = np.zeros((2, 100), np.float32), np.full(300, 0.25, np.float32)
    found = np.concatenate(list(ducked([sound], speech, [(0, 300)])), axis=1)
    assert found == pytest.approx(np.full((2, 300), 0.25))
