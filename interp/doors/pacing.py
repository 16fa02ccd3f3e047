"""Clients of other contracts send whole files at once; we read on no faster than we may hear."""

import asyncio

from interp.intake.format import SAMPLE_BYTES, AudioFormat, Encoding, IntakeLimits

AHEAD_MS = IntakeLimits().max_ahead_ms / 2


class Pacing:
    """Of one call: audio is let in up to AHEAD_MS before its time."""

    def __init__(self, audio: AudioFormat) -> None:
        width = SAMPLE_BYTES.get(audio.encoding, SAMPLE_BYTES[Encoding.PCM16])
        self._bytes_per_ms = audio.rate_hz * width * audio.channels / 1000
        self._sent_ms = 0.0
        self._began_s: float | None = None

    async def admit(self, content: bytes) -> None:
        """Wait until these bytes may follow; those of a container count as if they were samples.
        Back-pressure reaches the client."""
        now_s = asyncio.get_running_loop().time()
        began_s = self._began_s = now_s if self._began_s is None else self._began_s
        ahead_ms = self._sent_ms - (now_s - began_s) * 1000
        self._sent_ms += len(content) / self._bytes_per_ms
        if ahead_ms > AHEAD_MS:
            await asyncio.sleep((ahead_ms - AHEAD_MS) / 1000)
