"""What a session costs on this machine, found out by one before anybody is served."""

from collections.abc import Callable
from typing import TypeAlias

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.engine.gate import Gate
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.engine.session_state import SessionSettings
from interp.policies.qualities import FAST

Stopwatch: TypeAlias = Callable[[], float]
"""The time spent, in seconds from anywhere."""

LEAST_SHARE = 0.01
"""Of a core: a model that writes nothing of what it was given is not known to be so cheap."""


def session_share(
    speech: Samples, language: str, gate: Gate, models: Models, spent_s: Stopwatch
) -> float:
    """Of a core, what a session of the crowd's quality takes while its speaker speaks.

    speech: [sample], at best in a language that can be heard. It is worked through twice, since the
    first time is slow.
    """
    pair = min(
        models.translator.pairs,
        key=lambda each: (each.source != language, each.source == each.target, each),
    )
    config = SessionConfig(pair.source, pair.target, policy=FAST)
    for _ in range(2):
        clock = VirtualClock()
        session = Session(config, gate=gate, models=models, clock=clock, settings=SessionSettings())
        began_s = spent_s()
        for _ in interpret(session, speech, clock):
            pass
        taken_s = spent_s() - began_s
    return max(LEAST_SHARE, taken_s * SOURCE_RATE_HZ / speech.size)
