"""One decode of one session: texts followed side by side, best first. Greedy is width 1."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from interp.models.whisper.loops import is_endless, is_repetitive, second_round


@dataclass(frozen=True, slots=True)
class Path:
    """One way to go on: tokens after the written ones.

    logprobs: of each token. attention: of the row that chose each token, [head, heard], and of the
    rows after them, which tell where the last one ends. ended: nothing follows.
    total: sum of the log probabilities of everything that was chosen.
    """

    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    attention: tuple[Tensor, ...] = ()
    total: float = 0.0
    ended: bool = False

    @property
    def score(self) -> float:
        """Mean log probability, which does not favour short texts."""
        return self.total / max(1, len(self.tokens) + self.ended)

    def grown(self, token: int, logprob: float, attention: Tensor) -> "Path":
        """With one more token."""
        return Path(
            (*self.tokens, token),
            (*self.logprobs, logprob),
            (*self.attention, attention),
            self.total + logprob,
        )

    def closed(self, logprob: float, attention: Tensor) -> "Path":
        """With the end of text."""
        return Path(
            self.tokens, self.logprobs, (*self.attention, attention), self.total + logprob, True
        )

    def cut(self, length: int) -> "Path":
        """Only the first tokens, as a text that ends there; what it attended to is kept."""
        logprobs = self.logprobs[:length]
        return Path(self.tokens[:length], logprobs, self.attention, sum(logprobs), True)


@dataclass(frozen=True, slots=True)
class Choice:
    """A token that may follow a path, and its log probability."""

    token: int
    logprob: float


@dataclass(slots=True)
class Search:
    """Texts followed side by side.

    written: forced text tokens. budget: text tokens that may still come. width: most paths side by
    side. alive, ended: paths; the alive ones best first.
    """

    written: Sequence[int]
    budget: int
    width: int
    alive: list[Path] = field(default_factory=lambda: [Path()])
    ended: list[Path] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether nothing is left to look for: nothing alive is likely to overtake what ended."""
        if not self.alive or self.budget <= 0 or len(self.ended) >= self.width:
            return True
        best = max((path.score for path in self.ended), default=-math.inf)
        return best > max(path.score for path in self.alive)

    @property
    def best(self) -> Path:
        """The best text that ended; while none has, the best of those that go on."""
        return max(self.ended or self.alive[:1], key=lambda path: path.score)

    def advance(
        self,
        choices: Sequence[Sequence[Choice]],
        attention: Sequence[Tensor],
        end: int,
        heard: Callable[[Path], bool],
    ) -> list[int]:
        """Follow the best of what may come next; the places that the paths then alive grew from.

        choices: for each path alive, best first. attention: of the rows that gave them, [head,
        heard] each. end: the end-of-text token. heard: whether what a path repeats was really said.
        """
        ranked = sorted(
            ((path.total + choice.logprob, place, choice)
             for place, (path, row) in enumerate(zip(self.alive, choices, strict=True))
             for choice in row),
            key=lambda one: -one[0],
        )  # fmt: skip
        grown: list[Path] = []
        places: list[int] = []
        repeating = False
        for rank, (_, place, choice) in enumerate(ranked):
            path, seen = self.alive[place], attention[place]
            if choice.token == end:
                if rank < self.width:
                    self.ended.append(path.closed(choice.logprob, seen))
                continue
            if len(grown) == self.width:
                break
            path = path.grown(choice.token, choice.logprob, seen)
            text = [*self.written, *path.tokens]
            repeats = is_repetitive(text)
            if is_endless(text) or (repeats and not heard(path)):
                kept = second_round(text) - len(self.written)
                self.ended.append(path.cut(max(0, kept)))
                continue
            if not (repeats and repeating):
                # Of texts that repeat themselves one is enough: they would drive out all others.
                repeating = repeating or repeats
                grown.append(path)
                places.append(place)
        self.alive = grown
        self.budget -= 1
        return places
