"""Students in a user's folder: found by what their files say of them."""

import json
from pathlib import Path

import pytest
import torch

from interp.core.translator import Pair
from interp.models.marian.folder import find_students, read_student
from interp.models.marian.lane import WriteStep
from interp.models.marian.loading import load_student
from interp.models.store import WeightsError
from tests.fakes.tiny_marian import write_student


def test_a_third_pair_is_found_by_its_name_and_translates(tmp_path: Path) -> None:
    write_student(tmp_path / "download", "enfr")
    (tmp_path / "whisper-base").mkdir()
    (tmp_path / "whisper-base" / "model.bin").touch()
    found = find_students(tmp_path)
    assert found == {Pair("en", "fr"): tmp_path / "download"}
    files = read_student(found[Pair("en", "fr")])
    student = load_student(files, device=torch.device("cpu"))
    (reading,) = student.read([["we", "vote"]])
    (written,) = student.write([WriteStep(student.init_state(), reading, 0, 3)])
    assert len(written.found.words) == 3


@pytest.mark.parametrize(
    "metadata",
    [
        {"sourceLanguage": "de", "targetLanguage": "it"},
        {"fromLang": "de", "toLang": "it"},
        {"shortName": "de-it-tiny"},
    ],
)
def test_what_its_metadata_say_comes_before_its_name(
    tmp_path: Path, metadata: dict[str, str]
) -> None:
    write_student(tmp_path / "one", "enfr")
    (tmp_path / "one" / "metadata.json").write_text(json.dumps(metadata))
    assert list(find_students(tmp_path)) == [Pair("de", "it")]


def test_two_of_one_pair_are_refused(tmp_path: Path) -> None:
    write_student(tmp_path / "one", "enfr")
    write_student(tmp_path / "two", "enfr")
    with pytest.raises(WeightsError, match="both translate en to fr"):
        find_students(tmp_path)


def test_one_that_does_not_say_is_refused(tmp_path: Path) -> None:
    write_student(tmp_path / "one", "student")
    with pytest.raises(WeightsError, match="does not say which languages"):
        find_students(tmp_path)


def test_a_vocabulary_of_another_size_is_refused(tmp_path: Path) -> None:
    write_student(tmp_path / "one", "enfr", pieces=38)
    with pytest.raises(WeightsError, match="38 and 38 pieces"):
        load_student(read_student(tmp_path / "one"), device=torch.device("cpu"))
