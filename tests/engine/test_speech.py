"""A session that speaks: what is said is a function of what was heard, like what is written."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import NotServed, Reason
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Event,
    Input,
    Interrupt,
    MuteSpeech,
    Numbered,
    Output,
    Said,
    SessionEnded,
    SetOutputs,
    TargetSpeech,
    Warned,
    WarningCode,
)
from interp.engine.mouth import SpeechSettings
from interp.engine.recording import interpret
from tests.engine.stage import pause, session, speech, words
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import ScriptTranslator

TALK = np.concatenate([speech(3000), pause(1500), speech(2100), pause(900), speech(1000)])
SPOKEN = frozenset({Output.TEXT, Output.SPEECH})
CONFIG = SessionConfig("fr", "en", SPOKEN, "waitk:k=2,unit_ms=400")
FRAME_MS = 2048 / 24

Control = Interrupt | MuteSpeech | SetOutputs


def work_through(
    inputs: Iterable[Input],
    *,
    checkpoint: Checkpoint | None = None,
    config: SessionConfig = CONFIG,
    voice: ScriptSynthesiser | None = None,
) -> list[Said]:
    translator, voice = ScriptTranslator(), voice or ScriptSynthesiser()
    stage = session(translator, "", config=config, checkpoint=checkpoint, synthesiser=voice)
    for item in inputs:
        stage.feed(item)
    while (work := stage.advance()) is not None:
        (answer,) = stage.models.run([work])
        stage.complete(answer)
    return stage.take()


def events_of(items: Iterable[Said]) -> list[Event]:
    return [item.event for item in items if isinstance(item, Numbered)]


def heard(items: Iterable[Event]) -> list[TargetSpeech]:
    return [event for event in items if isinstance(event, TargetSpeech)]


@dataclass(frozen=True)
class Frame:
    """What of a TargetSpeech does not depend on the speed of the machine."""

    segment: int
    offset_ms: int
    text: str
    delay_ms: int
    source: tuple[int, int]
    sound: bytes
    codes: bytes


def frames(events: Iterable[Event]) -> list[Frame]:
    return [
        Frame(
            each.segment,
            each.offset_ms,
            each.text,
            each.delay_ms,
            (each.source_start_ms, each.source_end_ms),
            each.samples.tobytes(),
            each.codes.tobytes(),
        )
        for each in heard(events)
    ]


def spoken_text(events: Iterable[Event]) -> str:
    return "".join(each.text for each in heard(events))


def written_text(events: Iterable[Event]) -> str:
    return "".join(word.text for word in words(events))


def chunks(audio: Samples, cuts: Sequence[int]) -> list[Input]:
    bounds = [0, *sorted(cuts), audio.size]
    return [Audio(audio[a:b], b / 16) for a, b in itertools.pairwise(bounds)]


WHOLE = events_of(work_through([Audio(TALK, 0.0), End()]))


def test_everything_written_is_said_in_order() -> None:
    assert written_text(WHOLE).split()
    assert spoken_text(WHOLE) == written_text(WHOLE)
    assert sorted({each.segment for each in heard(WHOLE)}) == [0, 1, 2]


def test_speech_begins_before_the_segment_ends() -> None:
    phrase = words(WHOLE)[SpeechSettings().phrase_words - 1]
    first_sound = heard(WHOLE)[0]
    assert first_sound.offset_ms == phrase.delay_ms < 2000
    assert first_sound.delay_ms == phrase.delay_ms


@given(cuts=st.lists(st.integers(1, TALK.size - 1), max_size=40))
@settings(max_examples=30, deadline=None)
def test_any_split_gives_the_same_speech(cuts: list[int]) -> None:
    assert frames(events_of(work_through([*chunks(TALK, cuts), End()]))) == frames(WHOLE)


CONTROLS: list[Control] = [Interrupt(), MuteSpeech(True), MuteSpeech(False), SetOutputs(SPOKEN)]
STEERED = st.lists(st.tuples(st.integers(0, TALK.size), st.sampled_from(CONTROLS)), max_size=5)


def steered(controls: Sequence[tuple[int, Control]], cuts: Sequence[int]) -> list[Input]:
    """TALK in pieces, each control at its place."""
    inputs: list[Input] = []
    bounds = sorted({0, TALK.size, *cuts, *(place for place, _ in controls)})
    for start, end in itertools.pairwise([*bounds, TALK.size]):
        inputs += [control for place, control in controls if place == start]
        inputs += [Audio(TALK[start:end], end / 16)] if end > start else []
    return [*inputs, End()]


@given(controls=STEERED, cuts=st.lists(st.integers(1, TALK.size - 1), max_size=20))
@settings(max_examples=30, deadline=None)
def test_any_split_gives_the_same_speech_around_controls(
    controls: list[tuple[int, Control]], cuts: list[int]
) -> None:
    whole = events_of(work_through(steered(controls, [])))
    assert frames(events_of(work_through(steered(controls, cuts)))) == frames(whole)
    assert written_text(whole) == written_text(WHOLE)


def test_one_chunk_at_a_time_gives_the_same_speech_on_a_virtual_clock() -> None:
    translator, clock, voice = ScriptTranslator(), VirtualClock(), ScriptSynthesiser()
    stage = session(translator, "", clock=clock, config=CONFIG, synthesiser=voice)
    events = list(interpret(stage, TALK, clock, 777))
    assert frames(events) == frames(WHOLE)
    assert all(each.elapsed_ms >= each.delay_ms for each in heard(events))


def test_target_time_never_runs_before_source_time_while_the_speaker_talks() -> None:
    live = [each for each in heard(WHOLE) if each.delay_ms < TALK.size // 16]
    assert all(0 <= each.delay_ms - each.offset_ms < 32 for each in live)
    offsets = [each.offset_ms for each in heard(WHOLE)]
    assert all(b - a >= 85 for a, b in itertools.pairwise(offsets))


def test_silence_says_nothing_and_costs_nothing() -> None:
    voice = ScriptSynthesiser()
    events = events_of(work_through([Audio(pause(20_000), 0.0), End()], voice=voice))
    assert [type(event) for event in events] == [SessionEnded]
    assert voice.calls == 0


def test_totals_tell_how_much_was_said() -> None:
    ended = WHOLE[-1]
    assert isinstance(ended, SessionEnded)
    assert ended.totals.speech_ms == int(len(heard(WHOLE)) * FRAME_MS)


@pytest.mark.parametrize("at_ms", [1703, 2000, 2733, 3500, 5001, 7900])
def test_an_interrupt_is_silent_within_a_frame_and_later_words_are_said(at_ms: int) -> None:
    cut = at_ms * 16
    inputs: list[Input] = [Audio(TALK[:cut], 0.0), Interrupt(), Audio(TALK[cut:], 0.0), End()]
    events = events_of(work_through(inputs))
    before = [each for each in heard(events) if each.delay_ms <= at_ms]
    after = [each for each in heard(events) if each.delay_ms > at_ms]
    assert before[-1].offset_ms + FRAME_MS <= at_ms + FRAME_MS
    assert frames(before) == frames(WHOLE)[: len(before)]
    assert len(frames(before)) < len(frames(WHOLE))
    later = [word for word in words(events) if word.delay_ms > at_ms]
    assert "".join(each.text for each in after) == "".join(word.text for word in later)
    assert after[0].offset_ms >= later[0].delay_ms
    assert written_text(events) == written_text(WHOLE)


def test_a_muted_session_writes_on_and_says_nothing() -> None:
    voice = ScriptSynthesiser()
    inputs: list[Input] = [MuteSpeech(True), Audio(TALK, 0.0), End()]
    events = events_of(work_through(inputs, voice=voice))
    assert heard(events) == []
    assert voice.calls == 0
    assert written_text(events) == written_text(WHOLE)


def test_unmuted_it_goes_on_with_the_words_written_after() -> None:
    cut = 5000 * 16
    inputs: list[Input] = [
        MuteSpeech(True),
        Audio(TALK[:cut], 0.0),
        MuteSpeech(False),
        Audio(TALK[cut:], 0.0),
        End(),
    ]
    events = events_of(work_through(inputs))
    later = "".join(word.text for word in words(events) if word.delay_ms > 5000)
    assert spoken_text(events) == later != ""


def test_speech_may_be_turned_on_and_off_in_mid_stream() -> None:
    text_only = replace(CONFIG, outputs=frozenset({Output.TEXT}))
    one, two = 1500 * 16, 6000 * 16
    inputs: list[Input] = [
        Audio(TALK[:one], 0.0),
        SetOutputs(SPOKEN),
        Audio(TALK[one:two], 0.0),
        SetOutputs(frozenset({Output.TEXT})),
        Audio(TALK[two:], 0.0),
        End(),
    ]
    events = events_of(work_through(inputs, config=text_only))
    assert heard(events)
    assert all(1500 <= each.delay_ms <= 6000 for each in heard(events))
    assert written_text(events) == written_text(WHOLE)


def test_speech_alone_without_text_may_be_asked_for() -> None:
    config = replace(CONFIG, outputs=frozenset({Output.SPEECH}))
    events = events_of(work_through([Audio(TALK, 0.0), End()], config=config))
    assert frames(events) == frames(WHOLE)
    assert words(events) == []


def test_speech_is_passed_over_while_compute_cannot_keep_up() -> None:
    translator, clock, voice = ScriptTranslator(), VirtualClock(), ScriptSynthesiser()
    stage = session(translator, "", clock=clock, config=CONFIG, synthesiser=voice, catch_up_ms=2000)
    events: list[Event] = []
    for second in range(8):
        clock.advance_to(1000.0 * (second + 1) if second < 3 else 9000.0)  # one stall of 5 s
        stage.feed(Audio(speech(1000), 1000.0 * (second + 1)))
        while (work := stage.advance()) is not None:
            (answer,) = stage.models.run([work])
            stage.complete(answer)
        events += events_of(stage.take())
    codes = [event.code for event in events if isinstance(event, Warned)]
    assert codes.count(WarningCode.SPEECH_SKIPPED) == 1
    assert not [each for each in heard(events) if 3000 < each.delay_ms <= 6000]
    assert heard(events)[-1].delay_ms > 6000


def test_text_is_numbered_without_holes_whatever_is_said() -> None:
    items = work_through([Audio(TALK, 0.0), End()])
    mute = work_through([MuteSpeech(True), Audio(TALK, 0.0), End()])
    counted = [i.sequence for i in items if isinstance(i, Numbered) and i.counts]
    assert counted == list(range(len(counted)))
    assert counted == [item.sequence for item in mute if isinstance(item, Numbered)]


def test_from_any_checkpoint_the_same_is_written_and_what_was_not_said_is_said() -> None:
    items = work_through([Audio(TALK, 0.0), End()])
    checkpoints = [item for item in items if isinstance(item, Checkpoint)]
    assert len(checkpoints) >= 3
    assert any(checkpoint.state.targets[0].mouth.unsaid for checkpoint in checkpoints)
    for checkpoint in checkpoints:
        said_before = spoken_text(events_of(items[: items.index(checkpoint)]))
        rest: list[Input] = [Audio(TALK[checkpoint.position_samples :], 0.0), End()]
        again = work_through(rest, checkpoint=checkpoint)
        texts = [
            (item.sequence, written_text([item.event]))
            for item in items[items.index(checkpoint) :]
            if isinstance(item, Numbered) and item.counts
        ]
        assert texts == [
            (item.sequence, written_text([item.event]))
            for item in again
            if isinstance(item, Numbered) and item.counts
        ]
        said = spoken_text(events_of(again))
        assert said_before + said == written_text(WHOLE)


def test_a_muted_session_stays_muted_on_another_replica() -> None:
    items = work_through([MuteSpeech(True), Audio(TALK, 0.0)])
    checkpoint = next(item for item in items if isinstance(item, Checkpoint))
    rest: list[Input] = [Audio(TALK[checkpoint.position_samples :], 0.0), End()]
    assert heard(events_of(work_through(rest, checkpoint=checkpoint))) == []


@pytest.mark.parametrize(
    "config",
    [
        replace(CONFIG, voice="anna"),
        replace(CONFIG, target="fr"),
        replace(CONFIG, voice="anna", outputs=frozenset({Output.TEXT})),
    ],
    ids=["another voice", "another language", "a voice that is not heard yet"],
)
def test_a_voice_that_is_not_there_is_refused(config: SessionConfig) -> None:
    with pytest.raises(NotServed) as caught:
        work_through([], config=config)
    assert caught.value.reason is Reason.VOICE_NOT_SERVED


def test_without_a_voice_speech_is_refused_at_the_start_and_later() -> None:
    with pytest.raises(NotServed) as caught:
        session(ScriptTranslator(), "", config=CONFIG)
    assert caught.value.reason is Reason.VOICE_NOT_SERVED
    stage = session(ScriptTranslator(), "waitk")
    stage.feed(SetOutputs(SPOKEN))
    with pytest.raises(NotServed) as caught:
        stage.advance()
    assert caught.value.reason is Reason.VOICE_NOT_SERVED


def test_cost_per_second_is_flat() -> None:
    translator, voice = ScriptTranslator(), ScriptSynthesiser()
    stage = session(translator, "", config=CONFIG, synthesiser=voice)
    made = []
    for minute in range(4):
        before = voice.frames
        for second in range(60):
            stage.feed(Audio(speech(1000), (minute * 60 + second + 1) * 1000.0))
            while (work := stage.advance()) is not None:
                (answer,) = stage.models.run([work])
                stage.complete(answer)
            stage.take()
        made.append(voice.frames - before)
    assert max(made) <= 60_000 / FRAME_MS + 1
    assert max(made[1:]) <= min(made[1:]) * 1.05
