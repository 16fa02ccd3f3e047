import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import ms_to_samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import InterpError, InvalidRequest, NotServed, Reason
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Marker,
    MarkerReached,
    Numbered,
    Output,
    PolicyAction,
    Said,
    SessionEnded,
    SetPolicy,
    SkipBacklog,
    SourceText,
    TargetText,
)
from interp.engine.recording import chunks, interpret
from interp.engine.session import Session
from interp.engine.work import Writing
from interp.policies.base import LISTEN
from tests.engine.stage import pause, run, session, speech, words, written
from tests.fakes.translator import ScriptTranslator

TALK = np.concatenate([speech(3000), pause(1500), speech(2100), pause(900), speech(1000)])
POLICIES = ["waitk:k=2,unit_ms=320", "agree", "hold:n=2", "alignatt", "fixed", "offline"]
POLICIES += ["waitk-adaptive:k_max=4", "waitk:k=1,unit_ms=500,guard_ms=400"]


def drive(stage: Session) -> None:
    while (work := stage.advance()) is not None:
        (answer,) = stage.models.run([work])
        stage.complete(answer)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("unit_ms", [320, 640])
def test_wait_k_delays_follow_the_closed_form(k: int, unit_ms: int) -> None:
    source_ms = 20 * unit_ms
    translator, clock = ScriptTranslator(word_ms=unit_ms), VirtualClock()
    stage = session(translator, f"waitk:k={k},unit_ms={unit_ms}", clock=clock)
    delays = [d for _, d in written(interpret(stage, speech(source_ms), clock))]
    assert delays[:19] == [min((k + i) * unit_ms, source_ms) for i in range(19)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("lead_ms", [5, 2000, 10_007])
def test_silence_before_the_speech_only_puts_every_word_later(policy: str, lead_ms: int) -> None:
    now = written(run(policy, TALK))
    later = written(run(policy, np.concatenate([pause(lead_ms), TALK]), chunk_samples=320))
    assert later == [(word, delay_ms + lead_ms) for word, delay_ms in now]


@pytest.mark.parametrize("policy", POLICIES)
@given(cuts=st.lists(st.integers(1, TALK.size - 1), max_size=40))
@settings(max_examples=10, deadline=None)
def test_any_split_writes_the_same_words_with_the_same_delays(policy: str, cuts: list[int]) -> None:
    translator = ScriptTranslator()
    stage = session(translator, policy)
    bounds = [0, *sorted(cuts), TALK.size]
    for start, end in itertools.pairwise(bounds):
        stage.feed(Audio(TALK[start:end], end / 16))
        drive(stage)
    stage.feed(End())
    drive(stage)
    said = [item.event for item in stage.take() if isinstance(item, Numbered)]
    assert written(said) == written(run(policy, TALK))


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_writes_all_of_each_segment_once_and_in_order(policy: str) -> None:
    events = run(policy, TALK)
    for number in range(3):
        texts = [e for e in events if isinstance(e, TargetText) and e.segment == number]
        spoken = [int(w.text.strip(" w").split("?")[0]) for t in texts for w in t.words]
        assert spoken == list(range(len(spoken)))
        assert len(spoken) >= 2
        assert [t.segment_ended for t in texts] == [False] * (len(texts) - 1) + [True]


@pytest.mark.parametrize("policy", POLICIES)
def test_delays_never_fall_and_elapsed_is_never_less(policy: str) -> None:
    seen = words(run(policy, TALK))
    delays = [word.delay_ms for word in seen]
    assert delays == sorted(delays)
    assert all(word.elapsed_ms >= word.delay_ms for word in seen)
    assert all(word.source_start_ms <= word.source_end_ms <= word.delay_ms for word in seen)


def test_silence_says_nothing_and_costs_no_model_work() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    stage = session(translator, "alignatt", clock=clock)
    events = list(interpret(stage, pause(60_000), clock, 1600))
    assert [type(event) for event in events] == [SessionEnded]
    assert translator.decodes == 0
    assert translator.encoded_samples == 0


def test_while_wait_k_waits_the_audio_is_encoded_and_nothing_decoded() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    stage = session(translator, "waitk:k=9,unit_ms=320", clock=clock)
    stage.feed(Audio(speech(2500), 2500.0))
    asked = []
    while (work := stage.advance()) is not None:
        assert isinstance(work, Writing)
        asked.append(work.decodes[0].ask)
        (answer,) = stage.models.run([work])
        stage.complete(answer)
    assert asked == [LISTEN] * 7
    assert translator.encoded_samples > ms_to_samples(2000)
    assert stage.take() == []


def test_offline_leaves_all_model_work_for_the_end() -> None:
    stage = session(ScriptTranslator(), "offline", clock=VirtualClock())
    stage.feed(Audio(speech(2500), 2500.0))
    assert stage.advance() is None


def test_cost_per_second_is_flat_and_memory_bounded_in_speech_without_pauses() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    stage = session(translator, "waitk:k=3,unit_ms=500", clock=clock)
    per_minute = []
    for minute in range(6):
        before = translator.encoded_samples, translator.decodes
        for second in range(60):
            stage.feed(Audio(speech(1000), (minute * 60 + second + 1) * 1000.0))
            drive(stage)
            stage.take()
        per_minute.append((translator.encoded_samples - before[0], translator.decodes - before[1]))
        assert stage._segment is not None
        assert sum(audio.size for audio, _ in stage._segment.heard) <= 30 * 16_000
    assert max(per_minute)[0] <= min(per_minute)[0] * 1.1
    assert max(d for _, d in per_minute) <= min(d for _, d in per_minute) * 1.1


def test_a_segment_cut_for_its_length_hands_on_its_last_words() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    stage = session(translator, "waitk:k=3,unit_ms=500", clock=clock)
    list(interpret(stage, speech(40_000), clock))
    assert translator.contexts[0] == ""
    assert translator.contexts[1].split()[-1].startswith("w")
    assert len(translator.contexts[1].split()) == 20


def test_captions_of_a_segment_cut_for_its_length_begin_without_the_words_before() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT})
    config = SessionConfig("fr", "en", outputs, "waitk:k=3,unit_ms=500")
    stage = session(translator, "", clock=clock, config=config)
    list(interpret(stage, speech(40_000), clock))
    written, own = translator.contexts[2:4]
    assert written.split()[-1].startswith("w")
    assert own == ""


