"""Entries of corpora as they lie on a user's disk, and manifests of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from interp.core.errors import InvalidRequest
from training.data.manifest import Entry, join, read_manifest, statistics, write_manifest
from training.data.readers import READERS


def read(name: str, folder: Path, source: str = "fr", target: str = "en") -> list[Entry]:
    return list(READERS[name](folder, source, target))


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    entries = [
        Entry("a", "oui", "yes", "fr", "en", "a.wav", source_word_ends_ms=(120,), seed=3),
        Entry("b", "no", source_language="en", licence="CC0-1.0"),
    ]
    write_manifest(tmp_path / "m.jsonl", entries)
    assert read_manifest(tmp_path / "m.jsonl") == entries
    assert [entry.translates for entry in entries] == [True, False]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"name": "a", "sourse_text": "b"}', "unknown key line 1: sourse_text"),
        ("{}", "needs: name"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "m.jsonl").write_text(line + "\n")
    with pytest.raises(InvalidRequest, match=told):
        read_manifest(tmp_path / "m.jsonl")


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    write_manifest(tmp_path / "m.jsonl", [Entry("a"), Entry("a")])
    with pytest.raises(ValueError, match="a name twice"):
        read_manifest(tmp_path / "m.jsonl")


def test_a_card_counts_by_pair_licence_and_generator() -> None:
    entries = [
        Entry("a", "oui oui", "yes", "fr", "en", "a.wav", licence="MIT", generator="x"),
        Entry("b", "non", "no", "fr", "en", licence="MIT", generator="x"),
        Entry("c", "no", source_language="en"),
    ]
    assert list(statistics(entries)) == [
        "en-en: 1 entries, 1 source words, 0 with speech (origin not given)",
        "fr-en: 2 entries, 3 source words, 1 with speech (MIT, x)",
    ]


def test_common_voice(tmp_path: Path) -> None:
    (tmp_path / "validated.tsv").write_text(
        'client_id\tpath\tsentence\tup_votes\nabc\tcommon_voice_fr_1.mp3\tUn "mot.\t2\n'
    )
    (entry,) = read("common-voice", tmp_path)
    assert (entry.name, entry.source_text) == ("common_voice_fr_1", 'Un "mot.')
    assert (entry.source_audio, entry.speaker) == ("clips/common_voice_fr_1.mp3", "abc")
    assert not entry.target_text


def test_covost2(tmp_path: Path) -> None:
    (tmp_path / "covost_v2.fr_en.tsv").write_text(
        "path\tsentence\ttranslation\tclient_id\nc1.mp3\tOui.\tYes.\tz\n"
    )
    (entry,) = read("covost2", tmp_path)
    assert (entry.source_text, entry.target_text, entry.translates) == ("Oui.", "Yes.", True)


def test_cvss(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("c1.mp3\tyes\n")
    (entry,) = read("cvss", tmp_path)
    assert (entry.source_audio, entry.target_audio) == ("clips/c1.mp3", "train/c1.mp3.wav")


def test_must_c(tmp_path: Path) -> None:
    text = tmp_path / "txt"
    text.mkdir()
    (text / "train.yaml").write_text(
        "- {duration: 3.5, offset: 16.08, speaker_id: spk.1, wav: ted_1.wav}\n"
        "- {duration: 1.0, offset: 20.0, speaker_id: spk.1, wav: ted_1.wav}\n"
    )
    (text / "train.en").write_text("One.\nTwo.\n")
    (text / "train.pt").write_text("Um.\nDois.\n")
    first, second = read("must-c", tmp_path, "en", "pt")
    assert (first.name, second.name) == ("ted_1-0", "ted_1-1")
    assert (first.start_ms, first.end_ms) == (16_080, 19_580)
    assert (second.source_text, second.target_text) == ("Two.", "Dois.")


def test_voice_assistant(tmp_path: Path) -> None:
    row = {"index": 7, "question": "Who?", "answer": "Me.", "question_audio": "audio/q7.wav"}
    (tmp_path / "data.jsonl").write_text(json.dumps(row) + "\n")
    (entry,) = read("voice-assistant", tmp_path, "en", "en")
    assert (entry.name, entry.target_text, entry.translates) == ("7", "Me.", False)


def test_tables_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("source_text\ttarget_text\tsource_audio\nOui.\tYes.\tx.wav\nNon.\tNo.\t\n")
    first, second = read("tsv", path)
    assert (first.name, first.source_audio, first.source_language) == ("0", "x.wav", "fr")
    assert second.source_audio == ""


def test_several_sets_are_one_whose_files_lie_where_they_lay(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    heard = Entry("0", "One.", source_audio="0.flac", target_audio="0.target.flac")
    write_manifest(tmp_path / "a" / "m.jsonl", [heard, Entry("1", "Two.")])
    write_manifest(tmp_path / "b" / "m.jsonl", [replace(heard, name="b0")])
    paths = [tmp_path / name / "m.jsonl" for name in ("a", "b")]
    entries = join(paths, tmp_path / "c" / "m.jsonl")
    assert read_manifest(tmp_path / "c" / "m.jsonl") == entries
    assert [entry.name for entry in entries] == ["0", "1", "b0"]
    assert [entry.source_audio for entry in entries] == ["../a/0.flac", "", "../b/0.flac"]
    assert entries[2].target_audio == "../b/0.target.flac"
    with pytest.raises(ValueError, match="prefix"):
        join([*paths, paths[0]], tmp_path / "c" / "twice.jsonl")
    assert not (tmp_path / "c" / "twice.jsonl").exists()


def test_recordings_that_are_evaluated_on(tmp_path: Path) -> None:
    path = tmp_path / "manifest.tsv"
    path.write_text("id\taudio\tduration_s\tsource_text\na\ta.flac\t1.5\tOne.\n")
    (heard,) = read("evaluation", path, "en", "pt")
    assert (heard.name, heard.source_audio, heard.source_text) == ("a", "a.flac", "One.")
    assert not heard.translates
    path.write_text("id\taudio\tsource_text\treference\na\ta.flac\tUn.\tOne.\n")
    (told,) = read("evaluation", path, "fr", "en")
    assert (told.target_text, told.translates) == ("One.", True)
