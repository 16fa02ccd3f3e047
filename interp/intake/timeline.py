"""Decoded audio onto the file's own timeline: late starts and holes are silence in their place.

Captions lie on this timeline, so that they fit the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.intake.downmix import Downmix
from interp.intake.resample import Resampler, resampled_size

_TOLERANCE = Fraction(1, 20)  # timestamps are rounded, to as much as 26 ms in old containers
HOLE = Fraction(1, 10)
"""A shorter one is no news, seconds."""
_OVERLAP = Fraction(1)  # further back is another recording that was appended
_MAX_GAP = Fraction(3600)  # where the file does not say how long it is
_FILL_S = 10  # silence is made in pieces


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a recording; it is read all the same.

    start_ms, end_ms: on its timeline; end_ms None: from there on.
    """

    text: str
    start_ms: int
    end_ms: int | None = None

    def __str__(self) -> str:
        end = "on" if self.end_ms is None else f"to {self.end_ms / 1000:.2f} s"
        return f"{self.text} (from {self.start_ms / 1000:.2f} {end})"


class Timeline:
    """Takes decoded frames in order, gives 16 kHz mono. length: seconds, None where unknown."""

    def __init__(self, length: Fraction | None) -> None:
        self._length = length
        self._run: _Run | None = None
        self.runs = 0  # stretches of one rate and one set of channels
        self._before_samples = 0  # at 16 kHz, of the runs that have ended
        self._shift = Fraction(0)  # added to timestamps since they went wrong

    @property
    def position(self) -> Fraction:
        """Where the next sample goes, seconds."""
        run = self._run.position if self._run else Fraction(0)
        return Fraction(self._before_samples, SOURCE_RATE_HZ) + run

    def place(
        self,
        samples: NDArray[np.float32],
        channels: tuple[str, ...],
        rate_hz: int,
        start: Fraction | None,
        *,
        noted: bool = True,
    ) -> Iterator[Samples | Note]:
        """A frame [channel, sample] that begins at `start`, seconds; None: right after the last.

        noted: whether a hole before it is news.
        """
        if self._run is None or self._run.shape != (channels, rate_hz):
            yield from self._end_run()
            self._run = _Run(channels, rate_hz)
            self.runs += 1
        gap = self._gap(start)
        if gap > 0:
            since = self.position
            yield from self.skip(gap)
            if since and gap >= HOLE and noted:
                until_ms = int(self.position * 1000)
                yield Note("missing: left silent", int(since * 1000), until_ms)
        late = min(samples.shape[1], round(-gap * rate_hz)) if gap < 0 else 0
        yield from self._heard(samples[:, late:])

    def skip(self, duration: Fraction) -> Iterator[Samples | Note]:
        """Silence of so many seconds; before the first frame its rate is not known: no silence."""
        if self._run is None:
            return
        channels, rate_hz = self._run.shape
        left = round(duration * rate_hz)
        while left > 0:
            part = min(left, _FILL_S * rate_hz)
            yield from self._heard(np.zeros((len(channels), part), np.float32))
            left -= part

    def finish(self) -> Iterator[Samples | Note]:
        """What is still inside."""
        yield from self._end_run()

    def _gap(self, start: Fraction | None) -> Fraction:
        """Silence to put before a frame, seconds; negative: how much of it was heard before."""
        if start is None:
            return Fraction(0)
        gap = start + self._shift - self.position
        if abs(gap) <= _TOLERANCE:
            return Fraction(0)
        end = self._length + _OVERLAP if self._length else self.position + _MAX_GAP
        if gap < -_OVERLAP or self.position + gap > end:
            self._shift -= gap
            return Fraction(0)
        return gap

    def _heard(self, samples: NDArray[np.float32]) -> Iterator[Samples | Note]:
        assert self._run is not None, "a frame opens a run"
        knew = self._run.downmix.cancelled_at
        yield self._run.push(samples)
        yield from self._noted(knew)

    def _end_run(self) -> Iterator[Samples | Note]:
        if self._run is not None:
            knew = self._run.downmix.cancelled_at
            yield self._run.finish()
            yield from self._noted(knew)
            self._before_samples += self._run.samples_16k
            self._run = None

    def _noted(self, knew: int | None) -> Iterator[Note]:
        assert self._run is not None, "asked of an open run"
        at = self._run.downmix.cancelled_at
        if at is not None and knew is None:
            start_ms = (self._before_samples * 1000) // SOURCE_RATE_HZ
            start_ms += at * 1000 // self._run.shape[1]
            yield Note("the channels cancel out: one of them is heard", start_ms)


class _Run:
    """A stretch of one rate and one set of channels. shape: both."""

    def __init__(self, channels: tuple[str, ...], rate_hz: int) -> None:
        self.shape = (channels, rate_hz)
        self.downmix = Downmix(channels, rate_hz)
        self._resampler = Resampler(rate_hz)
        self._heard_samples = 0

    @property
    def position(self) -> Fraction:
        return Fraction(self._heard_samples, self.shape[1])

    @property
    def samples_16k(self) -> int:
        return resampled_size(self._heard_samples, self.shape[1])

    def push(self, samples: NDArray[np.float32]) -> Samples:
        self._heard_samples += samples.shape[1]
        return self._resample(self.downmix.push(samples))

    def finish(self) -> Samples:
        rest = self._resample(self.downmix.finish())
        sound: Samples = np.clip(np.concatenate([rest, self._resampler.finish()]), -1, 1)
        return sound

    def _resample(self, mono: Samples) -> Samples:
        # A filter rings: samples at full scale may come out a little beyond it.
        sound: Samples = np.clip(self._resampler.push(np.clip(mono, -1, 1)), -1, 1)
        return sound
