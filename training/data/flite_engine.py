"""The program flite: English by four people of the CMU ARCTIC recordings, and a diphone voice."""

from training.data.engine import Speech
from training.data.program import program, said_by


class Flite:
    """A voice of flite's."""

    name, licence = "flite", "BSD-like, of the program and its voices"
    packages: tuple[str, ...] = ()
    repeats = True

    def __init__(self, voice: str = "slt") -> None:
        """voice: as `flite -lv` names it. Raises FileNotFoundError without the program."""
        self._command = [program("flite"), "-voice", voice, "-f", "/dev/stdin", "-o"]

    def say(self, text: str) -> Speech:
        """Speak `text` at 16,000 Hz, by the diphone voice `kal` at 8,000."""
        return said_by(self._command, text, text.encode())
