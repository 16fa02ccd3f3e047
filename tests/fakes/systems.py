"""The engine on scripted parts, as an evaluation builds it in a worker process."""

import os
from pathlib import Path

import numpy as np
import soundfile

from interp.core.audio import SOURCE_RATE_HZ, ms_to_samples
from interp.evaluate.run.worker import EngineSystem, System
from tests.fakes.translator import ScriptTranslator
from tests.fakes.voice import LoudestSample


def build_script() -> System:
    """A word every 400 ms: w0 w1 w2 ..."""
    return EngineSystem(LoudestSample(), ScriptTranslator())


def save_speech(path: Path, ms: int) -> None:
    """A sound that LoudestSample takes for speech throughout."""
    soundfile.write(path, np.full(ms_to_samples(ms), 0.9, np.float32), SOURCE_RATE_HZ)


def save_manifest(folder: Path, clips: int) -> Path:
    """Clips of 2 s, 2.5 s, ... with the words that the script knows by then as references."""
    lines = ["id\taudio\tduration_s\tsource_text\treference"]
    for index in range(clips):
        ms = 2000 + 500 * index
        save_speech(folder / f"clip-{index}.wav", ms)
        reference = " ".join(f"w{i}" for i in range(ms // 400))
        lines.append(f"clip-{index}\tclip-{index}.wav\t{ms / 1000}\tla source\t{reference}")
    path = folder / "manifest.tsv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def die() -> System:
    """A system whose process is killed while it loads."""
    os._exit(9)
