from collections.abc import Mapping

import numpy as np
import pytest

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import NotServed, Reason
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Event,
    Numbered,
    Output,
    Replay,
    Said,
    SourceLanguage,
    SourceText,
    Warned,
    WarningCode,
)
from interp.core.languages import AUTO
from interp.core.translator import Abilities
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.engine.tongue import Tongue, TongueState
from tests.engine.stage import pause, session, speech, words, written
from tests.fakes.translator import ScriptTranslator

SERVED = frozenset({"de", "en", "fr"})
TELLS = Abilities(attention=True, languages=True)
POLICY = "waitk:k=2,unit_ms=320"


def looked(
    tongue: Tongue, *looks: Mapping[str, float], finished: bool = False
) -> list[SourceLanguage | Warned | None]:
    """What comes of looks at the times at which they are due, in one segment."""
    tongue.begin()
    found = []
    at_s, rest = 0, list(looks)
    while rest:
        at_s += 1
        if tongue.due(at_s * SOURCE_RATE_HZ, finished=finished):
            found.append(tongue.look(rest.pop(0), SERVED, finished=finished))
        assert at_s < 60, "a look was never due"
    return found


def test_a_likely_language_is_believed_at_the_first_look() -> None:
    tongue = Tongue(AUTO, None, told=True)
    assert looked(tongue, {"de": 0.9, "fr": 0.1}) == [SourceLanguage("de", 0.9)]
    assert tongue.decided
    assert tongue.state == TongueState("de", sure=True)


def test_an_unlikely_one_is_looked_at_again_and_the_last_look_decides() -> None:
    tongue = Tongue(AUTO, None, told=True)
    unsure = {"de": 0.5, "fr": 0.4}
    assert looked(tongue, unsure, unsure, {"de": 0.4, "fr": 0.5}) == [
        None,
        None,
        SourceLanguage("fr", 0.5),
    ]
    assert tongue.state == TongueState("fr", sure=False)


def test_the_end_of_a_segment_decides() -> None:
    tongue = Tongue(AUTO, None, told=True)
    assert looked(tongue, {"de": 0.3}, finished=True) == [SourceLanguage("de", 0.3)]


def test_what_was_a_guess_is_looked_for_again_in_the_next_segment() -> None:
    tongue = Tongue(AUTO, TongueState("fr", sure=False), told=True)
    assert looked(tongue, {"de": 0.95, "fr": 0.02}) == [SourceLanguage("de", 0.95)]


def test_only_served_languages_are_found() -> None:
    tongue = Tongue(AUTO, None, told=True)
    assert looked(tongue, {"pt": 0.05, "en": 0.95}) == [SourceLanguage("en", 0.95)]


def test_a_known_language_goes_on_unless_another_is_clearly_spoken() -> None:
    tongue = Tongue(AUTO, TongueState("fr", sure=True), told=True)
    assert looked(tongue, {"de": 0.9, "fr": 0.06}) == [None]
    assert looked(tongue, {"de": 0.79, "fr": 0.01}) == [None]
    assert tongue.language == "fr"
    assert looked(tongue, {"de": 0.9, "fr": 0.01}) == [SourceLanguage("de", 0.9)]


def test_a_declared_language_is_doubted_once_when_two_looks_fail_it() -> None:
    tongue = Tongue("fr", None, told=True)
    other = {"de": 0.95, "fr": 0.01}
    assert looked(tongue, other, other, other) == [
        None,
        Warned(WarningCode.OTHER_LANGUAGE, language="de"),
        None,
    ]
    assert tongue.language == "fr"


def test_a_look_that_finds_it_ends_the_doubts() -> None:
    tongue = Tongue("fr", None, told=True)
    other = {"de": 0.95, "fr": 0.01}
    assert looked(tongue, other, {"fr": 0.9}, other) == [None, None, None]


def test_nothing_is_looked_at_where_the_translator_cannot_tell() -> None:
    tongue = Tongue("fr", None, told=False)
    tongue.begin()
    assert not any(tongue.due(s * SOURCE_RATE_HZ, finished=False) for s in range(30))


def events_of(
    translator: ScriptTranslator, audio: list[np.ndarray], config: SessionConfig
) -> list[Event]:
    clock = VirtualClock()
    stage = session(translator, "", clock=clock, config=config)
    return list(interpret(stage, np.concatenate(audio), clock))


def open_config(outputs: frozenset[Output] = frozenset({Output.TEXT})) -> SessionConfig:
    return SessionConfig(AUTO, "en", outputs, POLICY)


def test_what_is_spoken_is_told_before_the_first_word_and_written_from() -> None:
    translator = ScriptTranslator(abilities=TELLS, chances={"de": 0.9})
    events = events_of(translator, [speech(4000)], open_config())
    kinds = [type(event).__name__ for event in events]
    assert events[kinds.index("SourceLanguage")] == SourceLanguage("de", 0.9)
    assert kinds.index("SourceLanguage") < kinds.index("TargetText")
    assert translator.sources == ["de"]
    told = events_of(
        ScriptTranslator(abilities=TELLS, chances={"de": 0.9}),
        [speech(4000)],
        SessionConfig("de", "en", policy=POLICY),
    )
    assert [word.text for word in words(events)] == [word.text for word in words(told)]


def test_a_segment_that_is_over_before_the_first_look_is_written_too() -> None:
    translator = ScriptTranslator(abilities=TELLS, chances={"de": 0.4})
    events = events_of(translator, [speech(700), pause(1000)], open_config())
    assert SourceLanguage("de", 0.4) in events
    assert words(events)


