"""Code aligned speech: `python -m training.speaker.encode --speech DIR --codec DIR --out DIR`.

One file a shard; shards that are coded are skipped, so speech may still be growing.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from interp.core.audio import SNAC_FRAME_SAMPLES, Samples
from interp.models.omni.grid import levels_to_frames
from interp.models.snac import Codec
from interp.models.voice.pieces import load_pieces
from training.speaker.alphabets import ALPHABETS
from training.speaker.corpus import Coded, Corpus, write_corpus
from training.speaker.respell import respelled
from training.speaker.shards import Aligned, read_shard
from training.speaker.timing import placed

LEAD_FRAMES = 3
"""Silence before the speech while it is coded, as a listener's stream would have."""

Encode = Callable[[Samples], NDArray[np.int64]]
"""Samples at 24 kHz, whole frames, to codes [frame, 7]."""


def snac_encoder(folder: Path) -> Encode:
    """The encoder of a SNAC's folder of weights."""
    codec = Codec.load(folder)

    def encode(samples: Samples) -> NDArray[np.int64]:
        codes = codec.encode(samples)
        levels = [torch.from_numpy(level) for level in (codes.coarse, codes.mid, codes.fine)]
        frames: NDArray[np.int64] = levels_to_frames(levels).numpy()
        return frames

    return encode


def silent_codes(encode: Encode) -> tuple[int, ...]:
    """Codes of a frame amid silence."""
    codes = encode(np.zeros(9 * SNAC_FRAME_SAMPLES, np.float32))
    return tuple(int(code) for code in codes[4])


def coded(speech: Aligned, encode: Encode, symbols: Sequence[str]) -> Coded | None:
    """One utterance; None where it does not fit the grid or has a strange symbol."""
    place = placed(speech)
    if place is None or not set(place.symbols) <= set(symbols):
        return None
    lead = np.zeros(LEAD_FRAMES * SNAC_FRAME_SAMPLES, np.float32)
    codes = encode(np.concatenate((lead, place.samples)))[LEAD_FRAMES:]
    ids = np.array([symbols.index(symbol) for symbol in place.symbols])
    return Coded(ids, place.at, codes, speech.pace)


def main() -> None:
    """Code the shards that are not coded yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--alphabet", default="piper-en", choices=ALPHABETS)
    parser.add_argument("--pieces", type=Path, help="a pieces.model, in place of phonemes")
    parser.add_argument("--name", default="snac-interp", help="the codec's name")
    parser.add_argument("--voice", help="who speaks, where several voices share a speaker")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encode = snac_encoder(arguments.codec)
    silence = silent_codes(encode)
    pieces = load_pieces(arguments.pieces) if arguments.pieces else None
    alphabet = ALPHABETS[arguments.alphabet]
    symbols = pieces.symbols if pieces else alphabet.symbols
    about = (symbols, arguments.name, silence, alphabet.language)
    voices = (arguments.voice,) if arguments.voice else ()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for index in tqdm(sorted(arguments.speech.glob("*.jsonl")), unit="shard"):
        path = arguments.out / f"{index.stem}.safetensors"
        if not path.exists():
            spoken = read_shard(index)
            read = (respelled(speech, pieces) if pieces else speech for speech in spoken)
            each = [coded(speech, encode, symbols) for speech in read if speech]
            found = tuple(one for one in each if one is not None)
            write_corpus(path, Corpus(found, *about, voices))


if __name__ == "__main__":
    main()
