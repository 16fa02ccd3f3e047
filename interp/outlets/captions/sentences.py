"""Where sentences end: abbreviations told apart. The one file that imports `sentencex`."""

from collections.abc import Sequence

import sentencex


def sentence_ends(words: Sequence[str], language: str) -> frozenset[int]:
    """Indices of the words, which concatenate, that end a sentence; the last always does.

    language: a primary subtag, of the words.
    """
    ends, reached = {len(words) - 1}, 0
    after: dict[int, int] = {}  # length of the text up to and with a word: the word
    for index, word in enumerate(words):
        reached += len(word)
        after[reached] = index
    reached = 0
    for sentence in sentencex.segment(language, "".join(words)):
        reached += len(sentence)
        blank = len(sentence) - len(sentence.rstrip())
        last = after.get(reached - blank)
        if last is None or _is_initial(words[last]) or _goes_on(words[last + 1 : last + 2]):
            continue
        ends.add(last)
    return frozenset(ends)


def _is_initial(word: str) -> bool:
    """One capital letter and a stop: of a name, or a French title, which may stand first of all."""
    letter, stop = word.strip()[:1], word.strip()[1:]
    return letter.isupper() and stop == "."


def _goes_on(following: Sequence[str]) -> bool:
    """A word in lower case begins no sentence: the stop before was an abbreviation's."""
    return bool(following) and following[0].lstrip()[:1].islower()
