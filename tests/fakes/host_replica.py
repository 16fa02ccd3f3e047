"""A replica in this process: a real host on scripted parts, which may be lost."""

from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import Reason, Unavailable
from interp.core.events import Checkpoint
from interp.core.synthesiser import Voice
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.replica import Inbound, Outbound, ReplicaInfo
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import PAIRS, ScriptTranslator
from tests.fakes.voice import LoudestSample


class HostReplica:
    """Implements Replica. dead: it is gone. voice: what it speaks with, None for nothing."""

    def __init__(self, name: str = "r0", voice: ScriptSynthesiser | None = None) -> None:
        self.name = name
        self.dead = False
        voices = (Voice(voice.name, voice.language),) if voice else ()
        self.host = Host(
            gate=Gate(LoudestSample(), GateSettings()),
            translator=ScriptTranslator(),
            clock=MonotonicClock(),
            settings=HostSettings(lanes=4),
            info=ReplicaInfo(4, PAIRS, voices, "script"),
            synthesiser=voice,
        )
        self.host.start()
        self.opened: list[Checkpoint | None] = []

    async def info(self) -> ReplicaInfo:
        """As Replica.info."""
        self._check()
        return self.host.info

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """As Replica.open."""
        self._check()
        self.opened.append(checkpoint)
        self.host.open(session_id, config, checkpoint)

    async def tick(self, inbound: Inbound) -> list[Outbound]:
        """As Replica.tick."""
        self._check()
        return self.host.tick(inbound)

    async def close(self, session_id: str) -> None:
        """As Replica.close."""
        self._check()
        self.host.close(session_id)

    def _check(self) -> None:
        if self.dead:
            raise Unavailable(Reason.REPLICA_LOST, "gone", 1000)
