"""The cascade that a model is measured beside, on tones."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from interp.core.audio import Samples
from training.data.teacher import Translation
from training.data.tones import write_tones
from training.data.tones_engine import WORDS, listened
from training.omni.bar import beside, distinct


class Dictionary:
    """A teacher of tones."""

    pair, licence = ("en", "pt"), "none"

    def translate(self, sentences: Sequence[str]) -> Iterator[Translation]:
        for sentence in sentences:
            yield Translation(" ".join(WORDS[word] for word in sentence.split()), ())


def deaf(samples: Samples, language: str) -> str:
    """Hears the first word alone."""
    return listened(samples, language).split()[0]


def test_a_cascade_is_as_good_as_what_it_hears(tmp_path: Path) -> None:
    manifest = write_tones(tmp_path, 12)
    heard, told = beside(manifest, listened, [Dictionary()], limit=10)
    assert (heard.score.metric, heard.score.value, heard.score.entries) == ("wer", 0.0, 10)
    assert (told.score.metric, told.score.entries) == ("bleu", 5)  # every second one translates
    assert told.score.value > 99
    worse, lost = beside(manifest, deaf, [Dictionary()], limit=10)
    assert worse.score.value > 30
    assert lost.score.value < told.score.value


def test_folders_of_the_same_name_are_told_apart() -> None:
    assert distinct([Path("runs/a/data"), Path("runs/b")]) == ["data", "b"]
    assert distinct([Path("runs/a/data"), Path("runs/b/data")]) == ["a/data", "b/data"]
    with pytest.raises(ValueError, match="twice"):
        distinct([Path("runs/a/data"), Path("runs/../runs/b"), Path("runs/a/data")])


def test_nothing_is_translated_that_no_teacher_knows(tmp_path: Path) -> None:
    (heard,) = beside(write_tones(tmp_path, 4), listened, [], limit=4)
    assert str(heard).startswith("hears, cascade")