def test_what_a_text_left_out_at_its_end_is_decoded_anew() -> None:
    translator, clock = ScriptTranslator(words_max=5), VirtualClock()
    stage = session(translator, "waitk:k=2,unit_ms=400", clock=clock)
    events = list(interpret(stage, speech(6000), clock))
    spans = [(w.source_start_ms, w.source_end_ms) for w in words(events)]
    assert spans[-1][1] >= 6000 - 1500
    assert all(first[1] <= second[1] for first, second in itertools.pairwise(spans))
    ended = [e.segment for e in events if isinstance(e, TargetText) and e.segment_ended]
    assert ended == [0, 1, 2]
    assert translator.contexts == ["", "", ""]
    assert translator.encoded_samples == ms_to_samples(6000 + 4000 + 2000)


def test_a_text_that_ends_while_the_speaker_goes_on_is_begun_anew_before_the_segment_ends() -> None:
    translator, clock = ScriptTranslator(words_max=5, ends_early=True), VirtualClock()
    stage = session(translator, "waitk:k=2,unit_ms=400", clock=clock)
    seen = words(interpret(stage, speech(24_000), clock))
    assert max(word.delay_ms - word.source_end_ms for word in seen) <= 6000
    assert seen[-1].source_end_ms >= 24_000 - 2000


