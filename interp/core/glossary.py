"""A session's own terms, and where they occur in what is said."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interp.core.errors import InvalidRequest, Reason

MOST_TERMS = 200
MOST_CHARS = 80
"""Of each side of a term, and of a word that is expected."""
MOST_EXPECTED = 60

LEAST_STEM = 4
MOST_ENDING = 3
VOWELS = frozenset("aeioy\u00e1\u00e9\u00ed\u00f3\u00e3")
"""A form of a word is the word, but for a last vowel, and an ending of at most so many letters."""

MARKS = ".,;:!?()[]\"'\u2026\u00ab\u00bb\u201c\u201d\u2018\u2019\u00a1\u00bf"


@dataclass(frozen=True, slots=True)
class Term:
    """source: as it is said. target: as it shall be written. spoken: how it sounds, where it is
    spelt otherwise; empty: as source."""

    source: str
    target: str
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An occurrence of a term in words, from `first` to before `last`. whole: all of it is there;
    else the words end in its midst."""

    term: Term
    first: int
    last: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms, the longer before the shorter where they overlap.

    expected: names and terms that the speaker is likely to say, such as those of a slide.
    """

    terms: tuple[Term, ...] = ()
    expected: tuple[str, ...] = ()

    @property
    def elsewhere(self) -> "Glossary":
        """What of it holds for a target in another language: names, which stay as they are."""
        names = (term for term in self.terms if term.source.casefold() == term.target.casefold())
        return Glossary(tuple(names), self.expected)

    def find(self, words: Sequence[str]) -> list[Found]:
        """Where terms occur in words, in whatever case and inflection, without overlaps."""
        found, place = [], 0
        while place < len(words):
            here = self._longest(words, place)
            if here:
                found.append(here)
            place = here.last if here else place + 1
        return found

    def _longest(self, words: Sequence[str], place: int) -> Found | None:
        occurring = (_found(term, words, place) for term in self.terms)
        return max(filter(None, occurring), key=lambda f: (f.whole, f.last), default=None)


NO_TERMS = Glossary()


def glossary_of(terms: Sequence[Term]) -> Glossary:
    """Raises InvalidRequest(BAD_GLOSSARY) where they are too many, too long, empty, twofold, or no
    text."""
    if len(terms) > MOST_TERMS:
        raise _bad(f"a glossary has at most {MOST_TERMS} terms, this one has {len(terms)}")
    seen: set[str] = set()
    for number, term in enumerate(terms, 1):
        if not term.source.strip() or not term.target.strip():
            raise _bad(f"term {number} lacks its source or its target")
        if max(len(term.source), len(term.target), len(term.spoken)) > MOST_CHARS:
            raise _bad(f"term {number} is longer than {MOST_CHARS} characters")
        if not all(map(_is_plain, (term.source, term.target, term.spoken))):
            raise _bad(f"term {number} holds a control character")
        if term.source.casefold() in seen:
            raise _bad(f"term {number} stands there twice")
        seen.add(term.source.casefold())
    return Glossary(tuple(terms))


def expected_of(words: Sequence[str]) -> tuple[str, ...]:
    """Words that are expected. Raises InvalidRequest(BAD_GLOSSARY) if too many, or too long."""
    if len(words) > MOST_EXPECTED:
        raise _bad(f"at most {MOST_EXPECTED} words are expected at a time, here are {len(words)}")
    if any(not word.strip() or len(word) > MOST_CHARS for word in words):
        raise _bad(f"an expected word is empty, or longer than {MOST_CHARS} characters")
    if not all(map(_is_plain, words)):
        raise _bad("an expected word holds a control character")
    return tuple(words)


def _is_plain(text: str) -> bool:
    """Whether it is one line of text."""
    return all(unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in text)


def _bad(message: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_GLOSSARY, message)


def _found(term: Term, words: Sequence[str], place: int) -> Found | None:
    """The term as it begins at `place`: as said, or as it sounds."""
    for form in (term.source, term.spoken):
        parts = form.split()
        here = words[place : place + len(parts)]
        if parts and here and all(map(same_word, parts[: len(here)], here)):
            return Found(term, place, place + len(here), len(here) == len(parts))
    return None


def same_word(one: str, other: str) -> bool:
    """Whether `other` is a form of the word `one`, whatever their case and marks."""
    one, other = one.strip(MARKS).casefold(), other.strip(MARKS).casefold()
    if one == other:
        return bool(one)
    stem = len(list(_shared(one, other)))
    kept = stem == len(one) or (stem == len(one) - 1 and one[-1] in VOWELS)
    return stem >= LEAST_STEM and kept and len(other) - stem <= MOST_ENDING and other.isalpha()


def _shared(one: str, other: str) -> Iterator[str]:
    for a, b in zip(one, other, strict=False):
        if a != b:
            return
        yield a