def test_captions_are_in_the_language_that_is_found() -> None:
    translator = ScriptTranslator(abilities=TELLS, chances={"de": 0.9})
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT})
    events = events_of(translator, [speech(4000)], open_config(outputs=outputs))
    assert any(isinstance(event, SourceText) and event.words for event in events)
    assert translator.sources == ["de", "de"]


def test_another_speaker_after_a_pause_is_written_from_his_own_language() -> None:
    translator = ScriptTranslator(abilities=TELLS, chances={"de": 0.9})
    clock = VirtualClock()
    stage = session(translator, "", clock=clock, config=open_config())
    first = np.concatenate([speech(3000), pause(1500)])
    stage.feed(Audio(first, 4500.0))
    drive(stage)
    translator.chances = {"fr": 0.95}
    stage.feed(Audio(np.concatenate([speech(3000), pause(1500)]), 9000.0))
    stage.feed(End())
    drive(stage)
    assert translator.sources == ["de", "fr"]


def test_a_translator_that_cannot_tell_is_not_asked_to() -> None:
    with pytest.raises(NotServed) as caught:
        session(ScriptTranslator(), "", config=open_config())
    assert caught.value.reason is Reason.PAIR_NOT_SERVED


def test_a_declared_language_that_is_not_spoken_is_warned_of_and_written_from() -> None:
    quiet = ScriptTranslator(abilities=TELLS, chances={"fr": 0.9})
    loud = ScriptTranslator(abilities=TELLS, chances={"de": 0.99})
    config = SessionConfig("fr", "en", policy=POLICY)
    fitting = events_of(quiet, [speech(6000)], config)
    doubted = events_of(loud, [speech(6000)], config)
    assert [event for event in doubted if isinstance(event, Warned)] == [
        Warned(WarningCode.OTHER_LANGUAGE, language="de")
    ]
    assert written(doubted) == written(fitting)
    assert not any(isinstance(event, Warned) for event in fitting)


def test_a_policy_that_encodes_nothing_before_the_end_is_looked_at_there() -> None:
    translator = ScriptTranslator(abilities=TELLS, chances={"de": 0.99})
    events = events_of(
        translator,
        [speech(3000), pause(1500), speech(3000), pause(1500)],
        SessionConfig("fr", "en", policy="offline"),
    )
    assert Warned(WarningCode.OTHER_LANGUAGE, language="de") in events


def drive(stage: Session) -> None:
    while (work := stage.advance()) is not None:
        (answer,) = stage.models.run([work])
        stage.complete(answer)


def test_worked_through_again_from_any_checkpoint_the_same_is_found_and_nothing_warned_twice() -> (
    None
):
    audio = np.concatenate([speech(3000), pause(1500), speech(700), pause(1500), speech(2500)])
    for config, chances in (
        (open_config(), {"de": 0.9}),
        (SessionConfig("fr", "en", policy=POLICY), {"de": 0.9}),
    ):
        said: list[Said] = []
        stage = session(translator_of(chances), "", config=config)
        for start in range(0, audio.size, 4000):
            stage.feed(Audio(audio[start : start + 4000], start / 16))
            drive(stage)
            said += stage.take()
        stage.feed(End())
        drive(stage)
        said += stage.take()
        for checkpoint in (item for item in said if isinstance(item, Checkpoint)):
            again = session(translator_of(chances), "", config=config, checkpoint=checkpoint)
            again.feed(Replay(audio.size, frozenset()))
            again.feed(Audio(audio[checkpoint.position_samples :], 0.0))
            again.feed(End())
            drive(again)
            replayed = [item for item in again.take() if isinstance(item, Numbered)]
            assert not [item for item in replayed if isinstance(item.event, Warned)]
            rest = [
                item
                for item in said
                if isinstance(item, Numbered)
                and item.counts
                and item.sequence >= checkpoint.next_sequence
            ]
            assert [plain(item) for item in replayed] == [plain(item) for item in rest]


def translator_of(chances: Mapping[str, float]) -> ScriptTranslator:
    return ScriptTranslator(abilities=TELLS, chances=chances)


def plain(item: Numbered) -> object:
    """Without what depends on the speed of the machine."""
    texts = written([item.event])
    language = item.event.language if isinstance(item.event, SourceLanguage) else ""
    return item.sequence, type(item.event), texts, language


@pytest.mark.parametrize("chunk", [512, 700, 9000])
def test_any_split_finds_the_same_at_the_same_place(chunk: int) -> None:
    audio = np.concatenate([speech(3000), pause(1500), speech(2500)])
    clock = VirtualClock()
    stage = session(translator_of({"de": 0.9}), "", clock=clock, config=open_config())
    events = list(interpret(stage, audio, clock, chunk))
    whole = events_of(translator_of({"de": 0.9}), [audio], open_config())
    order = [type(e) for e in events]
    assert written(events) == written(whole)
    assert order == [type(e) for e in whole]


def test_where_another_language_is_likelier_the_known_one_is_looked_at_again() -> None:
    tongue = Tongue(AUTO, TongueState("de", sure=True), told=True)
    first, later = {"fr": 0.7, "de": 0.2}, {"fr": 0.95, "de": 0.01}
    assert looked(tongue, first, later) == [None, SourceLanguage("fr", 0.95)]
    assert tongue.language == "fr"


def test_the_known_language_goes_on_where_it_is_the_likeliest_or_after_the_last_look() -> None:
    tongue = Tongue(AUTO, TongueState("de", sure=True), told=True)
    assert looked(tongue, {"fr": 0.4, "de": 0.5}) == [None]
    assert tongue.decided
    assert looked(tongue, *[{"fr": 0.7, "de": 0.2}] * 2) == [None, None]
    assert not tongue.decided
    assert looked(tongue, *[{"fr": 0.7, "de": 0.2}] * 3) == [None] * 3
    assert tongue.decided
    assert tongue.language == "de"
