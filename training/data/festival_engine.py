"""The program festival: diphone and statistical voices in English, Italian, Czech, Finnish, Catalan
and more, as Debian's festvox packages have them."""

from training.data.engine import Speech
from training.data.program import program, said_by


class Festival:
    """A voice of festival's."""

    name, licence = "festival", "X11-like program; each voice has a free licence of its own"
    packages: tuple[str, ...] = ()
    repeats = True

    def __init__(self, voice: str = "kal_diphone") -> None:
        """voice: as `(voice.list)` names it. Raises FileNotFoundError without the program."""
        self._command = [program("text2wave"), "-eval", f"(voice_{voice})", "-o"]

    def say(self, text: str) -> Speech:
        """Speak `text`, of Latin-1, at 16,000 Hz. FileNotFoundError without the voice."""
        return said_by(self._command, text, text.encode("latin-1", "replace"))
