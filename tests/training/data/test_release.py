"""A released set is made again to the bit, anywhere that has its engines."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from tests.training.data.test_making import Reverser
from training.__main__ import main
from training.data.making import Making, make
from training.data.manifest import read_manifest, write_manifest
from training.data.recording import recorded_checksum
from training.data.release import ABOUT, CARD, rebuild, release
from training.data.tones import write_tones


def recordings(folder: Path) -> dict[str, str]:
    return {
        p.name: recorded_checksum(p) for p in sorted(folder.glob("*.*")) if "jsonl" not in p.name
    }


def test_a_set_is_rebuilt_to_the_bit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_tones(tmp_path / "tones", 6)
    assert main(["data", "release", str(manifest), "--out", str(tmp_path / "released")]) == 0
    assert (
        main(["data", "rebuild", str(tmp_path / "released"), "--out", str(tmp_path / "new")]) == 0
    )
    assert "12 recordings, all as they were released" in capsys.readouterr().out
    for before in sorted((tmp_path / "tones").iterdir()):
        assert (tmp_path / "new" / before.name).read_bytes() == before.read_bytes()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs the program espeak-ng")
def test_speech_of_a_real_engine_is_rebuilt_to_the_bit(tmp_path: Path) -> None:
    (tmp_path / "sentences").write_text("The committee meets again.\nPlease wait for the signal.")
    config = Making(
        tmp_path / "sentences",
        tmp_path / "set",
        "MIT",
        ("espeak-ng:en-us", "espeak-ng:en-gb"),
        ("espeak-ng:pt-br",),
    )
    about = release(make(config, Reverser()), tmp_path / "released")
    assert about.engines == {"espeak-ng": {}}
    rebuild(tmp_path / "released", tmp_path / "new")
    assert recordings(tmp_path / "new") == recordings(config.out)
    assert len(recordings(config.out)) == 4


def test_speech_that_changed_is_noticed_on_both_sides(tmp_path: Path) -> None:
    manifest = write_tones(tmp_path / "tones", 2)
    release(manifest, tmp_path / "released")
    entries = read_manifest(tmp_path / "released" / "manifest.jsonl")
    other = [replace(entries[0], target_text="um um um um"), *entries[1:]]
    write_manifest(tmp_path / "released" / "manifest.jsonl", other)
    with pytest.raises(ValueError, match=r"00000: 00000.target.wav is not what it was"):
        rebuild(tmp_path / "released", tmp_path / "new")
    shutil.copyfile(
        tmp_path / "tones" / "00000.source.wav", tmp_path / "tones" / "00001.source.wav"
    )
    with pytest.raises(ValueError, match="00001: its speech is not what its manifest says"):
        release(manifest, tmp_path / "again")


def test_speech_of_a_corpus_is_taken_from_where_it_lies(tmp_path: Path) -> None:
    manifest = write_tones(tmp_path / "tones", 2)
    corpus = "A corpus"
    entries = [
        replace(e, generator=corpus, target_generator=corpus, checksum="", target_checksum="")
        for e in read_manifest(manifest)
    ]
    write_manifest(manifest, entries)
    about = release(manifest, tmp_path / "released")
    assert about.corpora == {corpus: 2}
    with pytest.raises(ValueError, match=r"say where 00000\.source\.wav lies"):
        rebuild(tmp_path / "released", tmp_path / "new")
    assert rebuild(tmp_path / "released", tmp_path / "new", tmp_path / "tones") == 4
    soundfile.write(tmp_path / "tones" / "00001.target.wav", [0.0] * 9, 24_000)
    with pytest.raises(ValueError, match=r"00001: 00001.target.wav is not"):
        rebuild(tmp_path / "released", tmp_path / "new", tmp_path / "tones")


def test_the_card_names_licences_engines_and_versions(tmp_path: Path) -> None:
    release(write_tones(tmp_path / "tones", 2), tmp_path / "released")
    card = (tmp_path / "released" / CARD).read_text()
    assert "(CC0-1.0, tones)" in card
    assert "`tones` (CC0-1.0)" in card
    about = json.loads((tmp_path / "released" / ABOUT).read_text())
    assert about == {"entries": 2, "engines": {"tones": {}}, "corpora": {}}
