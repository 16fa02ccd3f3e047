"""English as it is spelled out: numbers, letters and signs to words of plain letters."""

import re
import unicodedata

from interp.models.voice.spelling import MARKS, Spelling

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_LETTER_NAMES = {
    "a": "ay", "b": "bee", "c": "see", "d": "dee", "e": "ee", "f": "eff", "g": "gee", "h": "aitch",
    "i": "eye", "j": "jay", "k": "kay", "l": "ell", "m": "em", "n": "en", "o": "oh", "p": "pee",
    "q": "cue", "r": "are", "s": "ess", "t": "tee", "u": "you", "v": "vee", "w": "doubleyou",
    "x": "ex", "y": "why", "z": "zee",
}  # fmt: skip
_SYMBOLS = {
    "%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at", "€": "euros",
    "$": "dollars", "£": "pounds", "°": "degrees", "#": "number",
}  # fmt: skip
_ABBREVIATIONS = {"mr.": "mister", "mrs.": "missus", "ms.": "miz", "dr.": "doctor", "vs.": "versus"}
_PLAIN = str.maketrans({"\u2019": "'", "\u2026": "."})
_PART = re.compile(r"[€$£]?\d+(?:,\d{3})*(?:\.\d+)?(?:st|nd|rd|th)?|[A-Za-z']+|[%&+=@€$£°#]")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")


def spelling(written: str) -> Spelling:
    """`1,250th,` to one thousand two hundred fiftieth and a comma; `EU` to the letters' names.

    What cannot be spoken, such as a bracket or a foreign script, is left out.
    """
    plain = unicodedata.normalize("NFKD", written.strip().translate(_PLAIN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if (whole := plain.lower()) in _ABBREVIATIONS:
        return Spelling((_ABBREVIATIONS[whole],), "")
    bare = plain.rstrip("\"')]}»”")
    mark = bare[-1] if bare and bare[-1] in MARKS else ""
    words: list[str] = []
    for part in _PART.findall(plain):
        words += _words_of(part)
    return Spelling(tuple(words), mark)


def cardinal(number: int) -> list[str]:
    """A number below 10**12 in words."""
    if number < len(_UNITS):
        return [_UNITS[number]]
    if number < 100:
        tens, rest = divmod(number, 10)
        return [_TENS[tens], *(cardinal(rest) if rest else ())]
    for scale, name in _SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            return [*cardinal(count), name, *(cardinal(rest) if rest else ())]
    raise AssertionError("a hundred and more has a scale")


def ordinal(number: int) -> list[str]:
    """A number below 10**12 as a place in a row."""
    *before, last = cardinal(number)
    if last in _ORDINALS:
        return [*before, _ORDINALS[last]]
    return [*before, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def year(number: int) -> list[str]:
    """1984 as nineteen eighty-four; for numbers of 1100 to 1999 and 2010 to 2099."""
    century, rest = divmod(number, 100)
    if rest == 0:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def _words_of(part: str) -> list[str]:
    if part in _SYMBOLS:
        return [_SYMBOLS[part]]
    if part[0] in "€$£":
        return [*_words_of(part[1:]), _SYMBOLS[part[0]]]
    if part[0].isdigit():
        return _number(part)
    word = part.strip("'")
    if len(word) > 1 and word.isupper() and (len(word) <= 3 or not set(word) & set("AEIOUY")):
        return [_LETTER_NAMES[letter] for letter in word.lower() if letter != "'"]
    return [word.lower()] if word else []


def _number(part: str) -> list[str]:
    digits = part.replace(",", "")
    if found := _ORDINAL.fullmatch(digits):
        return ordinal(int(found[1])) if len(found[1]) <= 12 else _digits(found[1])
    whole, _, decimals = digits.partition(".")
    if len(whole) > 12 or (len(whole) > 1 and whole[0] == "0"):
        return _digits(digits)
    value = int(whole)
    if not decimals and "," not in part and (1100 <= value < 2000 or 2010 <= value < 2100):
        return year(value)
    return [*cardinal(value), *(["point", *_digits(decimals)] if decimals else [])]


def _digits(digits: str) -> list[str]:
    return [_UNITS[int(digit)] for digit in digits if digit.isdigit()]
