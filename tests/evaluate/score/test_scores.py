import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from interp.core.latency import Timeline, average_lagging
from interp.evaluate.record.exports import read_simuleval, write_simuleval
from interp.evaluate.record.log import (
    Emission,
    EmissionLog,
    Instance,
    RunConfig,
    SpeechEmission,
    TargetType,
)
from interp.evaluate.record.timelines import LatencyUnit, TimeModel
from interp.evaluate.score.scores import ScoreConfig, score
from tests.fakes.runs import CONFIG, joined, made_run, spoken_run

QUICK = ScoreConfig(resamples=50)


def test_a_corpus_lag_is_the_mean_over_sentences_with_words() -> None:
    run = made_run(1, 60)
    found = score(run, QUICK)
    written = [instance for instance in run.instances if instance.words]
    expected = [
        average_lagging(
            Timeline(
                [word.delay_ms for word in i.words],
                i.source_length_ms,
                len((i.reference or "").split()),
            )
        )
        for i in written
    ]
    lag = found.lag("AL")
    assert found.skipped == len(run.instances) - len(written) > 0
    assert lag.estimate.value == pytest.approx(np.mean(expected))
    assert lag.estimate.instances == len(written)
    assert lag.estimate.low < lag.estimate.value < lag.estimate.high


def test_quality_counts_sentences_without_words() -> None:
    run = made_run(1, 60)
    expected = sacrebleu.corpus_bleu(
        [instance.prediction for instance in run.instances],
        [[instance.reference or "" for instance in run.instances]],
    )
    quality = score(run, QUICK).quality_of("BLEU")
    assert quality.estimate.value == pytest.approx(expected.score)
    assert quality.estimate.instances == 60


def test_computation_makes_every_model_later_and_accumulation_latest() -> None:
    found = score(made_run(2, 20), QUICK)
    lags = [found.lag("LAAL", model).estimate.value for model in TimeModel]
    assert lags == sorted(lags)
    assert len(set(lags)) == 4


def test_a_log_without_steps_is_scored_by_what_it_recorded() -> None:
    run = made_run(2, 6)
    bare = EmissionLog(
        CONFIG,
        tuple(
            replace(i, steps=(), words=tuple(replace(word, step=None) for word in i.words))
            for i in run.instances
        ),
    )
    found = score(bare, QUICK)
    assert {lag.model for lag in found.lags} == {TimeModel.DELAY, TimeModel.RECORDED}
    with pytest.raises(KeyError, match="RTF"):
        found.figure("RTF")
    with pytest.raises(KeyError, match="overlapped"):
        found.lag("AL", TimeModel.OVERLAPPED)


def test_cost_and_erasure_are_over_the_whole_run() -> None:
    run = made_run(2, 10)
    found = score(run, QUICK)
    compute = sum(step.compute_ms for i in run.instances for step in i.steps)
    assert found.figure("RTF").estimate.value == pytest.approx(
        compute / sum(i.source_length_ms for i in run.instances)
    )
    assert found.figure("NE").estimate.value == sum(i.erased_words for i in run.instances) / sum(
        len(i.words) for i in run.instances
    )


def test_long_recordings_are_scored_by_reference_segment() -> None:
    short = made_run(3, 12, accuracy=1.0)
    found = score(EmissionLog(CONFIG, (joined(short),)), QUICK)
    assert len(found.sentences) == 12
    assert found.degeneracy is None
    assert found.lag("LongYAAL").estimate.instances > 8
    assert found.lag("StreamLAAL").estimate.instances > 8
    assert found.quality_of("BLEU").estimate.value > 70
    with pytest.raises(KeyError):
        found.lag("ATD")


def test_perfectly_cut_segments_lag_as_the_short_instances_did() -> None:
    delays = {" ab": 400.0, " cd": 800.0, " ef": 1200.0, " gh": 1600.0}
    words = [Emission(text, delay) for text, delay in delays.items()]
    late = tuple(replace(word, delay_ms=word.delay_ms - 800) for word in words[2:])
    short = [
        Instance(0, "a", 800, "ab cd", words=tuple(words[:2])),
        Instance(1, "b", 800, "ef gh", words=late),
    ]
    run = EmissionLog(CONFIG, tuple(short))
    talk = joined_without_compute(run, tuple(words))
    long, apart = score(talk, QUICK), score(run, QUICK)
    for name in ("AL", "LAAL", "DAL", "AP"):
        assert long.lag(f"Long{name}").values.tolist() == apart.lag(name).values.tolist()
    assert long.lag("StreamLAAL").values.tolist() == apart.lag("LAAL").values.tolist()


def joined_without_compute(run: EmissionLog, words: tuple[Emission, ...]) -> EmissionLog:
    bare = EmissionLog(CONFIG, tuple(replace(i, words=()) for i in run.instances))
    return EmissionLog(CONFIG, (replace(joined(bare), words=words),))


def test_long_recordings_and_short_instances_do_not_mix() -> None:
    run = made_run(3, 2)
    with pytest.raises(ValueError, match="mixes"):
        score(EmissionLog(CONFIG, (run.instances[0], joined(run, 1))), QUICK)


