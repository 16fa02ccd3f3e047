"""Scores of an emission log: quality, lag, stability and cost, each with a confidence interval.

Corpus rules are SimulEval's: a lag is the plain mean over sentences for which something was
written; how many were skipped is said beside it, since silence on hard sentences looks fast.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from interp.core.latency import Degeneracy, degeneracy
from interp.evaluate.record.log import EmissionLog, Instance, RunConfig
from interp.evaluate.record.timelines import LatencyUnit, TimeModel
from interp.evaluate.score.bootstrap import Draws, Estimate, Floats, mean_figure, mean_statistics
from interp.evaluate.score.drift import slope_statistics
from interp.evaluate.score.figures import Figure, ratio, run_figures, share
from interp.evaluate.score.lags import LagValues, heard_lines, model_times, speech_lags, text_lags
from interp.evaluate.score.quality import CorpusQuality, SentenceJudge, bleu, chrf, judged
from interp.evaluate.score.sentences import Sentence, sentences
from interp.evaluate.score.terms import term_counts


@dataclass(frozen=True, slots=True)
class ScoreConfig:
    """How to score. tokenizer: sacreBLEU's. terms: target terms to look for. resamples, seed: of
    the bootstrap."""

    unit: LatencyUnit = LatencyUnit.WORD
    tokenizer: str = "13a"
    resamples: int = 1000
    seed: int = 0
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """A quality metric with its interval."""

    metric: CorpusQuality
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Lag:
    """A lag metric under one time model, per sentence and over the corpus."""

    metric: str
    model: TimeModel
    values: Floats
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one run.

    instances: in the log; skipped: sentences for which nothing was written. sentences: what quality
    and text lags are over, in order. figures: what else the log can tell. degeneracy: of the text,
    speech_degeneracy: of words as they are heard; None where the log does not tell (no words; long
    recordings).
    """

    config: RunConfig
    how: ScoreConfig
    instances: int
    skipped: int
    sentences: tuple[Sentence, ...]
    quality: tuple[Quality, ...]
    lags: tuple[Lag, ...]
    figures: tuple[Figure, ...]
    degeneracy: Degeneracy | None
    speech_degeneracy: Degeneracy | None

    def lag(self, metric: str, model: TimeModel = TimeModel.DELAY) -> Lag:
        """The lag of that name. Raises KeyError where the log could not tell it."""
        for lag in self.lags:
            if (lag.metric, lag.model) == (metric, model):
                return lag
        raise KeyError(f"{metric} ({model})")

    def quality_of(self, metric: str) -> Quality:
        """The quality of that name. Raises KeyError where it was not measured."""
        for quality in self.quality:
            if quality.metric.name == metric:
                return quality
        raise KeyError(metric)

    def figure(self, name: str, model: TimeModel | None = None) -> Figure:
        """The figure of that name. Raises KeyError where the log could not tell it."""
        for figure in self.figures:
            if (figure.name, figure.model) == (name, model):
                return figure
        raise KeyError(f"{name} ({model})")

    def to_json(self) -> str:
        """All figures, without the sentences, as one JSON object; absent ones are null."""
        return json.dumps(
            {
                "config": asdict(self.config),
                "scoring": asdict(self.how),
                "instances": self.instances,
                "sentences": len(self.sentences),
                "skipped": self.skipped,
                "quality": {
                    quality.metric.name: {
                        **_json_estimate(quality.estimate),
                        "signature": quality.metric.signature,
                    }
                    for quality in self.quality
                },
                "lag": {
                    model.value: {
                        lag.metric: _json_estimate(lag.estimate)
                        for lag in self.lags
                        if lag.model is model
                    }
                    for model in dict.fromkeys(lag.model for lag in self.lags)
                },
                "figures": {
                    figure.name + (f" ({figure.model.value})" if figure.model else ""): (
                        _json_estimate(figure.estimate)
                    )
                    for figure in self.figures
                },
                "degeneracy": _json_degeneracy(self.degeneracy),
                "speech_degeneracy": _json_degeneracy(self.speech_degeneracy),
            },
            ensure_ascii=False,
            allow_nan=False,
        )


def _json_estimate(estimate: Estimate) -> dict[str, float | int | None]:
    return {name: value if isfinite(value) else None for name, value in asdict(estimate).items()}


def _json_degeneracy(found: Degeneracy | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**asdict(found), "gap": found.gap, "degenerate": found.degenerate}


