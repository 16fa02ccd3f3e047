"""A session with several targets: what each would be alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.config import MOST_TARGETS, Also, SessionConfig, targets_of
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Output
from interp.core.glossary import Glossary, Term, glossary_of

NAME = Term("Debrecen", "Debrecen")
TERMS = glossary_of([Term("chaire", "chair"), NAME])
SPOKEN = frozenset({Output.TEXT, Output.SPEECH})
FIRST = SessionConfig("fr", "en", outputs=SPOKEN, policy="waitk:k=3", voice="anna", glossary=TERMS)
LANGUAGES = ["en", "pt", "de", "es", "it", "nl", "pl", "ru", "ja", "zh"]


def session(*also: Also) -> SessionConfig:
    return SessionConfig(
        FIRST.source, FIRST.target, FIRST.outputs, FIRST.policy, FIRST.voice, FIRST.glossary, also
    )


def test_a_session_of_one_target_is_itself() -> None:
    assert targets_of(FIRST) == (FIRST,)


def test_a_further_target_is_as_the_session_but_for_voice_and_terms() -> None:
    first, other = targets_of(session(Also("pt")))
    assert first == FIRST
    assert (other.source, other.target) == ("fr", "pt")
    assert (other.outputs, other.policy) == (SPOKEN, "waitk:k=3")
    assert other.voice == "", "a voice speaks one language"
    assert other.glossary == Glossary((NAME,)), "and terms are written in one, but for names"


def test_a_further_target_may_have_its_own_way() -> None:
    _, other = targets_of(session(Also("pt", frozenset({Output.TEXT}), "offline", "ana")))
    assert (other.policy, other.voice) == ("offline", "ana")
    assert other.outputs == {Output.TEXT}


def test_no_outputs_are_not_the_same_as_none_said() -> None:
    _, silent = targets_of(session(Also("pt", frozenset())))
    assert silent.outputs == frozenset()


@pytest.mark.parametrize("twice", ["en", "EN", "en-GB", "English", "eng"])
def test_a_language_is_a_target_once_whatever_it_is_called(twice: str) -> None:
    with pytest.raises(InvalidRequest, match="each once") as caught:
        targets_of(session(Also(twice)))
    assert caught.value.reason is Reason.BAD_LANGUAGE


@given(st.permutations(LANGUAGES), st.integers(1, len(LANGUAGES)))
def test_targets_keep_their_order_and_are_eight_at_most(languages: list[str], count: int) -> None:
    wanted, *further = languages[:count]
    config = SessionConfig("fr", wanted, also=tuple(map(Also, further)))
    if count > MOST_TARGETS:
        with pytest.raises(InvalidRequest, match="at most 8 targets"):
            targets_of(config)
    else:
        alone = targets_of(config)
        assert [target.target for target in alone] == [wanted, *further]
        assert not any(target.also for target in alone)
