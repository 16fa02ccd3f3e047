"""What a glossary asks of the two models of a cascade."""

from collections.abc import Sequence

from interp.core.glossary import Glossary


def hotwords(glossary: Glossary, *, spoken: bool) -> str:
    """A text that makes a transcriber expect the terms, and what else is likely; empty where there
    are none.

    spoken: it writes down the speaker's own words; else the target's.
    """
    terms = [term.source if spoken else term.target for term in glossary.terms]
    words = [*glossary.expected, *terms]
    return ", ".join(words) + "." if words else ""


def until_term(glossary: Glossary, words: Sequence[str], until: int) -> int:
    """`until`, or before it the word that begins a term which the words end in the midst of."""
    cut = (found.first for found in glossary.find(words) if not found.whole)
    return min(until, next(cut, until))
