"""Several targets of one speaker: heard once, each written as if it were alone."""

from dataclasses import replace

import numpy as np
import pytest

from interp.core.clock import VirtualClock
from interp.core.config import MOST_TARGETS, Also, SessionConfig, targets_of
from interp.core.errors import InvalidRequest, NotServed
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Event,
    Numbered,
    Output,
    PolicyAction,
    Said,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    SourceText,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
)
from interp.core.glossary import Glossary, Term
from interp.core.translator import Abilities, Pair
from interp.engine.models import Models
from interp.engine.mouth import SpeechSettings
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.engine.target import Targets
from tests.engine.stage import pause, session, speech
from tests.engine.test_session import drive
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import ScriptTranslator

TALK = np.concatenate([speech(3000), pause(1500), speech(2100)])
PAIRS = frozenset(Pair("fr", target) for target in ("fr", "en", "de", "pt"))
ONE = SessionConfig("fr", "en", policy="waitk:k=2,unit_ms=400")
THREE = replace(ONE, also=(Also("de", policy="hold:n=2"), Also("fr")))


def translator() -> ScriptTranslator:
    return ScriptTranslator(pairs=PAIRS)


def events_of(config: SessionConfig, model: ScriptTranslator | None = None) -> list[Event]:
    clock = VirtualClock()
    stage = session(model or translator(), "", clock=clock, config=config)
    return list(interpret(stage, TALK, clock))


def text_of(events: list[Event], target: int) -> list[TargetText]:
    """What one target said, as if it were the only one; elapsed is the clock's, not the text's."""
    texts = [e for e in events if isinstance(e, TargetText) and e.target == target]
    return [
        replace(text, target=0, words=tuple(replace(w, elapsed_ms=w.delay_ms) for w in text.words))
        for text in texts
    ]


def test_each_target_is_written_as_if_it_were_alone() -> None:
    together = events_of(THREE)
    for number, alone in enumerate(targets_of(THREE)):
        assert text_of(together, number) == text_of(events_of(alone), 0)


def test_the_speaker_is_encoded_once_for_all() -> None:
    one, three = translator(), translator()
    events_of(ONE, one)
    events_of(THREE, three)
    assert three.encoded_samples == one.encoded_samples
    assert three.decodes > one.decodes


def test_targets_have_outputs_of_their_own() -> None:
    quiet = replace(ONE, also=(Also("de", outputs=frozenset({Output.ACTIONS})),))
    events = events_of(quiet)
    assert text_of(events, 0)
    assert not text_of(events, 1)
    assert {e.target for e in events if isinstance(e, PolicyAction)} == {1}


def test_source_text_comes_if_any_target_asks_for_it() -> None:
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT})
    events = events_of(replace(ONE, also=(Also("de", outputs=outputs),)))
    assert any(isinstance(event, SourceText) for event in events)


def test_a_control_may_name_its_target() -> None:
    stage = session(translator(), "", config=THREE)
    stage.feed(SetPolicy("offline", 1))
    stage.feed(SetOutputs(frozenset({Output.ACTIONS}), 2))
    stage.feed(Audio(TALK[: 3000 * 16], 3000.0))
    drive(stage)
    told = [item.event for item in stage.take() if isinstance(item, Numbered)]
    assert text_of(told, 0)
    assert not text_of(told, 1), "offline writes nothing before the end"
    assert not text_of(told, 2), "text is no longer asked for"


@pytest.mark.parametrize("number", [-1, 3])
def test_a_control_for_a_target_that_is_not_there_is_refused(number: int) -> None:
    stage = session(translator(), "", config=THREE)
    stage.feed(SetPolicy("offline", number))
    with pytest.raises(InvalidRequest):
        drive(stage)


def worked(stage: Session) -> list[Event]:
    stage.feed(Audio(TALK, float(TALK.size / 16)))
    stage.feed(End())
    drive(stage)
    return [item.event for item in stage.take() if isinstance(item, Numbered)]


