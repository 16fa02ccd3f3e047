"""A made-up language for tests: each symbol is spoken as one code, for as long as it pleases."""

import numpy as np

from interp.models.omni.grid import AUDIO_ROWS
from interp.models.voice.network import MOST_ADVANCE
from training.speaker.corpus import Coded, Corpus

SYMBOLS = " ,.?!abcdefgh"
CODES = 256


def code_of(symbol: int) -> list[int]:
    """The seven codes of a frame that begins with this symbol; -1 for silence."""
    return [(symbol + 1) * 16 + row for row in range(AUDIO_ROWS)]


def utterance(rng: np.random.Generator, words: int = 4) -> Coded:
    """Words of random letters, a full stop; the pointer moves by 0 to 2 symbols a frame."""
    symbols: list[int] = []
    for _ in range(words):
        symbols += [*rng.integers(5, len(SYMBOLS), size=int(rng.integers(1, 5))).tolist(), 0]
    symbols[-1] = SYMBOLS.index(".")
    at = [-1]
    while at[-1] < len(symbols):
        step = 1 if at[-1] < 0 else int(rng.integers(0, 3))
        at.append(min(at[-1] + min(step, MOST_ADVANCE), len(symbols)))
    at += [len(symbols)] * 3
    codes = [code_of(symbols[k] if 0 <= k < len(symbols) else -1) for k in at]
    return Coded(np.array(symbols), np.array(at), np.array(codes), 1.0)


def corpus(count: int, seed: int = 0, voices: tuple[str, ...] = ()) -> Corpus:
    """Utterances by seed; voices: the name of who speaks them."""
    rng = np.random.default_rng(seed)
    each = tuple(utterance(rng) for _ in range(count))
    return Corpus(each, tuple(SYMBOLS), "made-up", tuple(code_of(-1)), voices=voices)
