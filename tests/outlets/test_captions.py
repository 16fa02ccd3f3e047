import itertools
from pathlib import Path

import pytest

from interp.core.errors import InvalidRequest
from interp.core.events import TargetText, WrittenWord
from interp.outlets.cues import cues
from interp.outlets.subtitles import plain, save, srt, vtt
from interp.outlets.terminal import Roll

SENTENCE = "Please enter your conference number, followed by the pound key, and then wait for the"


def texts(sentence: str, step_ms: int = 300) -> list[TargetText]:
    words = [
        WrittenWord(f" {w}", i * step_ms, i * step_ms, i * step_ms, (i + 1) * step_ms)
        for i, w in enumerate(sentence.split())
    ]
    return [TargetText(0, (word,)) for word in words] + [TargetText(0, (), segment_ended=True)]


def test_captions_have_at_most_two_lines_of_42_characters_and_lose_no_word() -> None:
    rest = " leader of the conference to let you in, which may take a while"
    made = list(cues(texts(SENTENCE + rest)))
    assert all(len(cue.lines) <= 2 for cue in made)
    assert all(len(line) <= 42 for cue in made for line in cue.lines)
    assert " ".join(line for cue in made for line in cue.lines) == SENTENCE + rest


def test_captions_do_not_overlap_and_last_a_second() -> None:
    made = list(cues(texts("Yes. No. Yes. No. Maybe not today.", step_ms=100)))
    shown = [" ".join(cue.lines) for cue in made]
    assert shown == ["Yes.", "No.", "Yes.", "No.", "Maybe not today."]
    assert all(cue.end_ms - cue.start_ms >= 1000 for cue in made)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(made))


def test_subrip_and_webvtt_are_written_to_the_letter() -> None:
    made = list(cues(texts("Five < six.")))
    assert srt(made) == "1\n00:00:00,000 --> 00:00:01,000\nFive < six.\n"
    assert vtt(made) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nFive &lt; six.\n"
    assert plain(made) == "Five < six.\n"


def test_an_unknown_caption_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"\.srt, \.vtt, \.txt"):
        save(tmp_path / "talk.doc", [])


def test_a_full_line_never_changes_and_the_tail_is_kept_apart() -> None:
    roll = Roll()
    full = []
    for word in SENTENCE.split():
        roll.write(" " + word)
        first, *second = roll.lines("")
        full += [first] if second else []
    assert list(dict.fromkeys(full)) == [
        ("Please enter your conference number,", ""),
        ("followed by the pound key, and then wait", ""),
    ]
    assert roll.lines(" perhaps")[-1] == ("for the", "perhaps")
