"""Languages by tag and by name, as the codes that models here go by: Whisper's, ISO 639 but for jw.

What stands for what comes from Unicode's CLDR; `benchmarks/language_table.py` writes the table.
"""

import difflib

from interp.core.errors import InvalidRequest, Reason
from interp.core.language_table import ALIASES, NAMES, OWN_NAMES, THREE_LETTERS

AUTO = "auto"
"""In place of a source language: whatever is spoken."""

_OTHER_NAMES = {  # beside CLDR's, as people and other programs have them
    "bokmål": "no",
    "brazilian": "pt",
    "castilian": "es",
    "farsi": "fa",
    "flemish": "nl",
    "haitian": "ht",
    "letzeburgesch": "lb",
    "mandarin": "zh",
    "moldavian": "ro",
    "moldovan": "ro",
    "myanmar": "my",
    "nynorsk": "nn",
    "panjabi": "pa",
    "pushto": "ps",
    "sinhalese": "si",
    "tagalog": "tl",
    "valencian": "ca",
}
_BY_NAME = _OTHER_NAMES | {n: code for table in (OWN_NAMES, NAMES) for code, n in table.items()}


def language_of(text: str) -> str:
    """The code that a BCP-47 tag or a name means: `fr-CA` and `French` are `fr`, `nb-NO` is `no`.

    Of a tag only the language counts; one that is well formed and unknown is given back as it is,
    for a model may know it. AUTO stays AUTO. Raises InvalidRequest(BAD_LANGUAGE) for any other.
    """
    wanted = text.strip().lower()
    if wanted == AUTO:
        return AUTO
    if wanted in _BY_NAME:
        return _BY_NAME[wanted]
    primary, *rest = wanted.replace("_", "-").split("-")
    if rest and rest[0] in NAMES and len(rest[0]) == 3:
        primary = rest[0]  # an extended subtag, as in zh-yue
    if not (primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3):
        near = difflib.get_close_matches(wanted, _BY_NAME, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InvalidRequest(
            Reason.BAD_LANGUAGE, f"languages are BCP-47 tags such as fr-CA, or names{hint}"
        )
    return ALIASES.get(primary, primary)


def name_of(code: str) -> str:
    """The English name of a language; the code where it has none here."""
    return NAMES.get(code, code).title()


def three_letters(code: str) -> str:
    """The code of ISO 639-2 or -3, as video files have it; the code itself where none is known."""
    return THREE_LETTERS.get(code, code)
