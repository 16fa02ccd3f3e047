"""How should Whisper hear a growing segment? Quality, lag and CPU of the encoder's settings.

`python -m benchmarks.encoding FOLDER [--every N] [--variant NAME ...] [--policy NAME ...]`, with
FOLDER/manifest.tsv. Simulated policies, no gate: offline; waitk (one word per half second from the
second on); alignatt (half a second at a time, words that attend to the last half second wait).
"""

import argparse
import json
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from interp import environment
from interp.core.audio import SOURCE_RATE_HZ, WINDOW_SAMPLES, Samples, samples_to_ms
from interp.core.latency import Timeline, length_adaptive_average_lagging
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis, Word
from interp.evaluate.record.manifest import read_manifest
from interp.evaluate.score.quality import bleu, chrf
from interp.intake.file import read_audio
from interp.models.precision import Precision
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator

UNIT_SAMPLES = SOURCE_RATE_HZ // 2
HELD_BACK_MS = 500
WAITED_UNITS = 2
ALL_WORDS = 448

VARIANTS = {
    "default": WhisperSettings(),
    "padded window": WhisperSettings(open_ms=None, pad_ms=30_000),
    "whole segment": WhisperSettings(open_ms=None),
    "open 0.4 s": WhisperSettings(open_ms=400),
    "open 1 s": WhisperSettings(open_ms=1000),
    "open 2 s": WhisperSettings(open_ms=2000),
    "pad 0.1 s": WhisperSettings(pad_ms=100),
    "every silent position": WhisperSettings(silence_stride=1),
    "every 6th of the tail": WhisperSettings(tail_stride=6),
    "float32 weights": WhisperSettings(precision=Precision.FLOAT32),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. encode, decode: CPU seconds per second of speech."""

    variant: str
    policy: str
    bleu: float
    chrf: float
    laal_ms: float
    encode: float
    decode: float


@dataclass(slots=True)
class Cost:
    """CPU seconds so far."""

    encode_s: float = 0.0
    decode_s: float = 0.0


def asked(policy: str, units: int, written: int, heard_ms: int, *, finished: bool) -> Ask:
    """What the policy asks after `units` units."""
    if finished:
        return Ask(ALL_WORDS)
    if policy == "waitk":
        return Ask(max(0, units - WAITED_UNITS + 1 - written))
    return Ask(ALL_WORDS, before_ms=max(0, heard_ms - HELD_BACK_MS))


def writable(guess: Hypothesis, ask: Ask) -> Iterator[Word]:
    """The words before the first one that attends too late."""
    for word in guess.words:
        if ask.before_ms is not None and (word.attended_ms or 0) >= ask.before_ms:
            return
        yield word


def translate(
    model: WhisperTranslator, audio: Samples, policy: str, cost: Cost
) -> tuple[str, list[int]]:
    """The text of one recording, and the delay of each word in ms."""
    source = model.init_source()
    target = model.init_target(source, "fr", "en", "")
    unit = len(audio) if policy == "offline" else UNIT_SAMPLES
    text, delays, accepted = "", list[int](), 0
    for units, begin in enumerate(range(0, len(audio), unit), start=1):
        end = min(begin + unit, len(audio))
        finished = end == len(audio)
        ask = asked(policy, units, len(delays), samples_to_ms(end), finished=finished)
        started_s = time.process_time()
        model.encode([EncodeStep(source, audio[begin:end], finished)])
        encoded_s = time.process_time()
        (guess,) = model.decode([DecodeStep(target, ask, accepted, finished)])
        cost.encode_s += encoded_s - started_s
        cost.decode_s += time.process_time() - encoded_s
        words = list(writable(guess, ask))
        accepted = len(words)
        text += "".join(word.text for word in words)
        delays += [samples_to_ms(end)] * accepted
    return text.strip(), delays


def measure(variant: str, policy: str, audios: Sequence[Samples], references: Sequence[str]) -> Row:
    """One line of the table."""
    (file,) = environment.store().open("whisper-base")
    model = WhisperTranslator.from_checkpoint(load_whisper(file), VARIANTS[variant])
    translate(model, audios[0], policy, Cost())
    cost = Cost()
    outcomes = [translate(model, audio, policy, cost) for audio in audios]
    lags = [
        length_adaptive_average_lagging(
            Timeline(delays, samples_to_ms(len(audio)), len(reference.split()))
        )
        for (_, delays), audio, reference in zip(outcomes, audios, references, strict=True)
        if delays
    ]
    texts = [text for text, _ in outcomes]
    seconds = sum(len(audio) for audio in audios) / SOURCE_RATE_HZ
    return Row(
        variant=variant,
        policy=policy,
        bleu=round(bleu(texts, references).value, 2),
        chrf=round(chrf(texts, references).value, 2),
        laal_ms=round(sum(lags) / len(lags)),
        encode=round(cost.encode_s / seconds, 3),
        decode=round(cost.decode_s / seconds, 3),
    )


def main() -> None:
    """Print the table, and its rows as a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="use every Nth recording")
    parser.add_argument("--variant", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    policies = ("offline", "waitk", "alignatt")
    parser.add_argument("--policy", nargs="+", choices=policies, default=policies)
    args = parser.parse_args()
    torch.set_num_threads(1)
    clips = read_manifest(args.folder / "manifest.tsv")[:: args.every]
    audios = [read_audio(clip.audio)[:WINDOW_SAMPLES] for clip in clips]
    references = [clip.reference or "" for clip in clips]
    rows = []
    print("| variant | policy | BLEU | chrF | LAAL ms | encode | decode |")
    print("|---|---|---|---|---|---|---|")
    for variant in args.variant:
        for policy in args.policy:
            row = measure(variant, policy, audios, references)
            print(f"| {' | '.join(str(value) for value in asdict(row).values())} |", flush=True)
            rows.append(asdict(row))
    facts = {"torch": torch.__version__, "device": platform.processor() or platform.machine()}
    print(json.dumps({"benchmark": "encoding", "files": len(clips), **facts, "rows": rows}))


if __name__ == "__main__":
    main()
