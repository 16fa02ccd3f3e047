import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.config import SessionConfig, pair_of, voice_of
from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.synthesiser import Voice
from interp.core.translator import Pair

SERVED = frozenset({Pair("fr", "en"), Pair("fr", "fr"), Pair("pt", "en"), Pair("en", "pt")})
ANNA, BEN, ANA = Voice("anna", "en"), Voice("ben", "en"), Voice("anna", "pt")


@pytest.mark.parametrize("pair", sorted(SERVED))
@pytest.mark.parametrize("regions", [("", ""), ("-CA", "-US"), ("-FR", ""), ("", "-GB")])
def test_a_pair_is_served_in_every_region(pair: Pair, regions: tuple[str, str]) -> None:
    config = SessionConfig(pair.source + regions[0], pair.target + regions[1])
    assert pair_of(config, SERVED) == pair


@pytest.mark.parametrize("source", ["FR", "Fr-ca", " fr ", "fr-Latn-CA"])
def test_case_and_what_follows_the_language_do_not_matter(source: str) -> None:
    assert pair_of(SessionConfig(source, "EN"), SERVED) == Pair("fr", "en")


@pytest.mark.parametrize(
    ("source", "target"), [("en", "fr"), ("pt", "pt"), ("de", "en"), ("fr", "pt")]
)
def test_a_pair_is_not_served_the_other_way_round_nor_by_its_halves(
    source: str, target: str
) -> None:
    with pytest.raises(NotServed) as refused:
        pair_of(SessionConfig(source, target), SERVED)
    assert refused.value.reason is Reason.PAIR_NOT_SERVED


@pytest.mark.parametrize(
    ("source", "target", "named"),
    [
        ("fr", "pt", "from fr into en, fr"),
        ("de", "en", "into en from fr, pt"),
        ("de", "it", "neit"),
    ],
)
def test_a_pair_that_is_not_served_is_answered_with_the_nearest(
    source: str, target: str, named: str
) -> None:
    with pytest.raises(NotServed, match=named):
        pair_of(SessionConfig(source, target), SERVED)


@pytest.mark.parametrize("tag", ["", "f", "-", "1", "f1", "françoys", "-fr", "12-fr"])
def test_what_is_no_language_tag_is_refused_on_either_side(tag: str) -> None:
    for config in (SessionConfig(tag, "en"), SessionConfig("fr", tag)):
        with pytest.raises(InvalidRequest) as refused:
            pair_of(config, SERVED)
        assert refused.value.reason is Reason.BAD_LANGUAGE
        assert tag.strip() == "" or tag not in refused.value.message.split()


@pytest.mark.parametrize(
    ("target", "name", "voice"),
    [
        ("en", "", ANNA),
        ("en-GB", "anna", ANNA),
        ("en", "ben", BEN),
        ("pt-BR", "", ANA),
        ("pt", "anna", ANA),
        ("pt", "ben", None),
        ("de", "", None),
        ("en", "Anna", None),
    ],
)
def test_a_voice_suits_by_name_and_by_language(target: str, name: str, voice: Voice | None) -> None:
    assert voice_of(SessionConfig("fr", target, voice=name), [ANNA, BEN, ANA]) == voice


@given(st.permutations([ANNA, BEN, ANA]))
def test_without_a_name_the_first_voice_of_the_language_speaks(served: list[Voice]) -> None:
    first = next(voice for voice in served if voice.language == "en")
    assert voice_of(SessionConfig("fr", "en"), served) == first
