"""Another speaker's knowledge in another alphabet and another codec."""

import numpy as np
import torch

from training.speaker.alphabets import ALPHABETS
from training.speaker.start import ALIKE, carried_codes, carried_symbols


def test_symbols_in_common_stay_and_new_ones_begin_as_their_like() -> None:
    table = torch.eye(6)
    carried = carried_symbols(table, [" ", "d", "ʒ", "a"], ["a", " ", "ʤ", "ø"])
    assert torch.equal(carried[0], table[3])
    assert torch.equal(carried[1], table[0])
    assert torch.equal(carried[2], (table[1] + table[2]) / 2)
    assert torch.equal(carried[3], table[:4].mean(0))
    assert torch.equal(carried[4:], table[4:]), "the specials stay"


def test_a_code_begins_as_those_that_were_heard_at_its_places() -> None:
    rng = np.random.default_rng(0)
    old = rng.integers(64, size=20_000)
    table = torch.randn(66, 8, generator=torch.Generator().manual_seed(0))
    codebook = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
    carried = carried_codes(table, codebook, old, 63 - old)
    alike = torch.nn.functional.cosine_similarity(carried[:64].flip(0), table[:64])
    assert float(alike.min()) > 0.9
    assert torch.equal(carried[64:], table[64:])


def test_alphabets_are_sets_with_the_blank_first() -> None:
    for alphabet in ALPHABETS.values():
        assert alphabet.symbols[0] == " "
        assert len(set(alphabet.symbols)) == len(alphabet.symbols)
    assert {"ʤ", "ɲ"} <= set(ALIKE) & set(ALPHABETS["kokoro-pt"].symbols)
