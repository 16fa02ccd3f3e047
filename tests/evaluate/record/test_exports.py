import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from interp.core.latency_elapsed import accumulated_elapsed, overlapped_elapsed
from interp.evaluate.record.exports import (
    read_simuleval,
    write_omnisteval,
    write_simuleval,
    write_simulstream,
)
from interp.evaluate.record.log import Emission, EmissionLog, Instance
from interp.evaluate.record.timelines import LatencyUnit
from tests.fakes.runs import CONFIG, joined, made_run, spoken_run


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_simulevals_log_has_one_time_per_word(tmp_path: Path) -> None:
    run = made_run(1, 5)
    write_simuleval(run, tmp_path)
    for row, instance in zip(rows(tmp_path / "instances.log"), run.instances, strict=True):
        assert row["prediction"] == instance.prediction
        assert row["prediction_length"] == len(row["prediction"].split()) == len(row["delays"])
        elapsed = accumulated_elapsed(instance.steps)
        assert row["elapsed"] == [elapsed[word.step or 0] for word in instance.words]
        assert row["source_length"] == instance.source_length_ms
    config = yaml.safe_load((tmp_path / "config.yaml").read_text())
    assert config == {"source_type": "speech", "target_type": "text"}


def test_simulevals_log_is_numbered_from_zero(tmp_path: Path) -> None:
    run = made_run(1, 5)
    write_simuleval(EmissionLog(CONFIG, run.instances[3:]), tmp_path)
    assert [row["index"] for row in rows(tmp_path / "instances.log")] == [0, 1]


def test_simulevals_speech_log_has_intervals_and_elapsed(tmp_path: Path) -> None:
    run = spoken_run(2, 3)
    write_simuleval(run, tmp_path)
    for row, instance in zip(rows(tmp_path / "instances.log"), run.instances, strict=True):
        assert len(row["delays"]) == len(row["durations"]) == len(row["elapsed"])
        starts = [start for start, _ in row["intervals"]]
        assert all(start >= delay for start, delay in zip(starts, row["delays"], strict=True))
        assert row["prediction"] == instance.speech_path
    config = yaml.safe_load((tmp_path / "config.yaml").read_text())
    assert config["target_type"] == "speech"


def test_a_simuleval_log_reads_back_with_the_compute_of_its_steps(tmp_path: Path) -> None:
    run = made_run(3, 6)
    write_simuleval(run, tmp_path)
    back = read_simuleval(tmp_path / "instances.log", CONFIG)
    for ours, theirs in zip(run.instances, back.instances, strict=True):
        assert theirs.prediction == ours.prediction
        assert theirs.reference == ours.reference
        assert [w.delay_ms for w in theirs.words] == [w.delay_ms for w in ours.words]
        assert accumulated_elapsed(theirs.steps) == pytest.approx(
            [word.elapsed_ms for word in theirs.words]
        )


def test_simulevals_speech_log_reads_back(tmp_path: Path) -> None:
    run = spoken_run(2, 3)
    write_simuleval(run, tmp_path)
    back = read_simuleval(tmp_path / "instances.log", run.config)
    for ours, theirs in zip(run.instances, back.instances, strict=True):
        assert [c.duration_ms for c in theirs.speech] == [c.duration_ms for c in ours.speech]
        assert theirs.words == ()


def test_a_log_without_elapsed_reads_as_unknown_elapsed(tmp_path: Path) -> None:
    line = {
        "index": 0,
        "prediction": "a b",
        "delays": [300, 600],
        "elapsed": [],
        "source": ["x.wav", "16000"],
        "source_length": 700,
        "metric": {},
    }
    (tmp_path / "instances.log").write_text(json.dumps(line) + "\n")
    (instance,) = read_simuleval(tmp_path / "instances.log", CONFIG).instances
    assert instance.source == "x.wav"
    assert instance.reference is None
    assert [word.elapsed_ms for word in instance.words] == [None, None]
    assert instance.steps == ()


def test_characters_survive_the_round_trip(tmp_path: Path) -> None:
    run = made_run(4, 2)
    write_simuleval(run, tmp_path, LatencyUnit.CHAR)
    back = read_simuleval(tmp_path / "instances.log", CONFIG)
    for ours, theirs in zip(run.instances, back.instances, strict=True):
        assert theirs.prediction == ours.prediction.replace(" ", "")
        assert len(theirs.words) == len(theirs.prediction)


