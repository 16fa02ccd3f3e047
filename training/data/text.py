"""Sentences as they are spoken: numbers in words, no brackets, marks or abbreviations."""

import re

from num2words import num2words  # type: ignore[import-untyped]

MIN_WORDS = 3
MAX_WORDS = 25

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:st|nd|rd|th)?")
_SPOKEN = re.compile(r"[A-Za-z][A-Za-z' ,.?!-]*[.?!]")
_UNSPOKEN = re.compile(
    r"(?<![A-Za-z])'|\b(?:[B-HJ-Zb-z]\.|[A-Z]{2,}\b|(?:Mr|Mrs|Ms|Dr|St|etc|vs|cf)\.)"
)
_SYMBOLS = (
    ("%", " percent"),
    ("&", " and "),
    ("\u2014", ", "),  # em dash
    ("\u2013", ", "),  # en dash
    ("\u2019", "'"),  # right quotation mark
    ("\u2026", "."),  # ellipsis
)


def spell_numbers(text: str) -> str:
    """`3 of 21st` to `three of twenty-first`."""
    return _NUMBER.sub(_spell, text)


def _spell(match: re.Match[str]) -> str:
    digits = match.group().replace(",", "")
    if digits[-1].isalpha():
        return str(num2words(int(digits[:-2]), to="ordinal")).replace(",", "")
    value = float(digits) if "." in digits else int(digits)
    return str(num2words(value)).replace(",", "")


def spoken(text: str) -> str | None:
    """One clean sentence with a capital and a final mark, or None where it cannot be read aloud.

    Refused: brackets, quotes, abbreviations, fewer than MIN_WORDS or more than MAX_WORDS words.
    """
    for mark, words in _SYMBOLS:
        text = text.replace(mark, words)
    text = " ".join(spell_numbers(text).split()).strip(" ,;:-")
    if not text:
        return None
    text = text[0].upper() + text[1:]
    if text[-1] not in ".?!":
        text += "."
    if _UNSPOKEN.search(text) or not _SPOKEN.fullmatch(text):
        return None
    return text if MIN_WORDS <= len(text.split()) <= MAX_WORDS else None
