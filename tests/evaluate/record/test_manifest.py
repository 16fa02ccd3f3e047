import json
from pathlib import Path

import pytest

from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import ReferenceSegment
from interp.evaluate.record.manifest import read_manifest
from tests.fakes.systems import save_manifest, save_speech


def test_our_tsv_gives_clips_beside_the_manifest(tmp_path: Path) -> None:
    first, second = read_manifest(save_manifest(tmp_path, 2))
    assert (first.id, first.audio) == ("clip-0", tmp_path / "clip-0.wav")
    assert first.reference == "w0 w1 w2 w3 w4"
    assert second.source_text == "la source"


def test_a_tsv_keeps_quotes_and_apostrophes(tmp_path: Path) -> None:
    save_speech(tmp_path / "a.wav", 100)
    path = tmp_path / "m.tsv"
    path.write_text('id\taudio\treference\na\ta.wav\tpress "one", it\'s free\n', "utf-8")
    assert read_manifest(path)[0].reference == 'press "one", it\'s free'


def test_jsonl_may_cut_a_recording_in_segments(tmp_path: Path) -> None:
    save_speech(tmp_path / "talk.wav", 100)
    segment = {"start_ms": 0, "duration_ms": 50.5, "text": "hello"}
    path = tmp_path / "m.jsonl"
    path.write_text(
        json.dumps({"id": "talk", "audio": "talk.wav", "segments": [segment]}) + "\n\n", "utf-8"
    )
    (clip,) = read_manifest(path)
    assert clip.segments == (ReferenceSegment(0, 50.5, "hello"),)
    assert clip.reference is None


def test_simuleval_lists_pair_by_line(tmp_path: Path) -> None:
    save_speech(tmp_path / "a.wav", 100)
    save_speech(tmp_path / "b.wav", 100)
    (tmp_path / "source").write_text(f"a.wav\n{tmp_path / 'b.wav'}\n", "utf-8")
    (tmp_path / "target").write_text("one\ntwo\n", "utf-8")
    clips = read_manifest(tmp_path / "source", tmp_path / "target")
    assert [(clip.id, clip.reference) for clip in clips] == [("a", "one"), ("b", "two")]
    assert clips[1].audio == tmp_path / "b.wav"


def test_must_c_segments_gather_by_recording_and_its_audio_is_found(tmp_path: Path) -> None:
    (tmp_path / "wav").mkdir()
    (tmp_path / "txt").mkdir()
    for name in ("talk-1.wav", "talk-2.wav"):
        save_speech(tmp_path / "wav" / name, 100)
    yaml = tmp_path / "txt" / "tst.yaml"
    yaml.write_text(
        "- {duration: 1.5, offset: 0.25, speaker_id: spk.1, wav: talk-1.wav}\n"
        "- {duration: 2.0, offset: 2.0, speaker_id: spk.1, wav: talk-1.wav}\n"
        "- {duration: 1.0, offset: 0.0, speaker_id: spk.2, wav: talk-2.wav}\n",
        "utf-8",
    )
    (tmp_path / "txt" / "tst.en").write_text("a\nb\nc\n", "utf-8")
    first, second = read_manifest(yaml, tmp_path / "txt" / "tst.en")
    assert first.audio == tmp_path / "wav" / "talk-1.wav"
    assert first.segments == (
        ReferenceSegment(250.0, 1500.0, "a"),
        ReferenceSegment(2000.0, 2000.0, "b"),
    )
    assert [segment.text for segment in second.segments] == ["c"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.tsv", "id\taudio\na\tnone.wav\n", "no audio file"),
        ("m.tsv", "name\tfile\na\tb\n", "m.tsv:2"),
        ("m.tsv", "id\taudio\n", "no recording"),
        ("m.jsonl", '{"id": "a"}\n', "m.jsonl:1"),
        ("m.jsonl", "nonsense\n", "m.jsonl:1"),
        ("m.yaml", "a: 1\n", "not a list"),
    ],
)
def test_a_bad_manifest_says_where_it_is_bad(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=said):
        read_manifest(path)


