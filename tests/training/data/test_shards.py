from pathlib import Path

import numpy as np

from tests.fakes.speech import hum, write_hums
from training.data.shards import Utterance, read_shards, shard_index, write_shard
from training.data.words import WordTime


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    written = [
        Utterance(
            "It's one.", hum(5000, 1), (WordTime("It's", 0, 2000), WordTime("one.", 2000, 5000))
        ),
        Utterance("Two.", hum(300, 2), (WordTime("Two.", 10, 290),)),
    ]
    write_shard(shard_index(tmp_path, 7), written)
    read = list(read_shards(tmp_path))
    assert [(one.text, one.words) for one in read] == [(one.text, one.words) for one in written]
    for one, other in zip(read, written, strict=True):
        np.testing.assert_allclose(one.samples, other.samples, atol=1 / 32768)


def test_a_shard_without_its_index_does_not_count(tmp_path: Path) -> None:
    write_hums(tmp_path, shards=2)
    shard_index(tmp_path, 1).unlink()
    assert len(list(read_shards(tmp_path))) == 2
