"""Whisper's vocabularies and mel filters, as openai-whisper publishes them: `data/whisper`."""

import base64
import functools
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import tiktoken
import torch
from torch import Tensor

MULTILINGUAL_VOCAB = 51865  # the smallest multilingual vocabulary; English-only models have 51864
TOKENS_BESIDES_LANGUAGES = 51765
TIMES = 1501  # 0.00 to 30.00 s
LANGUAGES = """
    en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th
    ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr
    pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt
    haw ln ha ba jw su yue
""".split()  # noqa: SIM905
"""In the order of their tokens."""
_PIECES = (
    r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""  # GPT-2's
)
_UNSPOKEN = [
    *'"#()*+/:;<=>@[\\]^_`{|}~\u300c\u300d\u300e\u300f',
    *"<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }}".split(),  # noqa: SIM905
    *("\u266a" * 2, "\u266a" * 3),
]
"""What writes down sounds and speakers; never written where it is one token."""
_NOTES = "\u2669\u266a\u266b\u266c\u266d\u266e\u266f"
"""Of these the first token is never written, for it begins nothing else."""


@dataclass(frozen=True)
class Vocabulary:
    """Pieces of text as tokens, and the tokens that steer. languages: codes, in their order."""

    encoding: tiktoken.Encoding
    languages: tuple[str, ...]

    def special(self, name: str) -> int:
        """The token `<|name|>`."""
        return self.encoding.encode_single_token(f"<|{name}|>")

    @functools.cached_property
    def unspoken(self) -> tuple[int, ...]:
        """Tokens that write no speech: brackets, notes, marks that begin a word."""
        encode = self.encoding.encode_ordinary
        found = {encode(" -")[0], encode(" '")[0]}
        for symbol in (*_UNSPOKEN, *_NOTES):
            for tokens in (encode(symbol), encode(f" {symbol}")):
                if len(tokens) == 1 or symbol in _NOTES:
                    found.add(tokens[0])
        return tuple(sorted(found))


def mel_filters(n_mels: int) -> Tensor:
    """The mel filterbank for a 400-point FFT at 16 kHz, [mel, bin]."""
    with (_folder() / "mel_filters.npz").open("rb") as file, np.load(file) as filters:
        return torch.from_numpy(filters[f"mel_{n_mels}"])


@functools.cache
def vocabulary(n_vocab: int) -> Vocabulary:
    """That of a model with `n_vocab` tokens."""
    multilingual = n_vocab >= MULTILINGUAL_VOCAB
    languages = LANGUAGES[: n_vocab - TOKENS_BESIDES_LANGUAGES - int(multilingual)]
    name = "multilingual" if multilingual else "gpt2"
    lines = (_folder() / f"{name}.tiktoken").read_text(encoding="ascii").splitlines()
    pairs = (line.split() for line in lines if line)
    ranks = {base64.b64decode(piece): int(rank) for piece, rank in pairs}
    specials = [
        "endoftext",
        "startoftranscript",
        *languages,
        "translate",
        "transcribe",
        "startoflm",
        "startofprev",
        "nospeech",
        "notimestamps",
        *(f"{time * 0.02:.2f}" for time in range(TIMES)),
    ]
    tokens = {f"<|{each}|>": len(ranks) + place for place, each in enumerate(specials)}
    encoding = tiktoken.Encoding(
        name=name, pat_str=_PIECES, mergeable_ranks=ranks, special_tokens=tokens
    )
    return Vocabulary(encoding, tuple(languages))


def _folder() -> Traversable:
    return resources.files("interp") / "data" / "whisper"
