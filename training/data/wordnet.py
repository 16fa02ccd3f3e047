"""Example sentences of WordNet 3.0: the quoted parts of its glosses (Debian: `wordnet-base`)."""

import re
from collections.abc import Iterator
from pathlib import Path

from training.data.text import spoken

_QUOTED = re.compile(r'"([^"]*)"')
_PARTS = ("verb", "adj", "adv", "noun")  # verbs first: their examples are mostly whole sentences


def wordnet_sentences(folder: Path) -> Iterator[str]:
    """Spoken sentences in the files data.* of `folder` (/usr/share/wordnet once installed)."""
    for part in _PARTS:
        for line in (folder / f"data.{part}").read_text("ascii", "replace").splitlines():
            for example in _QUOTED.findall(line.partition("|")[2]):
                if sentence := spoken(example):
                    yield sentence
