import argparse
import hashlib
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from interp import inventory
from interp.commands import evaluate
from interp.commands.options import evaluate as options
from interp.core.errors import InvalidRequest, NotServed
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.run_folder import read_config
from interp.evaluate.report.conclude import EXPORTS
from interp.evaluate.score.scores import score
from interp.evaluate.score.summary import rows
from interp.models.store import WeightsError
from tests.evaluate.record.test_corpora import europarl_st
from tests.fakes.run_folders import QUICK, short_runs
from tests.fakes.systems import save_manifest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "my_policy.py"


def parsed(*words: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    options.add(parser)
    return parser.parse_args([str(word) for word in ("--out", "run", *words)])


def test_each_export_can_be_asked_for() -> None:
    assert set(options.EXPORTS) == set(EXPORTS)


def test_a_limit_keeps_the_place_of_each_recording(tmp_path: Path) -> None:
    clips = evaluate.read_clips(parsed(save_manifest(tmp_path, 4), "--limit", "2"))
    assert [(index, clip.id) for index, clip in clips] == [(0, "clip-0"), (1, "clip-1")]


def test_a_corpus_is_read_in_the_languages_asked_for(tmp_path: Path) -> None:
    path = europarl_st(tmp_path)
    whole = evaluate.read_clips(parsed(path, "--from", "en-GB", "--to", "de"))
    assert [len(clip.segments) for _, clip in whole] == [2, 1]
    cut = evaluate.read_clips(parsed(path, "--from", "en", "--to", "de", "--cut"))
    assert [clip.reference for _, clip in cut] == ["Herr Präsident", "danke", "Nächster"]
    assert [index for index, _ in cut] == [0, 1, 2]


def test_a_language_that_is_no_tag_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        evaluate.read_clips(parsed(save_manifest(tmp_path, 1), "--from", "frenchish"))


def test_a_run_without_data_says_how_to_name_it() -> None:
    with pytest.raises(EvaluationError, match="name a manifest"):
        evaluate.read_clips(parsed())


def test_simulevals_lists_need_no_manifest(tmp_path: Path) -> None:
    save_manifest(tmp_path, 1)
    (tmp_path / "audio").write_text("clip-0.wav\n")
    (tmp_path / "texts").write_text("one\n")
    options = ("--source", tmp_path / "audio", "--target", tmp_path / "texts")
    ((_, clip),) = evaluate.read_clips(parsed(*options))
    assert clip.reference == "one"
    assert evaluate.study_of(parsed(*options)).data == str(tmp_path / "audio")


def test_policies_are_known_before_anything_runs() -> None:
    assert evaluate.known_policies(["offline", "waitk:k=2"], []) == ("offline", "waitk:k=2")
    with pytest.raises(NotServed):
        evaluate.known_policies(["offline", "nobodys"], [])
    assert evaluate.known_policies(["patient"], [EXAMPLE]) == ("patient",)


def test_a_study_here_records_the_weights_and_one_there_the_server(tmp_path: Path) -> None:
    manifest = save_manifest(tmp_path, 1)
    here = evaluate.study_of(parsed(manifest))
    assert len(str(here.settings["model_sha256"])) == 64
    assert here.system == "whisper-base"
    there = evaluate.study_of(parsed(manifest, "--server", "host:1", "--unpaced"))
    assert there.system == there.settings["server"] == "host:1"
    assert there.settings["paced"] is False
    assert "model_sha256" not in there.settings


def test_an_omni_is_known_by_the_hash_of_its_weights(tmp_path: Path) -> None:
    folder = inventory.omni_folder("omni")
    assert folder is not None
    weights = (folder / "omni.safetensors").read_bytes()
    wanted = hashlib.sha256(weights).hexdigest()
    study = evaluate.study_of(parsed(save_manifest(tmp_path, 1), "--model", "omni"))
    assert study.settings["model_sha256"] == wanted
    shutil.copytree(folder, tmp_path / "mine")
    (tmp_path / "mine" / "omni.safetensors").write_bytes(weights + b" ")
    assert evaluate.model_sha256(str(tmp_path / "mine")) not in ("", wanted)


def test_a_model_that_nobody_knows_has_no_hash_and_no_fleet() -> None:
    assert evaluate.model_sha256("whisper-none") == ""
    with pytest.raises(WeightsError, match="whisper-none"):
        evaluate.fleet_of(parsed("--model", "whisper-none"))


def test_what_is_about_to_be_run_is_written_first(tmp_path: Path) -> None:
    args = parsed(save_manifest(tmp_path, 3), "--workers", "7")
    study = replace(evaluate.study_of(args), out=tmp_path / "run")
    points = [study.point("offline"), study.point("waitk:k=2", 4)]
    evaluate.record(args, study, points, evaluate.read_clips(args))
    found = read_config(tmp_path / "run")
    assert (found.clips, found.workers, found.sessions) == (3, 7, (1, 4))
    assert found.policies == ("offline", "waitk:k=2")
    assert found.logs == ("logs/offline.jsonl", "logs/waitk-k=2-sessions=4.jsonl")


def test_the_terminal_shows_a_row_per_point_and_the_short_columns() -> None:
    out = io.StringIO()
    found = rows([score(log, QUICK) for log in short_runs()])
    evaluate.show_rows(Console(file=out, width=200), found)
    said = out.getvalue()
    for word in ("offline", "waitk:k=1", "waitk:k=3", "BLEU", "LAAL CA s", "RTF", "silent"):
        assert word in said
    for word in ("StartOffset", "p first", "NE"):
        assert word not in said


def test_nothing_to_show_is_an_empty_table() -> None:
    out = io.StringIO()
    evaluate.show_rows(Console(file=out, width=80), [])
    assert "policy" in out.getvalue()


def test_scores_are_counted_as_asked(tmp_path: Path) -> None:
    (tmp_path / "terms").write_text("key\n")
    options = ("--unit", "char", "--tokenizer", "zh", "--terms", tmp_path / "terms")
    how = evaluate.how_scored(parsed(*options))
    assert (how.unit, how.tokenizer, how.terms) == ("char", "zh", ("key",))
    assert evaluate.how_scored(parsed()).terms == ()
