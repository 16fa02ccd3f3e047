"""Which entries of a corpus are fit to learn from, and why the others are not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from training.data.manifest import Entry


@dataclass(frozen=True, slots=True)
class Limits:
    """most_words: of either text. most_ratio: of the longer text in words to the shorter, beyond
    `spare_words`. least_ms, most_ms: of the speech, where its times are given."""

    most_words: int = 80
    most_ratio: float = 2.5
    spare_words: int = 5
    least_ms: int = 300
    most_ms: int = 30_000


def fit(entries: Iterable[Entry], limits: Limits) -> tuple[list[Entry], Counter[str]]:
    """Entries that are fit, in order, and how many are not, by reason."""
    kept: list[Entry] = []
    dropped: Counter[str] = Counter()
    seen: set[tuple[str, str, str]] = set()
    for entry in entries:
        reason = _reason(entry, limits)
        key = (entry.source_text, entry.target_text, entry.source_audio + str(entry.start_ms))
        if not reason and key in seen:
            reason = "twice"
        seen.add(key)
        if reason:
            dropped[reason] += 1
        else:
            kept.append(entry)
    return kept, dropped


def _reason(entry: Entry, limits: Limits) -> str:
    counts = [len(text.split()) for text in (entry.source_text, entry.target_text) if text.strip()]
    length_ms = entry.end_ms - entry.start_ms
    if not counts:
        return "no text"
    if max(counts) > limits.most_words:
        return "too many words"
    if max(counts) > limits.most_ratio * min(counts) + limits.spare_words:
        return "texts of unlike length"
    if entry.end_ms and not limits.least_ms <= length_ms <= limits.most_ms:
        return "speech too short or too long"
    return ""
