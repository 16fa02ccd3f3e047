"""Scores of an emission log: quality, lag, stability and cost, each with a confidence interval.

Corpus rules are SimulEval's: a lag is the plain mean over sentences for which something was
written; how many were skipped is said beside it, since silence on hard sentences looks fast.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from interp.core.latency import Degeneracy, degeneracy
from interp.core.latency_elapsed import normalised_erasure, real_time_factor
from interp.evaluate.record.log import EmissionLog, Instance, RunConfig
from interp.evaluate.record.timelines import LatencyUnit, TimeModel
from interp.evaluate.score.bootstrap import Draws, Estimate, Floats, mean_figure, mean_statistics
from interp.evaluate.score.lags import LagValues, model_times, speech_lags, text_lags
from interp.evaluate.score.quality import CorpusQuality, SentenceJudge, bleu, chrf, judged
from interp.evaluate.score.sentences import Sentence, sentences


@dataclass(frozen=True, slots=True)
class ScoreConfig:
    """How to score. tokenizer: sacreBLEU's. resamples, seed: of the bootstrap."""

    unit: LatencyUnit = LatencyUnit.WORD
    tokenizer: str = "13a"
    resamples: int = 1000
    seed: int = 0


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
    and text lags are over, in order. erasure, real_time_factor, degeneracy: None where the log does
    not tell (no words; no steps; long recordings).
    """

    config: RunConfig
    how: ScoreConfig
    instances: int
    skipped: int
    sentences: tuple[Sentence, ...]
    quality: tuple[Quality, ...]
    lags: tuple[Lag, ...]
    erasure: float | None
    real_time_factor: float | None
    degeneracy: Degeneracy | None

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
                "erasure": self.erasure,
                "real_time_factor": self.real_time_factor,
                "degeneracy": _json_degeneracy(self.degeneracy),
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
        erasure=normalised_erasure(
            [instance.erased_words for instance in instances],
            [len(instance.prediction.split()) for instance in instances],
        ),
        real_time_factor=_real_time_factor(instances),
        degeneracy=_degeneracy(instances, flat, how.unit),
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


def _real_time_factor(instances: Sequence[Instance]) -> float | None:
    """Compute over source time of the whole run; None without steps."""
    computed = [instance for instance in instances if instance.steps]
    if not computed:
        return None
    return real_time_factor(
        [step for instance in computed for step in instance.steps],
        sum(instance.source_length_ms for instance in computed),
    )


def _degeneracy(
    instances: Sequence[Instance], flat: Sequence[Sentence], unit: LatencyUnit
) -> Degeneracy | None:
    delays = model_times(instances, unit, TimeModel.DELAY)
    if delays is None or instances[0].segments:
        return None
    return degeneracy(
        [sentence.timeline(times) for sentence, times in zip(flat, delays, strict=True)]
    )
