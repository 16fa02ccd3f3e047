"""A session on a translator that cannot do everything."""

import pytest

from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.events import (
    Expect,
    Numbered,
    Output,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    SourceText,
    Warned,
    WarningCode,
)
from interp.core.glossary import NO_TERMS, Glossary, Term
from interp.core.translator import Abilities, Pair
from interp.engine.recording import interpret
from tests.engine.stage import session, speech, words
from tests.fakes.translator import PAIRS, ScriptTranslator

BLIND = Abilities(attention=False)


@pytest.mark.parametrize(
    ("policy", "rule"),
    [("waitk:guard_ms=400", "guard_ms"), ("alignatt", "alignatt"), ("hold:guard_ms=1", "guard_ms")],
)
def test_a_rule_on_attention_is_refused_by_name_where_a_translator_has_none(
    policy: str, rule: str
) -> None:
    blind = ScriptTranslator(abilities=BLIND)
    with pytest.raises(InvalidRequest, match=f"^{rule} needs") as at_start:
        session(blind, policy)
    running = session(blind, "agree")
    running.feed(SetPolicy(policy))
    with pytest.raises(InvalidRequest, match=f"^{rule} needs") as in_mid_stream:
        running.advance()
    assert at_start.value.reason is in_mid_stream.value.reason is Reason.BAD_POLICY


def test_without_attention_a_word_came_from_all_that_was_heard_since_the_last() -> None:
    translator, clock = ScriptTranslator(abilities=BLIND), VirtualClock()
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT})
    config = SessionConfig("fr", "en", outputs, "waitk:k=2,unit_ms=320,guard_p=0.5")
    stage = session(translator, "", clock=clock, config=config)
    events = list(interpret(stage, speech(4000), clock))
    first, second, *_ = words(events)
    assert (first.source_start_ms, first.source_end_ms) == (0, first.delay_ms)
    assert (second.source_start_ms, second.source_end_ms) == (first.delay_ms, second.delay_ms)
    captions = [w.text for e in events if isinstance(e, SourceText) for w in e.words]
    assert captions == [f" s{i}" for i in range(10)]


def test_terms_that_no_translator_takes_end_no_session() -> None:
    terms = Glossary((Term("hôte", "host"),))
    with pytest.raises(InvalidRequest) as at_start:
        session(
            ScriptTranslator(), "", config=SessionConfig("fr", "en", policy="agree", glossary=terms)
        )
    assert at_start.value.reason is Reason.BAD_GLOSSARY
    running = session(ScriptTranslator(), "agree")
    running.feed(SetGlossary(NO_TERMS))
    running.feed(SetGlossary(terms))
    running.feed(Expect(("Debrecen",)))
    assert running.advance() is None
    told = [said.event for said in running.take() if isinstance(said, Numbered)]
    assert told == [Warned(WarningCode.TERMS_NOT_TAKEN)] * 2


def test_source_text_is_refused_where_the_translator_writes_none() -> None:
    translator = ScriptTranslator(pairs=PAIRS - {Pair("fr", "fr")})
    wanted = frozenset({Output.TEXT, Output.SOURCE_TEXT})
    with pytest.raises(NotServed) as at_start:
        session(translator, "", config=SessionConfig("fr", "en", wanted))
    running = session(translator, "agree")
    running.feed(SetOutputs(wanted))
    with pytest.raises(NotServed) as in_mid_stream:
        running.advance()
    assert at_start.value.reason is in_mid_stream.value.reason is Reason.PAIR_NOT_SERVED
