import json

import pytest

from interp.cli import main


@pytest.mark.weights
def test_what_is_heard_written_and_spoken_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--from", "norwegian", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["source"] == "no"
    assert row["name"] == "Norwegian"
    assert {"en", "no"} <= set(row["targets"])
    assert row["spoken"] == ["en", "pt"]


@pytest.mark.weights
def test_a_source_need_not_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--from", "auto", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["source"] == "auto"
    assert row["targets"] == ["en", "pt"]


@pytest.mark.weights
def test_a_person_reads_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages"]) == 0
    told = capsys.readouterr().out
    assert "Haitian Creole" in told
    assert "(whatever is spoken)" in told.splitlines()[1]


@pytest.mark.weights
def test_a_language_that_is_not_heard_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--from", "tlh"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "tlh is not heard" in told.err


def test_a_slip_in_a_language_is_met_before_any_model_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["languages", "--from", "norwegan", "--model", "whisper-none"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "did you mean norwegian?" in told.err


def test_a_model_that_nobody_knows_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--model", "whisper-none"]) == 1
    error = capsys.readouterr().err
    assert "no model 'whisper-none'" in error
    assert error.count("\n") == 1
