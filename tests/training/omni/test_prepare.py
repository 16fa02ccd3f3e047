"""From a manifest to a folder: what is heard, said and known of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interp.models.omni.prompts import Task
from training.__main__ import main
from training.data.manifest import read_manifest, write_manifest
from training.data.tones import write_tones
from training.data.tones_engine import WORD_S
from training.omni.corpus import HEARD, Corpus
from training.omni.prepare import Preparing, prepare
from training.omni.schedule import FRAME_MS


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_tones(tmp_path / "tones", 6)


def heard(folder: Path) -> NDArray[np.float16]:
    rows: NDArray[np.float16] = np.load(folder / HEARD)
    return rows


def test_an_entry_is_heard_for_as_long_as_it_is(manifest: Path, tmp_path: Path) -> None:
    about = prepare(Preparing(manifest, tmp_path / "data", "mel", None, 40))
    assert (about.hears, about.languages, about.codec) == ("mel", ("en", "pt"), "")
    corpus = Corpus(tmp_path / "data")
    for number, entry in enumerate(corpus.entries):
        source = corpus.sample(Task.ASR, number).source
        assert source is not None
        wanted = 1000 * WORD_S * len(entry.source_text.split()) / FRAME_MS
        assert abs(len(source) - wanted) <= 1
    assert corpus.able(Task.S2TT, range(6)) == [0, 2, 4]
    assert corpus.able(Task.A2T, range(6)) == [1, 3, 5]
    assert corpus.able(Task.TTS, range(6)) == []


def test_only_the_part_that_is_meant_is_heard(manifest: Path, tmp_path: Path) -> None:
    entries = [replace(entry, start_ms=0, end_ms=170) for entry in read_manifest(manifest)]
    write_manifest(manifest, entries)
    prepare(Preparing(manifest, tmp_path / "data", "mel", None, 40))
    corpus = Corpus(tmp_path / "data")
    source = corpus.sample(Task.ASR, 0).source
    assert source is not None
    assert len(source) == 2


def test_distortion_changes_what_is_heard_the_same_way_each_time(
    manifest: Path, tmp_path: Path
) -> None:
    for name, share in (("plain", 0.0), ("one", 1.0), ("other", 1.0)):
        prepare(Preparing(manifest, tmp_path / name, "mel", None, 40, share))
    plain, one, other = (heard(tmp_path / name) for name in ("plain", "one", "other"))
    assert np.array_equal(one, other)
    assert plain.shape != one.shape or not np.array_equal(plain, one)


def test_a_text_backwards_is_the_other_language(manifest: Path, tmp_path: Path) -> None:
    prepare(Preparing(manifest, tmp_path / "data", "mel", None, 40))
    corpus = Corpus(tmp_path / "data")
    there, back = (corpus.sample(Task.T2TT, 0, backwards) for backwards in (False, True))
    assert (there.asked, there.told) == (back.told, back.asked)
    assert (there.language, back.language) == (1, 0)


def test_the_command_reads_a_corpus_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "pairs.tsv"
    table.write_text("source_text\ttarget_text\none\tum\none\tum\ntwo\tdois\n")
    asked = ["--reader", "tsv", "--source", "en", "--target", "pt"]
    assert main(["manifest", str(table), *asked, "--out", str(tmp_path / "m.jsonl")]) == 0
    assert [entry.source_text for entry in read_manifest(tmp_path / "m.jsonl")] == ["one", "two"]
    assert "left out, twice: 1" in capsys.readouterr().out
