"""Settings of the cascade."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CascadeSettings:
    """settle_ms: a heard word stands once its place lies so far behind the newest audio.

    longest_sentence: words after which a sentence without an end is cut, at a comma where it can.
    """

    settle_ms: int = 500
    longest_sentence: int = 40

    def __post_init__(self) -> None:
        if self.settle_ms < 0 or self.longest_sentence < 2:
            raise ValueError("settle_ms is not negative, a sentence has at least two words")
