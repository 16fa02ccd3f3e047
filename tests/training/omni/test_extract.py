"""What Ray Data extracts is what the plain loop does, in the same order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import ray
import torch

from interp.models.snac import build_snac, write_weights
from tests.models.voice.tiny import CODEC
from training.data.manifest import Entry, read_manifest, write_manifest
from training.data.tones import write_tones
from training.omni.corpus import HEARD, SPOKEN
from training.omni.extract import Extracted, Extraction, extracted
from training.omni.extract_on_ray import extracted_on_ray
from training.omni.prepare import Preparing, prepare


@pytest.fixture
def cluster() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def test_an_entry_without_speech_is_empty(tmp_path: Path) -> None:
    (one,) = extracted([Entry("a", "text alone")], Extraction(tmp_path, "mel"))
    assert one.heard.shape == (0, 160)
    assert one.spoken.shape == (0, 7)


def test_a_part_is_followed_by_silence_the_same_each_time(tmp_path: Path) -> None:
    entries = read_manifest(write_tones(tmp_path, 30))
    plain, paused, again = (
        [len(one.heard) for one in extracted(entries, Extraction(tmp_path, "mel", paused=part))]
        for part in (0.0, 0.5, 0.5)
    )
    assert paused == again
    longer = [late > soon for soon, late in zip(plain, paused, strict=True)]
    assert 7 < sum(longer) < 23


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Ray Data, on itself
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.usefixtures("cluster")
def test_ray_data_extracts_what_the_plain_loop_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, tmp_path / "codec", torch.float32)
    manifest = write_tones(tmp_path / "tones", 70)
    write_manifest(manifest, [*read_manifest(manifest), Entry("text", "one", "um", "en", "pt")])
    for name, extract in (("plain", extracted), ("ray", on_two_workers)):
        job = Preparing(manifest, tmp_path / name, "mel", tmp_path / "codec", 40, 0.5)
        prepare(job, extract)
    for file in (HEARD, SPOKEN, "heard.ends.npy", "spoken.ends.npy", "manifest.jsonl"):
        assert (tmp_path / "ray" / file).read_bytes() == (tmp_path / "plain" / file).read_bytes()
    assert len(np.load(tmp_path / "ray" / HEARD)) > 100


def on_two_workers(entries: Sequence[Entry], job: Extraction) -> Iterator[Extracted]:
    return extracted_on_ray(entries, job, workers=2)
