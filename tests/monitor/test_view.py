import numpy as np

from interp.core.events import (
    SessionEnded,
    SourceText,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.monitor.view import LINES, NOTES, View, audience_text, fold, level_db
from interp.wire.messages import AudioAck, Correction, Lag


def word(text: str, end_ms: int, age_ms: int = 1000) -> WrittenWord:
    return WrittenWord(text, end_ms, end_ms + age_ms, end_ms - 100, end_ms)


def test_all_sides_of_a_segment_stand_on_one_line() -> None:
    view = View(targets=2)
    fold(view, SourceText(0, (word(" Bonjour", 500),)))
    fold(view, TargetText(0, (word(" Good", 500),), " mor"))
    fold(view, TargetText(0, (word(" Guten", 500),), target=1))
    fold(view, TargetText(0, (word(" morning", 900),), segment_ended=True))
    (line,) = view.text.lines
    assert [each.text for each in line.source.words] == [" Bonjour"]
    first, second = line.targets
    assert [each.text for each in first.words] == [" Good", " morning"]
    assert [each.text for each in second.words] == [" Guten"]
    assert first.segment_ended
    assert first.tentative == ""


def test_a_change_holds_only_the_new_words() -> None:
    view = View()
    fold(view, TargetText(3, (word(" a", 500),)))
    change = fold(view, TargetText(3, (word(" b", 700),), " c"))
    assert change is not None
    assert [each.text for each in change.target_text.words] == [" b"]
    assert change.target_text.tentative == " c"


def test_p95_is_of_the_words_ages() -> None:
    view = View()
    assert view.targets[0].age_p95_ms is None
    for index in range(100):
        fold(view, TargetText(0, (word(" w", 1000 * index + 1000, 10 * index),)))
    assert view.targets[0].age_p95_ms == 950
    assert view.targets[0].age_ms == 990


def test_old_segments_are_forgotten() -> None:
    view = View()
    for segment in range(LINES + 5):
        fold(view, TargetText(segment, (word(f" {segment}", 100),)))
    assert [line.segment for line in view.text.lines] == list(range(5, LINES + 5))
    fold(view, TargetText(5, (word(" more", 100),)))
    assert [each.text for each in view.text.lines[0].targets[0].words] == [" 5", " more"]


def test_reports_and_warnings_are_kept() -> None:
    view = View()
    fold(view, Lag(5000, 400, 1700))
    change = fold(view, Warned(WarningCode.REPLICA_REPLACED))
    assert change is not None
    assert (view.received_ms, view.backlog_ms) == (5000, 400)
    assert change.note.code == "REPLICA_REPLACED"
    assert list(view.text.notes) == [change.note]
    for _ in range(NOTES + 5):
        fold(view, Warned(WarningCode.CATCHING_UP, 10))
    assert len(view.text.notes) == NOTES
    assert view.noted == NOTES + 6


def test_what_changes_nothing_is_not_told() -> None:
    assert fold(View(), AudioAck(3, 300)) is None
    assert fold(View(), SessionEnded(Totals(heard_ms=9000, words=12))) is None


def test_levels_are_below_full_scale() -> None:
    assert level_db(np.zeros(100, np.float32)) is None
    assert level_db(np.full(100, 0.1, np.float32)) == -20.0


def test_the_audience_reads_its_target_and_no_other() -> None:
    view = View(targets=2)
    fold(view, SourceText(0, (word(" Bonjour", 500),)))
    fold(view, TargetText(0, (word(" Good", 500),)))
    fold(view, TargetText(0, (word(" Guten", 500),), target=1))
    fold(view, TargetText(1, (word(" only", 900),)))
    fold(view, Correction(0, "Hello", "Ines", 0))
    fold(view, Warned(WarningCode.GAP_FILLED, 100))
    told = audience_text(view.text, 1)
    (line,) = told.lines
    assert [each.text for target in line.targets for each in target.words] == [" Guten"]
    assert not line.HasField("source")
    assert not line.corrections
    assert not told.notes
    assert [each.text for each in audience_text(view.text, 0).lines[0].corrections] == ["Hello"]
