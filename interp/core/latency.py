"""Lag metrics over the delays of one translation, written from their published formulas.

A Timeline holds the times D_1..D_n at which target units were written, the source length X and the
reference length R. With delays the metrics ignore computation, with elapsed times they include it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeline:
    """When one translation was written.

    times_ms: D_1..D_n, one per target unit (delays, or elapsed for computation-aware figures).
    source_length_ms: X > 0. reference_units: R; 0 where there is no reference, then R = n.
    recording_end_ms: for one segment of a long recording, where the recording ends, on the same
    clock; None for a recording of its own.
    """

    times_ms: Sequence[float]
    source_length_ms: float
    reference_units: int = 0
    recording_end_ms: float | None = None

    def __post_init__(self) -> None:
        if self.source_length_ms <= 0:
            raise ValueError(f"source length must be positive, got {self.source_length_ms} ms")

    @property
    def target_units(self) -> int:
        """R, or n where there is no reference."""
        return self.reference_units or len(self.times_ms)

    @property
    def written_ms(self) -> Sequence[float]:
        """times_ms. Raises ValueError where it is empty: such an instance has no lag."""
        if not self.times_ms:
            raise ValueError("nothing was written, so there is no lag")
        return self.times_ms


def average_lagging(line: Timeline) -> float:
    """AL in ms: mean over i = 1..tau of D_i - (i - 1) X / R; tau = first i with D_i >= X, or n.

    D_1 where D_1 > X. The ideal writer spreads R units over X, as in SimulEval; Ma et al. 2019
    (arXiv 1810.08398) take n, the length of the output.
    """
    return _lagging(line, line.target_units)


def length_adaptive_average_lagging(line: Timeline) -> float:
    """LAAL in ms: AL with max(n, R) for R, so that writing too much is not rewarded.

    Papi et al. 2022 (arXiv 2206.05807), Polák et al. 2022 (arXiv 2204.06028).
    """
    return _lagging(line, max(len(line.times_ms), line.target_units))


def _lagging(line: Timeline, ideal_units: int) -> float:
    times_ms = line.written_ms
    if times_ms[0] > line.source_length_ms:
        return times_ms[0]
    # The first unit written at or after the end still counts.
    counted = 1 + _units_before(times_ms, line.source_length_ms)
    return _mean_behind(times_ms[:counted], line.source_length_ms / ideal_units)


def _units_before(times_ms: Sequence[float], end_ms: float) -> int:
    """How many units come before the first one at or after end_ms."""
    return next((i for i, time in enumerate(times_ms) if time >= end_ms), len(times_ms))


def _mean_behind(times_ms: Sequence[float], pace_ms: float) -> float:
    """Mean distance behind a writer that writes unit i (from 0) at i * pace_ms."""
    return sum(time - i * pace_ms for i, time in enumerate(times_ms)) / len(times_ms)


def average_proportion(line: Timeline) -> float:
    """AP, a ratio: sum of D_i / (X R). Cho and Esipova 2016 (arXiv 1606.02012)."""
    return sum(line.written_ms) / (line.source_length_ms * line.target_units)


def differentiable_average_lagging(line: Timeline) -> float:
    """DAL in ms: mean of g_i - (i - 1) s; s = X / n, g_1 = D_1, g_i = max(D_i, g_{i-1} + s).

    Cherry and Foster 2019 (arXiv 1906.00048).
    """
    first, *rest = line.written_ms
    pace_ms = line.source_length_ms / len(line.times_ms)
    paced = [first]
    for time in rest:
        paced.append(max(time, paced[-1] + pace_ms))
    return _mean_behind(paced, pace_ms)


def yet_another_average_lagging(line: Timeline) -> float | None:
    """YAAL in ms: mean of D_i - (i - 1) X / max(n, R) over the units with D_i < X only.

    None where D_1 >= X: such an instance is left out of the corpus mean. With recording_end_ms set
    this is LongYAAL, for one re-aligned segment: times count from the segment's start and units
    count until the recording ends, so that tails are charged. Polák et al. 2025 (arXiv 2509.17349).
    """
    end_ms = line.source_length_ms if line.recording_end_ms is None else line.recording_end_ms
    counted = _units_before(line.written_ms, end_ms)
    if not counted:
        return None
    pace_ms = line.source_length_ms / max(len(line.times_ms), line.target_units)
    return _mean_behind(line.times_ms[:counted], pace_ms)


def start_offset(line: Timeline) -> float:
    """Start offset in ms: D_1."""
    return line.written_ms[0]


def end_offset(line: Timeline) -> float:
    """End offset in ms: D_n - X; negative where the last unit came before the source ended."""
    return line.written_ms[-1] - line.source_length_ms


@dataclass(frozen=True, slots=True)
class Degeneracy:
    """Whether a run really worked while it listened; percentages.

    written_early: SWF, share of units written before their source ended. expected_early: EFSW, what
    the measured lag lets one expect. gap: DSPTV = EFSW - SWF.
    """

    written_early: float
    expected_early: float

    @property
    def gap(self) -> float:
        """DSPTV, the degenerate simultaneous policy test value."""
        return self.expected_early - self.written_early

    @property
    def degenerate(self) -> bool:
        """True where the two shares differ by more than 20 points: the lag figure misleads."""
        return abs(self.gap) > 20


def degeneracy(lines: Sequence[Timeline]) -> Degeneracy | None:
    """Degenerate-policy test of a run of short instances, from delays.

    SWF = 100 sum #{D < X} / sum n; EFSW = 100 sum max(0, X - YAAL) / sum X, the latter over
    instances that have a YAAL. None where none has. Polák et al. 2025 (arXiv 2509.17349); the sign
    of the gap is the one OmniSTEval 0.1.10 prints.
    """
    written = [line for line in lines if line.times_ms]
    lags = [(line.source_length_ms, yet_another_average_lagging(line)) for line in written]
    scored = [(length, lag) for length, lag in lags if lag is not None]
    if not scored:
        return None
    early = sum(sum(t < line.source_length_ms for t in line.times_ms) for line in written)
    return Degeneracy(
        written_early=100 * early / sum(len(line.times_ms) for line in written),
        expected_early=100
        * sum(max(0.0, length - lag) for length, lag in scored)
        / sum(length for length, _ in scored),
    )
