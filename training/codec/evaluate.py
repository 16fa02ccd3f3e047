"""Measure a codec: `python -m training.codec.evaluate WEIGHTS --speech DIR`; last line is JSON."""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.models.snac import NOISE_SEED, Codec, Codes
from training.asr import WhisperListener, understood
from training.codec.losses import MelLoss
from training.codec.pitch import pitch_distance
from training.codec.quantise import use_of
from training.data.shards import Utterance, read_shards


@dataclass(frozen=True, slots=True)
class Scores:
    """errors: Whisper's word error rate on decoded speech, original_errors on the original.

    pitch_error: median distance of the pitch from the original's in octaves, where both have one.
    voicing_error: share of the moments at which just one of them has one. share, perplexity: use of
    each codebook over `seconds` of speech, coarse to fine. *_cost: CPU seconds for a second of
    speech on one thread; streamed_cost is for single frames.
    """

    utterances: int
    seconds: float
    original_errors: float
    errors: float
    mel: float
    pitch_error: float
    voicing_error: float
    share: tuple[float, ...]
    perplexity: tuple[float, ...]
    encode_cost: float
    decode_cost: float
    streamed_cost: float


def measure(codec: Codec, speech: list[Utterance], listener: WhisperListener) -> Scores:
    """All scores of one codec on some utterances."""
    seconds = sum(len(one.samples) for one in speech) / TARGET_RATE_HZ
    started = time.process_time()
    codes = [codec.encode(one.samples) for one in speech]
    encoded = time.process_time()
    whole = [codec.decode_whole(one) for one in codes]
    decoded = time.process_time()
    for one in codes[: len(codes) // 4]:
        _frame_by_frame(codec, one)
    streamed = time.process_time()
    streamed_s = sum(len(one.samples) for one in speech[: len(codes) // 4]) / TARGET_RATE_HZ
    texts = [one.text for one in speech]
    intonation = pitch_distance(whole, [one.samples for one in speech])
    uses = [
        use_of(torch.from_numpy(np.concatenate(level)), codec.config.codebook_size)
        for level in zip(*((one.coarse, one.mid, one.fine) for one in codes), strict=True)
    ]
    return Scores(
        utterances=len(speech),
        seconds=round(seconds, 1),
        original_errors=understood(listener, [one.samples for one in speech], texts),
        errors=understood(listener, whole, texts),
        mel=_mel(whole, [one.samples for one in speech]),
        pitch_error=intonation.octaves,
        voicing_error=intonation.voicing,
        share=tuple(use.share for use in uses),
        perplexity=tuple(use.perplexity for use in uses),
        encode_cost=(encoded - started) / seconds,
        decode_cost=(decoded - encoded) / seconds,
        streamed_cost=(streamed - decoded) / max(streamed_s, 1e-9),
    )


def _frame_by_frame(codec: Codec, codes: Codes) -> None:
    state = codec.init_state()
    for frame in range(codes.frames):
        codec.decode(codes.part(frame, frame + 1), state, final=frame + 1 == codes.frames)


def _mel(decoded: list[Samples], wanted: list[Samples]) -> float:
    loss = MelLoss(TARGET_RATE_HZ)
    each = [
        float(loss(torch.from_numpy(d[None, None, : len(w)]), torch.from_numpy(w[None, None])))
        for d, w in zip(decoded, wanted, strict=True)
    ]
    return sum(each) / len(each)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="folder with config.json and the weights")
    parser.add_argument("--speech", type=Path, required=True, help="folder of held-out shards")
    parser.add_argument("--utterances", type=int, default=200)
    parser.add_argument("--language", default="en", help="of the speech")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    speech = list(islice(read_shards(arguments.speech), arguments.utterances))
    codec = Codec.load(arguments.weights, NOISE_SEED)
    scores = measure(codec, speech, WhisperListener(arguments.language))
    print(json.dumps(asdict(scores)))


if __name__ == "__main__":
    main()
