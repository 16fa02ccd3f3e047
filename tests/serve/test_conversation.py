"""The ordinary course of a call, on a real port."""

import asyncio
from dataclasses import replace

import numpy as np

from interp.core.events import (
    Interrupt,
    Marker,
    MarkerReached,
    MuteSpeech,
    Output,
    PolicyAction,
    SessionEnded,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
)
from interp.wire.messages import (
    AudioAck,
    AudioMessage,
    Control,
    Lag,
    SessionStarted,
    SilenceMessage,
    SpeechEncoding,
)
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, CONFIG, SPOKEN, audio, eventually, serving, text_of, words


async def test_half_close_drains_and_ends_ok() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(CONFIG, *(audio(i) for i in range(1, 8)))
        await talk.half_close()
        bodies = await talk.rest()
    assert isinstance(bodies[0], SessionStarted)
    assert text_of(bodies) == words(7)
    assert isinstance(bodies[-1], SessionEnded)
    assert bodies[-1].totals.heard_ms == 700
    assert bodies[-1].totals.words == 7


async def test_responses_are_numbered_without_holes() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(SPOKEN, *(audio(i) for i in range(1, 6)))
        await talk.half_close()
        await talk.rest()
    assert talk.sequences == list(range(len(talk.sequences)))


async def test_what_was_accepted_is_told_with_defaults_filled_in() -> None:
    async with serving(FakeReplica()) as gateway:
        asked = replace(CONFIG, session=replace(CONFIG.session, source="fr-CA"))
        started = await (await gateway.call().say(asked)).until(SessionStarted)
    assert started.accepted == asked
    assert started.accepted.session.outputs == frozenset({Output.TEXT})
    assert started.resume_token == ""
    assert not started.resumed


async def test_audio_is_acknowledged_and_lag_is_told_while_the_speaker_talks() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1), audio(2), audio(3))
        ack = await talk.until(AudioAck)
        while ack.audio_sequence < 3:
            ack = await talk.until(AudioAck)
        lag = await talk.until(Lag)
        talk.cancel()
    assert ack == AudioAck(3, 300)
    assert lag == Lag(received_ms=300, backlog_ms=0, word_age_ms=5)


async def test_speech_comes_with_its_place_as_pcm() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(SPOKEN, audio(1))
        speech: TargetSpeech = await talk.until(TargetSpeech)
        talk.cancel()
    np.testing.assert_allclose(speech.samples, np.full(2048, 0.25), atol=1e-4)
    assert (speech.text, speech.offset_ms, speech.delay_ms) == (" w0", 170, 100)


async def test_actions_are_traced_when_asked_for() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(SPOKEN, audio(1))
        action = await talk.until(PolicyAction)
        talk.cancel()
    assert action == PolicyAction(0, 1, 100, 1, 1.5)


async def test_controls_reach_the_replica_at_their_place_among_the_audio() -> None:
    replica = FakeReplica()
    controls: list[Control] = [
        MuteSpeech(True),
        Interrupt(),
        SetPolicy("waitk:k=5"),
        SetOutputs(frozenset({Output.TEXT, Output.SPEECH})),
        Marker("here"),
    ]
    async with serving(replica) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1), *controls, audio(2), SkipBacklog())
        assert await talk.until(MarkerReached) == MarkerReached("here", 100)
        (lane,) = replica.lanes.values()
        await eventually(lambda: len(lane.inputs) == 8)
        talk.cancel()
    assert lane.inputs[1:6] == controls
    assert lane.inputs[7] == SkipBacklog()


async def test_silence_stands_for_samples_and_is_not_counted_twice() -> None:
    async with serving(FakeReplica()) as gateway:
        silent = SilenceMessage(2, 300)
        talk = await gateway.call().say(CONFIG, audio(1), silent, silent)
        await talk.say(AudioMessage(3, 400, CHUNK))
        await talk.half_close()
        bodies = await talk.rest()
    assert bodies[-1] == SessionEnded(bodies[-1].totals)  # type: ignore[union-attr]
    assert text_of(bodies) == words(5)
    dropped = Warned(WarningCode.DUPLICATE_DROPPED, 300)
    assert [b for b in bodies if isinstance(b, Warned)] == [dropped]


async def test_a_gap_is_filled_and_told_of() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1), audio(4))
        await talk.half_close()
        bodies = await talk.rest()
    assert Warned(WarningCode.GAP_FILLED, 200) in bodies
    assert text_of(bodies) == words(4)


async def test_snac_codes_are_sent_to_who_decodes_itself() -> None:
    from_codes = replace(SPOKEN, speech=SpeechEncoding.SNAC_CODES)
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(from_codes, audio(1))
        speech: TargetSpeech = await talk.until(TargetSpeech)
        talk.cancel()
    assert speech.samples.size == 2048, "a replica without codes sends sound all the same"


async def test_sessions_do_not_mix() -> None:
    async with serving(FakeReplica()) as gateway:
        talks = [gateway.call() for _ in range(5)]
        for count, talk in enumerate(talks, 1):
            await talk.say(CONFIG, *(audio(i) for i in range(1, count + 1)))
            await talk.half_close()
        heard = await asyncio.gather(*(talk.rest() for talk in talks))
    assert [text_of(bodies) for bodies in heard] == [words(n) for n in range(1, 6)]


async def test_cancel_frees_the_lane() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.until(TargetText)
        talk.cancel()
        await eventually(lambda: not replica.lanes)
        assert len(replica.closed) == 1


async def test_a_cancelled_call_is_not_finished_for_the_speaker() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.until(TargetText)
        (lane,) = replica.lanes.values()
        talk.cancel()
        await eventually(lambda: not replica.lanes)
    assert len(lane.inputs) == 1, "the end of a cancelled call is no End"


async def test_an_ended_session_leaves_its_lane() -> None:
    replica = FakeReplica()
    async with serving(replica) as gateway:
        for _ in range(20):
            talk = await gateway.call().say(CONFIG, audio(1))
            await talk.half_close()
            await talk.rest()
        await eventually(lambda: not replica.lanes)
        await eventually(
            lambda: replica.ticks and gateway.server.metrics.sessions._value.get() == 0
        )
