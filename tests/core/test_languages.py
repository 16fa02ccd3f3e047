import pytest

from interp.core.errors import InvalidRequest, Reason
from interp.core.language_table import NAMES
from interp.core.languages import language_of, name_of, three_letters


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("fr_CA", "fr"),
        ("nb-NO", "no"),
        ("fil-PH", "tl"),
        ("cmn-Hans-CN", "zh"),
        ("zh-Hant", "zh"),
        ("zh-yue-HK", "yue"),
        ("iw", "he"),
        ("in", "id"),
        ("jv", "jw"),
        ("deu", "de"),
        ("ger", "de"),
        ("arz", "ar"),
        ("xx", "xx"),
        ("Auto", "auto"),
        ("French", "fr"),
        ("français", "fr"),
        (" Portuguese ", "pt"),
        ("haitian creole", "ht"),
        ("Tagalog", "tl"),
        ("Farsi", "fa"),
        ("Mandarin", "zh"),
    ],
)
def test_tags_and_names_mean_a_code_of_ours(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "e", "12", "french-ish", "日本"])
def test_what_is_neither_tag_nor_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        language_of(text)
    assert error.value.reason is Reason.BAD_LANGUAGE


def test_a_slip_is_met_with_the_nearest_name() -> None:
    with pytest.raises(InvalidRequest, match="did you mean french"):
        language_of("Frensh")


def test_codes_have_english_names() -> None:
    assert name_of("ht") == "Haitian Creole"
    assert name_of("xx") == "Xx"


@pytest.mark.parametrize(
    ("code", "three"),
    [("en", "eng"), ("fr", "fra"), ("de", "deu"), ("zh", "zho"), ("yue", "yue"), ("jw", "jav")],
)
def test_video_files_have_codes_of_three_letters(code: str, three: str) -> None:
    assert three_letters(code) == three


def test_every_language_has_three_letters_that_mean_it() -> None:
    assert all(len(three_letters(code)) == 3 for code in NAMES)
    assert all(language_of(three_letters(code)) == code for code in NAMES)
    assert three_letters("qaa") == "qaa", "an unknown one is left as it is"
