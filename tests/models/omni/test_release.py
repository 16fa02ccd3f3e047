"""A model folder reads back as it was written."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from interp.models.omni.release import OmniCard, load_omni, save_omni
from interp.models.omni.tokens import PIECES
from tests.models.omni.tiny import compact_config, tiny_lm
from training.omni.prepare import trained_pieces


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    path = tmp_path / PIECES
    path.write_bytes(trained_pieces(["one two three", "um dois tres"], 40))
    return path


def test_weights_card_and_pieces_come_back(tmp_path: Path, pieces: Path) -> None:
    lm = tiny_lm(compact_config()).half().float()
    card = OmniCard(lm.config, ("en", "pt"), "mel", "codec")
    save_omni(tmp_path / "model", lm, card, torch.float16)
    shutil.copyfile(pieces, tmp_path / "model" / PIECES)
    again = load_omni(tmp_path / "model")
    assert again.card == card
    for name, tensor in lm.state_dict().items():
        assert torch.equal(again.lm.state_dict()[name], tensor)
    assert again.tokens.decode(again.tokens.encode("one dois")) == "one dois"
    begins = [again.tokens.begins_word(token) for token in again.tokens.encode("one dois")]
    assert begins[0]
    assert sum(begins) == 2


def test_a_language_is_known_by_its_number() -> None:
    card = OmniCard(compact_config(), ("en", "pt"), "mel")
    assert card.language("pt") == 1
    with pytest.raises(ValueError, match="fr is not among en, pt"):
        card.language("fr")


def test_another_file_is_refused(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "omni.safetensors")
    with pytest.raises(ValueError, match="not an OmniLM"):
        load_omni(tmp_path)
