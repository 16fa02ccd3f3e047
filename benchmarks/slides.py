"""Are names and terms heard better while their slide is up, and other words as well as without?

benchmarks/slides_en.toml has slides and sentences with terms of theirs. The sentences are spoken
by Piper's `joe`, the slides drawn as pictures and read by OCR; each sentence is interpreted without
and with its slide, into Portuguese with source text. A term is written where all its words stand in
the source text; other words are wrong by the alignment of least edits.
"""

import argparse
import asyncio
import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jiwer import process_words
from PIL import Image, ImageDraw, ImageFont
from piper import PiperVoice
from piper.config import SynthesisConfig

from benchmarks.report import print_report
from interp import app
from interp.core.audio import SOURCE_RATE_HZ, Samples, silence
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Output, SourceText, TargetText
from interp.core.glossary import MARKS, Glossary
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.resample import Resampler
from interp.models.settings import ModelSettings
from interp.slides.reader import read_deck
from interp.slides.terms import terms_of
from training.data.piper_engine import aligned_voice

SLIDES = Path(__file__).with_name("slides_en.toml")
SIZE = (1280, 720)
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, its terms as the slide has them, and what is expected while it is said."""

    text: str
    terms: tuple[str, ...]
    expected: tuple[str, ...]
    samples: Samples


@dataclass(frozen=True, slots=True)
class Heard:
    """source, target: what was written. missed: terms that are not in the source text. wrong: other
    words that are not, or that nobody said. others: how many other words were said."""

    source: str
    target: str
    missed: int
    wrong: int
    others: int


def picture(lines: Sequence[str]) -> bytes:
    """A slide as a PNG: a title and lines below it."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        size = 36 if number else 52
        draw.text((60, 50 + 110 * number), line, "black", ImageFont.load_default(size))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def speech(voice: PiperVoice, text: str) -> Samples:
    """A sentence, the same each time, between short silences."""
    settings = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
    parts = [chunk.audio_float_array for chunk in voice.synthesize(text, settings)]
    line = Resampler(voice.config.sample_rate)
    quiet = silence(SOURCE_RATE_HZ // 2)
    return np.concatenate([quiet, line.push(np.concatenate(parts)), line.finish(), quiet])


def spoken(file: Path) -> list[Said]:
    """The sentences of a file, each with what its slide says, read as a picture."""
    voice = aligned_voice()
    found = []
    for slide in tomllib.loads(file.read_text("utf-8"))["slide"]:
        expected = terms_of(asyncio.run(read_deck(picture(slide["lines"]))).lines(0)).expected
        found += [
            Said(one["text"], tuple(one["terms"]), expected, speech(voice, one["text"]))
            for one in slide["said"]
        ]
    return found


def heard(models: Models, said: Said, policy: str, *, slide: bool) -> Heard:
    """A sentence interpreted, with its slide up or without."""
    clock = VirtualClock()
    config = SessionConfig(
        "en",
        "pt",
        frozenset({Output.TEXT, Output.SOURCE_TEXT}),
        policy,
        glossary=Glossary(expected=said.expected if slide else ()),
    )
    events = list(interpret(app.session(config, models, clock), said.samples, clock))
    source = "".join(w.text for e in events if isinstance(e, SourceText) for w in e.words)
    target = "".join(w.text for e in events if isinstance(e, TargetText) for w in e.words)
    missed = sum(not _stands(term, source) for term in said.terms)
    wrong, others = other_words(said, source)
    return Heard(source.strip(), target.strip(), missed, wrong, others)


def other_words(said: Said, source: str) -> tuple[int, int]:
    """Errors in words that belong to no term, and how many such words were said."""
    words, found = _words(said.text), _words(source)
    own = {word for term in said.terms for word in _words(term)}
    places = process_words(" ".join(words), " ".join(found) or "-").alignments[0]
    wrong = 0
    for chunk in places:
        if chunk.type == "insert":
            before = words[max(0, chunk.ref_start_idx - 1) : chunk.ref_start_idx + 1]
            wrong += 0 if own & set(before) else chunk.hyp_end_idx - chunk.hyp_start_idx
        elif chunk.type != "equal":
            changed = words[chunk.ref_start_idx : chunk.ref_end_idx]
            wrong += sum(word not in own for word in changed)
    return wrong, sum(word not in own for word in words)


def _words(text: str) -> list[str]:
    stripped = (word.strip(MARKS).casefold() for word in text.replace("-", " ").split())
    return [word for word in stripped if word]


def _stands(term: str, text: str) -> bool:
    return f" {' '.join(_words(term))} " in f" {' '.join(_words(text))} "


def fewer(before: Sequence[Heard], after: Sequence[Heard]) -> tuple[float, float, float]:
    """The part of the missed terms that is missed no more, and its 95 % interval by bootstrap."""
    missed = np.array([[a.missed, b.missed] for a, b in zip(before, after, strict=True)])
    drawn = np.random.default_rng(0).integers(0, len(missed), (DRAWS, len(missed)))
    sums = missed[drawn].sum(axis=1)
    parts = 1 - sums[:, 1] / np.maximum(1, sums[:, 0])
    first, second = missed.sum(axis=0)
    low, high = np.percentile(parts, [2.5, 97.5])
    return float(1 - second / max(1, first)), float(low), float(high)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=SLIDES)
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--show", action="store_true", help="print what was heard")
    args = parser.parse_args()
    torch.set_num_threads(1)
    sentences = spoken(args.file)
    models = app.models(ModelSettings(), speaking=False)
    before = [heard(models, one, args.policy, slide=False) for one in sentences]
    after = [heard(models, one, args.policy, slide=True) for one in sentences]
    if args.show:
        for one, a, b in zip(sentences, before, after, strict=True):
            print(f"{one.text}\n  {a.source}\n  {b.source}\n  {a.target}\n  {b.target}")
    part, low, high = fewer(before, after)
    row = {
        "sentences": len(sentences),
        "terms": sum(len(one.terms) for one in sentences),
        "missed_without": sum(one.missed for one in before),
        "missed_with": sum(one.missed for one in after),
        "fewer_percent": [round(100 * value) for value in (part, low, high)],
        "others": sum(one.others for one in before),
        "others_wrong_without": sum(one.wrong for one in before),
        "others_wrong_with": sum(one.wrong for one in after),
    }
    print_report("slides", [row])


if __name__ == "__main__":
    main()
