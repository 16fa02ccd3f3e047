"""Which words of a slide are worth listening for: names first, then what is long or unusual.

It knows no language: it goes by how words are written. A common word among those found does no
harm to hearing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interp.core.glossary import MARKS, MOST_CHARS, MOST_EXPECTED

WORD = re.compile(r"[\w&+@#./'\u2019-]+")
BREAK = re.compile(r"[,;:!?()\[\]{}|/\"\u2022\xb7\u2013\u2014\u201c\u201d\u2026]|\.\s|\s[-*]\s")
"""A name does not go on beyond these."""
EDGES = MARKS + "-/'\u2019"
JOINERS = frozenset(re.findall(r"\S+", "of the de da do das du des del di van von der la le"))
"""May stand between the words of a name, and do not begin one."""
SMALL = JOINERS | frozenset(
    re.findall(r"\S+", "and y e a an in on at for with to by from em com para por")
)
"""Words that are no names where a title has all its words large."""
MOST_NAME_WORDS = 4
LONG, SHORT = 8, 4
"""Letters of a word that is worth listening for: in small letters, and as the first of a line."""


@dataclass(frozen=True, slots=True)
class SlideTerms:
    """names: as they are written, whatever the language. words: others that are long or unusual."""

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def expected(self) -> tuple[str, ...]:
        """All that fits, the names last, which is where a listener's attention is."""
        names = self.names[:MOST_EXPECTED]
        return (*self.words[: MOST_EXPECTED - len(names)], *names)


def terms_of(lines: Iterable[str]) -> SlideTerms:
    """The terms of a page's lines, each once, in order."""
    names: dict[str, str] = {}
    words: dict[str, str] = {}
    for line in lines:
        for part in BREAK.split(line):
            _collect([w.strip(EDGES) for w in WORD.findall(part)], names, words)
    known = " ".join(names).split()
    others = [word for key, word in words.items() if key not in known]
    return SlideTerms(tuple(names.values()), tuple(others))


def _collect(part: Sequence[str], names: dict[str, str], words: dict[str, str]) -> None:
    """The names and words of a part of a line."""
    part = [word for word in part if 0 < len(word) <= MOST_CHARS]
    for run in _runs(part):
        name = " ".join(run)
        alone = len(run) == 1 and run[0] == part[0] and not is_unusual(run[0])
        if alone:  # a line's first word may be large without being a name
            if len(run[0]) >= SHORT:
                words.setdefault(name.casefold(), name)
        elif len(name) <= MOST_CHARS and (len(name) > 2 or is_unusual(name)):
            names.setdefault(name.casefold(), name)
    for word in part:
        if word.islower() and word.isalpha() and len(word) >= LONG:
            words.setdefault(word, word)


def _runs(part: Sequence[str]) -> Iterator[list[str]]:
    """Words in a row that are written as names, with what joins them; long ones in pieces."""
    run: list[str] = []
    for word in (*part, ""):
        if is_name(word) and sum(map(is_name, run)) < MOST_NAME_WORDS:
            run.append(word)
            continue
        if word in JOINERS and run:
            run.append(word)
            continue
        while run and not is_name(run[-1]):
            run.pop()
        if run:
            yield run
        run = [word] if is_name(word) else []


def is_name(word: str) -> bool:
    """Whether a word is written as a name: large at its beginning or inside, or with digits."""
    return (word[:1].isupper() and word.casefold() not in SMALL) or is_unusual(word)


def is_unusual(word: str) -> bool:
    """Whether a word is written as no common one is: letters of both sizes, or with digits."""
    letters = [letter for letter in word if letter.isalpha()]
    mixed = any(letter.isupper() for letter in letters[1:])
    return bool(letters) and (mixed or any(letter.isdigit() for letter in word))
