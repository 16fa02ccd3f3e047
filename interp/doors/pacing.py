"""Clients of other contracts send whole files at once; we read on no faster than we may hear."""

import asyncio

from interp.intake.format import IntakeLimits

AHEAD_MS = IntakeLimits().max_ahead_ms / 2


class Pacing:
    """Of one call: audio is let in up to AHEAD_MS before its time."""

    def __init__(self, rate_hz: int) -> None:
        self._bytes_per_ms = rate_hz * 2 / 1000
        self._sent_ms = 0.0
        self._began_s: float | None = None

    async def admit(self, content: bytes) -> None:
        """Wait until these bytes of PCM16 may follow. Back-pressure reaches the client."""
        now_s = asyncio.get_running_loop().time()
        began_s = self._began_s = now_s if self._began_s is None else self._began_s
        ahead_ms = self._sent_ms - (now_s - began_s) * 1000
        self._sent_ms += len(content) / self._bytes_per_ms
        if ahead_ms > AHEAD_MS:
            await asyncio.sleep((ahead_ms - AHEAD_MS) / 1000)
