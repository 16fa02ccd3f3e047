"""Written words to cues: the division of least cost, by sentences, clauses, pauses, reading time.

Short sentences share a cue, long ones are divided where a reader would breathe, and no cue ends on
a word that leans on the next.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interp.core.events import SourceText, TargetText, WrittenWord
from interp.outlets.captions.lines import (
    CLAUSE_ENDS,
    LEANING,
    Layout,
    break_costs,
    cut_up,
    joined,
    laid_out,
    may_break,
)
from interp.outlets.captions.rules import Rules
from interp.outlets.captions.sentences import sentence_ends
from interp.outlets.captions.timing import Spoken, timed
from interp.outlets.captions.width import cells

_CUE = 1.0  # cost of a further cue: few full ones read better than many short ones
_INNER_SENTENCE = 0.3  # of sentences that share a cue
_STUB = 1.5  # of a sentence that begins in a cue and does not end in it
_INNER_PAUSE = 1.5  # of words shown long before they are said
_INNER_PAUSE_MS = 1_000
_HURRIED_MS = 150  # a cue that is this much too short costs as much as another cue
_ENDS = {"pause": 0.8, "clause": 1.0, "word": 2.5}  # of an end that is no sentence's
_PAUSE_MS = 400


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption. start_ms, end_ms: on the recording's timeline. words: those it shows.

    source: the same speech in its own language, on lines above; empty where it is not wanted.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    words: tuple[WrittenWord, ...]
    source: tuple[str, ...] = ()


def cues(texts: Iterable[TargetText | SourceText], language: str, rules: Rules) -> list[Cue]:
    """Captions of what was written, in order and without overlap. language: its primary subtag."""
    words = list(_in_order(word for text in texts for word in text.words))
    shown = [
        cue
        for paragraph in _paragraphs(words, rules)
        for cue in _Division(paragraph, language, rules).cues()
    ]
    spoken = [
        Spoken(words[0].source_start_ms, words[-1].source_end_ms, sum(map(cells, layout.lines)))
        for words, layout in shown
    ]
    times = timed(spoken, rules) if spoken else []
    return [
        Cue(start_ms, end_ms, layout.lines, tuple(words))
        for (words, layout), (start_ms, end_ms) in zip(shown, times, strict=True)
    ]


def _in_order(words: Iterable[WrittenWord]) -> Iterator[WrittenWord]:
    """A translation's words may come from speech in another order: each starts no sooner."""
    start_ms = 0
    for word in words:
        start_ms = max(start_ms, word.source_start_ms)
        end_ms = max(start_ms, word.source_end_ms)
        yield WrittenWord(word.text, word.delay_ms, word.elapsed_ms, start_ms, end_ms)


def _paragraphs(words: Sequence[WrittenWord], rules: Rules) -> Iterator[list[WrittenWord]]:
    """Stretches without a long pause; a word wider than a line comes in pieces."""
    paragraph: list[WrittenWord] = []
    for word in words:
        if paragraph and word.source_start_ms - paragraph[-1].source_end_ms >= rules.pause_ms:
            yield paragraph
            paragraph = []
        paragraph += [
            WrittenWord(
                piece, word.delay_ms, word.elapsed_ms, word.source_start_ms, word.source_end_ms
            )
            for piece in cut_up(word.text, rules.line_cells)
        ]
    if paragraph:
        yield paragraph


class _Division:
    """The division of one paragraph into cues."""

    def __init__(self, words: Sequence[WrittenWord], language: str, rules: Rules) -> None:
        self._words, self._rules = words, rules
        self._texts = [word.text for word in words]
        self._ends = sentence_ends(self._texts, language)
        self._costs = break_costs(self._texts, self._ends, language)

    def cues(self) -> list[tuple[Sequence[WrittenWord], Layout]]:
        """Words and lines of each: the cheapest way from the first word to the last."""
        count = len(self._words)
        costs = [0.0] + [float("inf")] * count  # of the best division of the first n words
        came: list[tuple[int, Layout]] = [(0, Layout((), 0.0))] * (count + 1)
        for start in range(count):
            for end in range(start + 1, count + 1):
                layout = self._layout(start, end)
                if layout is None:
                    break
                cost = costs[start] + layout.cost + self._cost(start, end, layout)
                if cost < costs[end]:
                    costs[end], came[end] = cost, (start, layout)
        divided = []
        end = count
        while end:
            start, layout = came[end]
            divided.append((self._words[start:end], layout))
            end = start
        return divided[::-1]

    def _layout(self, start: int, end: int) -> Layout | None:
        """None: too much for one cue. A single word is never too much."""
        rules, words = self._rules, self._words
        too_long = words[end - 1].source_end_ms - words[start].source_start_ms > rules.max_ms
        if end - start == 1:
            return Layout((joined(self._texts[start:end]),), 0.0)
        if too_long:
            return None
        texts = self._texts[start:end]
        return laid_out(texts, self._costs[start:end], rules.line_cells, rules.cue_lines)

    def _cost(self, start: int, end: int, layout: Layout) -> float:
        words = self._words
        cost = _CUE + self._end_cost(end)
        for inner in range(start, end - 1):
            pause_ms = words[inner + 1].source_start_ms - words[inner].source_end_ms
            cost += _INNER_SENTENCE * (inner in self._ends)
            cost += _INNER_PAUSE * (pause_ms >= _INNER_PAUSE_MS)
        if end - 1 not in self._ends:
            cost += _STUB * any(inner in self._ends for inner in range(start, end - 1))
        if end < len(words):
            room_ms = words[end].source_start_ms - words[start].source_start_ms
            needed_ms = self._rules.reading_ms(sum(map(cells, layout.lines))) + self._rules.gap_ms
            cost += max(0, needed_ms - room_ms) / _HURRIED_MS
        return cost

    def _end_cost(self, end: int) -> float:
        """Of ending a cue before word `end`."""
        words = self._words
        if end - 1 in self._ends:
            return 0.0
        if not may_break(self._texts[end - 1], self._texts[end]):
            return LEANING
        kind = "word"
        if words[end].source_start_ms - words[end - 1].source_end_ms >= _PAUSE_MS:
            kind = "pause"
        elif self._texts[end - 1].rstrip().endswith(CLAUSE_ENDS):
            kind = "clause"
        return _ENDS[kind] + max(0.0, self._costs[end - 1])
