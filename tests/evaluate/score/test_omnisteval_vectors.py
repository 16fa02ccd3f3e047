import csv
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
import yaml

from interp.evaluate.record.exports import read_simuleval
from interp.evaluate.record.log import EmissionLog, ReferenceSegment
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.scores import ScoreConfig, Scores, score
from tests.fakes.runs import CONFIG

FOLDER = Path(__file__).parents[2] / "data" / "omnisteval"
MODELS = {"CU": TimeModel.DELAY, "CA": TimeModel.RECORDED}
QUICK = ScoreConfig(resamples=2)


def printed(form: str) -> dict[str, str]:
    with (FOLDER / form / "scores.tsv").open() as file:
        return {row["metric"]: row["value"] for row in csv.DictReader(file, delimiter="\t")}


def long_run() -> EmissionLog:
    log = read_simuleval(FOLDER / "long" / "hypothesis.jsonl", CONFIG)
    timings = yaml.safe_load((FOLDER / "long" / "segmentation.yaml").read_text())
    texts = (FOLDER / "long" / "references.txt").read_text("utf-8").splitlines()
    segments = {
        wav: tuple(
            ReferenceSegment(1000 * row["offset"], 1000 * row["duration"], text)
            for row, text in group
        )
        for wav, group in groupby(
            zip(timings, texts, strict=True), key=lambda pair: str(pair[0]["wav"])
        )
    }
    return EmissionLog(
        CONFIG,
        tuple(replace(i, segments=segments[i.source], reference=None) for i in log.instances),
    )


@pytest.fixture(scope="module")
def short() -> Scores:
    return score(read_simuleval(FOLDER / "short" / "hypothesis.jsonl", CONFIG), QUICK)


@pytest.fixture(scope="module")
def long() -> Scores:
    return score(long_run(), QUICK)


@pytest.mark.parametrize("metric", ["YAAL", "AL", "LAAL", "AP", "DAL"])
@pytest.mark.parametrize("times", ["CU", "CA"])
def test_lags_of_the_short_form_are_omnistevals(short: Scores, metric: str, times: str) -> None:
    mine = short.lag(metric, MODELS[times]).estimate.value
    assert f"{mine:.4f}" == printed("short")[f"{metric} ({times})"]


@pytest.mark.parametrize("metric", ["LongYAAL", "LongAL", "LongLAAL", "LongAP", "LongDAL"])
@pytest.mark.parametrize("times", ["CU", "CA"])
def test_lags_of_the_long_form_are_omnistevals(long: Scores, metric: str, times: str) -> None:
    mine = long.lag(metric, MODELS[times]).estimate.value
    assert f"{mine:.4f}" == printed("long")[f"{metric} ({times})"]


@pytest.mark.parametrize("metric", ["BLEU", "chrF"])
def test_quality_of_both_forms_is_omnistevals(short: Scores, long: Scores, metric: str) -> None:
    for form, mine in (("short", short), ("long", long)):
        assert f"{mine.quality_of(metric).estimate.value:.4f}" == printed(form)[metric]


def test_the_degenerate_policy_is_found_as_omnisteval_finds_it(short: Scores) -> None:
    found, theirs = short.degeneracy, printed("short")
    assert found is not None
    assert f"{found.written_early:.4f}" == theirs["Simultaneous Words Fraction (%)"]
    assert f"{found.expected_early:.4f}" == theirs["Expected Simul. Words Fraction (%)"]
    assert f"{found.gap:.4f}" == theirs["Degeneracy Test Value"]
    assert found.degenerate == (theirs["Likely Degenerate Simultaneous Policy"] == "YES")
