import io

import pytest

from interp.core.events import SessionEnded, SourceText, TargetText, Totals, WrittenWord
from interp.outlets.plain import PlainText


def word(text: str) -> WrittenWord:
    return WrittenWord(text, 0, 0, 0, 0)


def test_words_are_there_as_they_come() -> None:
    out = io.StringIO()
    with PlainText(out) as plain:
        plain.take(TargetText(0, (word(" Good"),)))
        assert out.getvalue() == "Good"
        plain.take(TargetText(0, (word(" morning."),), segment_ended=True))
        assert out.getvalue() == "Good morning.\n"
        plain.take(TargetText(1, (word(" And"),)))
    assert out.getvalue() == "Good morning.\nAnd\n", "leaving ends the open line"


def test_what_was_said_never_breaks_into_a_line() -> None:
    out = io.StringIO()
    with PlainText(out) as plain:
        plain.take(TargetText(0, (word(" Good"),)))
        plain.take(SourceText(0, (word(" Bonjour."),), segment_ended=True))
        plain.take(TargetText(0, (word(" morning."),), segment_ended=True))
    assert out.getvalue() == "Good morning.\n[Bonjour.]\n"


def test_segments_have_a_line_each_without_a_space_before_it() -> None:
    out = io.StringIO()
    with PlainText(out) as plain:
        for segment, text in enumerate((" One.", " Two.", " Three.")):
            plain.take(TargetText(segment, (word(text),), segment_ended=True))
    assert out.getvalue() == "One.\nTwo.\nThree.\n"


def test_what_is_tentative_and_segments_without_words_print_nothing() -> None:
    out = io.StringIO()
    with PlainText(out) as plain:
        plain.take(TargetText(0, (), tentative=" perhaps"))
        plain.take(TargetText(0, (), segment_ended=True))
        plain.take(SourceText(0, (), tentative=" peut-être", segment_ended=True))
        plain.take(SessionEnded(Totals()))
    assert out.getvalue() == ""


def test_what_was_said_is_there_also_where_its_segment_did_not_end() -> None:
    out = io.StringIO()
    with PlainText(out) as plain:
        plain.take(SourceText(0, (word(" Bonjour"),)))
        plain.take(TargetText(0, (word(" Good"),)))
        assert "Bonjour" not in out.getvalue()
    assert out.getvalue() == "Good\n[Bonjour]\n"


def interrupted(out: io.StringIO, by: type[BaseException]) -> None:
    with PlainText(out) as plain:
        plain.take(TargetText(0, (word(" Good"),)))
        raise by


def test_interrupted_it_still_ends_its_line() -> None:
    out = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        interrupted(out, KeyboardInterrupt)
    assert out.getvalue() == "Good\n"


def test_a_reader_that_went_away_is_not_written_to_again() -> None:
    out = io.StringIO()
    with pytest.raises(BrokenPipeError):
        interrupted(out, BrokenPipeError)
    assert out.getvalue() == "Good", "not even the end of the open line"
