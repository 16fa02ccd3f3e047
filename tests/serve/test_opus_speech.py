"""Target speech as Opus packets: the same sound, at the same places."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from interp.client.opus import OpusSound
from interp.core.audio import Samples
from interp.core.events import TargetSpeech, TargetText
from interp.intake.opus import packet_samples
from interp.serve.opus_speech import OpusSpeech
from interp.wire.messages import Response, SpeechEncoding
from tests.fakes.host_replica import HostReplica
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.serve.gateway import serving
from tests.serve.test_speech import SPOKEN, TALK, in_process, messages, sounds

FRAME = 2048
DELAY = 312  # of an encoder, at 48 kHz
OPUS = SpeechEncoding.OPUS_PACKETS
TIME = np.arange(24 * FRAME) / 24_000
TONE = np.asarray(0.3 * np.sin(2 * np.pi * 300 * TIME), np.float32)


def frame(number: int, begin_ms: int = 0, target: int = 0) -> TargetSpeech:
    """Of TONE, in its place after `begin_ms`."""
    samples = TONE[number * FRAME : (number + 1) * FRAME]
    offset_ms = begin_ms + number * FRAME * 1000 // 24_000
    return TargetSpeech(0, samples, None, offset_ms, "", 0, 0, 0, 0, target=target)


async def encoded(*frames: TargetSpeech) -> list[TargetSpeech]:
    voice = OpusSpeech()
    found = [(await voice.encoded(Response(1, each), OPUS)).body for each in frames]
    return sounds(found)


def decoded(said: list[TargetSpeech]) -> Samples:
    sound = OpusSound()
    return np.concatenate([sound.heard(each) for each in said])


async def test_the_packets_hold_the_sound_without_a_seam() -> None:
    said = await encoded(*(frame(number) for number in range(24)))
    packets = [packet for each in said for packet in each.packets or ()]
    assert len(packets) == TONE.size // 480
    assert {packet_samples(packet) for packet in packets} == {960}
    heard = decoded(said)[DELAY::2]
    expected = TONE[: heard.size]
    np.testing.assert_allclose(heard[2400:-480], expected[2400:-480], atol=0.05)


async def test_every_offset_is_that_of_the_first_packet() -> None:
    said = await encoded(*(frame(number, begin_ms=700) for number in range(12)))
    packed = 0
    for each in said:
        assert each.offset_ms == 700 + packed * 20
        packed += len(each.packets or ())


async def test_after_a_gap_packets_begin_at_the_new_place() -> None:
    first, second = frame(0), replace(frame(1), offset_ms=5000)
    said = await encoded(first, second, replace(frame(2), offset_ms=5085))
    assert [each.offset_ms for each in said] == [0, 5000, 5080]
    assert [len(each.packets or ()) for each in said] == [4, 4, 4]


async def test_targets_have_encoders_of_their_own() -> None:
    one, two = [frame(number) for number in range(6)], [frame(n, target=1) for n in range(6)]
    mixed = await encoded(*(each for pair in zip(one, two, strict=True) for each in pair))
    assert [e.packets for e in mixed if e.target == 1] == [e.packets for e in await encoded(*one)]


@pytest.mark.parametrize("speech", [SpeechEncoding.PCM_S16LE, SpeechEncoding.SNAC_CODES])
async def test_who_did_not_ask_for_packets_gets_none(speech: SpeechEncoding) -> None:
    response = Response(1, frame(0))
    assert await OpusSpeech().encoded(response, speech) is response


async def test_what_is_no_speech_stays_as_it_is() -> None:
    response = Response(1, TargetText(0, (), "", True))
    assert await OpusSpeech().encoded(response, OPUS) is response


async def test_a_client_hears_the_session_as_packets() -> None:
    replica = HostReplica("a", ScriptSynthesiser())
    try:
        async with serving(replica) as gateway:
            talk = await gateway.call().say(replace(SPOKEN, speech=OPUS), *messages(TALK))
            await talk.half_close()
            heard = sounds(await talk.rest())
    finally:
        replica.host.stop()
    said = in_process()
    assert [each.text for each in heard] == [each.text for each in said]
    assert all(each.packets is not None and not each.samples.size for each in heard)
    lasting_s = sum(len(each.packets or ()) for each in heard) * 0.02
    pauses = 1 + sum(b.offset_ms - a.offset_ms > 90 for a, b in itertools.pairwise(said))
    assert 0 <= len(said) * FRAME / 24_000 - lasting_s <= 0.02 * pauses
