"""Code aligned speech: `python -m training.speaker.encode --speech DIR --codec DIR --out DIR`.

One file a shard; shards that are coded are skipped, so speech may still be growing.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tqdm import tqdm

from interp.core.audio import SNAC_FRAME_SAMPLES, Samples
from interp.models.omni.grid import levels_to_frames
from interp.models.snac import Codec, build_snac, read_config
from interp.models.voice.pieces import load_pieces
from training.codec.fast import speed_up
from training.speaker.alphabets import ALPHABETS
from training.speaker.corpus import Coded, Corpus, write_corpus
from training.speaker.respell import respelled
from training.speaker.shards import Aligned, read_shard
from training.speaker.timing import placed

LEAD_FRAMES = 3
"""Silence before the speech while it is coded, as a listener's stream would have."""

Encode = Callable[[Samples], NDArray[np.int64]]
"""Samples at 24 kHz, whole frames, to codes [frame, 7]."""


def snac_encoder(folder: Path, *, kernels: bool = False) -> Encode:
    """The encoder of a SNAC's folder of weights. kernels: with own CPU kernels; a third of the
    time."""
    codec = _fast(folder) if kernels else Codec.load(folder)

    def encode(samples: Samples) -> NDArray[np.int64]:
        codes = codec.encode(samples)
        levels = [torch.from_numpy(level) for level in (codes.coarse, codes.mid, codes.fine)]
        frames: NDArray[np.int64] = levels_to_frames(levels).numpy()
        return frames

    return encode


def _fast(folder: Path) -> Codec:
    config = read_config(folder)
    model = build_snac(config)
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    speed_up(model)
    return Codec(model, config)


def silent_codes(encode: Encode) -> tuple[int, ...]:
    """Codes of a frame amid silence."""
    codes = encode(np.zeros(9 * SNAC_FRAME_SAMPLES, np.float32))
    return tuple(int(code) for code in codes[4])


def coded(speech: Aligned, encode: Encode, symbols: Sequence[str], late: int = 0) -> Coded | None:
    """One utterance; None where it does not fit the grid or has a strange symbol. late: as
    `placed` has it."""
    place = placed(speech, late)
    if place is None or not set(place.symbols) <= set(symbols):
        return None
    lead = np.zeros(LEAD_FRAMES * SNAC_FRAME_SAMPLES, np.float32)
    codes = encode(np.concatenate((lead, place.samples)))[LEAD_FRAMES:]
    ids = np.array([symbols.index(symbol) for symbol in place.symbols])
    return Coded(ids, place.at, codes, speech.pace)


def taken(
    speech: Aligned, encode: Encode, symbols: Sequence[str], takes: int, rng: np.random.Generator
) -> Iterator[Coded]:
    """One utterance so many times, where it can be coded: first as it is, then begun elsewhere in a
    frame, which gives other codes for the same sound: so it is learnt by heart less soon."""
    half = SNAC_FRAME_SAMPLES // 2
    for late in (0, *rng.integers(-half, half, takes - 1).tolist()):
        if found := coded(speech, encode, symbols, late):
            yield found


def main() -> None:
    """Code the shards that are not coded yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--alphabet", default="piper-en", choices=ALPHABETS)
    parser.add_argument("--pieces", type=Path, help="a pieces.model, in place of phonemes")
    parser.add_argument("--name", default="snac-interp", help="the codec's name")
    parser.add_argument(
        "--takes", type=int, default=1, help="times that each utterance is coded: see `taken`"
    )
    parser.add_argument("--kernels", action="store_true", help="own CPU kernels: a third the time")
    parser.add_argument("--voice", help="who speaks, where several voices share a speaker")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encode = snac_encoder(arguments.codec, kernels=arguments.kernels)
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
            rng = np.random.default_rng(int(index.stem))
            found = tuple(
                one
                for speech in read
                if speech
                for one in taken(speech, encode, symbols, arguments.takes, rng)
            )
            write_corpus(path, Corpus(found, *about, voices))


if __name__ == "__main__":
    main()
