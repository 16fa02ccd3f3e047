"""What is silenced while a model learns, and that it is the same for the same chance."""

import numpy as np
import pytest
import torch

from training.omni.masking import MaskingConfig, masked

SOURCE = torch.ones(40, 64)


def test_nothing_is_silenced_and_no_chance_is_used_unless_wanted() -> None:
    rng = np.random.default_rng(0)
    assert masked(SOURCE, MaskingConfig(), rng) is SOURCE
    assert rng.random() == np.random.default_rng(0).random()


def test_runs_of_frames_and_the_same_numbers_of_every_frame_are_silenced() -> None:
    config = MaskingConfig(runs=3, frames=4, numbers=0.2)
    shares = []
    for seed in range(200):
        out = masked(SOURCE, config, np.random.default_rng(seed))
        silent_frames = (out == 0).all(dim=1)
        rest = out[~silent_frames]
        assert bool(((rest == 0).all(dim=0) | (rest == 1).all(dim=0)).all())
        assert int(silent_frames.sum()) <= 12
        shares.append((float(silent_frames.float().mean()), float((rest[0] == 0).float().mean())))
    frames, numbers = np.mean(shares, axis=0)
    assert 0.06 < frames < 0.1  # half of three runs of two frames and a half, less what overlaps
    assert 0.18 < numbers < 0.22
    assert bool((SOURCE == 1).all()), "what is kept for the next time is left alone"


def test_the_same_chance_silences_the_same() -> None:
    config = MaskingConfig(runs=2, numbers=0.1)
    one, other = (masked(SOURCE, config, np.random.default_rng(3)) for _ in range(2))
    assert torch.equal(one, other)


@pytest.mark.parametrize("wrong", [{"runs": -1}, {"frames": 0}, {"numbers": 1.0}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="below one"):
        MaskingConfig(**wrong)  # type: ignore[arg-type]
