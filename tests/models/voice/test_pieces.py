"""Word pieces: joined they are the word, and a voice that reads them speaks."""

from pathlib import Path

import pytest
import torch

from interp.core.synthesiser import SpeakStep
from interp.models.voice.network import SpeakerNet, save_speaker
from interp.models.voice.pieces import Pieces, load_pieces
from interp.models.voice.spelling import MARKS
from interp.models.voice.synthesiser import load_synthesisers
from tests.models.voice.tiny import speaker_config, write_tiny_voice
from training.speaker.respell import trained_pieces

SENTENCES = [
    "The delegates of the 21 member states will vote tomorrow morning.",
    "Good morning, everyone: the voting begins; who's voting?",
    "A quick brown fox jumps over the lazy dog!",
]
SIZE = 40


@pytest.fixture(scope="module")
def model() -> bytes:
    return trained_pieces(SENTENCES, SIZE)


def test_pieces_of_a_word_are_the_word_in_parts(model: bytes) -> None:
    pieces = Pieces(model)
    words = ["voting", "tomorrow", "who's", "zyxq"]
    said = pieces.say(words)
    assert ["".join(each) for each in said] == words
    assert len(said[0]) < len("voting")
    assert {piece for each in said for piece in each} <= set(pieces.symbols)


def test_blank_and_marks_stand_alone(model: bytes) -> None:
    symbols = Pieces(model).symbols
    assert symbols[0] == " "
    assert set(MARKS) <= set(symbols)
    assert not [s for s in symbols[1:] if len(s) > 1 and set(s) & {*MARKS, " ", "\u2581"}]
    assert len(symbols) == SIZE


def test_a_voice_that_reads_pieces_speaks(tmp_path: Path, model: bytes) -> None:
    folder = tmp_path / "anna"
    write_tiny_voice(folder)
    (folder / "pronouncer.safetensors").unlink()
    (folder / "pieces.model").write_bytes(model)
    torch.manual_seed(0)
    save_speaker(folder / "speaker.safetensors", SpeakerNet(speaker_config(Pieces(model).symbols)))
    (part,) = load_synthesisers(folder)
    words = ("Good", "morning,", "everyone.")
    step = SpeakStep(part.init_state(0), words, 1.0, 3, 200)
    said = [frame.words for frame in part.speak([step])[0]]
    assert said[-1] == len(words)
    assert said == sorted(said)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pieces.model"
    path.write_bytes(b"no model")
    with pytest.raises(RuntimeError):
        load_pieces(path)
