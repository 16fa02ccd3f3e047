"""The list of sentences to speak, one a line: `python -m training.data.sentences --out FILE`."""

import argparse
import random
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from training.data.bible import bible_sentences
from training.data.everyday import everyday_sentences
from training.data.text import MAX_WORDS
from training.data.wordnet import wordnet_sentences


def held_out_sentences(language: str = "en") -> list[str]:
    """The sentences that measure codec and speaker; never part of the training list."""
    path = Path(__file__).with_name(f"heldout_{language}.txt")
    return path.read_text("utf-8").splitlines()


def unique(sentences: Iterable[str], banned: set[str]) -> list[str]:
    """In order, without repeats and without `banned`; case and marks do not tell two apart."""
    seen = {_key(sentence) for sentence in banned}
    kept: list[str] = []
    for sentence in sentences:
        if (key := _key(sentence)) not in seen:
            seen.add(key)
            kept.append(sentence)
    return kept


def _key(sentence: str) -> str:
    return "".join(letter for letter in sentence.lower() if letter.isalnum())


def main(words: list[str] | None = None) -> None:
    """Write the shuffled list; the same seed and sources give the same file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--everyday", type=int, default=12_000, help="sentences from templates")
    parser.add_argument("--examples", type=int, help="of WordNet's, by chance; all by default")
    parser.add_argument("--most-words", type=int, default=MAX_WORDS, help="of a sentence")
    parser.add_argument(
        "--not-in", type=Path, nargs="+", default=(), help="lists whose sentences are left out"
    )
    parser.add_argument("--bible", type=Path, help="/usr/share/sword, to have its text too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args(words)
    rng = random.Random(arguments.seed)
    everyday = islice(everyday_sentences(rng), arguments.everyday)
    examples = list(wordnet_sentences(arguments.wordnet)) if arguments.examples != 0 else []
    if arguments.examples:
        examples = rng.sample(examples, arguments.examples)
    read = bible_sentences(arguments.bible) if arguments.bible else ()
    banned = set(held_out_sentences())
    for path in arguments.not_in:
        banned |= set(path.read_text("utf-8").splitlines())
    short = (s for s in (*everyday, *examples, *read) if len(s.split()) <= arguments.most_words)
    found = unique(short, banned)
    rng.shuffle(found)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(found) + "\n", "utf-8")
    print(f"{len(found)} sentences in {arguments.out}")


if __name__ == "__main__":
    main()
