import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import (
    AtCapacity,
    EngineFailed,
    InterpError,
    InvalidRequest,
    NotServed,
    Reason,
    SessionLimit,
)
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Input,
    MadeUp,
    Marker,
    MarkerReached,
    Numbered,
    PassedOver,
    Said,
    SessionEnded,
    SetPolicy,
    Skipped,
    TargetText,
)
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo
from tests.engine.stage import pause, speech
from tests.fakes.translator import PAIRS, ScriptTranslator
from tests.fakes.trouble import PATIENCE_S, PoisonedTranslator, StalledTranslator
from tests.fakes.voice import LoudestSample

MakeHost = Callable[..., Host]

FR = SessionConfig("fr", "en", policy="waitk:k=2,unit_ms=320")
DE = replace(FR, source="de")
TALK = np.concatenate([speech(2300), pause(1200), speech(1700)])
OTHERS = [speech(900), np.concatenate([pause(700), speech(3100)]), pause(2000)]
DEADLINE_S = 10.0


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def make_host(clock: VirtualClock) -> Iterator[MakeHost]:
    """Starts a host on a clock that stands still; stops it after the test."""
    hosts: list[Host] = []

    def make(translator: ScriptTranslator | None = None, **settings: int) -> Host:
        host = Host(
            gate=Gate(LoudestSample(), GateSettings()),
            models=Models(translator or ScriptTranslator()),
            clock=clock,
            settings=HostSettings(**{"lanes": 4, **settings}),  # type: ignore[arg-type]
            info=ReplicaInfo(4, PAIRS, (), "script"),
        )
        host.start()
        hosts.append(host)
        return host

    yield make
    for host in hosts:
        host.stop()


@dataclass
class Heard:
    """What a session said."""

    items: list[Said] = field(default_factory=list)
    error: InterpError | None = None

    @property
    def over(self) -> bool:
        ended = any(
            isinstance(i, Numbered) and isinstance(i.event, SessionEnded) for i in self.items
        )
        return ended or self.error is not None

    @property
    def told(self) -> list[tuple[int, object]]:
        """Everything but the compute time, which no two runs share."""
        return [_told(item) for item in self.items]


def _told(item: Said) -> tuple[int, object]:
    match item:
        case Checkpoint(position, sequence):
            return position, sequence
        case Numbered(sequence, SessionEnded(totals)):
            return sequence, replace(totals, compute_ms=0.0)
        case Numbered(sequence, event):
            return sequence, event
        case PassedOver() | MadeUp() | Skipped():
            return -1, item


def whole(audio: Samples) -> list[Input]:
    return [Audio(audio, 0.0), End()]


def hear_out(host: Host, inbound: dict[str, list[Input]]) -> dict[str, Heard]:
    """Hand over all inputs in one tick, so that every round is as wide as it can be."""
    heard = {session_id: Heard() for session_id in inbound}
    give_up_s = time.monotonic() + DEADLINE_S
    while not all(each.over for each in heard.values()):
        assert time.monotonic() < give_up_s, "a session neither ended nor failed"
        for out in host.tick(inbound):
            heard[out.session_id].items.extend(out.items)
            heard[out.session_id].error = out.error
        inbound = {session_id: [] for session_id in inbound}
        time.sleep(0.001)
    return heard


def alone(make_host: MakeHost, audio: Samples, config: SessionConfig = FR) -> Heard:
    host = make_host(lanes=1)
    host.open("alone", config, None)
    return hear_out(host, {"alone": whole(audio)})["alone"]


@pytest.mark.parametrize("lane", range(4))
def test_a_session_alone_says_the_same_in_a_full_batch_at_any_lane(
    make_host: MakeHost, lane: int
) -> None:
    translator = PoisonedTranslator(language="none")
    host = make_host(translator)
    audios = {f"other-{i}": audio for i, audio in enumerate(OTHERS)}
    order = list(audios)
    order.insert(lane, "a")
    audios["a"] = TALK
    for session_id in order:
        host.open(session_id, FR, None)
    heard = hear_out(host, {session_id: whole(audios[session_id]) for session_id in order})
    assert translator.widest == 3, "the silent one asks for nothing, the others decode together"
    assert heard["a"].told == alone(make_host, TALK).told
    assert any(
        isinstance(i, Numbered) and isinstance(i.event, TargetText) for i in heard["a"].items
    )


def test_a_lane_left_in_the_middle_of_a_segment_leaks_nothing_to_the_next(
    make_host: MakeHost,
) -> None:
    host = make_host(lanes=1)
    host.open("a", FR, None)
    host.tick({"a": [Audio(speech(5000), 0.0)]})
    host.close("a")
    host.open("b", FR, None)
    heard = hear_out(host, {"b": whole(TALK)})
    assert heard["b"].told == alone(make_host, TALK).told


def test_an_answer_that_comes_after_close_reaches_nobody(make_host: MakeHost) -> None:
    translator = StalledTranslator()
    host = make_host(translator, lanes=1)
    host.open("same-id", FR, None)
    host.tick({"same-id": [Audio(speech(5000), 0.0)]})
    assert translator.reached.wait(DEADLINE_S)
    host.close("same-id")
    host.open("same-id", FR, None)
    translator.released.set()
    heard = hear_out(host, {"same-id": whole(TALK)})
    assert heard["same-id"].told == alone(make_host, TALK).told


