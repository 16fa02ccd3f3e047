"""Voices that are programs of the system: text in, a WAV out."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from training.data.engine import Speech
from training.data.words import proportional_times

AUDIBLE = 1e-3


def program(name: str) -> str:
    """Its path. Raises FileNotFoundError where it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"the program {name} is not installed")
    return found


def said_by(command: Sequence[str], text: str, told: bytes = b"") -> Speech:
    """What a program says into the file that is named last, given `told` on its input.

    Such programs tell no durations: the words of `text` are spread over the sound by their letters.
    Raises FileNotFoundError where it says nothing, as one does whose voice is not there.
    """
    with TemporaryDirectory() as folder:
        wave = Path(folder, "said.wav")
        subprocess.run([*command, str(wave)], input=told, check=True)
        if not wave.exists() or not wave.stat().st_size:
            raise FileNotFoundError(f"{' '.join(command)} says nothing: is the voice installed?")
        samples, rate_hz = soundfile.read(wave, dtype="float32")
    sounding = np.flatnonzero(np.abs(samples) > AUDIBLE)
    first, last = (int(sounding[0]), int(sounding[-1])) if sounding.size else (0, len(samples))
    return Speech(samples, rate_hz, proportional_times(text.split(), first, last))
