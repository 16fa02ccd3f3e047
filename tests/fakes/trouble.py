"""Scripted translators that fail for some sessions, or stand still until told to go on."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from interp.core.translator import DecodeStep, Hypothesis
from tests.fakes.translator import ScriptSource, ScriptTarget, ScriptTranslator

PATIENCE_S = 10.0


@dataclass
class PoisonedTranslator(ScriptTranslator):
    """Every batch with a session in `language` fails. widest: the largest batch so far."""

    language: str = "de"
    widest: int = 0
    poisoned: list[ScriptTarget] = field(default_factory=list)

    def init_target(
        self, source: ScriptSource, source_language: str, target_language: str, context: str
    ) -> ScriptTarget:
        target = super().init_target(source, source_language, target_language, context)
        if source_language == self.language:
            self.poisoned.append(target)
        return target

    def decode(self, steps: Sequence[DecodeStep[ScriptTarget]]) -> list[Hypothesis]:
        self.widest = max(self.widest, len(steps))
        if any(step.state is target for step in steps for target in self.poisoned):
            raise RuntimeError("planted fault with a secret transcript")
        return super().decode(steps)


@dataclass
class StalledTranslator(ScriptTranslator):
    """Each decode says that it was `reached` and goes on once `released`."""

    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def decode(self, steps: Sequence[DecodeStep[ScriptTarget]]) -> list[Hypothesis]:
        self.reached.set()
        assert self.released.wait(PATIENCE_S), "nobody released the model"
        return super().decode(steps)
