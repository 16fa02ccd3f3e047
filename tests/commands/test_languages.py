import json

import pytest

from interp.cli import main

pytestmark = pytest.mark.weights


def test_what_is_heard_written_and_spoken_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--from", "norwegian", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["source"] == "no"
    assert row["name"] == "Norwegian"
    assert {"en", "no"} <= set(row["targets"])
    assert row["spoken"] == ["en"]


def test_a_person_reads_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages"]) == 0
    assert "Haitian Creole" in capsys.readouterr().out
