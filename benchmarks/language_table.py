"""Writes interp/core/language_table.py: tags and names of the languages that models here go by.

python -m benchmarks.language_table     (needs the packages langcodes and language_data, of `dev`)

A tag stands for a language where Unicode's CLDR finds them near enough to be the same to a
listener: another name of it, a macrolanguage's usual member, or a retired code.
"""

from pathlib import Path

import langcodes
from langcodes.data_dicts import (
    LANGUAGE_ALPHA3,
    LANGUAGE_ALPHA3_BIBLIOGRAPHIC,
    LANGUAGE_REPLACEMENTS,
    MACROLANGUAGES,
    NORMALIZED_MACROLANGUAGES,
)
from langcodes.language_lists import CLDR_LANGUAGES
from whisper.tokenizer import LANGUAGES

OUT = Path("interp/core/language_table.py")
NEAR = 10  # CLDR's distance; 0 is the same, a dialect that others do not follow is over 20
RETIRED = {"iw": "he", "in": "id", "ji": "yi", "jv": "jw", "mo": "ro"}


def main() -> None:
    """Write the table."""
    known = {code: ("jv" if code == "jw" else code) for code in LANGUAGES}  # Whisper: retired jw
    codes = {tag: code for code, tag in known.items()}
    tags = sorted({*CLDR_LANGUAGES, *_other_codes(), *RETIRED})
    aliases = {}
    for tag in tags:
        found = RETIRED.get(tag) or _nearest(tag, codes)
        if found and found != tag:
            aliases[tag] = found
    names = {code: langcodes.get(tag).display_name("en").lower() for code, tag in known.items()}
    own = {code: langcodes.get(tag).autonym().lower() for code, tag in known.items()}
    three = {code: langcodes.get(tag).to_alpha3() for code, tag in known.items()}
    OUT.write_text(
        '"""Made by benchmarks/language_table.py from Unicode\'s CLDR (Unicode License v3)."""\n\n'
        + _written("NAMES", "English names, by code.", names)
        + _written("OWN_NAMES", "Names in the language itself, by code.", own)
        + _written("THREE_LETTERS", "Codes of ISO 639-2, by code.", three)
        + _written("ALIASES", "Primary subtags that mean one of them.", aliases),
        encoding="utf-8",
    )


def _other_codes() -> set[str]:
    """ISO 639-2 and 639-3 codes of the languages that have one of two letters, and members."""
    return {
        *LANGUAGE_ALPHA3.values(),
        *LANGUAGE_ALPHA3_BIBLIOGRAPHIC.values(),
        *LANGUAGE_REPLACEMENTS,
        *NORMALIZED_MACROLANGUAGES,
        *(member for member, whole in MACROLANGUAGES.items() if whole == "ar"),
    }


def _nearest(tag: str, codes: dict[str, str]) -> str | None:
    if "-" in tag or len(tag) > 3:
        return None
    language = langcodes.standardize_tag(tag)
    language = NORMALIZED_MACROLANGUAGES.get(language, language)
    language = "ar" if MACROLANGUAGES.get(language) == "ar" else language
    if language in codes:
        return codes[language]
    match, distance = langcodes.closest_match(language, list(codes), max_distance=NEAR)
    return codes[match] if match != "und" and distance <= NEAR else None


def _written(name: str, about: str, table: dict[str, str]) -> str:
    rows = "".join(f'    "{key}": "{value}",\n' for key, value in sorted(table.items()))
    return f'{name} = {{\n{rows}}}\n"""{about}"""\n\n'


if __name__ == "__main__":
    main()
