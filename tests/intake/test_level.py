import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.events import Warned, WarningCode
from interp.intake.level import LevelWatch

RATE_HZ = 1000


def tone(seconds: int, level: float = 0.5) -> Samples:
    time = np.arange(seconds * RATE_HZ) / RATE_HZ
    return (level * np.sin(2 * np.pi * 50 * time)).astype(np.float32)


def watch(samples: Samples, *cuts: int) -> list[Warned]:
    level = LevelWatch(RATE_HZ)
    warnings = [w for part in np.split(samples, sorted(cuts)) for w in level.observe(part)]
    return warnings + level.finish()


def test_clean_speech_level_is_not_warned_of() -> None:
    assert watch(tone(3)) == []


def test_a_peak_that_touches_full_scale_is_not_clipping() -> None:
    samples = tone(2)
    samples[[100, 101, 500]] = 1.0
    assert watch(samples) == []


def test_a_run_at_full_scale_is_clipping() -> None:
    samples = tone(2)
    samples[100:104] = 1.0
    samples[300:303] = -1.0
    assert watch(samples) == [Warned(WarningCode.AUDIO_CLIPPED, 7)]


def test_one_sample_beyond_full_scale_is_clipping() -> None:
    samples = tone(2)
    samples[100] = -1.5
    assert watch(samples) == [Warned(WarningCode.AUDIO_CLIPPED, 1)]


def test_a_constant_offset_is_warned_of() -> None:
    assert watch(tone(1) + np.float32(0.1)) == [Warned(WarningCode.AUDIO_OFFSET, 1000)]
    assert watch(tone(1) + np.float32(0.02)) == []


def test_each_kind_is_said_at_most_every_ten_seconds() -> None:
    assert [w.code for w in watch(tone(25, level=2.0))] == [WarningCode.AUDIO_CLIPPED] * 3


def test_the_last_part_of_a_second_counts() -> None:
    samples = tone(2)[:1500]
    samples[1400:1410] = 1.0
    assert watch(samples) == [Warned(WarningCode.AUDIO_CLIPPED, 10)]


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 25 * RATE_HZ), max_size=8))
def test_warnings_do_not_depend_on_the_split(cuts: list[int]) -> None:
    samples = tone(25, level=1.05) + np.float32(0.06)
    assert watch(samples, *cuts) == watch(samples)
    assert {w.code for w in watch(samples)} == {WarningCode.AUDIO_CLIPPED, WarningCode.AUDIO_OFFSET}
