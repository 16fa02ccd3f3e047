"""What is added to speech is what it says, and the same each time."""

import numpy as np
import pytest

from interp.core.audio import Samples
from training.data.distort import (
    LONGEST_PAUSE_S,
    Distortion,
    at_speed,
    by_telephone,
    chance_of,
    distorted,
    in_a_room,
    with_noise,
    with_pause,
)

RATE_HZ = 16_000


def tone(pitch_hz: float, seconds: float = 1.0) -> Samples:
    time_s = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return np.sin(2 * np.pi * pitch_hz * time_s).astype(np.float32)


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("over_db", [5.0, 20.0])
def test_noise_is_as_loud_as_asked(over_db: float) -> None:
    speech = tone(500)
    noise = with_noise(speech, over_db, np.random.default_rng(0)) - speech
    assert 20 * np.log10(level(speech) / level(noise)) == pytest.approx(over_db, abs=0.1)


def test_a_telephone_lets_the_middle_through() -> None:
    assert level(by_telephone(tone(1_000), RATE_HZ)) == pytest.approx(level(tone(1_000)), rel=0.01)
    assert level(by_telephone(tone(100), RATE_HZ)) < 0.01
    assert level(by_telephone(tone(5_000), RATE_HZ)) < 0.01


def test_faster_speech_is_shorter_and_higher() -> None:
    fast = at_speed(tone(400), 1.1)
    assert len(fast) == pytest.approx(RATE_HZ / 1.1, abs=2)
    peak_hz = np.abs(np.fft.rfft(fast)).argmax() * RATE_HZ / len(fast)
    assert peak_hz == pytest.approx(440, abs=2)


def test_a_room_sounds_on_and_is_as_loud() -> None:
    click = np.concatenate((tone(1_000, 0.05), np.zeros(RATE_HZ // 2, np.float32)))
    wet = in_a_room(click, RATE_HZ, 0.3, np.random.default_rng(0))
    assert level(wet) == pytest.approx(level(click), rel=1e-3)
    assert level(wet[1_600:4_000]) > 10 * level(wet[-2_000:])
    assert level(click[1_600:4_000]) == 0.0


def test_an_entry_has_a_chance_of_its_own() -> None:
    kinds = Distortion(1.0, 1.0, 1.0, 1.0)
    one, again, other = (
        distorted(tone(400), RATE_HZ, kinds, chance_of(name)) for name in ("a", "a", "b")
    )
    assert np.array_equal(one, again)
    assert len(one) != len(other)


def test_speech_may_stay_as_it_is() -> None:
    nothing = Distortion(0.0, 0.0, 0.0, 0.0)
    assert distorted(tone(400), RATE_HZ, nothing, chance_of("a")) is not None
    assert np.array_equal(distorted(tone(400), RATE_HZ, nothing, chance_of("a")), tone(400))


def test_silence_of_some_length_follows() -> None:
    speech, rng = tone(440.0), np.random.default_rng(0)
    longer = [with_pause(speech, RATE_HZ, rng) for _ in range(50)]
    assert all(np.array_equal(one[: len(speech)], speech) for one in longer)
    assert not any(one[len(speech) :].any() for one in longer)
    seconds = [len(one) / RATE_HZ - 1.0 for one in longer]
    assert 0 <= min(seconds) < 0.2 * LONGEST_PAUSE_S
    assert 0.8 * LONGEST_PAUSE_S < max(seconds) <= LONGEST_PAUSE_S
