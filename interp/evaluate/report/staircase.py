"""One sentence as a staircase: words written over time, with and without compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from interp.evaluate.record.log import Instance
from interp.evaluate.record.timelines import target_units
from interp.evaluate.report import svg
from interp.evaluate.score.bootstrap import Floats
from interp.evaluate.score.scores import Scores
from interp.evaluate.score.sentences import Sentence
from interp.evaluate.score.summary import main_lag

WIDTH, ROW_HEIGHT = 480, 18


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence with its figures. lag_s, chrf: NaN where it has none."""

    sentence: Sentence
    lag_s: float
    chrf: float


def told(scores: Scores) -> tuple[Told, ...]:
    """Every sentence of a run with its own lag and chrF."""
    count = len(scores.sentences)
    lags = _lags(scores, count) / 1000
    quality = next((q.metric for q in scores.quality if q.metric.name == "chrF"), None)
    chrfs = quality.figure(quality.statistics) if quality else np.full(count, np.nan)
    triples = zip(scores.sentences, lags, chrfs, strict=True)
    return tuple(Told(sentence, float(lag), float(chrf)) for sentence, lag, chrf in triples)


def _lags(scores: Scores, count: int) -> Floats:
    found = (lag.values for lag in scores.lags if lag.metric == main_lag(scores))
    return next((values for values in found if len(values) == count), np.full(count, np.nan))


def by_lag(sentences: Sequence[Told]) -> tuple[Told, ...]:
    """Sentences that have a lag, the latest first."""
    known = [each for each in sentences if isfinite(each.lag_s)]
    return tuple(sorted(known, key=lambda each: -each.lag_s))


def draw(sentence: Sentence, instance: Instance, scores: Scores) -> str:
    """The staircase: solid when its source had been heard, dashed when it was really written.

    The thin straight line is a writer in step with the speaker; marks at the foot are decisions.
    """
    units = target_units(instance, scores.how.unit)
    words = [units[place] for place in sentence.places]
    delays = [(word.delay_ms - sentence.start_ms) / 1000 for word in words]
    elapsed = [(w.elapsed_ms - sentence.start_ms) / 1000 for w in words if w.elapsed_ms is not None]
    length = sentence.source_length_ms / 1000
    height = ROW_HEIGHT * len(words) + 100
    frame = svg.Frame(
        title=f"{sentence.source}: {len(words)} words over {length:.1f} s of speech",
        x=svg.spanned([length, *delays, *elapsed], 50, WIDTH - 110, from_zero=True),
        y=svg.Scale(0, max(1, len(words)), height - 60, 40),
        x_label="seconds from the start of the source",
        y_label="words written",
        width=WIDTH,
        height=height,
    )
    content = [
        svg.line(frame.x(length), frame.y.start, frame.x(length), frame.y.end, "regime"),
        svg.line(frame.x(0), frame.y(0), frame.x(length), frame.y(len(words)), "ideal"),
        *_decisions(frame, sentence, instance, {word.step for word in words}),
        svg.path(_stairs(frame, elapsed), "aware s0"),
        svg.path(_stairs(frame, delays), "unaware s0"),
    ]
    for count, (word, time) in enumerate(zip(words, delays, strict=True)):
        content.append(svg.text(frame.x(time) + 6, frame.y(count + 0.5) + 4, word.text, "word"))
    return frame.draw(*content)


def _stairs(frame: svg.Frame, times: Sequence[float]) -> list[tuple[float, float]]:
    """Up by one at every time."""
    corners = []
    for count, time in enumerate(times):
        corners += [(frame.x(time), frame.y(count)), (frame.x(time), frame.y(count + 1))]
    return [(frame.x(0), frame.y(0)), *corners] if corners else []


def _decisions(
    frame: svg.Frame, sentence: Sentence, instance: Instance, writing: set[int | None]
) -> list[str]:
    """A mark per decision of the sentence: full where it wrote, hollow where it read."""
    marks = []
    for number, step in enumerate(instance.steps):
        time = (step.delay_ms - sentence.start_ms) / 1000
        if 0 <= time <= frame.x.high:
            kind = "mark s0" if number in writing else "hollow s0"
            action = "WRITE" if number in writing else "READ"
            spent = f"{action} at {time:.2f} s, {step.compute_ms:.0f} ms of compute"
            marks.append(svg.dot(frame.x(time), frame.y.start, kind, spent))
    return marks
