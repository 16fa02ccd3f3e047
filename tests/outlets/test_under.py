"""The original under the interpretation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import silence
from interp.outlets.under import FALL_S, RISE_S, Underlay

LEVEL = 0.5
SECONDS = 3
RISE_SAMPLES, FALL_SAMPLES = round(RISE_S * 24_000), round(FALL_S * 24_000)
STEADY = Underlay(np.full(SECONDS * 16_000, LEVEL, np.float32), under_db=20.0)
WITHIN = 24_000  # far from where the filter rings


def test_it_is_as_long_as_what_was_spoken() -> None:
    assert STEADY.length == SECONDS * 24_000


@pytest.mark.parametrize(("under_db", "share"), [(0, 1.0), (6.0206, 0.5), (14, 0.2), (20, 0.1)])
def test_under_speech_it_is_quieter_by_so_many_decibels(under_db: float, share: float) -> None:
    underlay = Underlay(np.full(2 * 16_000, LEVEL, np.float32), under_db)
    heard = underlay.under(silence(100), WITHIN)
    assert heard == pytest.approx(np.full(100, LEVEL * share), abs=2e-3)


def test_speech_is_heard_as_it_is_over_it() -> None:
    speech = np.linspace(-0.5, 0.5, 200, dtype=np.float32)
    over = STEADY.under(speech, WITHIN) - STEADY.under(silence(200), WITHIN)
    assert over == pytest.approx(speech, abs=1e-6)


@given(size=st.integers(1, 48_000))
@settings(deadline=None)
def test_in_a_pause_it_is_never_quieter_than_under_speech_nor_louder_than_it_was(
    size: int,
) -> None:
    heard = STEADY.between(size, 12_000)
    assert heard.size == size
    within = heard[: 2 * WITHIN]
    assert within.min() >= LEVEL * 0.1 - 2e-3
    assert within.max() <= LEVEL + 2e-3


def test_in_a_long_pause_it_comes_back_whole_and_goes_before_speech() -> None:
    heard = STEADY.between(24_000, WITHIN)
    assert heard[RISE_SAMPLES : 24_000 - FALL_SAMPLES] == pytest.approx(
        np.full(24_000 - RISE_SAMPLES - FALL_SAMPLES, LEVEL), abs=2e-3
    )
    assert heard[0] == pytest.approx(LEVEL * 0.1, abs=2e-3)
    assert heard[-1] == pytest.approx(LEVEL * 0.1, abs=2e-3)


def test_it_comes_and_goes_without_a_click() -> None:
    pause = STEADY.between(24_000, WITHIN)
    whole = np.concatenate(
        (STEADY.under(silence(480), WITHIN - 480), pause, STEADY.under(silence(480), 2 * WITHIN))
    )
    assert np.abs(np.diff(whole)).max() < 1e-3


def test_after_its_end_there_is_speech_alone() -> None:
    speech = np.full(100, 0.25, np.float32)
    assert (STEADY.under(speech, STEADY.length) == speech).all()
    assert not STEADY.between(100, STEADY.length + 5_000).any()
