import numpy as np
import pytest
from numpy.typing import NDArray

from interp.core.audio import Samples
from interp.intake.downmix import Downmix

RATE_HZ = 8_000
VOICE: Samples = np.asarray(
    0.1 * np.random.default_rng(5).standard_normal(3 * RATE_HZ + 77), np.float32
)
STEREO = ("FL", "FR")


def mixed(channels: tuple[str, ...], samples: NDArray[np.float32], step: int) -> Samples:
    mix = Downmix(channels, RATE_HZ)
    parts = [mix.push(samples[:, n : n + step]) for n in range(0, samples.shape[1], step)]
    return np.concatenate([*parts, mix.finish()])


def test_two_channels_are_averaged() -> None:
    pair = np.stack([VOICE, 0.5 * VOICE])
    np.testing.assert_allclose(mixed(STEREO, pair, 999), 0.75 * VOICE, atol=1e-6)


@pytest.mark.parametrize("balance", [1.0, 0.95, 0.7])
def test_where_one_is_the_other_upside_down_the_louder_is_taken(balance: float) -> None:
    pair = np.stack([-balance * VOICE, VOICE])
    sound = mixed(STEREO, pair, 999)
    np.testing.assert_allclose(np.abs(sound), np.abs(VOICE), atol=0.05 * np.abs(VOICE).max())


@pytest.mark.parametrize(
    "gains",
    [
        {"FL": 1, "FR": -1},
        {"FL": 1, "FR": -1, "BL": 1, "BR": -1},
        {"FL": 1, "FR": -1, "FC": 0, "LFE": 0, "SL": 0, "SR": 0},
        {"FL": 1, "FR": -1, "LFE": 0},
    ],
)
def test_channels_of_any_number_that_cancel_leave_the_loudest(gains: dict[str, float]) -> None:
    names = tuple(gains)
    sound = mixed(names, np.stack([gain * VOICE for gain in gains.values()]), 999)
    np.testing.assert_allclose(np.abs(sound), np.abs(VOICE), atol=1e-6)


def test_unlike_channels_are_mixed_and_not_chosen_from() -> None:
    other = np.roll(VOICE, 4_001)
    sound = mixed(STEREO, np.stack([VOICE, other]), 999)
    np.testing.assert_allclose(sound, (VOICE + other) / 2, atol=1e-6)


def test_silence_in_both_is_no_cancelling() -> None:
    mix = Downmix(STEREO, RATE_HZ)
    mix.push(np.zeros((2, 2 * RATE_HZ), np.float32))
    mix.finish()
    assert mix.cancelled_at is None


def test_any_split_gives_the_same() -> None:
    upside_down = np.where(np.arange(VOICE.size) > 1.3 * RATE_HZ, -1, 1).astype(np.float32)
    pair = np.stack([VOICE, VOICE * upside_down])
    whole = mixed(STEREO, pair, VOICE.size)
    for step in (1_000, 77, 8_001):
        np.testing.assert_array_equal(mixed(STEREO, pair, step), whole)


def test_the_centre_is_heard_in_full_and_the_low_effects_are_not() -> None:
    names = ("FL", "FR", "FC", "LFE", "SL", "SR")
    silent = np.zeros_like(VOICE)
    centre = np.stack([silent, silent, VOICE, silent, silent, silent])
    low = np.stack([silent, silent, silent, VOICE, silent, silent])
    np.testing.assert_allclose(mixed(names, centre, 999), VOICE, atol=1e-6)
    assert not mixed(names, low, 999).any()
