"""A replica in this process: a real host on scripted parts, which may be lost."""

from collections.abc import Sequence

from interp.core.clock import MonotonicClock
from interp.core.config import SessionConfig
from interp.core.detector import VoiceDetector
from interp.core.events import Checkpoint
from interp.core.tracing import UNSEEN, Tracing
from interp.core.translator import Translator
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.load import SESSION_SHARE
from interp.engine.local import LocalReplica
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo, lost
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.fakes.translator import ScriptTranslator
from tests.fakes.voice import LoudestSample


class HostReplica(LocalReplica):
    """dead: it is gone. voice: what it speaks with, None for nothing; others: what else it has for
    it. opened: where each session began."""

    def __init__(
        self,
        name: str = "r0",
        voice: ScriptSynthesiser | None = None,
        settings: HostSettings | None = None,
        translator: Translator | None = None,
        tracing: Tracing = UNSEEN,
        detector: VoiceDetector | None = None,
        others: Sequence[ScriptSynthesiser] = (),
        session_share: float = SESSION_SHARE,
    ) -> None:
        settings = settings or HostSettings(lanes=4)
        voices = [voice, *others] if voice else []
        models = Models(translator or ScriptTranslator(), voices, tracing)
        self.host = Host(
            gate=Gate(detector or LoudestSample(), GateSettings()),
            models=models,
            clock=MonotonicClock(),
            settings=settings,
            info=ReplicaInfo(
                settings.lanes,
                models.pairs,
                models.voices,
                "script",
                terms=models.translator.abilities.glossary,
            ),
            session_share=session_share,
        )
        super().__init__(name, self.host)
        self.host.start()
        self.dead = False
        self.opened: list[Checkpoint | None] = []

    async def open(
        self, session_id: str, config: SessionConfig, checkpoint: Checkpoint | None
    ) -> None:
        """As Replica.open."""
        await super().open(session_id, config, checkpoint)
        self.opened.append(checkpoint)

    def _live(self) -> Host:
        if self.dead:
            raise lost()
        return super()._live()
