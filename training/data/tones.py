"""A made-up pair of languages in tones, to try a recipe on.

Whoever learns it hears, reads, translates and speaks; nothing has to be downloaded.
"""

from pathlib import Path

import numpy as np

from training.data.manifest import Entry, write_manifest
from training.data.recording import write_recording
from training.data.synthesise import LEVEL, speak
from training.data.tones_engine import WORD_S, WORDS, Tones

MOST_WORDS = 4


def write_tones(folder: Path, count: int, seed: int = 0) -> Path:
    """Recordings and the manifest of `count` entries; half of them translate, the others, which
    are answered in their own language, repeat what was said."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    entries = [_entry(folder, number, rng) for number in range(count)]
    write_manifest(folder / "manifest.jsonl", entries)
    return folder / "manifest.jsonl"


def _entry(folder: Path, number: int, rng: np.random.Generator) -> Entry:
    source = [str(word) for word in rng.choice([*WORDS], int(rng.integers(1, MOST_WORDS + 1)))]
    translates = number % 2 == 0
    target = [WORDS[word] for word in source] if translates else source
    name = f"{number:05d}"
    checksums = [
        write_recording(folder / f"{name}.{side}.wav", speak(Tones(), text, LEVEL).samples)
        for side, text in (("source", " ".join(source)), ("target", " ".join(target)))
    ]
    ends = tuple(round(1000 * WORD_S * (place + 1)) for place in range(len(source)))
    return Entry(
        name=name,
        source_text=" ".join(source),
        target_text=" ".join(target),
        source_language="en",
        target_language="pt" if translates else "en",
        source_audio=f"{name}.source.wav",
        target_audio=f"{name}.target.wav",
        source_word_ends_ms=ends,
        target_reads=tuple(range(len(source))),
        licence=Tones.licence,
        generator=Tones.name,
        target_generator=Tones.name,
        seed=number,
        checksum=checksums[0],
        target_checksum=checksums[1],
    )
