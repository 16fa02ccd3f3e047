"""What captions are held to.

Line, time and gap limits are those that broadcasters and streaming services agree on (BBC subtitle
guidelines, Netflix timed text style guide): two lines of 42, 20 characters a second, 5/6 s to 7 s.
"""

from dataclasses import dataclass

_WIDE = ("zh", "yue", "ja", "ko")


@dataclass(frozen=True, slots=True)
class Rules:
    """line_cells: width of a line, in half-width characters. cue_lines: lines at once.

    cells_per_s: reading speed. min_ms, max_ms: time on screen. gap_ms: between two cues, two
    frames of film. pause_ms: a pause of speech as long as this always ends a cue. lead_ms,
    delay_ms: how far from its first word a cue may begin where speech is faster than reading.
    """

    line_cells: int = 42
    cue_lines: int = 2
    cells_per_s: int = 20
    min_ms: int = 834
    max_ms: int = 7_000
    gap_ms: int = 84
    pause_ms: int = 2_000
    lead_ms: int = 500
    delay_ms: int = 1_500

    @classmethod
    def of(cls, language: str) -> "Rules":
        """Those of a language, by its primary subtag.

        Chinese, Japanese and Korean: 16 characters a line, 9 a second, each two cells wide.
        """
        return cls(line_cells=32, cells_per_s=18) if language in _WIDE else cls()

    def reading_ms(self, cells: int) -> int:
        """How long a cue of so many cells must stay."""
        return max(self.min_ms, -(-cells * 1000 // self.cells_per_s))
