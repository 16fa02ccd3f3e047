"""Lag figures of a log: every metric, under every time model the log can answer for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import nan

import numpy as np

from interp.core import latency
from interp.core.latency import Timeline
from interp.core.latency_atd import average_token_delay, average_token_delay_of_speech
from interp.core.latency_elapsed import (
    Discontinuity,
    Interval,
    discontinuity,
    heard_times,
    playback,
)
from interp.evaluate.record.log import Instance
from interp.evaluate.record.timelines import (
    LatencyUnit,
    TimeModel,
    reference_units,
    target_units,
    times,
)
from interp.evaluate.score.align import mwer_segments
from interp.evaluate.score.bootstrap import Floats
from interp.evaluate.score.sentences import Sentence, sentences

_METRICS: tuple[tuple[str, Callable[[Timeline], float | None]], ...] = (
    ("AL", latency.average_lagging),
    ("LAAL", latency.length_adaptive_average_lagging),
    ("AP", latency.average_proportion),
    ("DAL", latency.differentiable_average_lagging),
    ("YAAL", latency.yet_another_average_lagging),
    ("StartOffset", latency.start_offset),
    ("EndOffset", latency.end_offset),
)
_LONG_NAMES = {"AL", "LAAL", "AP", "DAL", "YAAL"}


@dataclass(frozen=True, slots=True)
class LagValues:
    """One metric under one time model. values: [sentence], NaN where it has none."""

    metric: str
    model: TimeModel
    values: Floats


def model_times(
    instances: Sequence[Instance], unit: LatencyUnit, model: TimeModel
) -> list[list[float]] | None:
    """Times of every instance's target units; None where an instance lacks what is needed."""
    found = [times(target_units(instance, unit), instance.steps, model) for instance in instances]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def text_lags(
    instances: Sequence[Instance], scored: Sequence[Sequence[Sentence]], unit: LatencyUnit
) -> list[LagValues]:
    """Lags of written text [sentence], for the sentences `scored` of each instance.

    Re-aligned segments give the Long forms of the metrics and StreamLAAL; their RecordingEndOffset
    is of the whole recording [instance]. ATD is for short instances.
    """
    long = any(instance.segments for instance in instances)
    by_errors = (
        [sentences(instance, unit, mwer_segments) for instance in instances]
        if long and unit is LatencyUnit.WORD
        else []
    )
    found = []
    for model in TimeModel:
        all_times = model_times(instances, unit, model)
        if all_times is None:
            continue
        lines = _lines(scored, all_times)
        for name, metric in _METRICS:
            shown = f"Long{name}" if long and name in _LONG_NAMES else name
            found.append(LagValues(shown, model, _values(metric, lines)))
        if by_errors:
            values = _values(latency.length_adaptive_average_lagging, _lines(by_errors, all_times))
            found.append(LagValues("StreamLAAL", model, values))
        if long:
            found.append(LagValues("RecordingEndOffset", model, _after_end(instances, all_times)))
        else:
            found.append(LagValues("ATD", model, _token_delays(instances, unit, all_times, model)))
    return found


def _lines(
    scored: Sequence[Sequence[Sentence]], all_times: Sequence[Sequence[float]]
) -> list[Timeline]:
    return list(
        chain.from_iterable(
            [sentence.timeline(times_ms) for sentence in group]
            for group, times_ms in zip(scored, all_times, strict=True)
        )
    )


def _values(metric: Callable[[Timeline], float | None], lines: Sequence[Timeline]) -> Floats:
    scores = (metric(line) if line.times_ms else None for line in lines)
    return np.array([nan if score is None else score for score in scores])


def _after_end(instances: Sequence[Instance], all_times: Sequence[Sequence[float]]) -> Floats:
    """How long after its recording ended the last word of each was written."""
    pairs = zip(instances, all_times, strict=True)
    return np.array([late[-1] - i.source_length_ms if late else nan for i, late in pairs])


