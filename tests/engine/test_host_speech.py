"""A replica's lanes speak in batches, each as if it were alone."""

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import EngineFailed, InterpError, NotServed, Reason
from interp.core.events import (
    Audio,
    End,
    Input,
    Numbered,
    Output,
    Said,
    SessionEnded,
    SetOutputs,
    TargetSpeech,
)
from interp.core.synthesiser import SoundFrame, SpeakStep
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo
from tests.engine.stage import pause, speech
from tests.fakes.synthesiser import POISON, ScriptSpeech, ScriptSynthesiser
from tests.fakes.translator import PAIRS, ScriptTranslator
from tests.fakes.voice import LoudestSample

MakeHost = Callable[[ScriptSynthesiser | None], Host]

SPOKEN = frozenset({Output.TEXT, Output.SPEECH})
CONFIG = SessionConfig("fr", "en", SPOKEN, "waitk:k=2,unit_ms=320")
TALK = np.concatenate([speech(2300), pause(1200), speech(1700)])
OTHERS = [speech(900), np.concatenate([pause(700), speech(3100)])]
DEADLINE_S = 10.0


class PoisonedVoice(ScriptSynthesiser):
    """Chokes on the thirteenth word of a segment."""

    def speak(self, steps: Sequence[SpeakStep[ScriptSpeech]]) -> list[tuple[SoundFrame, ...]]:
        for step in steps:
            step.words = tuple(POISON if w.startswith("w12") else w for w in step.words)
        return super().speak(steps)


@pytest.fixture
def make_host() -> Iterator[MakeHost]:
    hosts: list[Host] = []

    def make(voice: ScriptSynthesiser | None) -> Host:
        models = Models(ScriptTranslator(), [voice] if voice else [])
        host = Host(
            gate=Gate(LoudestSample(), GateSettings()),
            models=models,
            clock=VirtualClock(),
            settings=HostSettings(lanes=4),
            info=ReplicaInfo(4, PAIRS, models.voices, "script"),
        )
        host.start()
        hosts.append(host)
        return host

    yield make
    for host in hosts:
        host.stop()


def hear_out(
    host: Host, inbound: dict[str, list[Input]]
) -> tuple[dict[str, list[Said]], dict[str, InterpError]]:
    """Items and errors by session, once each has ended or failed."""
    said: dict[str, list[Said]] = {session_id: [] for session_id in inbound}
    errors: dict[str, InterpError] = {}
    give_up_s = time.monotonic() + DEADLINE_S
    while not all(k in errors or _ended(items) for k, items in said.items()):
        assert time.monotonic() < give_up_s, "a session neither ended nor failed"
        for out in host.tick(inbound):
            said[out.session_id].extend(out.items)
            if out.error:
                errors[out.session_id] = out.error
        inbound = {session_id: [] for session_id in inbound}
        time.sleep(0.001)
    return said, errors


def _ended(items: list[Said]) -> bool:
    return any(isinstance(i, Numbered) and isinstance(i.event, SessionEnded) for i in items)


def sounds(items: list[Said]) -> list[tuple[int, str, bytes]]:
    events = [item.event for item in items if isinstance(item, Numbered)]
    return [
        (event.offset_ms, event.text, event.samples.tobytes())
        for event in events
        if isinstance(event, TargetSpeech)
    ]


def alone(make_host: MakeHost) -> list[tuple[int, str, bytes]]:
    host = make_host(ScriptSynthesiser())
    host.open("alone", CONFIG, None)
    return sounds(hear_out(host, {"alone": [Audio(TALK, 0.0), End()]})[0]["alone"])


def test_a_session_speaks_alone_as_in_a_full_batch(make_host: MakeHost) -> None:
    voice = ScriptSynthesiser()
    host = make_host(voice)
    audios = {"b": OTHERS[0], "a": TALK, "c": OTHERS[1]}
    for session_id in audios:
        host.open(session_id, CONFIG, None)
    said, errors = hear_out(host, {k: [Audio(audio, 0.0), End()] for k, audio in audios.items()})
    assert not errors
    assert voice.widest >= 2, "they speak together"
    assert sounds(said["a"]) == alone(make_host) != []


def test_a_fault_of_the_voice_ends_only_the_session_that_has_it(
    make_host: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    voice = PoisonedVoice()
    host = make_host(voice)
    for session_id in ("a", "b"):
        host.open(session_id, CONFIG, None)
    inputs: dict[str, list[Input]] = {
        "a": [Audio(TALK, 0.0), End()],
        "b": [Audio(speech(9000), 0.0), End()],
    }
    said, errors = hear_out(host, inputs)
    assert isinstance(errors.pop("b"), EngineFailed)
    assert not errors
    assert sounds(said["a"]) == alone(make_host)
    assert "secret" not in caplog.text


def test_a_fault_that_does_not_come_again_costs_nothing(make_host: MakeHost) -> None:
    host = make_host(ScriptSynthesiser(fail_on_step=5))
    host.open("a", CONFIG, None)
    said, errors = hear_out(host, {"a": [Audio(TALK, 0.0), End()]})
    assert not errors
    assert sounds(said["a"]) == alone(make_host)


def test_a_host_without_a_voice_refuses_speech(make_host: MakeHost) -> None:
    host = make_host(None)
    with pytest.raises(NotServed) as caught:
        host.open("a", CONFIG, None)
    assert caught.value.reason is Reason.VOICE_NOT_SERVED
    host.open("a", SessionConfig("fr", "en"), None)
    _, errors = hear_out(host, {"a": [SetOutputs(SPOKEN), End()]})
    assert errors["a"].reason is Reason.VOICE_NOT_SERVED
