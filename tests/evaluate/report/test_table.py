from dataclasses import replace
from math import nan

import pytest

from interp.evaluate.record.log import EmissionLog, Stretch
from interp.evaluate.report.table import Group, groups, plain, spread
from interp.evaluate.score.bootstrap import Estimate
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import Row, rows
from tests.fakes.run_folders import QUICK, named, short_runs
from tests.fakes.runs import CONFIG, joined, made_run, spoken_run


def titles(found: tuple[Group, ...]) -> dict[str, list[str]]:
    return {group.title: [column.title for column in group.columns] for group in found}


def cell(row: Row, title: str) -> str:
    return next(
        column.cell(row)
        for group in groups([row])
        for column in group.columns
        if column.title == title
    )


def test_a_text_run_has_its_columns_in_groups() -> None:
    found = titles(groups(rows([score(log, QUICK) for log in short_runs()])))
    assert found["quality"] == ["BLEU", "chrF", "p first", "p best"]
    assert found["lag"] == ["LAAL s", "LAAL CA s", "LAAL CA∑ s"]
    assert "RTF" in found["stability and cost"]
    assert "speech" not in found


def test_columns_that_no_row_fills_are_left_out() -> None:
    bare = rows([score(made_run(3, 5), QUICK)])
    trust = titles(groups(bare))["trust"]
    assert "coverage %" not in trust
    assert "terms %" not in trust
    assert titles(groups(bare))["quality"] == ["BLEU", "chrF"]  # one row differs from none


def test_terms_and_coverage_have_columns_where_they_were_counted() -> None:
    run = made_run(3, 12, accuracy=1.0)
    heard = tuple(
        replace(
            i,
            voiced=(Stretch(0.0, i.source_length_ms),),
            words=tuple(replace(word, source_end_ms=word.delay_ms) for word in i.words),
        )
        for i in run.instances
    )
    how = ScoreConfig(resamples=20, terms=("please", "pound key"))
    (row,) = rows([score(EmissionLog(CONFIG, heard), how)])
    assert cell(row, "terms %").startswith(("8", "9", "10"))
    assert "±" in cell(row, "coverage %")
    assert "±" in cell(row, "EVS p50 s")


def test_a_speech_run_has_the_length_of_its_speech() -> None:
    found = titles(groups(rows([score(spoken_run(3, 12), QUICK)])))
    assert {"length", "SLC %", "Speech-EndOffset s"} <= set(found["speech"])
    assert not any(title.startswith("Speech") for title in found["lag"])


def test_a_long_run_has_a_slope() -> None:
    log = EmissionLog(CONFIG, (joined(made_run(3, 30)),))
    found = titles(groups(rows([score(log, QUICK)])))
    assert found["lag"][0] == "StreamLAAL s"
    assert "slope s/min" in found["lag"]
    assert "RecordingEndOffset s" in found["other lags: ignoring / with compute"]


def test_a_degenerate_policy_is_marked() -> None:
    run = made_run(4, 10)
    late = tuple(
        replace(i, words=tuple(replace(w, delay_ms=i.source_length_ms) for w in i.words[1:]))
        for i in run.instances
    )
    early = tuple(
        replace(i, words=(*i.words[:1], *lates.words))
        for i, lates in zip(run.instances, late, strict=True)
    )
    (row,) = rows([score(named(EmissionLog(CONFIG, early), "p"), QUICK)])
    assert cell(row, "DSPTV").endswith("!")


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (Estimate(23.14, 21.0, 25.0, 9), "23.1 ±2.0"),
        (Estimate(23.14, nan, nan, 9), "23.1"),
        (Estimate(nan, nan, nan, 0), "-"),
    ],
)
def test_a_figure_is_told_with_half_its_interval(estimate: Estimate, said: str) -> None:
    assert spread(estimate, 1, 1) == said


def test_no_number_is_a_dash() -> None:
    assert (plain(nan, 2), plain(1.005, 1)) == ("-", "1.0")


def test_no_rows_have_no_columns() -> None:
    assert groups([]) == ()


def test_ratios_are_not_told_as_seconds() -> None:
    row = rows([score(made_run(3, 10), QUICK)])[0]
    proportion = row.scores.lag("AP").estimate.value
    assert cell(row, "AP").startswith(f"{proportion:.2f} / ")
    average = row.scores.lag("AL").estimate.value
    assert cell(row, "AL s").startswith(f"{average / 1000:.2f} / ")


def test_every_column_says_what_it_is() -> None:
    found = groups(rows([score(log, QUICK) for log in short_runs()]))
    for group in found:
        for column in group.columns:
            assert len(column.explained) > 8
    assert len({column.title for group in found for column in group.columns}) == sum(
        len(group.columns) for group in found
    )


def test_promptness_is_told_with_and_without_compute() -> None:
    (row,) = rows([score(made_run(3, 20), QUICK)])
    unaware, aware = cell(row, "first word p50 s"), cell(row, "first word p50 CA s")
    assert float(unaware.split()[0]) < float(aware.split()[0])
