"""Words for a pronouncer: `python -m training.speaker.words --vocabulary FILE ... --out FILE`.

The whole words among the pieces of a translation model, one a line: what it writes most. Words of
the other language of the model that its own sentences do not have are left out.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from interp.models.sentence_pieces import BLANK, SentencePieces
from interp.models.voice.spelling import Spell
from training.speaker.alphabets import ALPHABETS

LEAST_LETTERS = 3


def whole_words(pieces: Iterable[str], letters: str) -> list[str]:
    """Those that begin a word and are of a language's letters, sorted."""
    words = {piece.removeprefix(BLANK).lower() for piece in pieces if piece.startswith(BLANK)}
    return sorted(
        word for word in words if len(word) >= LEAST_LETTERS and set(word) <= set(letters)
    )


def words_of(sentences: Iterable[str], spell: Spell) -> set[str]:
    """All words of sentences, as they are spelled out."""
    return {word for line in sentences for part in line.split() for word in spell(part).words}


def main() -> None:
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vocabulary", type=Path, required=True, help="of SentencePiece")
    parser.add_argument("--alphabet", required=True, choices=ALPHABETS)
    parser.add_argument("--sentences", type=Path, required=True, help="of this language")
    parser.add_argument("--others", type=Path, help="sentences of the model's other language")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    alphabet = ALPHABETS[arguments.alphabet]
    model = SentencePieces(arguments.vocabulary.read_bytes())
    found = whole_words(map(model.piece, range(model.size)), alphabet.letters)
    known = words_of(arguments.sentences.read_text("utf-8").splitlines(), alphabet.spell)
    other = arguments.others.read_text("utf-8").lower() if arguments.others else ""
    foreign = set(re.findall(r"[^\W\d_]+", other)) - known
    kept = [word for word in found if word not in foreign]
    arguments.out.write_text("\n".join(kept) + "\n", "utf-8")
    print(f"{len(kept)} words in {arguments.out}")


if __name__ == "__main__":
    main()
