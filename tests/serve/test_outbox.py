from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from interp.core.clock import VirtualClock
from interp.core.errors import OutOfOrder, Reason, SessionLimit
from interp.core.events import (
    PolicyAction,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.serve.outbox import Outbox, OutboxSettings
from interp.wire.messages import AudioAck, Body, Lag


def text(number: int) -> TargetText:
    return TargetText(0, (WrittenWord(f" w{number}", 0, 0, 0, 0),))


def speech(ms: int = 100) -> TargetSpeech:
    return TargetSpeech(0, np.zeros(24 * ms, np.float32), None, 0, "", 0, 0, 0, 0)


def action() -> PolicyAction:
    return PolicyAction(0, 0, 0, 0, 0.0)


def drained(outbox: Outbox) -> list[Body]:
    bodies: list[Body] = []
    while response := outbox.take():
        bodies.append(response.body)
    return bodies


def outbox(*, items: int = 4, size: int = 10**9, kept: int = 10**9) -> Outbox:
    settings = OutboxSettings(items, max_bytes=size, burst_bytes=0, kept_bytes=kept)
    return Outbox(settings, VirtualClock())


def test_the_trace_goes_before_speech_and_speech_before_text() -> None:
    box = outbox(items=3)
    for body in (speech(100), action(), text(1), text(2)):
        box.put(body)
    kept = drained(box)
    assert kept[0] == Warned(WarningCode.OUTPUT_DROPPED, 0)
    assert [type(body) for body in kept[1:]] == [TargetSpeech, TargetText, TargetText]


def test_the_oldest_speech_goes_first_and_its_length_is_told() -> None:
    box = outbox(items=3)
    for body in (speech(100), speech(200), text(1), text(2), text(3)):
        box.put(body)
    assert drained(box) == [Warned(WarningCode.OUTPUT_DROPPED, 300), text(1), text(2), text(3)]


def test_bytes_are_bounded_too() -> None:
    box = outbox(items=1000, size=20_000)
    for _ in range(10):
        box.put(speech(100))
    assert len(drained(box)) == 1 + 20_000 // (128 + 4800)


def test_text_alone_past_the_bound_ends_the_session() -> None:
    box = outbox(items=2)
    box.put(text(1))
    box.put(text(2))
    with pytest.raises(SessionLimit) as caught:
        box.put(text(3))
    assert caught.value.reason is Reason.READER_TOO_SLOW


def test_of_acknowledgements_and_lags_only_the_newest_waits() -> None:
    box = outbox()
    for sequence in range(100):
        box.put(AudioAck(sequence, sequence))
        box.put(Lag(sequence, 0, None))
    assert drained(box) == [AudioAck(99, 99), Lag(99, 0, None)]


def test_an_interrupt_drops_queued_speech_alone() -> None:
    box = outbox()
    for body in (text(1), speech(), text(2)):
        box.put(body)
    box.drop_speech()
    assert drained(box) == [text(1), text(2)]


def test_rewind_sends_again_in_order_with_the_same_numbers() -> None:
    box = outbox(items=100)
    for number in range(6):
        box.put(text(number))
    first = [box.take() for _ in range(4)]
    box.rewind(2)
    again = [box.take() for _ in range(2)]
    box.rewind(3)
    rest = [box.take() for _ in range(3)]
    assert again == first[2:]
    assert [response.sequence for response in rest if response] == [4, 5, 6]
    assert box.take() is None


@pytest.mark.parametrize("received", [0, 1, 99])
def test_rewind_refuses_what_is_not_kept(received: int) -> None:
    box = outbox(items=100, kept=150)
    for number in range(6):
        box.put(text(number))
    drained(box)
    with pytest.raises(OutOfOrder) as caught:
        box.rewind(received)
    assert caught.value.reason is Reason.RESUME_EXPIRED


async def test_wait_returns_when_something_is_put() -> None:
    box = outbox()
    assert box.take() is None
    box.put(text(1))
    await box.wait()
    assert box.take() is not None


def test_a_reader_that_reads_may_have_a_burst_and_one_that_does_not_has_the_bound() -> None:
    clock = VirtualClock()
    box = Outbox(OutboxSettings(max_bytes=20_000, burst_bytes=10**6), clock)
    for _ in range(20):
        box.put(speech(200))
    assert not box.dropped
    box.take()
    clock.advance(1500)
    box.put(speech(200))
    assert box.dropped


def test_what_was_dropped_is_told_for_each_target() -> None:
    box = outbox(items=1)
    for target, amount_ms in ((0, 100), (1, 200), (1, 100), (0, 50)):
        box.put(replace(speech(amount_ms), target=target))
    dropped = partial(Warned, WarningCode.OUTPUT_DROPPED)
    assert drained(box)[:-1] == [dropped(100, target=0), dropped(300, target=1)]


def test_what_is_no_longer_kept_is_told_with_its_target() -> None:
    box = outbox(items=10, kept=5_000)
    for target in (1, 0):
        box.put(replace(speech(100), target=target))
    drained(box)
    box.rewind(0)
    assert drained(box)[0] == Warned(WarningCode.OUTPUT_DROPPED, 100, target=1)


def test_speech_that_was_sent_gives_way_to_a_warning_of_the_same_number() -> None:
    box = Outbox(OutboxSettings(kept_bytes=24_000, burst_bytes=10**6), VirtualClock())
    for number in range(20):
        box.put(speech(200))
        box.put(text(number))
    taken = [box.take() for _ in range(40)]
    box.rewind(0)
    again = [box.take() for _ in range(40)]
    assert [r.sequence for r in again if r] == list(range(1, 41))
    assert [r for r in again if r and isinstance(r.body, TargetText)] == [
        r for r in taken if r and isinstance(r.body, TargetText)
    ]
    assert sum(isinstance(r.body, Warned) for r in again if r) == 18
    assert [r.sequence for r in again if r and isinstance(r.body, TargetSpeech)] == [37, 39]
