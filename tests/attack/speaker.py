"""A speaker: one session at the speed of speech, and what the client saw of it."""

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from interp.client.client import Patience, connect, paced
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.errors import InterpError
from interp.core.events import TargetText, Warned
from interp.intake.format import AudioFormat, Encoding
from interp.wire.messages import StreamConfig

CHUNK_MS = 100
ON_ITS_WAY_S = 0.2
CROWDED = Patience(answer_s=60.0)


@dataclass
class Heard:
    """words: with their segment. times_s: when each TargetText came. status: OK or the reason."""

    words: list[tuple[int, str]] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: str = ""
    longest_gap_s: float = 0.0

    def first_after(self, moment_s: float) -> float:
        """Seconds from a moment to the first text after it that was not on its way then."""
        later = (t - moment_s for t in self.times_s if t > moment_s + ON_ITS_WAY_S)
        return next(later, float("inf"))


async def speak(
    address: str,
    chunks: Iterable[bytes],
    *,
    policy: str = DEFAULT_POLICY,
    chunk_ms: float = CHUNK_MS,
    resume_s: float = 30.0,
    source: str = "fr",
) -> Heard:
    """Everything that came of the chunks, PCM16 at 16 kHz."""
    config = StreamConfig(
        SessionConfig(source, "en", policy=policy),
        AudioFormat(Encoding.PCM16, 16_000),
        resume_window_s=resume_s,
    )
    heard = Heard()
    last_s = time.monotonic()
    try:
        async with connect(address, patience=CROWDED) as client:
            async for body in client.interpret(config, _fed(chunks, chunk_ms)):
                now_s = time.monotonic()
                heard.longest_gap_s = max(heard.longest_gap_s, now_s - last_s)
                last_s = now_s
                if isinstance(body, Warned):
                    heard.warnings.append(body.code.value)
                elif isinstance(body, TargetText):
                    heard.words += [(body.segment, word.text) for word in body.words]
                    heard.times_s.append(now_s)
        heard.status = "OK"
    except InterpError as error:
        heard.status = error.reason.value
    return heard


def _fed(chunks: Iterable[bytes], chunk_ms: float) -> AsyncIterator[bytes]:
    return paced(chunks, chunk_ms)
