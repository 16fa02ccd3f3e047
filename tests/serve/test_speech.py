"""Target speech through a real server: as PCM, as codes, interrupted, and after a loss."""

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.errors import NotServed, Reason
from interp.core.events import (
    Audio,
    End,
    Event,
    Interrupt,
    MuteSpeech,
    Numbered,
    Output,
    SessionEnded,
    SetOutputs,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
)
from interp.core.synthesiser import Voice
from interp.engine.replica import Outbound
from interp.intake.format import IntakeLimits
from interp.intake.intake import Intake
from interp.serve.auth import Tenant
from interp.serve.limits import RelaySettings
from interp.serve.metrics import Metrics
from interp.serve.relay import Relay
from interp.wire.messages import AudioMessage, Body, SilenceMessage, SpeechEncoding
from tests.engine.stage import pause, session, speech
from tests.fakes.host_replica import HostReplica
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import ScriptTranslator
from tests.serve.gateway import CONFIG, Talk, audio, eventually, serving, settings, text_of

SPOKEN = replace(
    CONFIG,
    session=replace(
        CONFIG.session,
        outputs=frozenset({Output.TEXT, Output.SPEECH}),
        policy="waitk:k=2,unit_ms=400",
    ),
)
TALK = np.concatenate([speech(2400), pause(1200), speech(2400)])
FRAME_MS = 2048 / 24
CHUNK_MS = 100


@pytest.fixture
def replicas() -> Iterator[list[HostReplica]]:
    """Two that speak; a test serves one or both."""
    made = [HostReplica(name, ScriptSynthesiser()) for name in ("a", "b")]
    yield made
    for replica in made:
        replica.host.stop()


def messages(samples: Samples, first: int = 1) -> list[AudioMessage]:
    content = (samples * 32767).astype("<i2").tobytes()
    size = 2 * 16 * CHUNK_MS
    chunks = [content[i : i + size] for i in range(0, len(content), size)]
    return [audio(first + number, chunk) for number, chunk in enumerate(chunks)]


def sounds(bodies: Iterable[Body | Event]) -> list[TargetSpeech]:
    return [body for body in bodies if isinstance(body, TargetSpeech)]


def in_process() -> list[TargetSpeech]:
    """What the session says of TALK with nothing between."""
    translator, voice = ScriptTranslator(), ScriptSynthesiser()
    stage = session(translator, "", config=SPOKEN.session, synthesiser=voice)
    heard = (TALK * 32767).astype("<i2").astype(np.float32) / np.float32(32768)
    for item in (Audio(heard, 0.0), End()):
        stage.feed(item)
    while (work := stage.advance()) is not None:
        (answer,) = stage.models.run([work])
        stage.complete(answer)
    return sounds(item.event for item in stage.take() if isinstance(item, Numbered))


async def test_a_client_hears_what_the_session_says(replicas: list[HostReplica]) -> None:
    async with serving(replicas[0]) as gateway:
        talk = await gateway.call().say(SPOKEN, *messages(TALK))
        await talk.half_close()
        bodies = await talk.rest()
    heard, said = sounds(bodies), in_process()
    assert [(s.offset_ms, s.text, s.segment, s.delay_ms) for s in heard] == [
        (s.offset_ms, s.text, s.segment, s.delay_ms) for s in said
    ]
    for ours, theirs in zip(said, heard, strict=True):
        np.testing.assert_allclose(theirs.samples, ours.samples, atol=1 / 32768)
    assert "".join(each.text for each in heard) == text_of(bodies) != ""
    assert isinstance(bodies[-1], SessionEnded)
    assert bodies[-1].totals.speech_ms == int(len(heard) * FRAME_MS)
    assert talk.sequences == list(range(len(talk.sequences)))


async def test_a_client_that_decodes_itself_gets_the_same_frames_as_codes(
    replicas: list[HostReplica],
) -> None:
    async with serving(replicas[0]) as gateway:
        asked = replace(SPOKEN, speech=SpeechEncoding.SNAC_CODES)
        talk = await gateway.call().say(asked, *messages(TALK))
        await talk.half_close()
        heard = sounds(await talk.rest())
    said = in_process()
    assert [each.offset_ms for each in heard] == [each.offset_ms for each in said]
    for ours, theirs in zip(said, heard, strict=True):
        np.testing.assert_array_equal(theirs.codes, ours.codes)
        assert theirs.samples.size == 0