def numbered(said: list[Said]) -> list[tuple[int, TargetText]]:
    texts = [i for i in said if isinstance(i, Numbered) and isinstance(i.event, TargetText)]
    events = [(item.sequence, item.event) for item in texts if isinstance(item.event, TargetText)]
    return [(number, text_of([event], event.target)[0]) for number, event in events]


def test_all_targets_go_on_from_a_checkpoint() -> None:
    stage = session(translator(), "", config=THREE)
    stage.feed(SetPolicy("fixed", 2))
    stage.feed(Audio(TALK, float(TALK.size / 16)))
    drive(stage)
    said = stage.take()
    point = max((i for i in said if isinstance(i, Checkpoint)), key=lambda c: c.position_samples)
    stage.feed(End())
    drive(stage)
    rest = [*said, *stage.take()]
    again = session(translator(), "", config=THREE, checkpoint=point)
    again.feed(Audio(TALK[point.position_samples :], float(TALK.size / 16)))
    again.feed(End())
    drive(again)
    assert numbered(again.take()) == [i for i in numbered(rest) if i[0] >= point.next_sequence]


def test_a_target_speaks_where_its_language_has_a_voice() -> None:
    spoken = frozenset({Output.TEXT, Output.SPEECH})
    config = replace(ONE, target="de", also=(Also("en", outputs=spoken),))
    stage = session(translator(), "", config=config, synthesiser=ScriptSynthesiser())
    speech_of = [e.target for e in worked(stage) if isinstance(e, TargetSpeech)]
    assert speech_of
    assert set(speech_of) == {1}
    with pytest.raises(NotServed):
        session(
            translator(),
            "",
            config=replace(config, outputs=spoken),
            synthesiser=ScriptSynthesiser(),
        )


def test_speech_that_is_left_out_is_told_with_whose_it_was() -> None:
    spoken = frozenset({Output.TEXT, Output.SPEECH})
    config = replace(ONE, target="de", also=(Also("en", outputs=spoken),))
    clock = VirtualClock()
    stage = session(
        translator(),
        "",
        clock=clock,
        config=config,
        synthesiser=ScriptSynthesiser(),
        catch_up_ms=2000,
    )
    told: list[Said] = []
    for second in range(8):
        clock.advance_to(1000.0 * (second + 1) if second < 3 else 9000.0)  # one stall of 5 s
        stage.feed(Audio(speech(1000), 1000.0 * (second + 1)))
        drive(stage)
        told += stage.take()
    events = [item.event for item in told if isinstance(item, Numbered)]
    warned = [event for event in events if isinstance(event, Warned)]
    assert [each.target for each in warned if each.code is WarningCode.SPEECH_SKIPPED] == [1]


def test_targets_are_few_and_each_is_there_once() -> None:
    assert len(targets_of(THREE)) == 3
    with pytest.raises(InvalidRequest):
        targets_of(replace(ONE, also=(Also("en-GB"),)))
    many = tuple(Also(f"{a}{b}") for a in "abc" for b in "qwx")
    with pytest.raises(InvalidRequest):
        targets_of(replace(ONE, also=many[:MOST_TARGETS]))


def test_what_a_target_leaves_open_is_as_the_session_has_it() -> None:
    first, second, third = targets_of(replace(THREE, voice="anna"))
    assert first == replace(THREE, voice="anna", also=())
    assert (second.policy, second.outputs, second.voice) == ("hold:n=2", ONE.outputs, "")
    assert third.policy == ONE.policy


def test_terms_are_the_first_targets_and_names_are_everybodys() -> None:
    model = ScriptTranslator(pairs=PAIRS, abilities=Abilities(attention=True, glossary=True))
    targets = Targets(THREE, Models(model), SpeechSettings())
    name, term = Term("Debrecen", "Debrecen"), Term("hôte", "host")
    assert targets.steer(SetGlossary(Glossary((term, name))), 0) is None
    first, *others = [state.writer.glossary for state in targets.states]
    assert first == Glossary((term, name))
    assert others == [Glossary((name,))] * 2
