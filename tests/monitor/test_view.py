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
from interp.monitor.view import LINES, View, fold, level_db, snapshot
from interp.wire.messages import AudioAck, Lag


def word(text: str, end_ms: int, age_ms: int = 1000) -> WrittenWord:
    return WrittenWord(text, end_ms, end_ms + age_ms, end_ms - 100, end_ms)


def test_both_sides_of_a_segment_stand_on_one_line() -> None:
    view = View()
    fold(view, SourceText(0, (word(" Bonjour", 500),)))
    fold(view, TargetText(0, (word(" Good", 500),), " mor"))
    fold(view, TargetText(0, (word(" morning", 900),), segment_ended=True))
    (line,) = snapshot(view)["lines"]
    assert [each[0] for each in line["source"]["words"]] == [" Bonjour"]
    assert [each[0] for each in line["target"]["words"]] == [" Good", " morning"]
    assert line["ended"]
    assert line["target"]["tail"] == ""


def test_a_change_holds_only_the_new_words() -> None:
    view = View()
    fold(view, TargetText(3, (word(" a", 500),)))
    change = fold(view, TargetText(3, (word(" b", 700),), " c"))
    assert change is not None
    assert [each[0] for each in change["words"]] == [" b"]
    assert change["tail"] == " c"


def test_p95_is_of_the_words_ages() -> None:
    view = View()
    assert view.age_p95_ms is None
    for index in range(100):
        fold(view, TargetText(0, (word(" w", 1000 * index + 1000, 10 * index),)))
    assert view.age_p95_ms == 950


def test_old_segments_are_forgotten() -> None:
    view = View()
    for segment in range(LINES + 5):
        fold(view, TargetText(segment, (word(" w", 100),)))
    assert min(view.lines) == 5
    assert len(view.lines) == LINES


def test_reports_and_warnings_are_kept() -> None:
    view = View()
    fold(view, Lag(5000, 400, 1700))
    change = fold(view, Warned(WarningCode.REPLICA_REPLACED))
    assert change is not None
    assert (view.received_ms, view.backlog_ms, view.age_ms) == (5000, 400, 1700)
    assert change["code"] == "REPLICA_REPLACED"
    assert snapshot(view)["notes"] == [change]


def test_an_acknowledgement_changes_nothing() -> None:
    assert fold(View(), AudioAck(3, 300)) is None


def test_the_end_says_how_much_it_was() -> None:
    change = fold(View(), SessionEnded(Totals(heard_ms=9000, words=12)))
    assert change == {"kind": "totals", "heard": 9000, "words": 12}


def test_levels_are_below_full_scale() -> None:
    assert level_db(np.zeros(100, np.float32)) is None
    assert level_db(np.full(100, 0.1, np.float32)) == -20.0


def test_the_audience_is_not_told_what_the_speaker_said() -> None:
    view = View()
    fold(view, SourceText(0, (word(" Bonjour", 500),)))
    fold(view, TargetText(0, (word(" Good", 500),)))
    fold(view, Warned(WarningCode.GAP_FILLED, 100))
    told = snapshot(view, source=False)
    assert told["lines"][0]["source"]["words"] == []
    assert told["lines"][0]["target"]["words"]
    assert told["notes"] == []
