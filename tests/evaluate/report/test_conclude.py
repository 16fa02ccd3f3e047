import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interp.core.audio import TARGET_RATE_HZ
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import EmissionLog, LogWriter, TargetType
from interp.evaluate.record.run_folder import read_config
from interp.evaluate.report.conclude import EXPORTS, conclude
from interp.evaluate.run.recognise import EngineTranscriber, Listener
from tests.fakes.run_folders import QUICK, named, save, short_runs
from tests.fakes.runs import joined, made_run, spoken_run
from tests.fakes.systems import build_script


def test_metrics_json_holds_every_point_in_order(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    found = conclude(tmp_path, QUICK)
    points = json.loads((tmp_path / "metrics.json").read_text("utf-8"))["points"]
    assert [point["config"]["policy"] for point in points] == ["offline", "waitk:k=1", "waitk:k=3"]
    assert points[1]["quality"]["BLEU"]["value"] == pytest.approx(found[1].quality.value)
    assert points[1]["lag"]["delay"]["LAAL"]["value"] == pytest.approx(found[1].lag_ms.value)


def test_exports_are_written_where_asked(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK, exports=["simuleval"])
    logs = sorted((tmp_path / "exports" / "simuleval").glob("*/instances.log"))
    assert len(logs) == 3


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("simuleval", {"instances.log", "config.yaml"}),
        ("omnisteval", {"hypothesis.jsonl", "references.txt", "segmentation.yaml"}),
        ("simulstream", {"log.jsonl", "config.yaml"}),
    ],
)
def test_every_export_has_its_files_for_each_point(
    tmp_path: Path, name: str, files: set[str]
) -> None:
    assert name in EXPORTS
    talk = EmissionLog(named(made_run(3, 1), "waitk:k=3").config, (joined(made_run(3, 6)),))
    save(tmp_path, talk)
    conclude(tmp_path, QUICK, exports=[name])
    (folder,) = (tmp_path / "exports" / name).iterdir()
    assert {path.name for path in folder.iterdir()} == files
    assert folder.name == Path(read_config(tmp_path).logs[0]).stem


class LengthJudge:
    """A learned metric: how long the translation is."""

    name = "length"

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        assert len(sources) == len(references)
        return [float(len(hypothesis)) for hypothesis in hypotheses]


def test_a_judge_has_a_column_and_an_interval(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    found = conclude(tmp_path, QUICK, [LengthJudge()])
    for row in found:
        judged = row.quality_of("length")
        assert judged.low < judged.value < judged.high
    assert ">length<" in (tmp_path / "report.html").read_text("utf-8")


def test_speech_is_heard_by_the_listener(tmp_path: Path) -> None:
    run = spoken_run(3, 2)
    sound = np.full(TARGET_RATE_HZ // 2, 0.9, np.float32)
    instances = tuple(
        replace(i, speech_path=f"speech-{i.index}.wav", reference="s0") for i in run.instances
    )
    for instance in instances:
        soundfile.write(tmp_path / str(instance.speech_path), sound, TARGET_RATE_HZ)
    save(tmp_path, named(replace(run, instances=instances), "waitk:k=3"))
    listener = Listener(tmp_path, EngineTranscriber("script", build_script(), "en"))
    (row,) = conclude(tmp_path, QUICK, listener=listener)
    names = [quality.metric.name for quality in row.scores.quality]
    assert "ASR-BLEU[script]" in names
    assert "ASR-BLEU[script]+waits" in names
    assert row.scores.config.target_type is TargetType.SPEECH


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no run"):
        conclude(tmp_path, QUICK)


def test_only_the_recordings_of_the_last_command_are_scored(tmp_path: Path) -> None:
    # A longer run before this one has left more in the log.
    run = named(made_run(3, 6), "waitk:k=3")
    save(tmp_path, run)
    log = tmp_path / read_config(tmp_path).logs[0]
    with LogWriter(log, run.config) as writer:
        for instance in made_run(3, 9).instances[6:]:
            writer.write(instance)
    (row,) = conclude(tmp_path, QUICK)
    assert row.scores.instances == 6


def test_scoring_again_changes_nothing(tmp_path: Path) -> None:
    save(tmp_path, *short_runs())
    conclude(tmp_path, QUICK)
    before = {
        name: (tmp_path / name).read_text("utf-8")
        for name in ("metrics.json", "report.html", "curves.svg")
    }
    conclude(tmp_path, QUICK)
    assert before == {name: (tmp_path / name).read_text("utf-8") for name in before}
