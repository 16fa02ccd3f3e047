"""From compute times to elapsed times, and from speech chunks to what a listener hears when.

Two models of computation: SimulEval's, where it never overlaps with listening and piles up, and a
queue, where a step starts as soon as its source has arrived and the step before it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True, slots=True)
class Step:
    """One decision. delay_ms: source it needed; compute_ms: model time it took."""

    delay_ms: float
    compute_ms: float


def accumulated_elapsed(steps: Sequence[Step]) -> list[float]:
    """SimulEval's elapsed per step, ms: delay_i + sum of compute_1..i."""
    spent = accumulate(step.compute_ms for step in steps)
    return [step.delay_ms + total for step, total in zip(steps, spent, strict=True)]


def overlapped_elapsed(steps: Sequence[Step]) -> list[float]:
    """Elapsed per step with compute overlapping with listening, ms.

    t_i = max(delay_i, t_{i-1}) + compute_i: step i waits for its source and for the step before.
    """
    done_ms, times = 0.0, []
    for step in steps:
        done_ms = max(step.delay_ms, done_ms) + step.compute_ms
        times.append(done_ms)
    return times


def real_time_factor(steps: Sequence[Step], source_length_ms: float) -> float:
    """Compute time per source time, a ratio: sum of compute / X. Above 1 the system falls back."""
    return sum(step.compute_ms for step in steps) / source_length_ms


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of target speech as it is played."""

    start_ms: float
    end_ms: float


def playback(times_ms: Sequence[float], durations_ms: Sequence[float]) -> list[Interval]:
    """When each chunk is played: start_i = max(end_{i-1}, time_i), end_i = start_i + duration_i.

    With delays this is SimulEval's playback; with elapsed times it is the computation-aware one,
    which the lag metrics over `heard_times` then score.
    """
    played: list[Interval] = []
    for time, duration in zip(times_ms, durations_ms, strict=True):
        start = max(played[-1].end_ms, time) if played else time
        played.append(Interval(start, start + duration))
    return played


def heard_times(played: Sequence[Interval], words: Sequence[int]) -> list[float]:
    """When each word has been heard, ms: chunk i says words[i] words, evenly over its length."""
    return [
        chunk.start_ms + (chunk.end_ms - chunk.start_ms) * (k + 1) / count
        for chunk, count in zip(played, words, strict=True)
        for k in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Discontinuity:
    """Waits inside target speech. waits_ms: each of them; spoken_ms: speech without them."""

    waits_ms: tuple[float, ...]
    spoken_ms: float

    @property
    def total_ms(self) -> float:
        """Sum of the waits."""
        return sum(self.waits_ms)

    @property
    def mean_ms(self) -> float:
        """Mean wait; 0 where there is none."""
        return self.total_ms / len(self.waits_ms) if self.waits_ms else 0.0

    @property
    def silence_share(self) -> float:
        """Waits over all the time from the first to the last sound, 0..1."""
        whole = self.total_ms + self.spoken_ms
        return self.total_ms / whole if whole else 0.0


def discontinuity(played: Sequence[Interval]) -> Discontinuity:
    """Gaps between the chunks as played; the wait before the first is no gap."""
    gaps = (after.start_ms - before.end_ms for before, after in pairwise(played))
    return Discontinuity(
        tuple(gap for gap in gaps if gap > 0),
        sum(chunk.end_ms - chunk.start_ms for chunk in played),
    )


def erased_words(before: Sequence[str], after: Sequence[str]) -> int:
    """How many words at the end of the display `before` had to go to make room for `after`.

    Words past the longest common prefix. Summed over a run and divided by the final words this is
    normalised erasure: Arivazhagan et al. 2020 (arXiv 2004.03643).
    """
    kept = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        kept += 1
    return len(before) - kept


def normalised_erasure(erased: Sequence[int], final_words: Sequence[int]) -> float | None:
    """NE of a corpus: sum of erased words / sum of final words; None where nothing was written."""
    written = sum(final_words)
    return sum(erased) / written if written else None
