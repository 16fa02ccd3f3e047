from interp.core.config import Also, SessionConfig
from interp.core.events import Interrupt, MuteSpeech, Output, SetGlossary, SetOutputs, SetPolicy
from interp.core.glossary import Glossary, Term
from interp.serve.wishes import Wishes

CONFIG = SessionConfig("fr", "en", policy="best", also=(Also("de"), Also("pt")))
TEXT = frozenset({Output.TEXT})


def policies(wishes: Wishes) -> list[str]:
    return [each.policy for each in wishes.targets]


def test_at_first_it_is_what_the_config_says() -> None:
    wishes = Wishes(CONFIG)
    assert [each.target for each in wishes.targets] == ["en", "de", "pt"]
    assert not wishes.muted


def test_a_control_of_one_target_leaves_the_others() -> None:
    wishes = Wishes(CONFIG)
    wishes.take(SetPolicy("offline", 1))
    assert policies(wishes) == ["best", "offline", "best"]
    wishes.take(SetPolicy("fast"))
    assert policies(wishes) == ["fast"] * 3
    wishes.take(SetOutputs(TEXT | {Output.SPEECH}, 2))
    assert [each.outputs == TEXT for each in wishes.targets] == [True, True, False]


def test_terms_and_muting_are_of_the_session() -> None:
    wishes = Wishes(CONFIG)
    terms = Glossary((Term("a", "b"),))
    for control in (SetGlossary(terms), MuteSpeech(True), Interrupt()):
        wishes.take(control)
    assert wishes.glossary == terms
    assert wishes.muted


def test_terms_that_cannot_be_heeded_are_none() -> None:
    wishes = Wishes(CONFIG)
    wishes.takes_terms = False
    wishes.take(SetGlossary(Glossary((Term("a", "b"),))))
    assert wishes.glossary == CONFIG.glossary