@pytest.mark.parametrize("ends_early", [False, True])
def test_a_session_goes_on_from_where_a_segment_was_cut_in_two(ends_early: bool) -> None:
    audio = speech(60_000)
    translator = ScriptTranslator(words_max=20, ends_early=ends_early)
    stage = session(translator, "waitk:k=2,unit_ms=320")
    said: list[Said] = []
    for chunk in chunks(audio):
        stage.feed(chunk)
        drive(stage)
        said += stage.take()
    cuts = [each for each in said if isinstance(each, Checkpoint)]
    assert len(cuts) >= 2
    for cut in cuts:
        again = session(translator, "waitk:k=2,unit_ms=320", checkpoint=cut)
        for chunk in chunks(audio[cut.position_samples :]):
            again.feed(chunk)
            drive(again)
        rest = [each for each in again.take() if isinstance(each, Numbered)]
        told = [each for each in said if isinstance(each, Numbered)]
        assert _texts(rest) == _texts(told[cut.next_sequence :])


def _texts(said: list[Numbered]) -> list[tuple[int, list[str], list[int]]]:
    texts = [each.event for each in said if isinstance(each.event, TargetText)]
    return [(t.segment, [w.text for w in t.words], [w.delay_ms for w in t.words]) for t in texts]


def test_a_text_that_does_not_come_further_is_not_begun_for_ever() -> None:
    translator, clock = ScriptTranslator(words_max=1), VirtualClock()
    stage = session(translator, "offline", clock=clock)
    list(interpret(stage, speech(6000), clock))
    assert translator.decodes <= 2


def test_a_text_that_reaches_the_end_is_left_alone() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    list(interpret(session(translator, "offline", clock=clock), TALK, clock))
    assert translator.decodes == 3


def test_a_pause_hands_on_no_words() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    list(interpret(session(translator, "agree", clock=clock), TALK, clock))
    assert translator.contexts == ["", "", ""]


def test_worked_through_again_from_any_checkpoint_a_session_says_the_same() -> None:
    translator = ScriptTranslator()
    stage = session(translator, "waitk:k=2,unit_ms=320")
    said: list[Said] = []
    for start in range(0, TALK.size, 4000):
        stage.feed(Audio(TALK[start : start + 4000], start / 16))
        drive(stage)
        said += stage.take()
    stage.feed(End())
    drive(stage)
    said += stage.take()
    checkpoints = [item for item in said if isinstance(item, Checkpoint)]
    assert len(checkpoints) >= 3
    for checkpoint in checkpoints:
        again = ScriptTranslator()
        resumed = session(again, "waitk:k=2,unit_ms=320", checkpoint=checkpoint)
        resumed.feed(Audio(TALK[checkpoint.position_samples :], 0.0))
        resumed.feed(End())
        drive(resumed)
        replayed = [item for item in resumed.take() if isinstance(item, Numbered)]
        rest = [
            item
            for item in said
            if isinstance(item, Numbered) and item.sequence >= checkpoint.next_sequence
        ]
        assert _timeless(replayed) == _timeless(rest)


def _timeless(items: list[Numbered]) -> list[object]:
    """Without what depends on the speed of the machine."""
    plain: list[object] = []
    for item in items:
        match item.event:
            case TargetText() as text:
                plain.append(
                    replace(text, words=tuple(replace(w, elapsed_ms=0) for w in text.words))
                )
            case SessionEnded(totals):
                plain.append(replace(totals, compute_ms=0.0))
            case event:
                plain.append(event)
    return plain


def test_numbers_have_no_holes() -> None:
    translator = ScriptTranslator()
    stage = session(translator, "alignatt")
    stage.feed(Audio(TALK, 0.0))
    stage.feed(End())
    drive(stage)
    numbers = [item.sequence for item in stage.take() if isinstance(item, Numbered)]
    assert numbers == list(range(len(numbers)))


