"""A made-up pair of languages in tones, to try a recipe on: every word has a pitch of its own.

Eight numbers in English and Portuguese, said by an oscillator. Whoever learns it hears, reads,
translates and speaks; nothing has to be downloaded.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from interp.core.audio import TARGET_RATE_HZ, Samples
from training.data.manifest import Entry, write_manifest

WORDS = {
    "one": "um",
    "two": "dois",
    "three": "tres",
    "four": "quatro",
    "five": "cinco",
    "six": "seis",
    "seven": "sete",
    "eight": "oito",
}
WORD_S = 0.25
LOWEST_HZ, STEP = 200.0, 1.3
MOST_WORDS = 4


def said(words: Sequence[str]) -> Samples:
    """Words of either language as tones [sample] at 24 kHz; a word and what it is in the other
    language sound the same."""
    known = [*WORDS], [*WORDS.values()]
    return np.concatenate([_tone(known[word in known[1]].index(word)) for word in words])


def _tone(number: int) -> Samples:
    time_s = np.arange(int(WORD_S * TARGET_RATE_HZ)) / TARGET_RATE_HZ
    pitch_hz = LOWEST_HZ * STEP**number
    swell = np.sin(np.pi * time_s / WORD_S)
    tone: Samples = (0.2 * swell * np.sin(2 * np.pi * pitch_hz * time_s)).astype(np.float32)
    return tone


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
    for side, words in (("source", source), ("target", target)):
        soundfile.write(folder / f"{name}.{side}.wav", said(words), TARGET_RATE_HZ)
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
        licence="CC0-1.0",
        generator="tones",
        seed=number,
    )
