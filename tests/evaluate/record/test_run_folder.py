import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from interp.evaluate.record import run_folder
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.run_folder import (
    Environment,
    Resolved,
    environment,
    log_path,
    read_config,
    write_config,
    write_metrics,
)

HERE = Environment("abc", "3.11", {"numpy": "2"}, "Linux x86_64", "a processor", 2)
RUN = Resolved(
    manifest="data/manifest.tsv",
    clips=3,
    policies=("offline", "waitk:k=2"),
    logs=("logs/offline.jsonl", "logs/waitk-k=2.jsonl"),
    source_language="fr",
    target_language="en",
    model="whisper-base",
    model_sha256="0" * 64,
    server="",
    sessions=(1, 1),
    workers=2,
    environment=HERE,
)


def test_what_was_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    out = tmp_path / "new" / "run"
    write_config(out, RUN)
    assert read_config(out) == RUN


def test_names_in_other_scripts_stay_readable_in_the_file(tmp_path: Path) -> None:
    write_config(tmp_path, replace(RUN, manifest="données/manifeste.tsv"))
    assert "données/manifeste.tsv" in (tmp_path / "config.json").read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    [None, "", "{}", "[]", "nonsense", '{"environment": {}}', '{"environment": 3}'],
)
def test_a_folder_without_a_run_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(EvaluationError, match=r"holds no run of this version"):
        read_config(tmp_path)


def test_a_run_of_another_version_is_no_run_of_this_one(tmp_path: Path) -> None:
    write_config(tmp_path, RUN)
    fields = json.loads((tmp_path / "config.json").read_text())
    fields["newer"] = True
    (tmp_path / "config.json").write_text(json.dumps(fields))
    with pytest.raises(EvaluationError):
        read_config(tmp_path)
    del fields["newer"], fields["clips"]
    (tmp_path / "config.json").write_text(json.dumps(fields))
    with pytest.raises(EvaluationError):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("offline", "offline.jsonl"),
        ("waitk:k=3,guard_ms=400", "waitk-k=3-guard_ms=400.jsonl"),
        ("waitk:guard_p=0.3", "waitk-guard_p=0.3.jsonl"),
        ("waitk:k=1 sessions=4", "waitk-k=1-sessions=4.jsonl"),
        ("../../etc/passwd", "..-..-etc-passwd.jsonl"),
    ],
)
def test_a_log_lies_in_its_folder_under_a_name_that_any_system_takes(
    tmp_path: Path, name: str, file: str
) -> None:
    assert log_path(tmp_path, name) == tmp_path / "logs" / file


def test_metrics_keep_the_order_of_the_points(tmp_path: Path) -> None:
    write_metrics(tmp_path, ['{"a": 1}', '{"b": null}'])
    assert json.loads((tmp_path / "metrics.json").read_text())["points"] == [{"a": 1}, {"b": None}]


def test_this_machine_has_versions_a_processor_and_cores() -> None:
    here = environment()
    assert here.cores >= 1
    assert here.cpu
    assert set(here.packages) == set(run_folder.PACKAGES)
    assert here.packages["numpy"]
    assert here.python.startswith("3.")


def test_the_commit_is_that_of_the_checkout() -> None:
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    found = run_folder.commit()
    if done.returncode:
        assert found == ""
    else:
        assert found.removesuffix("-dirty") == done.stdout[:12]
