"""A replica that is short of time: what it decides then."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import Audio, Numbered, Said, TargetText, WrittenWord
from interp.core.translator import DecodeStep, Hypothesis
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo
from tests.engine.stage import speech
from tests.fakes.translator import PAIRS, ScriptTarget, ScriptTranslator
from tests.fakes.voice import LoudestSample

FR = SessionConfig("fr", "en")
DECODE_MS = 250.0


@dataclass
class SlowTranslator(ScriptTranslator):
    """Each decode takes its time. clock: that of the host."""

    clock: VirtualClock = field(default_factory=VirtualClock)

    def decode(self, steps: Sequence[DecodeStep[ScriptTarget]]) -> list[Hypothesis]:
        self.clock.advance(DECODE_MS * len(steps))
        return super().decode(steps)


def crowd(config: SessionConfig, sessions: int) -> list[WrittenWord]:
    """Words of so many who speak for 20 s at once."""
    clock = VirtualClock()
    models = Models(SlowTranslator(clock=clock))
    host = Host(
        gate=Gate(LoudestSample(), GateSettings()),
        models=models,
        clock=clock,
        settings=HostSettings(),
        info=ReplicaInfo(8, PAIRS, models.voices, "script"),
    )
    names = [f"s{number}" for number in range(sessions)]
    for name in names:
        host.open(name, config, None)
    sent, words = 0, list[WrittenWord]()
    while clock.now_ms() < 20_000:
        due = int(clock.now_ms() / 100) - sent
        sent += due
        chunks = [Audio(speech(100), clock.now_ms())] * due
        for out in host.tick(dict.fromkeys(names, chunks)):
            words += [word for item in out.items for word in _words(item)]
        if not host.work():
            clock.advance(20)
    return words


def _words(item: Said) -> tuple[WrittenWord, ...]:
    text = isinstance(item, Numbered) and item.event
    return text.words if isinstance(text, TargetText) else ()


def test_what_is_decided_late_is_decided_by_all_that_was_said_until_then() -> None:
    words = crowd(replace(FR, policy="waitk:k=1,unit_ms=1000"), 6)
    late_ms = [word.elapsed_ms - word.delay_ms for word in words]
    assert min(late_ms) >= DECODE_MS
    assert max(late_ms) <= 6 * DECODE_MS + 50, "its own batch, and nothing that was said before it"
