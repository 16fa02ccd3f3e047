import pytest

from interp.outlets.captions.function_words import leans_on_next

LEANING = {
    "en": "a an the and or but of to that if with because",
    "fr": "le la les un une des et ou mais que de dans l' d' qu'",
    "de": "der die das ein und oder aber dass weil mit von",
    "es": "el la los un una y o pero que de en con",
    "it": "il lo la gli un una e o ma che di con nella",
    "pt": "o a os as um uma e ou mas que de do na com",
    "nl": "de het een en of maar dat van in met",
    "ca": "el la els un una i o però que de en amb",
    "sv": "en ett och eller men att av på",
    "da": "en et og eller men at af på",
    "no": "en et ei og eller men at av på",
    "pl": "i albo ale że w z na do",
    "ru": "и или но что в на с для",
}
STANDING = {
    "en": "garden walked it. here",
    "fr": "jardin parle elle ici",
    "de": "Garten geht hier",
    "es": "casa habla aquí",
    "it": "casa parla qui",
    "pt": "casa fala aqui",
    "nl": "tuin loopt hier",
    "ca": "casa parla aquí",
    "sv": "huset går här",
    "da": "huset går her",
    "no": "huset går her",
    "pl": "dom idzie tutaj",
    "ru": "дом идёт здесь",
}


@pytest.mark.parametrize("language", LEANING)
def test_articles_conjunctions_and_prepositions_lean_on_what_follows(language: str) -> None:
    for word in LEANING[language].split():
        assert leans_on_next(f" {word}", language), word
        assert leans_on_next(word.capitalize(), language), word


@pytest.mark.parametrize("language", STANDING)
def test_nouns_and_verbs_stand_for_themselves(language: str) -> None:
    for word in STANDING[language].split():
        assert not leans_on_next(f" {word}", language), word


@pytest.mark.parametrize("word", [" and,", " but...", " that.", " if?", " the:", " (the)"])
def test_with_a_mark_after_it_a_word_leans_no_more(word: str) -> None:
    assert not leans_on_next(word, "en")


def test_either_apostrophe_elides() -> None:
    assert leans_on_next(" l'", "fr")
    assert leans_on_next(" l\N{RIGHT SINGLE QUOTATION MARK}", "fr")


def test_a_word_leans_in_its_own_language_alone() -> None:
    assert leans_on_next(" und", "de")
    assert not leans_on_next(" und", "en")
    assert not leans_on_next(" the", "xx"), "no words are known of a language not listed"
