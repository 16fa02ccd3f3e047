"""How much model work a policy's hypotheses are worth."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from interp.policies.base import Policy

MOST_BEAMS = 8
MOST_ANEW_MS = 30_000


@dataclass(frozen=True, slots=True)
class Effort:
    """beams: texts followed side by side. anew_ms: newest audio that each decision encodes anew,
    since what came after it is known now; 0: as little as the translator does by itself."""

    beams: int = 1
    anew_ms: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.beams <= MOST_BEAMS or not 0 <= self.anew_ms <= MOST_ANEW_MS:
            raise ValueError(f"beams 1..{MOST_BEAMS}, anew_ms 0..{MOST_ANEW_MS}")


@runtime_checkable
class Demanding(Protocol):
    """What a policy adds that asks for more than the least."""

    @property
    def effort(self) -> Effort:
        """What its hypotheses are worth."""


def effort_of(policy: Policy) -> Effort:
    """What the hypotheses of a policy are worth; the least where it does not say."""
    return policy.effort if isinstance(policy, Demanding) else Effort()
