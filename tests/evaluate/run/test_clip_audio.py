from pathlib import Path

import numpy as np
import pytest
import soundfile

from interp.core.audio import SOURCE_RATE_HZ
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.clip_audio import read_clip


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    """One second whose samples tell their place."""
    samples = np.arange(SOURCE_RATE_HZ, dtype=np.float32) / SOURCE_RATE_HZ
    soundfile.write(tmp_path / "a.wav", samples, SOURCE_RATE_HZ, subtype="FLOAT")
    return tmp_path / "a.wav"


@pytest.mark.parametrize(
    ("start_ms", "duration_ms", "samples"),
    [
        (0.0, None, (0, 16_000)),
        (250.0, 500.0, (4000, 12_000)),
        (250.0, None, (4000, 16_000)),
        (900.0, 500.0, (14_400, 16_000)),
        (999.9, 1.0, (16_000, 16_000)),
    ],
)
def test_a_clip_is_its_stretch_of_the_file(
    ramp: Path, start_ms: float, duration_ms: float | None, samples: tuple[int, int]
) -> None:
    whole = read_clip(Clip("a", ramp))
    found = read_clip(Clip("a", ramp, start_ms=start_ms, duration_ms=duration_ms))
    assert found.tolist() == whole[slice(*samples)].tolist()
