"""Another speaker's knowledge in another alphabet and another codec."""

import numpy as np
import torch

from tests.models.voice.tiny import SYMBOLS, tiny_net
from training.speaker.alphabets import ALPHABETS
from training.speaker.start import ALIKE, carried_codes, carried_symbols, started


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


def test_a_speaker_starts_in_another_alphabet_with_what_it_knows() -> None:
    net = tiny_net()
    codes = net.config.lm.layout.codes
    rng = np.random.default_rng(0)
    moments = (rng.integers(codes, size=(500, 7)), rng.integers(codes, size=(500, 7)))
    books = [torch.randn(codes, 8) for _ in range(3)]
    alphabet = ALPHABETS["kokoro-pt"]
    fresh = started(net, alphabet, ("other", (1,) * 7), books, moments)
    assert (fresh.config.language, fresh.config.symbols) == ("pt", alphabet.symbols)
    assert (fresh.config.codec, fresh.config.silence) == ("other", (1,) * 7)
    assert torch.equal(fresh.advance.weight, net.advance.weight)
    place = alphabet.symbols.index("b")
    assert torch.equal(fresh.present.weight[place], net.present.weight[SYMBOLS.index("b")])


def test_alphabets_are_sets_with_the_blank_first() -> None:
    for alphabet in ALPHABETS.values():
        assert alphabet.symbols[0] == " "
        assert len(set(alphabet.symbols)) == len(alphabet.symbols)
    assert {"ʤ", "ɲ"} <= set(ALIKE) & set(ALPHABETS["kokoro-pt"].symbols)
