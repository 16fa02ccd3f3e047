"""Sentences of telephone menus, conferences and daily life, composed from slots by chance."""

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from num2words import num2words  # type: ignore[import-untyped]

from training.data.text import spoken

_SLOT = re.compile(r"\{(\w+)\}")
_PARTS = Path(__file__).with_name("everyday_en.toml")


def everyday_sentences(rng: random.Random) -> Iterator[str]:
    """Sentences without end, in an order fixed by `rng`; repeats are possible."""
    templates: list[str] = _parts()["templates"]
    while True:
        if sentence := spoken(_SLOT.sub(lambda slot: _fill(slot[1], rng), rng.choice(templates))):
            yield sentence


@cache
def _parts() -> dict[str, Any]:
    return tomllib.loads(_PARTS.read_text("utf-8"))


def _fill(slot: str, rng: random.Random) -> str:
    slots: dict[str, list[str]] = _parts()["slots"]
    if slot in slots:
        return rng.choice(slots[slot])
    match slot:
        case "digits":
            return ", ".join(_digit_group(rng) for _ in range(rng.randint(1, 3)))
        case "hour":
            return _words(rng.randint(1, 12))
        case "minutes":
            return rng.choice(("fifteen", "thirty", "forty-five", "oh five", "twenty", "ten past"))
        case "ordinal":
            return str(num2words(rng.randint(1, 31), to="ordinal"))
        case "year":
            return str(num2words(rng.randint(1850, 2030), to="year"))
        case _:
            return _words(rng.randint(1, int(slot.removeprefix("n"))))


def _digit_group(rng: random.Random) -> str:
    return " ".join(_words(rng.randint(0, 9)) for _ in range(rng.randint(2, 4)))


def _words(number: int) -> str:
    return str(num2words(number))