def test_speech_is_scored_as_it_is_heard() -> None:
    speech = (
        SpeechEmission(1000, 750, " one two", 1100),
        SpeechEmission(1500, 750, " three", 1900),
        SpeechEmission(2000, 900, " four five six", 3000),
    )
    instance = Instance(0, "h.wav", 2600, "a b c d e f", speech=speech)
    config = RunConfig("fake", "p", "d", target_type=TargetType.SPEECH)
    found = score(EmissionLog(config, (instance,)), QUICK)
    assert found.lag("AL").estimate.value == pytest.approx(1066.667, abs=5e-4)  # vector H
    assert found.lag("Speech-EndOffset").estimate.value == 800
    assert found.lag("DiscontinuitySum").estimate.value == 0
    recorded = TimeModel.RECORDED
    assert found.lag("Speech-EndOffset", recorded).estimate.value == 3000 + 900 - 2600
    assert found.lag("DiscontinuitySum", recorded).estimate.value == (1900 - 1850) + (3000 - 2650)
    heard = [1375.0, 1750.0, 2500.0, 2800.0, 3100.0, 3400.0]
    assert found.lag("Heard-AL").estimate.value == pytest.approx(
        average_lagging(Timeline(heard, 2600, 6))
    )
    assert found.quality == ()


def test_speech_runs_have_both_text_and_speech_lags_in_every_model() -> None:
    found = score(spoken_run(4, 6), QUICK)
    for model in TimeModel:
        for metric in ("LAAL", "Heard-LAAL", "Speech-ATD", "SilenceShare"):
            assert np.isfinite(found.lag(metric, model).estimate.value)
    assert found.lag("Heard-LAAL").estimate.value > found.lag("LAAL").estimate.value


def test_characters_are_a_latency_unit() -> None:
    run = EmissionLog(CONFIG, (Instance(0, "a", 900, "你好吗", words=(Emission("你好", 600),)),))
    found = score(run, ScoreConfig(LatencyUnit.CHAR, "char", 20))
    assert found.lag("AL").estimate.value == average_lagging(Timeline([600, 600], 900, 3))


def test_an_imported_simuleval_log_scores_as_the_run_it_came_from(tmp_path: Path) -> None:
    run = made_run(6, 15)
    write_simuleval(run, tmp_path)
    there = score(read_simuleval(tmp_path / "instances.log", CONFIG), QUICK)
    here = score(run, QUICK)
    for metric in ("AL", "LAAL", "AP", "DAL", "ATD", "YAAL"):
        for model in (TimeModel.DELAY, TimeModel.ACCUMULATED):
            assert there.lag(metric, model).estimate.value == pytest.approx(
                here.lag(metric, model).estimate.value
            )


def test_scores_are_one_json_object_without_nan() -> None:
    only_late = Instance(0, "a", 900, "a b", words=(Emission(" a", 900),))
    found = json.loads(score(EmissionLog(CONFIG, (only_late,)), QUICK).to_json())
    assert found["lag"]["delay"]["YAAL"]["value"] is None
    assert found["lag"]["delay"]["AL"]["value"] == 900
    assert found["quality"]["BLEU"]["signature"].startswith("nrefs:1")
    assert found["config"]["policy"] == CONFIG.policy


def test_a_run_that_wrote_nothing_scores_no_bleu_and_no_lag() -> None:
    found = score(EmissionLog(CONFIG, (Instance(0, "a", 900, "a b"),)), QUICK)
    assert found.quality_of("BLEU").estimate.value == 0
    assert found.lag("AL").estimate.instances == 0
    assert found.skipped == 1
    with pytest.raises(KeyError):
        found.figure("NE")


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(ValueError, match="no instance"):
        score(EmissionLog(CONFIG, ()))


def test_scores_are_the_same_every_time() -> None:
    run = made_run(1, 10)
    assert score(run, QUICK).to_json() == score(run, QUICK).to_json()


def test_terms_are_counted_over_the_whole_run_with_an_interval() -> None:
    how = ScoreConfig(resamples=50, terms=("key", "agent", "nowhere"))
    good, poor = (score(made_run(3, 40, accuracy=a), how) for a in (1.0, 0.1))
    found = good.figure("terms").estimate
    assert found.low <= found.value <= found.high
    assert found.value > poor.figure("terms").estimate.value
    assert score(made_run(3, 5), QUICK).figures != ()
    with pytest.raises(KeyError, match="terms"):
        score(made_run(3, 5), QUICK).figure("terms")


def test_a_slope_is_for_long_recordings_only() -> None:
    talk = EmissionLog(CONFIG, (joined(made_run(3, 12)),))
    models = {f.model for f in score(talk, QUICK).figures if f.name == "lag slope"}
    assert models == {TimeModel.DELAY, TimeModel.RECORDED}
    assert not any(f.name == "lag slope" for f in score(made_run(3, 12), QUICK).figures)


def test_degeneracy_is_in_the_json_and_null_where_it_is_not_known() -> None:
    short = json.loads(score(spoken_run(4, 6), QUICK).to_json())
    for name in ("degeneracy", "speech_degeneracy"):
        found = short[name]
        assert found["gap"] == pytest.approx(found["expected_early"] - found["written_early"])
        assert found["degenerate"] == (abs(found["gap"]) > 20)
    talk = EmissionLog(CONFIG, (joined(made_run(3, 6)),))
    long = json.loads(score(talk, QUICK).to_json())
    assert long["degeneracy"] is long["speech_degeneracy"] is None