async def test_speech_comes_while_the_speaker_still_talks(replicas: list[HostReplica]) -> None:
    async with serving(replicas[0]) as gateway:
        talk = await gateway.call().say(SPOKEN, *messages(speech(2500)))
        first = await talk.until(TargetSpeech)
        talk.cancel()
    assert first.offset_ms < 2500


async def test_an_interrupt_silences_within_a_frame_and_drops_what_waits(
    replicas: list[HostReplica],
) -> None:
    at_ms = 2000
    before, after = TALK[: at_ms * 16], TALK[at_ms * 16 :]
    async with serving(replicas[0]) as gateway:
        talk = await gateway.call().say(SPOKEN, *messages(before), Interrupt())
        await talk.say(*messages(after, first=1 + at_ms // CHUNK_MS))
        await talk.half_close()
        bodies = await talk.rest()
    later = [w for b in bodies if isinstance(b, TargetText) for w in b.words if w.delay_ms > at_ms]
    heard = sounds(bodies)
    resumed_ms = later[0].delay_ms
    assert not [s for s in heard if at_ms <= s.offset_ms < resumed_ms]
    said = "".join(each.text for each in heard if each.offset_ms >= resumed_ms)
    assert said == "".join(word.text for word in later)


def relay() -> Relay:
    clock = VirtualClock()
    return Relay(
        tenant=Tenant("anyone", "0" * 64),
        config=SPOKEN,
        intake=Intake(SPOKEN.audio, IntakeLimits(), clock),
        settings=RelaySettings(),
        threads=ThreadPoolExecutor(1),
        clock=clock,
        metrics=Metrics(),
    )


def test_a_session_keeps_the_voice_that_it_began_with() -> None:
    anna, bob = Voice("anna", "en"), Voice("bob", "en")
    began = relay()
    began.keep_voice((anna, bob))
    began.keep_voice((bob, anna))
    assert began.config.session.voice == "anna"


def test_a_session_without_speech_is_bound_to_no_voice() -> None:
    silent = relay()
    silent.config = CONFIG
    silent.keep_voice((Voice("anna", "en"),))
    assert silent.config.session.voice == ""


def sound(offset_ms: int, delay_ms: int) -> Outbound:
    """What a replica says: one frame."""
    event = TargetSpeech(
        0, np.zeros(2048, np.float32), None, offset_ms, "", 0, 0, delay_ms, delay_ms
    )
    return Outbound("s", (Numbered(0, event),), delay_ms)


def taken(part: Relay) -> list[int]:
    """Offsets of the speech that leaves for the client."""
    offsets = []
    while response := part.downlink.take():
        offsets += [each.offset_ms for each in sounds([response.body])]
    return offsets


async def test_speech_that_an_interrupt_overtook_is_not_sent() -> None:
    part = relay()
    await part.hear(audio(1))
    await part.hear(audio(2))
    part.deliver(sound(0, 96))
    part.control(Interrupt())
    part.deliver(sound(85, 192))
    await part.hear(audio(3))
    part.deliver(sound(256, 256))
    assert taken(part) == [256]


async def test_speech_that_a_replay_makes_again_is_not_sent_twice() -> None:
    part = relay()
    await part.hear(audio(1))
    for offset_ms in (0, 85, 170):
        part.deliver(sound(offset_ms, 200))
    part.rewind()
    for offset_ms in (64, 149, 234, 320, 405):
        part.deliver(sound(offset_ms, 200))
    assert taken(part) == [0, 85, 170, 320, 405]


async def test_muted_speech_costs_nothing_and_text_goes_on(replicas: list[HostReplica]) -> None:
    async with serving(replicas[0]) as gateway:
        talk = await gateway.call().say(SPOKEN, MuteSpeech(True), *messages(TALK))
        await talk.half_close()
        bodies = await talk.rest()
    assert sounds(bodies) == []
    assert text_of(bodies) == "".join(each.text for each in in_process())


async def test_after_a_loss_the_same_voice_speaks_though_another_comes_first() -> None:
    anna, bob = ([ScriptSynthesiser(name) for _ in range(2)] for name in ("anna", "bob"))
    one = HostReplica("a", anna[0], others=[bob[0]])
    two = HostReplica("b", bob[1], others=[anna[1]])
    try:
        async with serving(one, two) as gateway:
            chunks = messages(TALK)
            talk = await gateway.call().say(SPOKEN, *chunks[:40])
            while not isinstance(await talk.read(), TargetSpeech):
                pass
            first, other = (one, two) if one.opened else (two, one)
            first.dead = True
            await eventually(lambda: other.opened)
            await talk.say(*chunks[40:])
            await talk.half_close()
            await talk.rest()
    finally:
        one.host.stop()
        two.host.stop()
    spoke = [[voice.name for voice in pair if voice.frames] for pair in zip(anna, bob, strict=True)]
    assert spoke[0] == spoke[1]
    assert len(spoke[0]) == 1


async def test_a_lost_replica_repeats_no_sound_and_leaves_no_word_unsaid(
    replicas: list[HostReplica],
) -> None:
    one, two = replicas
    async with serving(one, two) as gateway:
        chunks = messages(TALK)
        talk = await gateway.call().say(SPOKEN, *chunks[:56])
        before: list[Body] = []
        while not (sounds(before) and sounds(before)[-1].segment == 1):
            body = await talk.read()
            assert body is not None
            before.append(body)
        first = one if one.opened else two
        other = two if one.opened else one
        first.dead = True
        await eventually(lambda: other.opened)
        await talk.say(*chunks[56:])
        await talk.half_close()
        bodies = before + await talk.rest()
    assert other.opened[0] is not None, "it goes on from a checkpoint"
    assert Warned(WarningCode.REPLICA_REPLACED) in bodies
    said = in_process()
    assert text_of(bodies) == "".join(each.text for each in said)
    offsets = [each.offset_ms for each in sounds(bodies)]
    assert all(b - a >= 85 for a, b in itertools.pairwise(offsets))
    heard = "".join(each.text for each in sounds(bodies)).split()
    once = [word for word, _ in itertools.groupby(heard)]  # the one at the splice may end again
    assert once == text_of(bodies).split()


async def test_without_a_voice_speech_is_refused_at_the_start_and_later() -> None:
    dumb = HostReplica("dumb")
    try:
        async with serving(dumb) as gateway:
            refused = await (await gateway.call().say(SPOKEN)).error()
            talk: Talk = await gateway.call().say(CONFIG, audio(1))
            await talk.say(SetOutputs(SPOKEN.session.outputs), SilenceMessage(2, 100))
            later = await talk.error()
    finally:
        dumb.host.stop()
    for error in (refused, later):
        assert isinstance(error, NotServed)
        assert error.reason is Reason.VOICE_NOT_SERVED


async def test_a_language_that_the_voice_does_not_speak_is_refused(
    replicas: list[HostReplica],
) -> None:
    asked = replace(SPOKEN, session=replace(SPOKEN.session, target="fr"))
    async with serving(replicas[0]) as gateway:
        error = await (await gateway.call().say(asked)).error()
    assert error.reason is Reason.VOICE_NOT_SERVED


async def test_a_reader_that_does_not_read_loses_speech_and_no_text(
    replicas: list[HostReplica],
) -> None:
    config = settings(outbox=replace(settings().session.outbox, max_items=30))
    async with serving(replicas[0], config=config) as gateway:
        talk = await gateway.call().say(SPOKEN, *messages(np.concatenate([TALK] * 4)))
        await talk.half_close()
        bodies = await talk.rest()
    dropped = sum(
        body.amount_ms
        for body in bodies
        if isinstance(body, Warned) and body.code is WarningCode.OUTPUT_DROPPED
    )
    ended = bodies[-1]
    assert isinstance(ended, SessionEnded)
    heard = len(sounds(bodies))
    assert heard * 85 + dropped == pytest.approx(ended.totals.speech_ms, rel=0.02)
    assert text_of(bodies).count(" w0") >= 1
