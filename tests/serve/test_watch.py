"""Who looks on gets everything, and cannot slow the session down nor make it grow."""

import asyncio

import numpy as np

from interp.core.clock import VirtualClock
from interp.core.events import Marker, MarkerReached, TargetSpeech, TargetText, WrittenWord
from interp.serve.downlink import Downlink
from interp.serve.metrics import Metrics
from interp.serve.outbox import OutboxSettings
from interp.serve.watch import RECENT_BYTES, Watch
from interp.wire.messages import Body, Lag
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CONFIG, audio, serving, text_of, words


def downlink() -> Downlink:
    return Downlink(
        outbox=OutboxSettings(), ack_ms=0, lag_ms=0, clock=VirtualClock(), metrics=Metrics()
    )


def text(number: int) -> TargetText:
    return TargetText(0, (WrittenWord(f" w{number}", 0, 0, 0, 0),))


def sound() -> TargetSpeech:
    return TargetSpeech(0, np.zeros(2048, np.float32), None, 0, "", 0, 0, 0, 0)


async def all_of(watch: Watch[Body]) -> list[Body]:
    return [body async for body in watch]


async def test_every_tap_gets_everything_in_order() -> None:
    link = downlink()
    with link.watch() as one, link.watch() as two:
        said: list[Body] = [text(0), Lag(1, 1, None), text(1)]
        for body in said:
            link.say(body)
        link.end()
        assert await all_of(one) == await all_of(two) == said


async def test_a_tap_that_comes_late_begins_with_the_text_lately_said() -> None:
    link = downlink()
    for body in (text(0), Lag(1, 1, None), text(1)):
        link.say(body)
    with link.watch() as watch:
        link.end()
        assert await all_of(watch) == [text(0), text(1)]


async def test_what_is_kept_for_late_taps_is_bounded() -> None:
    link = downlink()
    for number in range(5_000):
        link.say(text(number))
        link.take()
    with link.watch() as watch:
        link.end()
        kept = await all_of(watch)
    assert kept[-1] == text(4_999)
    assert len(kept) * 80 < RECENT_BYTES * 1.1


async def test_a_tap_that_does_not_read_is_dropped_and_the_session_is_not_slowed() -> None:
    link = downlink()
    with link.watch(max_bytes=1_000) as idle, link.watch() as busy:
        for number in range(1_000):
            link.say(text(number))
            link.take()
            assert await anext(busy) == text(number)
        assert idle.dropped
        assert await all_of(idle) == []
        assert not busy.dropped


async def test_speech_comes_to_those_who_ask_for_it() -> None:
    link = downlink()
    with link.watch() as reads, link.watch(speech=True) as listens:
        link.say(sound())
        link.end()
        assert await all_of(reads) == []
        assert len(await all_of(listens)) == 1


async def test_a_closed_tap_hears_no_more() -> None:
    link = downlink()
    watch = link.watch()
    watch.close()
    link.say(text(0))
    assert await all_of(watch) == []


async def test_a_running_session_is_listed_watched_and_steered() -> None:
    async with serving(FakeReplica()) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.until(TargetText)
        (relay,) = gateway.server.sessions.running()
        assert gateway.server.sessions.find(relay.session_id) is relay
        assert gateway.server.sessions.find("another") is None
        with relay.downlink.watch() as watch:
            seen = asyncio.create_task(all_of(watch))
            relay.control(Marker("steered"))
            await talk.say(audio(2))
            await talk.half_close()
            rest = await talk.rest()
            bodies = await seen
    assert MarkerReached("steered", 100) in rest
    assert MarkerReached("steered", 100) in bodies
    assert text_of(bodies) == words(2)
