"""A cue's words on one or two lines: balanced, and broken where a reader would breathe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from interp.outlets.captions.function_words import leans_on_next
from interp.outlets.captions.width import cells, is_wide

CLAUSE_ENDS = (",", ";", ":", "–", "—", "،", "、", "，", "；", "：")
_NEVER_FIRST = "、。，．！？；：）」』】〉》…ー・ゝ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NEVER_LAST = "（「『【〈《"

LEANING = 6.0
"""Cost of an end on a word that leans on the next, beside which looks hardly count."""


@dataclass(frozen=True, slots=True)
class Layout:
    """lines: the text. cost: how badly it is broken; 0 for one line."""

    lines: tuple[str, ...]
    cost: float


def joined(words: Sequence[str]) -> str:
    """Words, with their leading spaces, as text."""
    return "".join(words).strip()


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two words: at a space, or beside a wide character."""
    if after[:1].isspace() or before[-1:].isspace():
        return True
    wide = is_wide(before[-1:] or "a") or is_wide(after[:1] or "a")
    return wide and after[:1] not in _NEVER_FIRST and before[-1:] not in _NEVER_LAST


def break_costs(words: Sequence[str], ends: Collection[int], language: str) -> list[float]:
    """What it costs to end a line after each word. ends: indices of the words that end a sentence.

    A word with a full stop that ends none is an abbreviation, which leans on its name as well.
    """
    costs = []
    for index, word in enumerate(words):
        if index in ends:
            costs.append(-0.6)
        elif leans_on_next(word, language) or word.endswith("."):
            costs.append(LEANING)
        else:
            costs.append(-0.4 if word.endswith(CLAUSE_ENDS) else 0.0)
    return costs


def laid_out(
    words: Sequence[str], costs: Sequence[float], line_cells: int, lines: int = 2
) -> Layout | None:
    """Words on at most `lines` (one or two) lines of `line_cells`; None where they do not fit.

    costs: of `break_costs`, one a word.
    """
    widths = [cells(word) for word in words]
    whole = sum(widths) - _blank(words[0])
    if whole <= line_cells:
        return Layout((joined(words),), 0.0)
    if lines == 1 or whole > 2 * line_cells:
        return None
    best, best_at, upper = float("inf"), 0, -_blank(words[0])
    for at in range(1, len(words)):
        upper += widths[at - 1]
        lower = whole - upper - _blank(words[at])
        if max(upper, lower) > line_cells or not may_break(words[at - 1], words[at]):
            continue
        cost = abs(upper - lower) / line_cells
        cost += 0.1 * (upper > lower)  # the lower line is the longer one
        cost += costs[at - 1]
        if cost < best:
            best, best_at = cost, at
    if not best_at:
        return None
    return Layout((joined(words[:best_at]), joined(words[best_at:])), best)


def _blank(word: str) -> int:
    """Cells of its leading space."""
    return len(word) - len(word.lstrip())


def cut_up(word: str, line_cells: int) -> list[str]:
    """A word wider than a line in pieces that are not, the first with the word's leading space."""
    pieces = [word]
    while cells(pieces[-1].strip()) > line_cells:
        last, kept = pieces.pop(), 1
        while cells(last[: kept + 1].strip()) <= line_cells:
            kept += 1
        pieces += [last[:kept], last[kept:]]
    return pieces
