"""Speech that nobody here has tried, for what live text loses, doubles or makes up.

`python -m benchmarks.unheard FOLDER` says the texts of unheard.toml (counting, spelling, telephone
numbers, dialogue, words said again and again, sentences without a pause, pauses within one) with
synthetic voices of eleven languages, each into the set of its language: `interp eval
FOLDER/es/manifest.tsv --from es --policy best --policy fast --policy offline`.
"""

import argparse
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from interp.core.audio import SOURCE_RATE_HZ, Samples, silence
from interp.evaluate.record.manifest import COLUMNS
from training.data.engines import engine_called

TEXTS = Path(__file__).with_suffix(".toml")
LEVEL_DB, ROOM_DB = -23.0, -70.0
BEFORE_S, AFTER_S = 0.3, 0.5


def main() -> None:
    """Write the sets; what is there already is not said again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    lines: defaultdict[str, list[str]] = defaultdict(lambda: ["\t".join(COLUMNS)])
    for item in tomllib.loads(TEXTS.read_text("utf-8"))["item"]:
        language = item["id"][:2]
        file = args.folder / language / f"{item['id']}.flac"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            soundfile.write(file, said(item["parts"]), SOURCE_RATE_HZ)
        text = " ".join(part[1] for part in item["parts"] if len(part) > 1)
        duration_s = soundfile.info(file).duration
        lines[language].append(
            "\t".join((item["id"], file.name, f"{duration_s:.3f}", text, item["english"]))
        )
    for language, rows in lines.items():
        (args.folder / language / "manifest.tsv").write_text("\n".join(rows) + "\n", "utf-8")


def said(parts: Sequence[Sequence[str | float]]) -> Samples:
    """What is said and the silence between, in a quiet room, 16 kHz [sample].

    parts: a voice and its text, or seconds.
    """
    pieces = [silence(round(BEFORE_S * SOURCE_RATE_HZ))]
    for part in parts:
        match part:
            case [str(voice), str(text)]:
                pieces.append(spoken(voice, text))
            case [float(seconds)]:
                pieces.append(silence(round(seconds * SOURCE_RATE_HZ)))
            case _:
                raise ValueError(f"a part is a voice and a text, or seconds: {part}")
    sound = np.concatenate([*pieces, silence(round(AFTER_S * SOURCE_RATE_HZ))])
    room = np.random.default_rng(1).normal(0, 10 ** (ROOM_DB / 20), sound.size)
    noisy: Samples = np.clip(sound + room, -1, 1).astype(np.float32)
    return noisy


def spoken(voice: str, text: str) -> Samples:
    """A text, all voices equally loud [sample]."""
    speech = _engine(voice).say(text)
    sound = soxr.resample(speech.samples.astype(np.float32), speech.rate_hz, SOURCE_RATE_HZ)
    loud: Samples = sound / np.sqrt(np.square(sound).mean()) * 10 ** (LEVEL_DB / 20)
    return loud


_engine = lru_cache(maxsize=None)(engine_called)


if __name__ == "__main__":
    main()
