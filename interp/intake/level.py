"""Watches levels at the client's own rate: clipping and a constant offset are worth a warning.

Works on whole seconds of audio, so that what is said does not depend on how input was split.
"""

import numpy as np

from interp.core.audio import Samples
from interp.core.events import Warned, WarningCode

_FULL_SCALE = np.float32(32767 / 32768)
_CLIPPED_RUN = 3  # consecutive samples at full scale; a peak that merely touches it is shorter
_OFFSET = 0.05  # mean of a second, of full scale
_QUIET_BLOCKS = 10  # seconds without a further warning of the same kind


class LevelWatch:
    """Collects one-second blocks of one stream and reports each kind at most every ten seconds."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._block = np.empty(rate_hz, np.float32)
        self._filled = 0
        self._blocks = 0
        self._last_block: dict[WarningCode, int] = {}

    def observe(self, samples: Samples) -> list[Warned]:
        """Hear samples [sample], before any limiting; warnings of the seconds they finish."""
        warnings: list[Warned] = []
        while samples.size:
            part = samples[: self._rate_hz - self._filled]
            self._block[self._filled : self._filled + part.size] = part
            self._filled += part.size
            samples = samples[part.size :]
            if self._filled == self._rate_hz:
                warnings.extend(self.finish())
        return warnings

    def finish(self) -> list[Warned]:
        """Judge the block so far, whole or not, and begin the next."""
        block, self._filled = self._block[: self._filled], 0
        self._blocks += 1
        if not block.size:
            return []
        clipped_ms = -(-_clipped_samples(block) * 1000 // self._rate_hz)
        offset = abs(float(block.mean(dtype=np.float64))) > _OFFSET
        found = [
            Warned(WarningCode.AUDIO_CLIPPED, clipped_ms),
            Warned(WarningCode.AUDIO_OFFSET, block.size * 1000 // self._rate_hz if offset else 0),
        ]
        return [each for each in found if each.amount_ms and self._due(each.code)]

    def _due(self, code: WarningCode) -> bool:
        last = self._last_block.get(code)
        if last is not None and self._blocks - last < _QUIET_BLOCKS:
            return False
        self._last_block[code] = self._blocks
        return True


def _clipped_samples(block: Samples) -> int:
    """Samples beyond full scale, and those in runs at full scale."""
    size = np.abs(block)
    edges = np.diff(np.concatenate([[False], size >= _FULL_SCALE, [False]]).astype(np.int8))
    runs = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return max(int(runs[runs >= _CLIPPED_RUN].sum()), int((size > 1).sum()))