def score(
    log: EmissionLog,
    how: ScoreConfig | None = None,
    judges: Sequence[SentenceJudge] = (),
    measured: Sequence[CorpusQuality] = (),
) -> Scores:
    """Score a log without a model.

    judges: learned metrics, which need source_text. measured: quality that was counted elsewhere
    over the instances (asr_bleu), to be given an interval. Raises ValueError for an empty log or
    one that mixes long recordings with short instances.
    """
    how = how or ScoreConfig()
    instances = log.instances
    if not instances:
        raise ValueError("the log holds no instance")
    if len({bool(instance.segments) for instance in instances}) > 1:
        raise ValueError("the log mixes long recordings with short instances")
    grouped = [sentences(instance, how.unit) for instance in instances]
    flat = tuple(chain.from_iterable(grouped))
    lags = text_lags(instances, grouped, how.unit)
    if any(instance.speech for instance in instances):
        lags += speech_lags(instances, how.unit)
    # Imported speech may come without words; that is not a system that wrote nothing.
    wordless = any(i.speech for i in instances) and not any(i.words for i in instances)
    texts = [] if wordless else _qualities(flat, how, judges)
    draws = Draws(np.random.default_rng(how.seed), how.resamples)
    return Scores(
        config=log.config,
        how=how,
        instances=len(instances),
        skipped=sum(not sentence.places for sentence in flat),
        sentences=flat,
        quality=tuple(
            Quality(metric, draws.of(metric.statistics).estimate(metric.statistics, metric.figure))
            for metric in [*texts, *measured]
        ),
        lags=tuple(_with_interval(lag, draws) for lag in lags),
        figures=(
            *run_figures(instances, draws),
            *_terms(flat, how.terms, draws),
            *_slopes(flat, lags, draws),
        ),
        degeneracy=_degeneracy(instances, flat, how.unit),
        speech_degeneracy=_speech_degeneracy(instances, how.unit),
    )


def _with_interval(lag: LagValues, draws: Draws) -> Lag:
    statistics = mean_statistics(lag.values)
    estimate = draws.of(statistics).estimate(statistics, mean_figure)
    counted = int(np.isfinite(lag.values).sum())
    return Lag(
        lag.metric,
        lag.model,
        lag.values,
        Estimate(estimate.value, estimate.low, estimate.high, counted),
    )


def _qualities(
    flat: Sequence[Sentence], how: ScoreConfig, judges: Sequence[SentenceJudge]
) -> list[CorpusQuality]:
    references = [sentence.reference for sentence in flat if sentence.reference is not None]
    hypotheses = [sentence.hypothesis for sentence in flat]
    if len(references) < len(flat):
        return []
    found = [bleu(hypotheses, references, how.tokenizer), chrf(hypotheses, references)]
    if judges:
        sources = [sentence.source_text for sentence in flat if sentence.source_text is not None]
        if len(sources) < len(flat):
            raise ValueError("a learned metric needs source_text for every sentence")
        found += [judged(judge, sources, hypotheses, references) for judge in judges]
    return found


def _terms(flat: Sequence[Sentence], terms: Sequence[str], draws: Draws) -> list[Figure]:
    if not terms:
        return []
    pairs = [term_counts(terms, s.hypothesis, s.reference or "") for s in flat]
    return share("terms", [found for found, _ in pairs], [due for _, due in pairs], draws)


def _slopes(flat: Sequence[Sentence], lags: Sequence[LagValues], draws: Draws) -> Iterator[Figure]:
    """How lag grows over long recordings, s per minute."""
    for lag in lags:
        if lag.metric == "LongLAAL" and lag.model in (TimeModel.DELAY, TimeModel.RECORDED):
            statistics = slope_statistics(flat, lag.values)
            if statistics[:, 1].sum() > 0:
                estimate = draws.of(statistics).estimate(statistics, ratio)
                yield Figure("lag slope", estimate, lag.model)


def _degeneracy(
    instances: Sequence[Instance], flat: Sequence[Sentence], unit: LatencyUnit
) -> Degeneracy | None:
    delays = model_times(instances, unit, TimeModel.DELAY)
    if delays is None or instances[0].segments:
        return None
    return degeneracy(
        [sentence.timeline(times) for sentence, times in zip(flat, delays, strict=True)]
    )


def _speech_degeneracy(instances: Sequence[Instance], unit: LatencyUnit) -> Degeneracy | None:
    """Of words as they are heard, compute ignored."""
    if instances[0].segments or not any(instance.speech for instance in instances):
        return None
    return degeneracy(heard_lines(instances, unit))
