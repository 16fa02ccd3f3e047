"""When each cue is on screen: with its words, long enough to be read, and never far behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interp.outlets.captions.rules import Rules

_CHAIN_MS = 500
"""Two cues this close follow on, with the gap alone between: a short blank is a flicker."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cue to be: when its words are said, and how wide it is."""

    start_ms: int
    end_ms: int
    cells: int


def timed(cues: Sequence[Spoken], rules: Rules) -> list[tuple[int, int]]:
    """Start and end of each, ms, in order and without overlap."""
    starts = _wished(cues, rules)
    times: list[tuple[int, int]] = []
    free_ms = 0
    for index, cue in enumerate(cues):
        start_ms = max(starts[index], free_ms)
        reading_ms = rules.reading_ms(cue.cells)
        end_ms = max(start_ms + reading_ms, min(cue.end_ms, start_ms + rules.max_ms))
        if index + 1 < len(cues):
            wanted_ms = starts[index + 1] - rules.gap_ms
            latest_ms = cues[index + 1].start_ms + rules.delay_ms - rules.gap_ms
            end_ms = min(end_ms, max(start_ms + reading_ms, wanted_ms))
            end_ms = max(start_ms + rules.min_ms, min(end_ms, latest_ms))
        times.append((start_ms, end_ms))
        free_ms = end_ms + rules.gap_ms
    return _chained(times, rules)


def _wished(cues: Sequence[Spoken], rules: Rules) -> list[int]:
    """Starts with the words; earlier where the next words would come before it has been read."""
    starts = [cue.start_ms for cue in cues]
    for index in range(len(cues) - 2, -1, -1):
        in_time_ms = starts[index + 1] - rules.gap_ms - rules.reading_ms(cues[index].cells)
        earliest_ms = max(0, cues[index].start_ms - rules.lead_ms)
        starts[index] = max(earliest_ms, min(starts[index], in_time_ms))
    return starts


def _chained(times: list[tuple[int, int]], rules: Rules) -> list[tuple[int, int]]:
    chained = []
    for (start_ms, end_ms), (next_ms, _) in pairwise([*times, (times[-1][1] + 60_000, 0)]):
        close = next_ms - end_ms < _CHAIN_MS
        joined_ms = min(next_ms - rules.gap_ms, start_ms + rules.max_ms)
        chained.append((start_ms, max(end_ms, joined_ms) if close else end_ms))
    return chained
