import json
from pathlib import Path

import pytest

from interp.cli import main
from interp.evaluate.record.log import read_log, write_log
from tests.fakes.recordings import manifest
from tests.fakes.run_folders import save
from tests.fakes.runs import made_run

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "my_policy.py"


@pytest.mark.weights
def test_policies_are_run_scored_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["eval", manifest(tmp_path), "--workers", "1", "--out", str(tmp_path / "run")]
    policies = ["--policy", "offline", "--policy-file", str(EXAMPLE), "--policy", "patient"]
    assert main([*command, *policies]) == 0
    shown = capsys.readouterr().out
    assert "patient" in shown
    points = json.loads((tmp_path / "run" / "metrics.json").read_text("utf-8"))["points"]
    offline, patient = (point["lag"]["delay"]["LAAL"]["value"] for point in points)
    assert patient < offline
    assert (tmp_path / "run" / "report.html").is_file()
    config = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))
    assert config["policies"] == ["offline", "patient"]
    assert len(config["model_sha256"]) == 64
    log = read_log(tmp_path / "run" / "logs" / "patient.jsonl")
    assert all(step.compute_ms > 0 for i in log.instances for step in i.steps[-1:])
    assert all(word.step is not None for i in log.instances for word in i.words)


def test_logs_are_scored_again_without_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path, made_run(3, 10))
    assert main(["eval", "--score-only", "--out", str(tmp_path)]) == 0
    assert "waitk:k=3" in capsys.readouterr().out
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a manifest"),
        (["none.tsv"], "none.tsv"),
        (["{manifest}", "--model", "whisper-none"], "no model 'whisper-none'"),
        (["{manifest}", "--policy", "nonsense"], "unknown policy"),
        (["{manifest}", "--policy", "waitk:q=1"], "unknown policy parameter"),
        (["{manifest}", "--sweep", "waitk:k=3..1"], "a range goes up"),
        (["{manifest}", "--sessions", "4"], "need --server"),
        (["{manifest}", "--speech"], "need --server"),
        (["{manifest}", "--sessions", "0", "--server", "h:1"], "counts from 1"),
        (["{manifest}", "--sessions", "x", "--server", "h:1"], "--sessions is a number"),
        (["--score-only"], "holds no run"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    given = [each.replace("{manifest}", manifest(tmp_path)) for each in arguments]
    assert main(["eval", *given, "--out", str(tmp_path / "run")]) == 1
    assert said in capsys.readouterr().err


def test_a_log_begun_otherwise_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_log(tmp_path / "run" / "logs" / "offline.jsonl", made_run(3, 1))
    command = ["eval", manifest(tmp_path), "--policy", "offline", "--out", str(tmp_path / "run")]
    assert main([*command, "--workers", "1"]) == 1
    assert "offline.jsonl was begun with another configuration" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lead-silence", "x"], "--lead-silence is seconds"),
        (["--lead-silence", "0,-1"], "from 0 to 60 seconds"),
        (["--lead-silence", "61"], "from 0 to 60 seconds"),
    ],
)
def test_silence_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    command = ["eval", manifest(tmp_path), *arguments, "--out", str(tmp_path / "run")]
    assert main(command) == 1
    assert said in capsys.readouterr().err


def test_terms_are_counted_from_a_glossary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path, made_run(3, 10, accuracy=1.0))
    terms = tmp_path / "terms.tsv"
    terms.write_text("clé\tpound key\nconnexion\tlogin\n", "utf-8")
    command = ["eval", "--score-only", "--terms", str(terms), "--out", str(tmp_path)]
    assert main(command) == 0
    assert "terms %" in capsys.readouterr().out
    (point,) = json.loads((tmp_path / "metrics.json").read_text("utf-8"))["points"]
    assert point["figures"]["terms"]["value"] > 0.5
    assert point["scoring"]["terms"] == ["pound key", "login"]


@pytest.mark.weights
def test_silence_before_the_speech_is_a_point_of_its_own_and_no_lag(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = ["eval", manifest(tmp_path), "--policy", "waitk:k=2", "--limit", "1"]
    assert main([*command, "--lead-silence", "0,2", "--workers", "0", "--out", str(out)]) == 0
    logs = (out / "logs" / f"waitk-k=2{end}.jsonl" for end in ("", "-lead_silence_ms=2000"))
    plain, late = (read_log(path).instances[0] for path in logs)
    assert late.source_length_ms == plain.source_length_ms
    assert late.voiced == plain.voiced != ()
    assert max(word.delay_ms for word in late.words) <= plain.source_length_ms
    assert "Silence before the speech" in (out / "report.html").read_text("utf-8")
