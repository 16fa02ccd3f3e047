"""Builds sessions on scripted parts, and runs audio through them on a virtual clock."""

from collections.abc import Iterable

import numpy as np

from interp.core.audio import Samples, ms_to_samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import Checkpoint, Event, TargetText, WrittenWord
from interp.engine.gate import Gate, GateSettings
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.engine.session_state import SessionSettings
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import ScriptTranslator
from tests.fakes.voice import LoudestSample


def speech(ms: int) -> Samples:
    return np.full(ms_to_samples(ms), 0.9, np.float32)


def pause(ms: int) -> Samples:
    return np.zeros(ms_to_samples(ms), np.float32)


def models_of(translator: ScriptTranslator, synthesiser: ScriptSynthesiser | None = None) -> Models:
    return Models(translator, [synthesiser] if synthesiser else [])


def session(
    translator: ScriptTranslator,
    policy: str,
    *,
    clock: VirtualClock | None = None,
    checkpoint: Checkpoint | None = None,
    config: SessionConfig | None = None,
    synthesiser: ScriptSynthesiser | None = None,
    catch_up_ms: int | None = None,
) -> Session:
    return Session(
        config or SessionConfig("fr", "en", policy=policy),
        gate=Gate(LoudestSample(), GateSettings()),
        models=models_of(translator, synthesiser),
        clock=clock or VirtualClock(),
        settings=SessionSettings(catch_up_ms),
        checkpoint=checkpoint,
    )


def run(policy: str, audio: Samples, chunk_samples: int = 512) -> list[Event]:
    translator, clock = ScriptTranslator(), VirtualClock()
    stage = session(translator, policy, clock=clock)
    return list(interpret(stage, audio, clock, chunk_samples))


def words(events: Iterable[Event]) -> list[WrittenWord]:
    return [word for event in events if isinstance(event, TargetText) for word in event.words]


def written(events: Iterable[Event]) -> list[tuple[str, int]]:
    return [(word.text, word.delay_ms) for word in words(events)]
