from pathlib import Path

import pytest
import torch

from tests.fakes.speech import write_hums
from training.codec.crops import Crops


@pytest.fixture
def crops(tmp_path: Path) -> Crops:
    write_hums(tmp_path, shards=1)
    return Crops(tmp_path, shards=1, crop_samples=2048, seed=4)


def test_a_batch_depends_on_its_number_only(crops: Crops) -> None:
    ahead = crops.batch(9, 3)
    assert ahead.shape == (3, 1, 2048)
    crops.batch(2, 3)
    assert torch.equal(crops.batch(9, 3), ahead)
    assert not torch.equal(crops.batch(10, 3), ahead)


def test_all_speech_is_in_memory(crops: Crops) -> None:
    assert crops.total_samples == 2 * 12_000
