"""Streams break and replicas die in any order: every word comes once, under its number."""

import random
from dataclasses import dataclass, field

import pytest

from interp.core.events import SessionEnded, TargetText
from interp.engine.replica import PoolSize, Replica
from interp.wire.messages import Body, Resume, SessionStarted
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CALL_TIMEOUT_S,
    RESUMABLE,
    Gateway,
    Talk,
    audio,
    serving,
    text_of,
    words,
)


class Endless:
    """A pool that puts a fresh replica in the place of a lost one, under its name."""

    call_timeout_s = CALL_TIMEOUT_S
    size = PoolSize(2)

    def __init__(self) -> None:
        self.live = [FakeReplica("a"), FakeReplica("b")]

    def replicas(self) -> list[FakeReplica]:
        """Two, always."""
        return list(self.live)

    async def report_lost(self, replica: Replica) -> None:
        """Replace it."""
        self.live = [FakeReplica(replica.name) if each is replica else each for each in self.live]


@dataclass
class Speaker:
    """A client that keeps what it received by number."""

    talk: Talk
    token: str
    sent: int = 0
    received: dict[int, Body] = field(default_factory=dict)

    async def listen(self, texts: int) -> None:
        """Read on until so many texts have come in all."""
        while sum(isinstance(body, TargetText) for body in self.received.values()) < texts:
            await self.read()

    async def read(self) -> Body | None:
        """The next response; one that came before must be the same again."""
        body = await self.talk.read()
        if body is not None and not isinstance(body, SessionStarted):
            known = self.received.setdefault(self.talk.sequences[-1], body)
            assert known == body
        return body

    async def speak(self, count: int) -> None:
        """Send some more."""
        await self.talk.say(*(audio(self.sent + i) for i in range(1, count + 1)))
        self.sent += count

    async def reconnect(self, gateway: Gateway, *, abruptly: bool, forget: int) -> None:
        """On a new stream, as if the last few responses had not been received."""
        last = max(max(self.received, default=0) - forget, 0)
        old, self.talk = self.talk, gateway.call()
        if abruptly:
            old.cancel()
        await self.talk.say(Resume(self.token, last))
        started = await self.talk.until(SessionStarted)
        self.token = started.resume_token
        first = started.received.audio_sequence + 1
        await self.talk.say(*(audio(i) for i in range(first, self.sent + 1)))


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_breaks_every_word_comes_once(seed: int) -> None:
    draw = random.Random(seed)
    pool = Endless()
    async with serving(pool=pool) as gateway:
        talk = await gateway.call().say(RESUMABLE)
        speaker = Speaker(talk, (await talk.until(SessionStarted)).resume_token)
        for _ in range(12):
            await speaker.speak(draw.randint(1, 4))
            if draw.random() < 0.5:
                await speaker.listen(draw.randint(0, speaker.sent))
            match draw.choice(["speak", "kill", "break", "take over"]):
                case "kill":
                    draw.choice(pool.live).dead = True
                case "break":
                    await speaker.reconnect(gateway, abruptly=True, forget=draw.randint(0, 5))
                case "take over":
                    await speaker.reconnect(gateway, abruptly=False, forget=draw.randint(0, 5))
        await speaker.talk.half_close()
        while await speaker.read() is not None:
            pass
    received = [speaker.received[number] for number in sorted(speaker.received)]
    assert sorted(speaker.received) == list(range(1, len(received) + 1))
    assert text_of(received) == words(speaker.sent)
    assert isinstance(received[-1], SessionEnded)
    assert received[-1].totals.heard_ms == speaker.sent * 100
