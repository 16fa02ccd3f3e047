"""`interp models`: a folder of weights of the user's own, empty or damaged; nothing is fetched."""

from pathlib import Path

import pytest

from interp.cli import main
from interp.models.catalog import CATALOGUE, NamedModel, Url, Wheel
from interp.models.store import find_wheel

NAMES = [model.name for model in CATALOGUE]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERP_MODELS", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


def of_wheels(model: NamedModel) -> bool:
    return all(
        any(isinstance(source, Wheel) and find_wheel(source) for source in file.sources)
        for file in model.files
    )


ABSENT = [model.name for model in CATALOGUE if not of_wheels(model)]


@pytest.mark.parametrize("model", CATALOGUE, ids=NAMES)
def test_the_list_says_what_each_model_is(
    model: NamedModel, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list"]) == 0
    (line,) = [row for row in capsys.readouterr().out.splitlines() if f" {model.name} " in row]
    assert model.kind in line
    assert model.licence in line
    assert f" {model.size / 1e6:.0f} " in line


@pytest.mark.parametrize("name", ABSENT)
def test_the_list_says_what_is_not_here(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list"]) == 0
    (line,) = [row for row in capsys.readouterr().out.splitlines() if f" {name} " in row]
    assert line.split()[-2] == "-"


@pytest.mark.parametrize("name", ABSENT)
def test_a_model_that_is_not_here_is_not_verified_and_what_brings_it_is_told(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "verify", name]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{name}: " in told.err
    assert "is not on this machine" in told.err
    assert "pip install" in told.err or f"pull {name}" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("model", CATALOGUE, ids=NAMES)
def test_a_file_that_is_cut_is_not_verified(
    model: NamedModel, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in model.files:
        path = folder / model.name / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a few")
    assert main(["models", "verify", model.name]) == 1
    told = capsys.readouterr()
    assert "verified" not in told.out
    assert f"{model.files[0].name} from {folder}" in told.err
    assert f"is cut: 5 of {model.files[0].size} bytes" in told.err


@pytest.mark.parametrize("action", ["pull", "verify"])
def test_a_model_that_nobody_knows_is_answered_with_those_that_are(
    action: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", action, "whisper-huge"]) == 1
    error = capsys.readouterr().err
    assert "no model 'whisper-huge'" in error
    assert all(name in error for name in NAMES)
    assert error.count("\n") == 1


@pytest.mark.parametrize("model", CATALOGUE, ids=NAMES)
def test_each_model_comes_from_an_extra_of_the_package_or_an_address_with_https(
    model: NamedModel,
) -> None:
    for file in model.files:
        assert file.sources
        for source in file.sources:
            if isinstance(source, Url):
                assert source.address.startswith("https://")
            else:
                assert source.extra
