"""How an OmniLM is asked: what an operator may choose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose. temperature 0 or top_k 1: the best id. top_k 0 and top_p 1: no limit.

    repetition: logits of recent ids are divided by it where positive, multiplied where negative
    (Keskar et al., arXiv 1909.05858); 1: no guard. The defaults are mini-omni's: greedy.
    """

    temperature: float = 0.9
    top_k: int = 1
    top_p: float = 1.0
    repetition: float = 1.0
