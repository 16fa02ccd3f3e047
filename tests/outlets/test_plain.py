import io

from interp.core.events import SourceText, TargetText, WrittenWord
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
