"""The program espeak-ng: a formant synthesiser, for speech that needs no weights."""

from training.data.engine import Speech
from training.data.program import program, said_by


class Espeak:
    """Any language and variant of espeak's."""

    name, licence = "espeak-ng", "GPL-3.0 program, its speech is free"
    packages: tuple[str, ...] = ()
    repeats = True

    def __init__(self, voice: str = "en-us") -> None:
        """voice: as `espeak-ng --voices` names it, `en-us+f3` for a variant. Raises
        FileNotFoundError without the program."""
        self._command = [program("espeak-ng"), "-v", voice, "--stdin", "-w"]

    def say(self, text: str) -> Speech:
        """Speak `text` at 22,050 Hz."""
        return said_by(self._command, text, text.encode())
