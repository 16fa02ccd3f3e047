"""How a written word sounds: a small network from letters to the speaker's symbols.

Two bidirectional GRU layers over the letters, three places a letter, trained with CTC (Graves et
al., 2006), so a word is one pass and cannot run away; and a list of the words it gets wrong.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
"""Of English."""
PLACES = 3
"""Symbols that one letter can make, at most ("x" makes two, and a stress mark)."""


class Pronouncer(nn.Module):
    """Words of its letters to strings of symbols. Output 0 is CTC's blank, k + 1 is symbols[k].

    exceptions: words whose sound is looked up, not worked out.
    """

    def __init__(
        self,
        symbols: str,
        width: int = 128,
        exceptions: Mapping[str, str] | None = None,
        letters: str = LETTERS,
    ) -> None:
        super().__init__()
        self.symbols, self.width, self.letters = symbols, width, letters
        self.exceptions = dict(exceptions or {})
        self.letter = nn.Embedding(len(letters) + 1, 64, padding_idx=0)
        self.rnn = nn.GRU(64, width, num_layers=2, bidirectional=True, batch_first=True)
        self.out = nn.Linear(2 * width, PLACES * (len(symbols) + 1))

    def forward(self, letters: Tensor, counts: Tensor) -> Tensor:
        """Letter numbers [word, letter], 0 for none, to log-probabilities [word, place, output]."""
        packed = pack_padded_sequence(
            self.letter(letters), counts.cpu(), batch_first=True, enforce_sorted=False
        )
        hidden, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        places = self.out(hidden).reshape(len(letters), -1, len(self.symbols) + 1)
        return torch.log_softmax(places, dim=-1)

    def say(self, words: Sequence[str]) -> list[str]:
        """Symbols of each word, which is of its letters and not empty."""
        guesses = iter(self.guess([word for word in words if word not in self.exceptions]))
        return [self.exceptions[w] if w in self.exceptions else next(guesses) for w in words]

    @torch.inference_mode()
    def guess(self, words: Sequence[str]) -> list[str]:
        """What the network makes of words: the likeliest path."""
        if not words:
            return []
        letters, counts = spelled(words, self.letters)
        best = self(letters, counts).argmax(dim=-1).tolist()
        spans = (counts * PLACES).tolist()
        return [self._merged(path[:span]) for path, span in zip(best, spans, strict=True)]

    def _merged(self, path: Sequence[int]) -> str:
        before = [0, *path[:-1]]
        return "".join(
            self.symbols[output - 1]
            for output, last in zip(path, before, strict=True)
            if output not in (0, last)
        )


def spelled(words: Sequence[str], alphabet: str) -> tuple[Tensor, Tensor]:
    """Words to letter numbers [word, letter] and letter counts [word]."""
    counts = torch.tensor([len(word) for word in words])
    letters = torch.zeros(len(words), int(counts.max()), dtype=torch.int64)
    for row, word in enumerate(words):
        letters[row, : len(word)] = torch.tensor([alphabet.index(letter) + 1 for letter in word])
    return letters, counts


def save_pronouncer(path: Path, pronouncer: Pronouncer) -> None:
    """Write symbols and weights, as float16, to one safetensors file."""
    about = json.dumps(
        {
            "symbols": pronouncer.symbols,
            "width": pronouncer.width,
            "exceptions": pronouncer.exceptions,
            "letters": pronouncer.letters,
        },
        ensure_ascii=False,
    )
    tensors = {name: t.detach().half().contiguous() for name, t in pronouncer.state_dict().items()}
    save_file(tensors, path, metadata={"pronouncer": about})


def load_pronouncer(path: Path) -> Pronouncer:
    """Read what `save_pronouncer` wrote."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        if "pronouncer" not in metadata:
            raise ValueError(f"{path} is not a pronouncer's file")
        pronouncer = Pronouncer(**json.loads(metadata["pronouncer"]))
        pronouncer.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
    return pronouncer.eval()