def test_a_policy_set_in_mid_stream_holds_from_there_on() -> None:
    translator = ScriptTranslator()
    stage = session(translator, "offline")
    stage.feed(Audio(speech(3200), 0.0))
    stage.feed(SetPolicy("waitk:k=1,unit_ms=320"))
    stage.feed(Audio(speech(3200), 0.0))
    drive(stage)
    said = [item.event for item in stage.take() if isinstance(item, Numbered)]
    delays = [delay for _, delay in written(said)]
    assert delays[0] == 3232  # the next frame


def test_a_bad_policy_in_mid_stream_is_an_invalid_request() -> None:
    stage = session(ScriptTranslator(), "offline")
    stage.feed(SetPolicy("waitk:k=zero"))
    with pytest.raises(InvalidRequest):
        stage.advance()


def test_a_marker_is_reached_after_the_audio_before_it() -> None:
    translator = ScriptTranslator()
    stage = session(translator, "waitk:k=1,unit_ms=320")
    stage.feed(Audio(speech(2000), 0.0))
    stage.feed(Marker("m"))
    drive(stage)
    said = [item.event for item in stage.take() if isinstance(item, Numbered)]
    assert said[-1] == MarkerReached("m", 2000)


def test_skip_backlog_turns_waiting_audio_into_silence() -> None:
    translator = ScriptTranslator()
    stage = session(translator, "waitk:k=1,unit_ms=320")
    stage.feed(Audio(speech(5000), 0.0))
    stage.feed(SkipBacklog())
    stage.feed(End())
    drive(stage)
    events = [item.event for item in stage.take() if isinstance(item, Numbered)]
    assert written(events) == []
    assert isinstance(events[-1], SessionEnded)
    assert events[-1].totals.heard_ms == 5000


def test_source_captions_are_written_beside_the_translation() -> None:
    translator, clock = ScriptTranslator(), VirtualClock()
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT, Output.ACTIONS})
    config = SessionConfig("fr-CA", "en-GB", outputs, "waitk:k=2,unit_ms=500")
    stage = session(translator, "", clock=clock, config=config)
    events = list(interpret(stage, speech(4000), clock))
    source = [w.text for e in events if isinstance(e, SourceText) for w in e.words]
    assert source == [f" s{i}" for i in range(10)]
    assert [text for text, _ in written(events)][-1] == " w9"
    actions = [e for e in events if isinstance(e, PolicyAction)]
    assert [a.words for a in actions[:3]] == [0, 1, 1]


def test_elapsed_holds_the_compute_that_overlaps_with_listening() -> None:
    clock = VirtualClock()
    translator = ScriptTranslator()
    stage = session(translator, "waitk:k=1,unit_ms=320", clock=clock)
    clock.advance_to(320)
    stage.feed(Audio(speech(320), 320.0))
    work = stage.advance()
    assert work is not None
    (answer,) = stage.models.run([work])
    clock.advance(75)
    stage.complete(answer)
    (word,) = words(i.event for i in stage.take() if isinstance(i, Numbered))
    assert (word.delay_ms, word.elapsed_ms) == (320, 395)


@pytest.mark.parametrize(
    ("config", "kind", "reason"),
    [
        (SessionConfig("fr", "de"), NotServed, Reason.PAIR_NOT_SERVED),
        (SessionConfig("xx", "en"), NotServed, Reason.PAIR_NOT_SERVED),
        (SessionConfig("f", "en"), InvalidRequest, Reason.BAD_LANGUAGE),
        (SessionConfig("fr", "en", policy="nope"), NotServed, Reason.POLICY_UNKNOWN),
        (SessionConfig("fr", "en", policy="waitk:k=0"), InvalidRequest, Reason.BAD_POLICY),
    ],
)
def test_a_config_that_cannot_be_is_refused(
    config: SessionConfig, kind: type[InterpError], reason: Reason
) -> None:
    with pytest.raises(kind) as caught:
        session(ScriptTranslator(), "", config=config)
    assert caught.value.reason is reason
