from pathlib import Path

import pytest

from interp.core.events import SourceText, TargetText, WrittenWord
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
