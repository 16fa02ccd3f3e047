"""Portuguese as it is spelled out: numbers, letters and signs to words of plain letters."""

import re
import unicodedata

from interp.models.voice.spelling import MARKS, Spelling

LETTERS = "abcdefghijklmnopqrstuvwxyzàáâãçéêíóôõú"
"""Of a word that is spelled out."""

_UNITS = (
    "zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze",
    "doze", "treze", "catorze", "quinze", "dezesseis", "dezessete", "dezoito", "dezenove",
)  # fmt: skip
_TENS = (
    "", "", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa",
)  # fmt: skip
_HUNDREDS = (
    "", "cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos", "setecentos",
    "oitocentos", "novecentos",
)  # fmt: skip
_SCALES = ((10**9, "bilhão", "bilhões"), (10**6, "milhão", "milhões"))
_ORDINALS = (
    "", "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono",
)  # fmt: skip
_ORDINAL_TENS = (
    "", "décimo", "vigésimo", "trigésimo", "quadragésimo", "quinquagésimo", "sexagésimo",
    "septuagésimo", "octogésimo", "nonagésimo",
)  # fmt: skip
_LETTER_NAMES = {
    "a": "á", "b": "bê", "c": "cê", "d": "dê", "e": "é", "f": "éfe", "g": "gê", "h": "agá",
    "i": "i", "j": "jota", "k": "cá", "l": "éle", "m": "eme", "n": "ene", "o": "ó", "p": "pê",
    "q": "quê", "r": "érre", "s": "ésse", "t": "tê", "u": "u", "v": "vê", "w": "dáblio",
    "x": "xis", "y": "ípsilon", "z": "zê",
}  # fmt: skip
_SYMBOLS = {
    "%": "por cento", "&": "e", "+": "mais", "=": "igual a", "@": "arroba", "€": "euros",
    "$": "dólares", "£": "libras", "°": "graus", "#": "cardinal",
}  # fmt: skip
_ABBREVIATIONS = {
    "sr.": "senhor", "sra.": "senhora", "dr.": "doutor", "dra.": "doutora", "etc.": "etcétera",
}  # fmt: skip
_FOREIGN = str.maketrans({"ü": "u", "ñ": "nh", "è": "é", "ë": "e", "ö": "o", "ä": "a", "ì": "i"})
_PLAIN = str.maketrans({"\u2026": ".", "\u2019": "'"})
_PART = re.compile(
    r"(?:R\$|[€$£])?\d+(?:\.\d{3})*(?:,\d+)?[ºª]?|[^\W\d_]+|[%&+=@€$£°#]", re.UNICODE
)


def spelling(written: str) -> Spelling:
    """`1.250,` to mil duzentos e cinquenta and a comma; `UE` to the letters' names; words with a
    hyphen to their parts. What cannot be spoken is left out."""
    plain = unicodedata.normalize("NFC", written.strip().translate(_PLAIN))
    if (whole := plain.lower()) in _ABBREVIATIONS:
        return Spelling((_ABBREVIATIONS[whole],), "")
    bare = plain.rstrip("\"')]}»”")
    mark = bare[-1] if bare and bare[-1] in MARKS else ""
    words = [word for part in _PART.findall(plain) for word in _words_of(part)]
    return Spelling(tuple(word for word in words if word), mark)


def cardinal(number: int) -> list[str]:
    """A number below 10**12 in words, masculine."""
    if number < len(_UNITS):
        return [_UNITS[number]]
    if number < 100:
        tens, rest = divmod(number, 10)
        return [_TENS[tens], *(["e", *cardinal(rest)] if rest else ())]
    if number == 100:
        return ["cem"]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return [_HUNDREDS[hundreds], *(["e", *cardinal(rest)] if rest else ())]
    if number < 10**6:
        count, rest = divmod(number, 1000)
        return [*(cardinal(count) if count > 1 else ()), "mil", *_remainder(rest)]
    for scale, one, many in _SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            return [*cardinal(count), one if count == 1 else many, *_remainder(rest)]
    raise AssertionError("a million and more has a scale")


def _remainder(rest: int) -> list[str]:
    """What follows a thousand or million: with `e` where it is one word of hundreds or less."""
    if not rest:
        return []
    joined = rest < 100 or (rest < 1000 and rest % 100 == 0)
    return [*(["e"] if joined else ()), *cardinal(rest)]


def ordinal(number: int) -> list[str]:
    """A number of 1 to 99 as a place in a row, masculine; others as they are counted."""
    if not 0 < number < 100:
        return cardinal(number)
    tens, rest = divmod(number, 10)
    return [word for word in (_ORDINAL_TENS[tens], _ORDINALS[rest]) if word]


def _words_of(part: str) -> list[str]:
    if part in _SYMBOLS:
        return _SYMBOLS[part].split()
    if money := re.match(r"R\$|[€$£]", part):
        name = "reais" if money[0] == "R$" else _SYMBOLS[money[0]]
        return [*_words_of(part[money.end() :]), name]
    if part[0].isdigit():
        return _number(part)
    if len(part) > 1 and part.isupper() and (len(part) <= 3 or not set(part) & set("AEIOU")):
        names = (_LETTER_NAMES.get(letter) for letter in part.lower())
        return [name for name in names if name]
    word = part.lower().translate(_FOREIGN)
    return ["".join(letter for letter in word if letter in LETTERS)]


def _number(part: str) -> list[str]:
    feminine = part.endswith("ª")
    digits = part.rstrip("ºª").replace(".", "")
    whole, _, decimals = digits.partition(",")
    if len(whole) > 12 or (len(whole) > 1 and whole[0] == "0"):
        return _digits(digits)
    if part[-1] in "ºª":
        words = ordinal(int(whole))
        return [word[:-1] + "a" for word in words] if feminine else words
    return [*cardinal(int(whole)), *(["vírgula", *_digits(decimals)] if decimals else [])]


def _digits(digits: str) -> list[str]:
    return [_UNITS[int(digit)] for digit in digits if digit.isdigit()]
