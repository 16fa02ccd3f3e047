"""Where a sentence ends, for all that pauses, breaks a line or begins anew there."""

SENTENCE_ENDS = (
    ".",
    "?",
    "!",
    "\N{HORIZONTAL ELLIPSIS}",
    "\N{IDEOGRAPHIC FULL STOP}",
    "\N{FULLWIDTH QUESTION MARK}",
    "\N{FULLWIDTH EXCLAMATION MARK}",
)
_CLOSING = "\"')]}»”\N{RIGHT SINGLE QUOTATION MARK}"


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with this text, quotes and brackets that close after it aside."""
    return text.rstrip().rstrip(_CLOSING).endswith(SENTENCE_ENDS)