def test_omnisteval_gets_hypotheses_and_references(tmp_path: Path) -> None:
    run = made_run(1, 4)
    write_omnisteval(run, tmp_path)
    references = (tmp_path / "references.txt").read_text().splitlines()
    assert references == [instance.reference for instance in run.instances]
    assert rows(tmp_path / "hypothesis.jsonl")[1]["source"] == "clip-1.wav"
    assert not (tmp_path / "segmentation.yaml").exists()


def test_omnisteval_gets_the_segments_of_long_recordings_in_seconds(tmp_path: Path) -> None:
    talk = joined(made_run(1, 4))
    write_omnisteval(EmissionLog(CONFIG, (talk,)), tmp_path)
    entries = yaml.safe_load((tmp_path / "segmentation.yaml").read_text())
    assert [entry["wav"] for entry in entries] == ["talk-0.wav"] * 4
    assert entries[1]["offset"] == talk.segments[1].start_ms / 1000
    assert (tmp_path / "references.txt").read_text().splitlines() == [
        segment.text for segment in talk.segments
    ]


def test_simulstream_gets_every_step_and_every_word_once(tmp_path: Path) -> None:
    run = made_run(5, 3)
    write_simulstream(run, tmp_path)
    found = rows(tmp_path / "log.jsonl")
    for instance in run.instances:
        head, *steps = [row for row in found if row["id"] == instance.index]
        assert head["metadata"] == {"wav_name": instance.source}
        assert len(steps) == len(instance.steps)
        words = [word for step in steps for word in step["generated_tokens"]]
        assert " ".join(words) == instance.prediction
        assert sum(step["computation_time"] for step in steps) == pytest.approx(
            sum(step.compute_ms for step in instance.steps) / 1000
        )


def test_simulstream_groups_words_by_moment_where_steps_are_unknown(tmp_path: Path) -> None:
    whole = made_run(5, 1).instances[0]
    known = Instance(0, whole.source, whole.source_length_ms, words=whole.words)
    write_simulstream(EmissionLog(CONFIG, (known,)), tmp_path)
    _, *steps = rows(tmp_path / "log.jsonl")
    assert len(steps) == len({word.delay_ms for word in whole.words})
    assert steps[0]["computation_time"] > 0


def test_a_reference_with_a_line_break_stays_one_line(tmp_path: Path) -> None:
    run = made_run(1, 3)
    broken = replace(run.instances[1], reference="one\ntwo\u2028three")
    write_omnisteval(EmissionLog(CONFIG, (run.instances[0], broken, run.instances[2])), tmp_path)
    lines = (tmp_path / "references.txt").read_text("utf-8").split("\n")
    assert lines[1] == "one two\u2028three"
    assert len(lines) == 3 + 1


def test_omnistevals_times_are_those_of_overlapped_compute(tmp_path: Path) -> None:
    run = made_run(1, 4)
    write_omnisteval(run, tmp_path)
    for row, instance in zip(rows(tmp_path / "hypothesis.jsonl"), run.instances, strict=True):
        done = overlapped_elapsed(instance.steps)
        assert row["elapsed"] == [done[word.step or 0] for word in instance.words]
        assert row["delays"] == [word.delay_ms for word in instance.words]


def test_omnisteval_is_told_no_elapsed_times_where_there_are_none(tmp_path: Path) -> None:
    bare = Instance(0, "a", 900, "x", words=(Emission(" x", 600),))
    write_omnisteval(EmissionLog(CONFIG, (bare,)), tmp_path)
    (row,) = rows(tmp_path / "hypothesis.jsonl")
    assert "elapsed" not in row
    assert row["delays"] == [600]


def test_recorded_times_stand_in_where_there_are_no_steps(tmp_path: Path) -> None:
    bare = Instance(0, "a", 900, "x", words=(Emission(" x", 600, 750),))
    write_omnisteval(EmissionLog(CONFIG, (bare,)), tmp_path)
    (row,) = rows(tmp_path / "hypothesis.jsonl")
    assert row["elapsed"] == [750]
