"""Two languages in one cue: what was said, above what was written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from interp.core.events import SourceText, WrittenWord
from interp.outlets.captions.cues import Cue
from interp.outlets.captions.lines import break_costs, joined, laid_out
from interp.outlets.captions.rules import Rules


def with_source(
    cues: Sequence[Cue], texts: Iterable[SourceText], language: str, rules: Rules
) -> list[Cue]:
    """Each cue with the source words of its stretch of speech. language: theirs.

    A word belongs to the last cue that begins before the word's middle.
    """
    spoken: list[list[WrittenWord]] = [[] for _ in cues]
    at = 0
    for word in (word for text in texts for word in text.words):
        middle_ms = (word.source_start_ms + word.source_end_ms) // 2
        while at + 1 < len(cues) and cues[at + 1].start_ms <= middle_ms:
            at += 1
        if cues:
            spoken[at].append(word)
    return [
        replace(cue, source=_lines([word.text for word in words], language, rules))
        for cue, words in zip(cues, spoken, strict=True)
    ]


def _lines(words: Sequence[str], language: str, rules: Rules) -> tuple[str, ...]:
    """On two lines where they fit, else on one that is too long: nothing is left out."""
    if not words:
        return ()
    costs = break_costs(words, (), language)
    layout = laid_out(words, costs, rules.line_cells, rules.cue_lines)
    return layout.lines if layout else (joined(words),)
