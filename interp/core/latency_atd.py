"""Average Token Delay: lag that also counts how long the target takes to speak.

Kano et al. 2022 (arXiv 2211.13173), as SimulEval implements it: source and target are cut into
tokens of 300 ms, and every target token is charged against the source token it answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

TOKEN_MS = 300.0


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Target tokens written at one moment. tokens_ms, compute_ms: length and compute of each."""

    delay_ms: float
    tokens_ms: tuple[float, ...]
    compute_ms: tuple[float, ...]


def average_token_delay(
    delays_ms: Sequence[float], elapsed_ms: Sequence[float] | None = None
) -> float:
    """ATD in ms of text written at `delays_ms`; a word takes no time to say.

    With T_t = max(delay_t, T_{t-1}) + length_t + compute_t the end of target token t, and a(t) =
    min(t - max(0, target tokens before its chunk - source tokens before it), source tokens through
    it) the source token it answers, ATD = mean(T_t - end of source token a(t)). A chunk is a run of
    equal delays; compute_t is the increment of elapsed - delay, or 0 without `elapsed_ms`.
    """
    compute = _compute_increments(delays_ms, elapsed_ms)
    chunks = [
        _Chunk(delays_ms[start], (0.0,) * (stop - start), tuple(compute[start:stop]))
        for start, stop in _runs(delays_ms)
    ]
    return _charge(chunks, delays_ms)


def average_token_delay_of_speech(
    delays_ms: Sequence[float],
    durations_ms: Sequence[float],
    elapsed_ms: Sequence[float] | None = None,
) -> float:
    """ATD in ms of speech emissions of `durations_ms`, cut into tokens of 300 ms and a remainder.

    As average_token_delay; a chunk's compute is shared equally by its tokens.
    """
    compute = _compute_increments(delays_ms, elapsed_ms)
    chunks = []
    for start, stop in _runs(delays_ms):
        tokens = _cut(sum(durations_ms[start:stop]))
        share = sum(compute[start:stop]) / len(tokens) if tokens else 0.0
        chunks.append(_Chunk(delays_ms[start], tokens, (share,) * len(tokens)))
    return _charge(chunks, delays_ms)


def _compute_increments(
    delays_ms: Sequence[float], elapsed_ms: Sequence[float] | None
) -> list[float]:
    if not delays_ms:
        raise ValueError("nothing was written, so there is no lag")
    if elapsed_ms is None:
        return [0.0] * len(delays_ms)
    spent = [elapsed - delay for elapsed, delay in zip(elapsed_ms, delays_ms, strict=True)]
    return [after - before for before, after in pairwise([0.0, *spent])]


def _runs(values: Sequence[float]) -> list[tuple[int, int]]:
    """[start, stop) of every run of equal values."""
    starts = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return list(pairwise([*starts, len(values)]))


def _cut(length_ms: float) -> tuple[float, ...]:
    """Whole tokens of TOKEN_MS and what remains."""
    whole, rest = divmod(length_ms, TOKEN_MS)
    return (TOKEN_MS,) * int(whole) + ((rest,) if rest else ())


def _charge(chunks: Sequence[_Chunk], delays_ms: Sequence[float]) -> float:
    heard = [_cut(after - before) for before, after in pairwise([0.0, *dict.fromkeys(delays_ms)])]
    source_ends = [0.0, *accumulate(token for tokens in heard for token in tokens)]
    target_end, target_count, source_count = 0.0, 0, 0
    behind = []
    for chunk, source_tokens in zip(chunks, heard, strict=True):
        ahead = max(0, target_count - source_count)
        source_count += len(source_tokens)
        for length, compute in zip(chunk.tokens_ms, chunk.compute_ms, strict=True):
            target_count += 1
            target_end = max(chunk.delay_ms, target_end) + length + compute
            behind.append(target_end - source_ends[min(target_count - ahead, source_count)])
    return sum(behind) / len(behind)
