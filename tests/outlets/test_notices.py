import pytest

from interp.core.events import SourceLanguage, Warned, WarningCode
from interp.outlets.notices import told


@pytest.mark.parametrize("code", WarningCode)
def test_every_warning_is_told_in_words_and_not_by_its_code(code: WarningCode) -> None:
    text = told(Warned(code))
    assert code not in text
    assert text.lower() != code.replace("_", " ").lower(), "words of its own, not the code's"
    assert "\n" not in text


def test_no_two_warnings_read_the_same() -> None:
    assert len({told(Warned(code)) for code in WarningCode}) == len(WarningCode)


def test_a_language_is_told_by_its_name() -> None:
    assert told(SourceLanguage("it", 0.9)).endswith("Italian")
    assert "Italian" in told(Warned(WarningCode.OTHER_LANGUAGE, language="it"))


@pytest.mark.parametrize(
    ("amount_ms", "end"), [(0, "twice: heard once"), (40, "(0.0 s)"), (1_250, "(1.2 s)")]
)
def test_how_much_audio_it_concerns_is_told_where_it_is_known(amount_ms: int, end: str) -> None:
    assert told(Warned(WarningCode.DUPLICATE_DROPPED, amount_ms)).endswith(end)
