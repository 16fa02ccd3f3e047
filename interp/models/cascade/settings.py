"""Settings of the cascade."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CascadeSettings:
    """settle_ms: a heard word stands once its place lies so far behind the newest audio.

    longest_sentence: words after which a sentence without an end is cut; at a comma from three
    quarters of them on.
    beams: texts that a student follows side by side, where the policy asks for as many.
    """

    settle_ms: int = 500
    longest_sentence: int = 40
    beams: int = 1

    def __post_init__(self) -> None:
        if self.settle_ms < 0 or self.longest_sentence < 2 or self.beams < 1:
            raise ValueError("settle_ms from 0, longest_sentence from 2, beams from 1")
