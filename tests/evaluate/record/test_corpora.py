from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from interp.core.translator import Pair
from interp.evaluate.record.corpora import cut, read_recordings
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import ReferenceSegment
from interp.evaluate.record.manifest import Clip
from tests.fakes.systems import save_manifest, save_speech

PAIR = Pair("en", "de")


def sound(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_speech(path, 32)
    return path


def text(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def covost(folder: Path) -> Path:
    sound(folder / "en" / "clips" / "common_voice_en_1.wav")
    sound(folder / "en" / "clips" / "common_voice_en_2.wav")
    return text(
        folder / "en" / "covost_v2.en_de.test.tsv",
        "path\tsentence\ttranslation\tclient_id\n"
        'common_voice_en_1.wav\tHe said "no".\tEr sagte „nein“.\tabc\n'
        "common_voice_en_2.wav\tYes.\tJa.\tdef\n",
    )


def europarl_st(folder: Path) -> Path:
    sound(folder / "en" / "audios" / "en.20081117.22.1-120.wav")
    sound(folder / "en" / "audios" / "en.20081118.3.3-007.flac")
    split = folder / "en" / "de" / "test"
    text(split / "segments.en", "Mr President\nthank you\nNext\n")
    text(split / "segments.de", "Herr Präsident\ndanke\nNächster\n")
    return text(
        split / "segments.lst",
        "en.20081117.22.1-120 0.00 8.50\n"
        "en.20081117.22.1-120 8.50 12.25\n"
        "en.20081118.3.3-007 1.25 2.00\n",
    )


def acl_6060(folder: Path) -> Path:
    root = folder / "2" / "acl_6060" / "dev"
    for number in (1, 2, 10):
        sound(root / "segmented_wavs" / "gold" / f"sent_{number}.wav")
    for tag, line in (("en", "Hello"), ("de", "Hallo"), ("zh", "你好")):
        text(root / "text" / "txt" / f"ACL.6060.dev.en-xx.{tag}.txt", f"{line} 1.\n{line} 2.\n")
    return root


def ted(folder: Path) -> Path:
    split = folder / "en-de" / "data" / "tst-COMMON"
    sound(split / "wav" / "ted_1.wav")
    sound(split / "wav" / "ted_2.flac")
    text(split / "txt" / "tst-COMMON.en", "One.\nTwo.\nThree.\n")
    text(split / "txt" / "tst-COMMON.de", "Eins.\nZwei.\nDrei.\n")
    text(
        split / "txt" / "tst-COMMON.yaml",
        "- {duration: 1.5, offset: 16.5, speaker_id: spk.1, wav: ted_1.wav}\n"
        "- {duration: 2.0, offset: 20.0, speaker_id: spk.1, wav: ted_1.wav}\n"
        "- {duration: 1.0, offset: 0.5, speaker_id: spk.2, wav: ted_2.wav}\n",
    )
    return split


def test_covost_has_a_clip_a_line_in_clips_beside_it(tmp_path: Path) -> None:
    first, second = read_recordings(covost(tmp_path), None, PAIR)
    assert first == Clip(
        "common_voice_en_1",
        tmp_path / "en" / "clips" / "common_voice_en_1.wav",
        "Er sagte „nein“.",
        'He said "no".',
    )
    assert second.reference == "Ja."


def test_covost_as_published_gives_its_test_part(tmp_path: Path) -> None:
    sound(tmp_path / "clips" / "a.wav")
    path = text(
        tmp_path / "covost_v2.en_de.tsv",
        "path\ttranslation\tsplit\nb.wav\tNein.\ttrain\na.wav\tJa.\ttest\n",
    )
    (clip,) = read_recordings(path, None, PAIR)
    assert (clip.id, clip.reference, clip.source_text) == ("a", "Ja.", None)


@pytest.mark.parametrize("as_folder", [False, True])
def test_europarl_st_has_a_clip_a_speech_with_its_segments(tmp_path: Path, as_folder: bool) -> None:
    path = europarl_st(tmp_path)
    first, second = read_recordings(path.parent if as_folder else path, None, PAIR)
    assert first.id == "en.20081117.22.1-120"
    assert first.segments == (
        ReferenceSegment(0.0, 8500.0, "Herr Präsident"),
        ReferenceSegment(8500.0, 3750.0, "danke"),
    )
    assert second.audio == tmp_path / "en" / "audios" / "en.20081118.3.3-007.flac"
    assert [segment.text for segment in second.segments] == ["Nächster"]


def test_europarl_st_in_another_language_has_other_references(tmp_path: Path) -> None:
    path = europarl_st(tmp_path)
    first, _ = read_recordings(path, None, Pair("en", "en"))
    assert first.segments[0].text == "Mr President"


def test_acl_6060_pairs_gold_sentences_with_lines(tmp_path: Path) -> None:
    first, second = read_recordings(acl_6060(tmp_path), None, PAIR)
    assert (first.id, first.reference, first.source_text) == ("sent_1", "Hallo 1.", "Hello 1.")
    assert second.audio.name == "sent_2.wav"
    chinese, _ = read_recordings(acl_6060(tmp_path), None, Pair("en", "zh"))
    assert chinese.reference == "你好 1."


@pytest.mark.parametrize("as_folder", [False, True])
def test_ted_talks_are_played_whole_with_their_references(tmp_path: Path, as_folder: bool) -> None:
    split = ted(tmp_path)
    path = split if as_folder else split / "txt" / "tst-COMMON.yaml"
    first, second = read_recordings(path, None, PAIR)
    assert first.segments == (
        ReferenceSegment(16_500.0, 1500.0, "Eins."),
        ReferenceSegment(20_000.0, 2000.0, "Zwei."),
    )
    assert second.audio.name == "ted_2.flac"  # as mTEDx has it


def test_long_recordings_may_be_cut_into_their_segments(tmp_path: Path) -> None:
    clips = cut(read_recordings(ted(tmp_path), None, PAIR))
    assert [(clip.id, clip.reference) for clip in clips] == [
        ("ted_1:0", "Eins."),
        ("ted_1:1", "Zwei."),
        ("ted_2:0", "Drei."),
    ]
    assert (clips[1].start_ms, clips[1].duration_ms) == (20_000.0, 2000.0)
    assert not any(clip.segments for clip in clips)
    assert cut(clips) == clips


def test_our_own_manifests_are_read_as_before(tmp_path: Path) -> None:
    path = save_manifest(tmp_path, 2)
    assert [clip.id for clip in read_recordings(path, None, PAIR)] == ["clip-0", "clip-1"]
    references = text(tmp_path / "references", "eins\n")
    listed = text(tmp_path / "list", "clip-0.wav\n")
    (clip,) = read_recordings(listed, references, PAIR)
    assert clip.reference == "eins"


def missing_audio(folder: Path) -> Path:
    path = covost(folder)
    (folder / "en" / "clips" / "common_voice_en_2.wav").unlink()
    return path


def short_references(folder: Path) -> Path:
    path = europarl_st(folder)
    text(path.parent / "segments.de", "Herr Präsident\n")
    return path


def bad_times(folder: Path) -> Path:
    path = europarl_st(folder)
    return text(path, "en.20081117.22.1-120 0.00 8.55\nen.20081117.22.1-120 8.55\nx 1 2\n")


def no_such_language(folder: Path) -> Path:
    root = acl_6060(folder)
    (root / "text" / "txt" / "ACL.6060.dev.en-xx.de.txt").unlink()
    return root


def empty_folder(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (missing_audio, "no audio file .*common_voice_en_2.wav"),
        (short_references, "3 segments, 1 references"),
        (bad_times, "segments.lst:2"),
        (no_such_language, "no text in 'de'"),
        (empty_folder, "layout of no corpus"),
    ],
)
def test_what_is_missing_is_named(made: Callable[[Path], Path], said: str, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=said):
        read_recordings(made(tmp_path), None, PAIR)


def test_a_cut_clip_keeps_what_it_is_not_asked_about(tmp_path: Path) -> None:
    clip = Clip("a", sound(tmp_path / "a.wav"), "ref", "src")
    assert cut([clip, replace(clip, id="b")]) == (clip, replace(clip, id="b"))
