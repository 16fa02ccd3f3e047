"""A set from sentences: what is drawn, what is said, what a stopped run keeps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from interp.core.settings import read_settings
from training.data.engines import ENGINES
from training.data.making import Making, make, planned
from training.data.manifest import read_manifest
from training.data.recording import recorded_checksum
from training.data.teacher import StudentTeacher, Translation, turned

SENTENCES = ["One plus two.", "Three and four.", "Five by six.", "Seven or eight.", "Nine."] * 8


class Reverser:
    """A teacher whose language is the other one backwards, word by word."""

    pair, licence = ("en", "pt"), "none"

    def __init__(self) -> None:
        self.asked: Sequence[str] = ()

    def translate(self, sentences: Sequence[str]) -> Iterator[Translation]:
        self.asked = sentences
        for sentence in sentences:
            words = sentence.strip(".").lower().split()
            text = " ".join(reversed(words)).capitalize()
            yield Translation(f"{text}.", tuple(reversed(range(len(words)))))


@pytest.fixture
def config(tmp_path: Path) -> Making:
    (tmp_path / "sentences").write_text("\n".join(SENTENCES))
    voices = ("silence",)
    return Making(tmp_path / "sentences", tmp_path / "set", "MIT", voices, voices, 0.5, 0.3)


def test_the_same_seed_draws_the_same_set_and_another_one_another(config: Making) -> None:
    first, again, other = (
        list(planned(SENTENCES, replace(config, seed=seed), Reverser())) for seed in (0, 0, 1)
    )
    assert first == again
    assert [e.source_text for e in first] != [e.source_text for e in other]
    assert {e.source_language for e in first} == {"en", "pt"}
    echoes = [e for e in first if not e.translates]
    assert 4 < len(echoes) < 24
    assert all(e.source_text == e.target_text for e in echoes)


def test_what_a_target_word_reads_is_known_in_both_directions(config: Making) -> None:
    for entry in planned(SENTENCES, replace(config, echoes=0.0), Reverser()):
        source = [word.strip(".").lower() for word in entry.source_text.split()]
        target = [word.strip(".").lower() for word in entry.target_text.split()]
        assert [source[place] for place in entry.target_reads] == target


def test_words_that_nobody_reads_come_with_those_before_them() -> None:
    assert turned((0, 2, 2), 4) == (0, 0, 2, 2)
    assert turned((), 3) == ()


def test_speech_is_written_with_the_times_of_its_words(config: Making) -> None:
    entries = read_manifest(make(config, Reverser()))
    assert len(entries) == len(SENTENCES)
    for entry in entries:
        assert len(entry.source_word_ends_ms) == len(entry.source_text.split())
        assert entry.source_word_ends_ms[-1] <= entry.end_ms
        assert recorded_checksum(config.out / entry.source_audio) == entry.checksum
        assert recorded_checksum(config.out / entry.target_audio) == entry.target_checksum


def test_a_stopped_run_goes_on_where_it_was(config: Making) -> None:
    whole = make(config, Reverser())
    wanted = whole.read_text()
    half = wanted.splitlines(keepends=True)[:7]
    whole.unlink()
    (config.out / "manifest.partial.jsonl").write_text("".join(half))
    for file in (config.out / "000000.source.flac", config.out / "000039.source.flac"):
        file.unlink()
    assert make(config, teacher := Reverser()).read_text() == wanted
    assert teacher.asked == SENTENCES[7:], "what is done is not translated again"
    assert not (config.out / "000000.source.flac").exists()
    assert (config.out / "000039.source.flac").exists()


@pytest.mark.parametrize(
    ("learnt", "unseen"),
    [
        ("omni_data", ["omni_data_held_out"]),
        *(
            (data, [f"omni_small_unseen_{of}" for of in ("templates", "examples", "others")])
            for data in ("omni_small_data", "omni_general_data")
        ),
    ],
)
def test_the_shipped_sets_share_neither_voices_nor_seed(learnt: str, unseen: list[str]) -> None:
    configs = Path(__file__).parents[3] / "training" / "configs"
    taught, *held_out = (
        read_settings(configs / f"{name}.toml", Making) for name in (learnt, *unseen)
    )
    voices = [{*each.source_voices, *each.target_voices} for each in (taught, *held_out)]
    for voice in set().union(*voices):
        assert voice.partition(":")[0] in ENGINES
    assert not any(voices[0] & others for others in voices[1:])
    assert all(taught.seed != other.seed for other in held_out)


def test_a_part_is_spoken_and_what_answers_it_need_not_be(config: Making) -> None:
    partly = replace(config, spoken=10, answers=False)
    entries = read_manifest(make(partly, Reverser()))
    assert [bool(entry.source_audio) for entry in entries] == [True] * 10 + [False] * 30
    assert all(entry.generator and entry.checksum for entry in entries[:10])
    assert not any(entry.generator or entry.speaker for entry in entries[10:])
    assert not any(entry.target_audio or entry.target_generator for entry in entries)
    whole = planned(SENTENCES, config, Reverser())
    assert [e.source_text for e in whole] == [e.source_text for e in entries]


@pytest.mark.weights
def test_a_student_says_which_word_it_reads() -> None:
    (told,) = StudentTeacher().translate(["The committee meets on Thursday."])
    assert told.text.startswith("A comissão")
    assert len(told.reads) == len(told.text.split())
    assert told.reads[:2] == (0, 1)
    assert max(told.reads) == 4