def test_a_fault_in_one_session_ends_only_that_session(
    make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    host = make_host(PoisonedTranslator())
    for session_id, config in {"a": FR, "poison": DE, "b": FR}.items():
        host.open(session_id, config, None)
    heard = hear_out(host, {session_id: whole(TALK) for session_id in ("a", "poison", "b")})
    assert isinstance(heard["poison"].error, EngineFailed)
    assert heard["a"].told == heard["b"].told == alone(make_host, TALK).told
    host.open("the-lane-is-free", FR, None)
    assert "secret" not in caplog.text + repr(heard["poison"].error)
    assert "poison" in {getattr(record, "session_id", "") for record in caplog.records}


def test_a_fault_that_does_not_come_again_costs_nothing(
    make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    host = make_host(ScriptTranslator(fail_on_decode=3))
    host.open("a", FR, None)
    heard = hear_out(host, {"a": whole(TALK)})["a"]
    assert heard.told == alone(make_host, TALK).told
    assert "batch failed" in caplog.text
    assert "secret" not in caplog.text


def test_what_was_said_before_a_fault_comes_with_it(make_host: MakeHost) -> None:
    host = make_host()
    host.open("a", FR, None)
    inputs: list[Input] = [Audio(speech(2000), 0.0), Marker("last"), SetPolicy("no-such")]
    heard = hear_out(host, {"a": inputs})["a"]
    assert isinstance(heard.error, NotServed)
    last = heard.items[-1]
    assert isinstance(last, Numbered)
    assert last.event == MarkerReached("last", 2000)


def test_a_lane_nobody_asks_for_is_freed(make_host: MakeHost, clock: VirtualClock) -> None:
    host = make_host(lanes=1, lease_ms=5000)
    host.open("a", FR, None)
    clock.advance(5001)
    host.open("b", FR, None)
    assert [out.session_id for out in host.tick({"a": [], "b": []})] == ["b"]


def test_an_empty_tick_renews_the_lease(make_host: MakeHost, clock: VirtualClock) -> None:
    host = make_host(lanes=1, lease_ms=5000)
    host.open("a", FR, None)
    for _ in range(3):
        clock.advance(4000)
        host.tick({"a": []})
    with pytest.raises(AtCapacity):
        host.open("b", FR, None)


def test_a_full_host_refuses_and_says_when_to_try_again(make_host: MakeHost) -> None:
    host = make_host(lanes=2)
    host.open("a", FR, None)
    host.open("b", FR, None)
    with pytest.raises(AtCapacity) as refused:
        host.open("c", FR, None)
    assert refused.value.reason is Reason.NO_LANE
    assert refused.value.retry_after_ms is not None
    host.close("a")
    host.open("c", FR, None)


def test_a_refused_session_takes_no_lane(make_host: MakeHost) -> None:
    host = make_host(lanes=1)
    with pytest.raises(NotServed):
        host.open("a", SessionConfig("xx", "en"), None)
    host.open("b", FR, None)
    with pytest.raises(InvalidRequest):
        host.open("b", FR, None)


def test_close_of_an_unknown_session_is_ignored(make_host: MakeHost) -> None:
    host = make_host(lanes=1)
    host.open("a", FR, None)
    host.close("b")
    assert [out.session_id for out in host.tick({"a": [], "b": []})] == ["a"]


@pytest.mark.parametrize("chunk_samples", [31, 1600])
def test_more_audio_than_may_wait_ends_the_session_however_it_is_cut(
    make_host: MakeHost, chunk_samples: int
) -> None:
    translator = StalledTranslator()
    host = make_host(translator, inbox_ms=3000)
    host.open("a", FR, None)
    host.tick({"a": [Audio(speech(1000), 0.0)]})
    assert translator.reached.wait(DEADLINE_S)
    chunk = Audio(speech(3500)[:chunk_samples], 0.0)
    (out,) = host.tick({"a": [chunk] * (3500 * 16 // chunk_samples)})
    translator.released.set()
    assert isinstance(out.error, SessionLimit)
    assert out.error.reason is Reason.TOO_FAR_AHEAD
    assert host.tick({"a": []}) == []


def test_a_session_that_is_kept_up_with_may_be_longer_than_the_inbox(make_host: MakeHost) -> None:
    host = make_host(inbox_ms=1000)
    host.open("a", FR, None)
    for index in range(10):
        inputs: list[Input] = [Audio(speech(500), 0.0), Marker(str(index))]
        (out,) = host.tick({"a": inputs})
        give_up_s = time.monotonic() + DEADLINE_S
        while out.worked_ms < 500 * (index + 1):
            assert out.error is None
            assert time.monotonic() < give_up_s, "the host fell behind"
            (out,) = host.tick({"a": []})


def test_no_call_waits_for_a_slow_model(make_host: MakeHost) -> None:
    translator = StalledTranslator()
    host = make_host(translator)
    host.open("slow", FR, None)
    host.tick({"slow": [Audio(speech(2000), 0.0)]})
    assert translator.reached.wait(DEADLINE_S)
    started_s = time.monotonic()
    (out,) = host.tick({"slow": [Audio(speech(100), 0.0)]})
    host.open("other", FR, None)
    host.close("other")
    waited_s = time.monotonic() - started_s
    translator.released.set()
    assert waited_s < PATIENCE_S / 2, "a call waited until the model gave up"
    assert out.worked_ms < 2000


def test_a_session_goes_on_from_a_checkpoint_on_another_host(make_host: MakeHost) -> None:
    full = alone(make_host, TALK)
    checkpoint = next(item for item in full.items if isinstance(item, Checkpoint))
    host = make_host()
    host.open("a", FR, checkpoint)
    (out,) = host.tick({"a": []})
    assert out.worked_ms == checkpoint.position_samples // 16
    heard = hear_out(host, {"a": whole(TALK[checkpoint.position_samples :])})["a"]
    assert heard.told == full.told[full.items.index(checkpoint) + 1 :]


def test_stop_ends_the_compute_thread(make_host: MakeHost) -> None:
    host = make_host()
    assert host.alive
    host.stop()
    assert not host.alive
