"""The program espeak-ng: a formant synthesiser, for speech that needs no weights."""

import io
import shutil
import subprocess

import numpy as np
import soundfile

from training.data.engine import Speech
from training.data.words import proportional_times

AUDIBLE = 1e-3


class Espeak:
    """Any language of espeak's. It tells no durations: words are spread over the sound by their
    letters."""

    name, licence = "espeak-ng", "GPL-3.0 program, its speech is free"
    packages: tuple[str, ...] = ()
    repeats = True

    def __init__(self, voice: str = "en-us") -> None:
        """voice: as `espeak-ng --voices` names it. Raises FileNotFoundError without the program."""
        program = shutil.which("espeak-ng")
        if program is None:
            raise FileNotFoundError("the program espeak-ng is not installed")
        self._command = [program, "-v", voice, "--stdin", "--stdout"]

    def say(self, text: str) -> Speech:
        """Speak `text` at 22,050 Hz."""
        wave = subprocess.run(
            self._command, input=text.encode(), stdout=subprocess.PIPE, check=True
        )
        samples, rate_hz = soundfile.read(io.BytesIO(wave.stdout), dtype="float32")
        sounding = np.flatnonzero(np.abs(samples) > AUDIBLE)
        first, last = (int(sounding[0]), int(sounding[-1])) if sounding.size else (0, len(samples))
        return Speech(samples, rate_hz, proportional_times(text.split(), first, last))
