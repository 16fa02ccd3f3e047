import numpy as np

from interp.outlets.video import MIX_RATE_HZ, mixed


def test_the_original_steps_back_while_the_translation_is_spoken_and_comes_back() -> None:
    original = np.full(6 * MIX_RATE_HZ, 0.5, np.float32)
    speech = np.zeros(4 * MIX_RATE_HZ, np.float32)
    speech[2 * MIX_RATE_HZ : 3 * MIX_RATE_HZ] = 0.1
    sound = mixed(speech, original)
    assert sound.size == original.size
    assert sound[MIX_RATE_HZ] == np.float32(0.5)
    assert 0.15 < sound[int(2.5 * MIX_RATE_HZ)] < 0.25
    assert sound[5 * MIX_RATE_HZ] == np.float32(0.5)


def test_what_is_mixed_never_passes_full_scale() -> None:
    loud = np.ones(MIX_RATE_HZ, np.float32)
    assert np.abs(mixed(loud, loud)).max() <= 1