def _token_delays(
    instances: Sequence[Instance],
    unit: LatencyUnit,
    all_times: Sequence[Sequence[float]],
    model: TimeModel,
) -> Floats:
    values = []
    for instance, late in zip(instances, all_times, strict=True):
        delays = [emission.delay_ms for emission in target_units(instance, unit)]
        elapsed = None if model is TimeModel.DELAY else late
        values.append(average_token_delay(delays, elapsed) if delays else nan)
    return np.array(values)


def speech_lags(instances: Sequence[Instance], unit: LatencyUnit) -> list[LagValues]:
    """Lags of target speech [instance] as it is played, chunk after chunk.

    Heard-AL, -LAAL, -YAAL: over the times at which each word has been heard, for short instances
    whose chunks say their words. Waits inside the speech are Discontinuity figures.
    """
    found = []
    for model in TimeModel:
        all_times = [times(i.speech, i.steps, model) for i in instances]
        known = [one for one in all_times if one is not None]
        if len(known) < len(all_times):
            continue
        spoken = [_played(i, late) for i, late in zip(instances, known, strict=True)]
        found += _of_playback(instances, spoken, model)
        found.append(LagValues("Speech-ATD", model, _speech_token_delays(instances, known, model)))
        heard = [_heard(i, each, unit) for i, each in zip(instances, spoken, strict=True)]
        found += [
            LagValues(f"Heard-{name}", model, _values(metric, heard))
            for name, metric in _METRICS
            if name in {"AL", "LAAL", "YAAL"}
        ]
    return [lag for lag in found if np.isfinite(lag.values).any()]


def heard_lines(instances: Sequence[Instance], unit: LatencyUnit) -> list[Timeline]:
    """When each word of target speech has been heard [instance], computation ignored.

    Without times for a long recording, and where chunks do not say their words.
    """
    return [_heard(i, _played(i, [c.delay_ms for c in i.speech]), unit) for i in instances]


def _played(instance: Instance, late: Sequence[float]) -> list[Interval]:
    return playback(late, [chunk.duration_ms for chunk in instance.speech])


def _heard(instance: Instance, played: Sequence[Interval], unit: LatencyUnit) -> Timeline:
    words = [
        len(chunk.text.split() if unit is LatencyUnit.WORD else chunk.text.replace(" ", ""))
        for chunk in instance.speech
    ]
    return Timeline(
        [] if instance.segments else heard_times(played, words),
        instance.source_length_ms,
        reference_units(instance.reference, unit),
    )


def _of_playback(
    instances: Sequence[Instance], spoken: Sequence[Sequence[Interval]], model: TimeModel
) -> list[LagValues]:
    pairs = list(zip(instances, spoken, strict=True))
    gaps = [discontinuity(played) if played else None for played in spoken]

    def of_gaps(name: str, figure: Callable[[Discontinuity], float]) -> LagValues:
        return LagValues(name, model, np.array([nan if g is None else figure(g) for g in gaps]))

    return [
        LagValues(
            "Speech-StartOffset", model, np.array([p[0].start_ms if p else nan for p in spoken])
        ),
        LagValues(
            "Speech-EndOffset",
            model,
            np.array([p[-1].end_ms - i.source_length_ms if p else nan for i, p in pairs]),
        ),
        of_gaps("DiscontinuitySum", lambda gap: gap.total_ms),
        of_gaps("DiscontinuityAve", lambda gap: gap.mean_ms),
        of_gaps("DiscontinuityNum", lambda gap: len(gap.waits_ms)),
        of_gaps("SilenceShare", lambda gap: gap.silence_share),
    ]


def _speech_token_delays(
    instances: Sequence[Instance], all_times: Sequence[Sequence[float]], model: TimeModel
) -> Floats:
    values = []
    for instance, late in zip(instances, all_times, strict=True):
        delays = [chunk.delay_ms for chunk in instance.speech]
        durations = [chunk.duration_ms for chunk in instance.speech]
        elapsed = None if model is TimeModel.DELAY else late
        long = bool(instance.segments) or not delays
        values.append(nan if long else average_token_delay_of_speech(delays, durations, elapsed))
    return np.array(values)
