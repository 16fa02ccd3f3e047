"""Sentences of the World English Bible, modern English in the public domain (Debian:
`sword-text-web`)."""

import re
from collections.abc import Iterator
from pathlib import Path

from pysword.modules import SwordModules

from training.data.text import spoken

_QUOTES = re.compile('[\u201c\u201d\u2018"]|\u2019(?![a-z])')
_PAUSES = re.compile("[;:]")
_BETWEEN = re.compile(r"(?<=[.?!])\s+")


def bible_sentences(folder: Path) -> Iterator[str]:
    """Spoken sentences of the one Bible in `folder` (/usr/share/sword once installed).

    Quotation marks are left out; a semicolon is read as a comma.
    """
    modules = SwordModules(str(folder))
    (name,) = modules.parse_modules()
    for verse in modules.get_bible_from_module(name).get_iter():
        yield from verse_sentences(verse)


def verse_sentences(verse: str) -> Iterator[str]:
    """The sentences of a verse that can be read aloud by themselves."""
    plain = _PAUSES.sub(",", _QUOTES.sub("", verse)).strip()
    for part in _BETWEEN.split(plain):
        if part[:1].isupper() and part[-1] in ".?!" and (sentence := spoken(part)):
            yield sentence
