"""Term accuracy: of the terms that a reference has, how many the translation has too."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.manifest import text_lines


def read_terms(path: Path) -> tuple[str, ...]:
    """Target terms, one a line; of a line with tabs, as a glossary has them, the last field.

    Raises EvaluationError where there is none, OSError.
    """
    lines = text_lines(path)
    terms = tuple(dict.fromkeys(line.rpartition("\t")[2].strip() for line in lines if line.strip()))
    if not terms:
        raise EvaluationError(f"{path} lists no term")
    return terms


def term_counts(terms: Sequence[str], hypothesis: str, reference: str) -> tuple[int, int]:
    """How many of the reference's terms are in the hypothesis, and how many there are.

    Whole words, without regard to case; a term counts as often as the reference has it, and a
    longer term hides the shorter ones inside it.
    """
    longest = sorted(terms, key=len, reverse=True)
    pattern = re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(term) for term in longest) + r")(?!\w)", re.IGNORECASE
    )
    due = Counter(found.lower() for found in pattern.findall(reference))
    said = Counter(found.lower() for found in pattern.findall(hypothesis))
    return (due & said).total(), due.total()
