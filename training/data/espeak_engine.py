"""The program espeak-ng: a formant synthesiser, for speech that needs no weights."""

import io
import shutil
import subprocess

import numpy as np
import soundfile

from training.data.engine import Speech
from training.data.words import proportional_times

VOICE = "en-us"
AUDIBLE = 1e-3


class Espeak:
    """American English. It tells no durations: words are spread over the sound by their letters."""

    name = "espeak-ng"

    def __init__(self) -> None:
        """Raises FileNotFoundError without the program."""
        program = shutil.which("espeak-ng")
        if program is None:
            raise FileNotFoundError("the program espeak-ng is not installed")
        self._program = program

    def say(self, text: str) -> Speech:
        """Speak `text` at 22,050 Hz."""
        command = [self._program, "-v", VOICE, "--stdin", "--stdout"]
        wave = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
        samples, rate_hz = soundfile.read(io.BytesIO(wave.stdout), dtype="float32")
        sounding = np.flatnonzero(np.abs(samples) > AUDIBLE)
        first, last = (int(sounding[0]), int(sounding[-1])) if sounding.size else (0, len(samples))
        return Speech(samples, rate_hz, proportional_times(text.split(), first, last))
