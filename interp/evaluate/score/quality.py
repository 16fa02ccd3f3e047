"""Translation quality: BLEU and chrF as sacreBLEU counts them, COMET where its weights are given.

Corpus metrics come as sentence statistics plus a figure over their sums, so that a resampled corpus
costs a matrix product. The only file that imports sacrebleu.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from interp.evaluate.score.bootstrap import CorpusFigure, Floats, mean_figure, mean_statistics

BLEU_ORDER = 4
CHRF_ORDER = 6
CHRF_BETA = 2


@dataclass(frozen=True, slots=True)
class CorpusQuality:
    """A quality metric over one corpus.

    statistics: [sentence, statistic]; figure: from their sums to the metric. signature: how it was
    counted, to be quoted with it.
    """

    name: str
    signature: str
    statistics: Floats
    figure: CorpusFigure

    @property
    def value(self) -> float:
        """The figure of the whole corpus."""
        return float(self.figure(self.statistics.sum(axis=0, keepdims=True))[0])


class MissingModel(RuntimeError):
    """A metric needs a package or weights that are not installed here."""


class SentenceJudge(Protocol):
    """A learned metric that scores sentences one by one; its corpus figure is their mean."""

    name: str

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """One score per sentence, in order."""


def bleu(
    hypotheses: Sequence[str], references: Sequence[str], tokenizer: str = "13a"
) -> CorpusQuality:
    """BLEU, 0..100, one reference per sentence, exponential smoothing (Papineni et al. 2002)."""
    metric = BLEU(tokenize=tokenizer)
    statistics = _statistics(metric, hypotheses, references)
    return CorpusQuality("BLEU", str(metric.get_signature()), statistics, bleu_of_sums)


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> CorpusQuality:
    """chrF2, 0..100, characters up to order 6, no words (Popović 2015)."""
    metric = CHRF(char_order=CHRF_ORDER, word_order=0, beta=CHRF_BETA)
    statistics = _statistics(metric, hypotheses, references)
    return CorpusQuality("chrF", str(metric.get_signature()), statistics, chrf_of_sums)


def judged(
    judge: SentenceJudge,
    sources: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[str],
) -> CorpusQuality:
    """Mean of a learned metric's sentence scores."""
    scores = np.array(judge.score(sources, hypotheses, references), dtype=np.float64)
    return CorpusQuality(judge.name, judge.name, mean_statistics(scores), mean_figure)


def _statistics(
    metric: BLEU | CHRF, hypotheses: Sequence[str], references: Sequence[str]
) -> Floats:
    if len(hypotheses) != len(references) or not hypotheses:
        raise ValueError(f"{len(hypotheses)} hypotheses for {len(references)} references")
    # sacreBLEU keeps sentence statistics to itself; a test holds its own corpus score against them.
    rows = metric._extract_corpus_statistics(list(hypotheses), [list(references)])
    return np.array(rows, dtype=np.float64)


def bleu_of_sums(sums: Floats) -> Floats:
    """BLEU from summed statistics [resample, (lengths 2, matches 4, n-grams 4)].

    100 min(1, e^(1 - reference / hypothesis)) (product of precisions)^(1/4); the k-th order
    without a match counts as 1 / (2^k n-grams).
    """
    hypothesis, reference = sums[:, 0], sums[:, 1]
    matches, grams = sums[:, 2 : 2 + BLEU_ORDER], sums[:, 2 + BLEU_ORDER :]
    halvings = np.cumsum(matches == 0, axis=1)
    smoothed = np.where(matches > 0, matches, 0.5**halvings)
    whole = np.logical_and((grams > 0).all(axis=1), (matches > 0).any(axis=1))
    safe = np.where(np.expand_dims(whole, 1), smoothed / np.maximum(grams, 1), 1.0)
    brevity = np.minimum(0.0, 1 - reference / np.maximum(hypothesis, 1))
    return np.where(whole, 100 * np.exp(brevity + np.log(safe).mean(axis=1)), 0.0)


def chrf_of_sums(sums: Floats) -> Floats:
    """chrF2 from summed statistics [resample, (hypothesis, reference, match) per order].

    F_beta of mean precision and mean recall over the orders that both sides have.
    """
    hypothesis, reference, match = np.moveaxis(sums.reshape(len(sums), CHRF_ORDER, 3), 2, 0)
    counted = (hypothesis > 0) & (reference > 0)
    orders = np.maximum(counted.sum(axis=1), 1)
    precision = np.where(counted, match / np.maximum(hypothesis, 1), 0.0).sum(axis=1) / orders
    recall = np.where(counted, match / np.maximum(reference, 1), 0.0).sum(axis=1) / orders
    weight = CHRF_BETA**2
    below = weight * precision + recall
    score = 100 * (1 + weight) * precision * recall / np.where(below > 0, below, 1.0)
    return np.where(below > 0, score, 0.0)


class Comet:
    """COMET from a checkpoint on disk (arXiv 2009.09025)."""

    def __init__(self, checkpoint: Path) -> None:
        if not checkpoint.exists():
            raise MissingModel(
                f"no COMET checkpoint at {checkpoint}; download one and give its path"
            )
        try:
            package = importlib.import_module("comet")
        except ImportError as error:
            raise MissingModel("COMET needs the package unbabel-comet") from error
        self.name = f"COMET[{checkpoint.stem}]"
        self._model = package.load_from_checkpoint(str(checkpoint))

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """One score per sentence, about 0..1."""
        rows = [
            {"src": source, "mt": hypothesis, "ref": reference}
            for source, hypothesis, reference in zip(sources, hypotheses, references, strict=True)
        ]
        return list(self._model.predict(rows, batch_size=8, gpus=0).scores)
