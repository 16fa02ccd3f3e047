"""Whether lag grows over a long recording: its slope, and how long the writer goes on after it."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from interp.evaluate.score.bootstrap import Floats
from interp.evaluate.score.sentences import Sentence

MINUTE_MS = 60_000.0


def slope_statistics(sentences: Sequence[Sentence], lags_ms: Floats) -> Floats:
    """Statistics [sentence, (covariance, variance)] whose ratio is the slope of lag.

    Least squares within each recording, s per minute: lag over where the sentence begins, both less
    their mean over the recording. A sentence without a lag counts nothing.
    """
    statistics = np.zeros((len(sentences), 2))
    places = range(len(sentences))
    for _, group in groupby(places, key=lambda place: sentences[place].instance):
        known = [place for place in group if np.isfinite(lags_ms[place])]
        minutes = np.array([sentences[place].start_ms / MINUTE_MS for place in known])
        lags_s = lags_ms[known] / 1000
        if len(known) > 1:
            away = minutes - minutes.mean()
            statistics[known, 0] = away * (lags_s - lags_s.mean())
            statistics[known, 1] = away**2
    return statistics
