"""Somebody kills the process that decodes a client's audio, which is none of the client's doing."""

from dataclasses import replace

import numpy as np
import pytest

from interp.core.errors import Reason, Unavailable
from interp.core.events import SessionEnded
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.past import MAX_BYTES
from interp.wire.messages import AudioAck, AudioMessage, Body
from tests.attack.processes import kill_decoders
from tests.fakes.containers import encoded
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CONFIG, Talk, serving, settings, text_of, words

CHUNKS = 10


def noise(seconds: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.random.default_rng(1).uniform(-0.1, 0.1, seconds * 48_000).astype(np.float32)


async def taken_in(talk: Talk, sequence: int) -> list[Body]:
    """What is said until this message is acknowledged."""
    bodies: list[Body] = []
    while body := await talk.read():
        bodies.append(body)
        if isinstance(body, AudioAck) and body.audio_sequence >= sequence:
            return bodies
    raise AssertionError("the call ended before")


@pytest.mark.parametrize("encoding", [Encoding.WEBM_OPUS, Encoding.OGG_OPUS, Encoding.FLAC])
async def test_its_session_loses_nothing(encoding: Encoding) -> None:
    data = encoded(noise(2), 48_000, encoding)
    size = -(-len(data) // CHUNKS)
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(replace(CONFIG, audio=AudioFormat(encoding)))
        bodies: list[Body] = []
        for sequence, part in enumerate(parts, 1):
            await talk.say(AudioMessage(sequence, None, part))
            if sequence in (5, 7):
                bodies += await taken_in(talk, sequence)
                assert kill_decoders()
        await talk.half_close()
        bodies += await talk.rest()
    assert isinstance(bodies[-1], SessionEnded)
    assert bodies[-1].totals.heard_ms == 2000
    assert text_of(bodies) == words(20)


async def test_where_too_much_was_said_the_session_ends_as_ours_to_try_again() -> None:
    data = encoded(noise(60), 48_000, Encoding.FLAC)
    size = 200_000
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    assert len(data) > MAX_BYTES + size
    config = settings(intake=IntakeLimits(max_ahead_ms=100_000))
    async with serving(FakeReplica(), config=config) as gateway:
        spoken = replace(CONFIG, audio=AudioFormat(Encoding.FLAC))
        talk = await gateway.call(timeout_s=60).say(spoken)
        last = len(parts)
        for sequence, part in enumerate(parts[:-1], 1):
            await talk.say(AudioMessage(sequence, None, part))
        await taken_in(talk, last - 1)
        assert kill_decoders()
        await talk.say(AudioMessage(last, None, parts[-1]))
        error = await talk.error()
    assert isinstance(error, Unavailable)
    assert error.reason is Reason.REPLICA_LOST
    assert error.retry_after_ms
