from pathlib import Path

import pytest

from interp.core.errors import InvalidRequest
from interp.core.events import (
    SessionEnded,
    SourceText,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.outlets.captions.file import CaptionFile


def text(words: str, at_ms: int) -> TargetText:
    written = tuple(WrittenWord(f" {w}", 0, 0, at_ms, at_ms + 300) for w in words.split())
    return TargetText(0, written, segment_ended=True)


def interrupted(path: Path) -> None:
    with CaptionFile(path, "en") as captions:
        captions.take(text("Good morning.", 0))
        raise KeyboardInterrupt


def test_what_was_written_is_saved_however_the_session_ends(tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert "Good morning." in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_source_words_stand_above_where_they_are_wanted(tmp_path: Path) -> None:
    for source, expected in (("fr", "Bonjour.\nGood morning.\n"), (None, "Good morning.\n")):
        path = tmp_path / "talk.txt"
        with CaptionFile(path, "en", source) as captions:
            captions.take(SourceText(0, (WrittenWord(" Bonjour.", 0, 0, 0, 300),)))
            captions.take(text("Good morning.", 0))
        assert path.read_text(encoding="utf-8") == expected


def test_a_file_of_no_known_format_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        CaptionFile(tmp_path / "talk.docx", "en")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), CaptionFile(tmp_path / "no" / "talk.srt", "en"):
        pass


def test_an_older_file_is_replaced_also_by_nothing(tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    path.write_text("of last week")
    with CaptionFile(path, "en"):
        assert path.read_text() == "of last week", "until there is something to put in its place"
    assert path.read_text() == ""


def test_tentative_words_and_other_events_are_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    with CaptionFile(path, "en") as captions:
        captions.take(TargetText(0, (), tentative=" perhaps"))
        captions.take(text("Surely.", 0))
        captions.take(Warned(WarningCode.GAP_FILLED, 300))
        captions.take(SessionEnded(Totals()))
    assert path.read_text() == "Surely.\n"


def test_lines_of_a_wide_script_are_as_wide_as_that_script_allows(tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    with CaptionFile(path, "ja") as captions:
        for at in range(40):
            captions.take(TargetText(0, (WrittenWord("語", 0, 0, at * 300, at * 300 + 300),)))
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "語" in line]
    assert "".join(lines) == "語" * 40
    assert max(map(len, lines)) <= 16