def test_references_must_be_as_many_as_recordings(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("a.wav\nb.wav\n", "utf-8")
    (tmp_path / "target").write_text("one\n", "utf-8")
    with pytest.raises(EvaluationError, match="2 recordings, 1 references"):
        read_manifest(tmp_path / "source", tmp_path / "target")


ODD = "one\u2028still one \x85 and \x0b one"
"""Unicode separators that corpora hold inside a sentence."""


def test_a_sentence_is_not_cut_at_a_separator_inside_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_speech(tmp_path / f"{name}.wav", 100)
    (tmp_path / "source").write_text("a.wav\nb.wav\n", "utf-8")
    (tmp_path / "target").write_text(f"{ODD}\ntwo\n", "utf-8")
    first, second = read_manifest(tmp_path / "source", tmp_path / "target")
    assert (first.reference, second.reference) == (ODD, "two")
    line = json.dumps({"id": "a", "audio": "a.wav", "reference": ODD}, ensure_ascii=False)
    (tmp_path / "m.jsonl").write_text(line + "\n", "utf-8")
    (clip,) = read_manifest(tmp_path / "m.jsonl")
    assert clip.reference == ODD


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_from_other_systems_read_alike(tmp_path: Path, ending: str, mark: str) -> None:
    save_speech(tmp_path / "a.wav", 100)
    rows = ["id\taudio\treference", "a\ta.wav\tone"]
    (tmp_path / "m.tsv").write_bytes((mark + ending.join(rows) + ending).encode())
    (clip,) = read_manifest(tmp_path / "m.tsv")
    assert (clip.id, clip.reference) == ("a", "one")
    (tmp_path / "source").write_bytes((mark + "a.wav" + ending).encode())
    (tmp_path / "target").write_bytes((mark + "one" + ending).encode())
    (clip,) = read_manifest(tmp_path / "source", tmp_path / "target")
    assert clip.reference == "one"


def test_columns_may_come_in_any_order_and_more_of_them(tmp_path: Path) -> None:
    save_speech(tmp_path / "a.wav", 100)
    (tmp_path / "m.tsv").write_text("speaker\treference\taudio\tid\nx\tone\ta.wav\ta\n", "utf-8")
    (clip,) = read_manifest(tmp_path / "m.tsv")
    assert (clip.id, clip.reference, clip.source_text) == ("a", "one", None)


def test_an_empty_reference_is_no_reference(tmp_path: Path) -> None:
    save_speech(tmp_path / "a.wav", 100)
    (tmp_path / "m.tsv").write_text("id\taudio\treference\na\ta.wav\t\n", "utf-8")
    assert read_manifest(tmp_path / "m.tsv")[0].reference is None


def test_segments_are_in_the_order_of_time(tmp_path: Path) -> None:
    save_speech(tmp_path / "a.wav", 100)
    (tmp_path / "m.yaml").write_text(
        "- {wav: a.wav, offset: 2, duration: 1}\n- {wav: a.wav, offset: 0, duration: 1}\n"
    )
    (tmp_path / "target").write_text("second\nfirst\n", "utf-8")
    (clip,) = read_manifest(tmp_path / "m.yaml", tmp_path / "target")
    assert [segment.text for segment in clip.segments] == ["first", "second"]


@pytest.mark.parametrize("folder", [".", "wav", "full_wavs"])
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_audio_of_a_yaml_is_looked_for_where_corpora_keep_it(
    tmp_path: Path, folder: str, suffix: str
) -> None:
    audio = tmp_path / folder / f"talk{suffix}"
    audio.parent.mkdir(exist_ok=True)
    save_speech(audio, 100)
    (tmp_path / "m.yaml").write_text("- {wav: talk.wav, offset: 0, duration: 1}\n")
    (tmp_path / "target").write_text("one\n", "utf-8")
    (clip,) = read_manifest(tmp_path / "m.yaml", tmp_path / "target")
    assert clip.audio.resolve() == audio.resolve()
