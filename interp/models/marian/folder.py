"""Students in folders that a user has filled: one folder a pair, as Firefox Translations has it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from interp.core.translator import Pair
from interp.models.store import FileContent, WeightsError

MODEL = "model.*.bin"
FILES = (MODEL, "vocab.*.spm", "srcvocab.*.spm", "trgvocab.*.spm")
KEYS = (("sourceLanguage", "targetLanguage"), ("fromLang", "toLang"), ("from", "to"))
"""How metadata name a pair, in the forms that have been published."""


def find_students(folder: Path) -> Mapping[Pair, Path]:
    """The students below `folder`; WeightsError where two serve one pair, or one does not say."""
    found: dict[Pair, Path] = {}
    for place in sorted({path.parent for path in folder.glob(f"*/{MODEL}")}):
        pair = pair_of_folder(place)
        if pair in found:
            raise WeightsError(f"{place} and {found[pair]} both translate {_named(pair)}")
        found[pair] = place
    return found


def read_student(place: Path) -> tuple[FileContent, ...]:
    """A student's files; a shortlist is left out, as Firefox leaves it out."""
    paths = sorted(path for pattern in FILES for path in place.glob(pattern))
    return tuple(FileContent(path.name, path.read_bytes()) for path in paths)


def pair_of_folder(place: Path) -> Pair:
    """What the folder's own metadata say, else the name of its model: `model.enpt.*.bin`."""
    for data in _metadata(place):
        for source, target in KEYS:
            if isinstance(data.get(source), str) and isinstance(data.get(target), str):
                return Pair(data[source].lower(), data[target].lower())
        parts = str(data.get("shortName", "")).split("-")
        if len(parts) >= 2:
            return Pair(parts[0].lower(), parts[1].lower())
    code = next(place.glob(MODEL)).name.split(".")[1]
    if len(code) == 4 and code.isascii() and code.isalpha():
        return Pair(code[:2].lower(), code[2:].lower())
    raise WeightsError(f"{place} does not say which languages its model translates")


def _metadata(place: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted(place.glob("*.json")):
        try:
            data = json.loads(path.read_text("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WeightsError(f"{path} is not JSON") from error
        if isinstance(data, dict):
            yield data


def _named(pair: Pair) -> str:
    return f"{pair.source} to {pair.target}"
