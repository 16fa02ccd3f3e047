# ruff: noqa: RUF001
"""Another speaker as a start: `python -m training.speaker.start --speaker FILE ... --out FILE`.

Its network stays; what it knows of symbols and codes is carried over to another alphabet and to
another codec. A code begins as the mean of those that the old codec heard at its places.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from interp.models.omni.grid import AUDIO_ROWS, LEVEL_OF_ROW, LEVELS
from interp.models.voice.network import SpeakerNet, load_speaker, save_speaker
from training.speaker.alphabets import ALPHABETS, Alphabet
from training.speaker.encode import silent_codes, snac_encoder
from training.speaker.shards import read_shard
from training.speaker.timing import placed
from training.speaker.train import codebooks

TRUST = 4.0
"""Places at which a code must have been heard to count as much as its neighbours."""
RIDGE = 1.0
ALIKE = {"ʤ": "dʒ", "ʧ": "tʃ", "ʣ": "dz", "ʦ": "ts", "ɲ": "nj", "ʎ": "lj", "x": "h"} | {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "T": "ɾ",
    "ᵊ": "ə",
}
"""Symbols that begin as the mean of others."""


def carried_symbols(table: Tensor, old: Sequence[str], new: Sequence[str]) -> Tensor:
    """A table [symbol and special, ...] of one alphabet as one of another; the specials stay."""
    mean = table[: len(old)].mean(0)
    rows = []
    for symbol in new:
        known = [table[old.index(part)] for part in ALIKE.get(symbol, symbol) if part in old]
        rows.append(torch.stack(known).mean(0) if known else mean)
    return torch.cat((torch.stack(rows), table[len(old) :]))


def carried_codes(
    table: Tensor, codebook: Tensor, old: NDArray[np.int64], new: NDArray[np.int64]
) -> Tensor:
    """Vectors [code and special, rank] of the old codec's codes as those of the new one's.

    old, new: codes of the same moments [moment]. Codes that were hardly heard follow from their own
    code vectors [code, 8], by what these say of those that were.
    """
    count = len(codebook)
    heard = torch.from_numpy(new)
    times = torch.zeros(count).index_add_(0, heard, torch.ones(len(new)))
    sums = torch.zeros(count, table.shape[1])
    sums.index_add_(0, heard, table[torch.from_numpy(old)])
    unit = torch.nn.functional.normalize(codebook.float(), dim=-1)
    waves = torch.randn(unit.shape[1], 48, generator=torch.Generator().manual_seed(0))
    seen = torch.cat((torch.ones(count, 1), unit, torch.cos(2 * unit @ waves)), dim=1)
    known = seen.T @ (seen * times[:, None]) + RIDGE * torch.eye(seen.shape[1])
    guessed = seen @ torch.linalg.solve(known, seen.T @ sums)
    mixed = (sums + TRUST * guessed) / (times[:, None] + TRUST)
    centre, wanted = mixed.mean(0), table[:count].std()
    mixed = centre + (mixed - centre) * (wanted / (mixed - centre).std())
    return torch.cat((mixed, table[count:]))


def started(
    net: SpeakerNet,
    alphabet: Alphabet,
    codec: tuple[str, tuple[int, ...]],
    books: Sequence[Tensor],
    moments: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> SpeakerNet:
    """A speaker of the same sizes. codec: name and silence of the new one; books: its code vectors.

    moments: codes of the same speech by the old and the new codec [frame, 7].
    """
    old = net.config.symbols
    fresh = SpeakerNet(
        replace(
            net.config,
            symbols=alphabet.symbols,
            silence=codec[1],
            codec=codec[0],
            language=alphabet.language,
        )
    )
    state = net.state_dict()
    for name in ("symbol.weight", "present.weight"):
        state[name] = carried_symbols(state[name], old, alphabet.symbols)
    tables = []
    for level in range(LEVELS):
        rows = [row for row in range(AUDIO_ROWS) if LEVEL_OF_ROW[row] == level]
        before, after = (codes[:, rows].ravel() for codes in moments)
        tables.append(carried_codes(state["lm.codes.weight"][level], books[level], before, after))
    state["lm.codes.weight"] = torch.stack(tables)
    count = net.config.lm.layout.codes
    state["lm.chain.bias"][:, :count] = state["lm.chain.bias"][:, :count].mean(1, keepdim=True)
    fresh.load_state_dict(state)
    return fresh


def main() -> None:
    """Hear some speech with both codecs, carry over, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speaker", type=Path, required=True, help="its speaker.safetensors")
    parser.add_argument("--speaker-codec", type=Path, required=True, help="the codec it speaks")
    parser.add_argument("--codec", type=Path, required=True, help="the codec it is to speak")
    parser.add_argument("--name", default="snac-interp", help="the codec's name")
    parser.add_argument("--alphabet", required=True, choices=ALPHABETS)
    parser.add_argument("--speech", type=Path, required=True, help="aligned speech, as for encode")
    parser.add_argument("--utterances", type=int, default=200)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    encoders = [snac_encoder(folder) for folder in (arguments.speaker_codec, arguments.codec)]
    shards = sorted(arguments.speech.glob("*.jsonl"))
    speech = islice(chain.from_iterable(map(read_shard, shards)), arguments.utterances)
    places = [place for each in speech if (place := placed(each))]
    heard = [np.concatenate([encode(each.samples) for each in places]) for encode in encoders]
    net = started(
        load_speaker(arguments.speaker),
        ALPHABETS[arguments.alphabet],
        (arguments.name, silent_codes(encoders[1])),
        codebooks(arguments.codec),
        (heard[0], heard[1]),
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_speaker(arguments.out, net)


if __name__ == "__main__":
    main()
