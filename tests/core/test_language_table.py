from whisper.tokenizer import LANGUAGES

from interp.core.language_table import ALIASES, NAMES, OWN_NAMES


def test_every_language_that_whisper_hears_has_a_name_and_can_be_meant() -> None:
    assert NAMES.keys() == OWN_NAMES.keys() == LANGUAGES.keys()
    assert set(ALIASES.values()) <= NAMES.keys()
    assert not ALIASES.keys() & NAMES.keys()
