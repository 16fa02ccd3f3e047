"""Hosts on scripted parts, as module-level factories that Ray can pickle by name."""

import logging

from interp.core.clock import MonotonicClock
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo
from tests.fakes.translator import ScriptTranslator
from tests.fakes.voice import LoudestSample


def scripted_host(lanes: int = 2) -> Host:
    """Loads at once."""
    translator = ScriptTranslator()
    return Host(
        gate=Gate(LoudestSample(), GateSettings()),
        models=Models(translator),
        clock=MonotonicClock(),
        settings=HostSettings(lanes=lanes),
        info=ReplicaInfo(lanes, translator.pairs, (), "script"),
    )


def talkative_host() -> Host:
    """Says so while it loads."""
    logging.getLogger("interp.models").warning("loading")
    return scripted_host()
