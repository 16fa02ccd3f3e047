"""Let a speaker say sentences: `python -m training.speaker.recite --speaker DIR --out DIR ...`.

Writes one WAV a sentence, numbered from 0.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch
from torch import Tensor
from tqdm import tqdm

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.models.omni.grid import frames_to_levels
from interp.models.snac import NOISE_SEED, Codec, Codes
from interp.models.voice.front import load_front
from interp.models.voice.network import load_speaker
from interp.models.voice.speaker import Speaker, SpeakerState, SpeechFrame

LANES = 8

Decode = Callable[[Tensor], Samples]
"""Codes [frame, 7] to samples at 24 kHz."""


@dataclass(slots=True)
class _Talk:
    """A sentence on its way: words not yet pushed, frames so far."""

    number: int
    words: list[str]
    pushed: int
    frames: list[SpeechFrame]


def recite(speaker: Speaker, sentences: Sequence[str], lead: int, seed: int = 0) -> list[Tensor]:
    """Codes [frame, 7] of each sentence. lead: words written beyond those said, at least 1; with
    1 a word comes only when the one before it has been said."""
    if lead < 1:
        raise ValueError("without a word ahead nothing is ever said")
    waiting = [_Talk(n, sentence.split(), 0, []) for n, sentence in enumerate(sentences)]
    spoken: list[Tensor] = [torch.zeros(0, 7, dtype=torch.int64)] * len(sentences)
    state = speaker.init_state(min(LANES, max(len(sentences), 1)), seed)
    talks: list[_Talk | None] = [None] * len(state.scripts)
    while waiting or any(talks):
        for lane, talk in enumerate(talks):
            if talk is None and waiting:
                talks[lane] = talk = waiting.pop(0)
                speaker.reset(state, lane, seed)
            if talk is not None:
                _push(speaker, state, lane, talk, lead)
        for frame in speaker.step(state, range(len(talks))):
            talk = talks[frame.lane]
            assert talk is not None, "a lane without a sentence is idle"
            talk.frames.append(frame)
        for lane, talk in enumerate(talks):
            if talk is not None and not talk.words and speaker.idle(state, lane):
                codes = [frame.codes for frame in talk.frames]
                spoken[talk.number] = torch.tensor(codes, dtype=torch.int64).reshape(-1, 7)
                talks[lane] = None
    return spoken


def _push(speaker: Speaker, state: SpeakerState, lane: int, talk: _Talk, lead: int) -> None:
    said = talk.frames[-1].words if talk.frames else 0
    while talk.words and (talk.pushed - said < lead or speaker.idle(state, lane)):
        speaker.push(state, lane, [talk.words.pop(0)])
        talk.pushed += 1


def snac_decoder(folder: Path) -> Decode:
    """The decoder of a SNAC's folder of weights as voices have it, whole utterances at a time."""
    codec = Codec.load(folder, NOISE_SEED)

    def decode(frames: Tensor) -> Samples:
        return codec.decode_whole(Codes(*(level.numpy() for level in frames_to_levels(frames))))

    return decode


def main() -> None:
    """Read the parts, speak, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speaker", type=Path, required=True, help="speaker.safetensors")
    parser.add_argument("--reader", type=Path, required=True, help="pronouncer or pieces.model")
    parser.add_argument("--codec", type=Path, required=True, help="folder of the codec's weights")
    parser.add_argument("--sentences", type=Path, required=True, help="one a line")
    parser.add_argument("--lead", type=int, default=1_000, help="words written ahead")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    net = load_speaker(arguments.speaker)
    speaker = Speaker(net, load_front(arguments.reader, net.config.language))
    sentences = arguments.sentences.read_text("utf-8").splitlines()[: arguments.limit]
    decode = snac_decoder(arguments.codec)
    arguments.out.mkdir(parents=True, exist_ok=True)
    spoken = recite(speaker, sentences, arguments.lead)
    for number, frames in enumerate(tqdm(spoken, unit="sentence")):
        soundfile.write(arguments.out / f"{number:04d}.wav", decode(frames), TARGET_RATE_HZ)


if __name__ == "__main__":
    main()
