"""What was heard of a segment, as words that stand, words that may still change, and sentences."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from interp.core.sentences import SENTENCE_ENDS, ends_sentence
from interp.core.translator import Hypothesis, Pair, Word

PAUSES = (",", ";", ":")
TITLES = frozenset(
    {"Mr.", "Mrs.", "Ms.", "Dr.", "St.", "No.", "Prof.", "Sr.", "Sra.", "e.g.", "i.e."}
)
"""Words whose point does not end a sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run of heard words, from `first` to before `last`. complete: nothing more belongs to it."""

    first: int
    last: int
    complete: bool


@dataclass(slots=True)
class Transcript:
    """One pivot language over one segment. pair: what is spoken and what is written down.

    target: the transcriber's state, from the first decode on. words: all, of which the first
    `settled` stand. accepted: words of the transcriber's last hypothesis that have been settled
    since. samples: how much of the segment it was made of; finished: and whether that was all.
    readers: how many targets read it.
    """

    pair: Pair
    target: Any = None
    words: list[Word] = field(default_factory=list)
    settled: int = 0
    accepted: int = 0
    samples: int = 0
    finished: bool = False
    readers: int = 1

    @property
    def begun(self) -> bool:
        """Whether anything was heard."""
        return self.target is not None

    def parted(self, readers: int, heard: Any) -> "Transcript":
        """A copy for some of the readers. heard: the segment itself, which stays one."""
        self.readers -= readers
        target = copy.deepcopy(self.target, {id(heard): heard})
        return replace(self, target=target, words=[*self.words], readers=readers)

    def update(
        self, hypothesis: Hypothesis, *, before_ms: int, samples: int, finished: bool
    ) -> None:
        """Take what was heard anew after the words that stand.

        Of it those stand that point before `before_ms` and have a word after them, which shows that
        their marks are final; at the end all stand.
        """
        found = hypothesis.words
        count = len(found)
        if not finished:
            late = (i for i, word in enumerate(found) if (word.attended_ms or 0) >= before_ms)
            count = max(0, min(next(late, count), count - 1))
        self.words[self.settled :] = found
        self.settled += count
        self.accepted, self.samples, self.finished = count, samples, finished

    def sentences(self, longest: int) -> list[Sentence]:
        """All sentences in order; borders between words that stand never change.

        longest: words after which a sentence without an end is cut; from three quarters of them on
        a pause is enough. Where a border is depends on no word beyond the next, which has not been
        read yet when it comes: what was read as one sentence is not read again as two.
        """
        found, first = [], 0
        for place in range(self.settled):
            whole = place + 1 < self.settled or self.finished
            ends = whole and self._ends(place)
            if ends or self._overlong(place, place + 1 - first, longest):
                found.append(Sentence(first, place + 1, complete=True))
                first = place + 1
        if first < len(self.words):
            found.append(Sentence(first, len(self.words), complete=self.finished))
        return found

    def text(self, sentence: Sentence) -> list[str]:
        """A sentence's words without blanks; an end that may be none yet is not told."""
        texts = [self.words[i].text.strip() for i in range(sentence.first, sentence.last)]
        if not sentence.complete:
            texts[-1] = texts[-1].rstrip("".join(SENTENCE_ENDS + PAUSES)) or texts[-1]
        return [text or "." for text in texts]

    def _ends(self, place: int) -> bool:
        text = self.words[place].text.strip()
        if not ends_sentence(text) or text in TITLES:
            return False
        following = self.words[place + 1].text.strip() if place + 1 < len(self.words) else ""
        return not following[:1].islower()

    def _overlong(self, place: int, length: int, longest: int) -> bool:
        """Whether a run of so many words is to be cut after this one."""
        pause = self.words[place].text.endswith(PAUSES)
        return length >= longest or (pause and 4 * length >= 3 * longest)


def attended_ms(words: Sequence[Word], sentence: Sentence, reads: int) -> int:
    """Where in the audio word `reads` of the sentence is; its end is where its last word is."""
    return words[min(sentence.first + reads, sentence.last - 1)].attended_ms or 0
