"""Every reason has an entry."""

from training.data.filters import Limits, fit
from training.data.manifest import Entry


def test_entries_are_dropped_for_a_reason_that_is_counted() -> None:
    good = Entry("good", "one two three", "um dois tres", end_ms=2_000)
    entries = [
        good,
        Entry("twice", "one two three", "um dois tres", end_ms=2_000),
        Entry("empty", " ", ""),
        Entry("long", "a " * 81, "b " * 80),
        Entry("unlike", "a " * 30, "b"),
        Entry("short", "one", "um", start_ms=900, end_ms=1_000),
        Entry("speech only", "one", source_audio="a.wav"),
    ]
    kept, dropped = fit(entries, Limits())
    assert [entry.name for entry in kept] == ["good", "speech only"]
    assert dropped == {
        "twice": 1,
        "no text": 1,
        "too many words": 1,
        "texts of unlike length": 1,
        "speech too short or too long": 1,
    }


def test_short_texts_may_differ_more() -> None:
    kept, _ = fit([Entry("a", "yes", "e isso mesmo sim")], Limits())
    assert kept
