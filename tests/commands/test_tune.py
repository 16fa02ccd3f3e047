import json
from pathlib import Path

import pytest

from interp.cli import main
from interp.commands.tune import doubts
from interp.evaluate.run.tune import Rival, Tuned
from interp.evaluate.score.bootstrap import Difference
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import rows
from tests.fakes.recordings import manifest
from tests.fakes.run_folders import named
from tests.fakes.runs import made_run


def tuned(*rivals: tuple[str, Difference]) -> Tuned:
    (row,) = rows([score(named(made_run(3, 5), "waitk:k=2"), ScoreConfig(resamples=5))])
    others = tuple(Rival(row, difference) for _, difference in rivals)
    return Tuned((), (row,), row, others)


def test_a_clear_choice_leaves_nothing_to_say() -> None:
    assert doubts(tuned()) == []


def test_a_choice_among_equals_names_them_with_interval_and_p() -> None:
    said = doubts(tuned(("waitk:k=2", Difference(-0.34, -1.2, 0.61, 0.413))))
    assert said[0].startswith("not significantly better")
    assert "waitk:k=2: -0.3 (-1.2 to +0.6), p = 0.41" in said[1]


def tune(tmp_path: Path, *options: str) -> int:
    command = ("tune", manifest(tmp_path), "--out", str(tmp_path / "run"), "--workers", "0")
    return main([*command, *options])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-lag", "2", "--sweep", "waitk:k=5..1"), "a range goes up"),
        (("--max-lag", "2", "--sweep", "nosuch:k=1"), "unknown policy"),
        (("--max-lag", "2", "--limit", "1", "--terms", "empty"), "lists no term"),
    ],
)
def test_a_search_that_cannot_be_run_is_said_in_one_line(
    options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").touch()
    given = [str(tmp_path / each) if each == "empty" else each for each in options]
    assert tune(tmp_path, *given) != 0
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert not (tmp_path / "run" / "policy.txt").exists()


@pytest.mark.weights
def test_a_search_writes_the_policy_the_search_and_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune(tmp_path, "--max-lag", "9", "--sweep", "waitk:k=1|2") == 0
    policy = (tmp_path / "run" / "policy.txt").read_text().strip()
    found = json.loads((tmp_path / "run" / "tune.json").read_text())
    assert found["policy"] == policy
    assert f"policy: {policy}" in capsys.readouterr().out
    assert (tmp_path / "run" / "report.html").exists()
    assert policy in {"waitk:k=1", "waitk:k=2"}
    assert {entry["policy"] for entry in found["not_told_apart"]} <= {"waitk:k=1", "waitk:k=2"}


@pytest.mark.weights
def test_a_bound_that_nothing_keeps_is_said_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune(tmp_path, "--max-lag", "0.01", "--sweep", "waitk:k=1") == 1
    assert "no policy keeps LAAL within 0.01 s" in capsys.readouterr().err
