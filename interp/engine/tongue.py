"""Which language is spoken: found where a session leaves it open, doubted where it was declared.

A look at it costs one token of the decoder. What is decided depends on what was heard and on
nothing else, so that a session that is worked through again decides the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.events import SourceLanguage, Warned, WarningCode
from interp.core.languages import AUTO

SURE = 0.9
"""So likely a language is believed at the first look."""
OTHER, NOT_THIS = 0.8, 0.05
"""So likely another language, and so unlikely this one, say that this one is not spoken."""
DOUBTS = 2
"""Looks one after the other that a declared language has to fail."""
FINDING_S = (1, 2, 3)
"""Voiced time of a segment at which an open language is looked for; the last look decides."""
DOUBTING_S = (2, 4, 12, 20)
"""The same, at which a declared one is doubted."""


@dataclass(frozen=True, slots=True)
class TongueState:
    """What a checkpoint keeps. language: AUTO until one is known. sure: it was believed, not only
    the best guess of a short segment. doubts: looks in a row that did not find it."""

    language: str
    sure: bool = False
    doubts: int = 0


class Tongue:
    """The source language of one session, looked at segment by segment."""

    def __init__(self, declared: str, state: TongueState | None, *, told: bool) -> None:
        """declared: a code, or AUTO. told: whether the translator tells what is spoken."""
        self._open, self._told = declared == AUTO, told
        self.state = state or TongueState(declared, sure=not self._open)
        self._looks = 0
        self._decided = not self._open

    @property
    def language(self) -> str:
        """The one that is written from; AUTO until it is known."""
        return self.state.language

    @property
    def decided(self) -> bool:
        """Whether the open segment may be written."""
        return self._decided

    def begin(self) -> None:
        """A segment begins: another speaker, perhaps."""
        self._looks, self._decided = 0, not self._open

    def due(self, voiced_samples: int, *, finished: bool) -> bool:
        """Whether to look, now that the segment has so much voiced time. finished: it is over."""
        if not self._told or (self._open and self._decided):
            return False
        times_s = FINDING_S if self._open else DOUBTING_S
        reached = sum(voiced_samples >= time_s * SOURCE_RATE_HZ for time_s in times_s)
        if reached > self._looks:
            self._looks = reached
            return True
        return self._open and finished

    def look(
        self, chances: Mapping[str, float], served: Collection[str], *, finished: bool
    ) -> SourceLanguage | Warned | None:
        """What there is to say of a look. served: the languages that can be written from."""
        if not self._open:
            return self._doubt(chances)
        last = finished or self._looks == len(FINDING_S)
        return self._find({code: chances.get(code, 0.0) for code in served}, last=last)

    def _find(self, chances: Mapping[str, float], *, last: bool) -> SourceLanguage | None:
        known = self.state
        code = max(sorted(chances), key=lambda each: chances[each])
        chance = chances[code]
        if known.sure and not _fails(known.language, chances):
            # What was spoken so far goes on unless it clearly does not; where another language is
            # likelier, that is decided by the last look.
            self._decided = last or code == known.language
            return None
        sure = chance >= SURE
        self._decided = sure or last or known.sure
        if not self._decided or code == known.language:
            self.state = TongueState(known.language, known.sure or sure)
            return None
        self.state = TongueState(code, sure)
        return SourceLanguage(code, chance)

    def _doubt(self, chances: Mapping[str, float]) -> Warned | None:
        failed = bool(chances) and _fails(self.language, chances)
        doubts = self.state.doubts + 1 if failed else 0
        self.state = TongueState(self.language, sure=True, doubts=doubts)
        if doubts != DOUBTS:
            return None
        heard = max(sorted(chances), key=lambda each: chances[each])
        return Warned(WarningCode.OTHER_LANGUAGE, language=heard)


def _fails(language: str, chances: Mapping[str, float]) -> bool:
    """Whether another language is clearly spoken."""
    return chances.get(language, 0.0) < NOT_THIS and max(chances.values()) >= OTHER
