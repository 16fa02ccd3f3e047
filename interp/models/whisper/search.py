"""One decode of one session: texts followed side by side, best first. Greedy is width 1."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from interp.models.whisper.loops import again, is_endless, is_repetitive

SeenT = TypeVar("SeenT")
"""What is kept of the row that chose a token."""


@dataclass(frozen=True, slots=True)
class Path(Generic[SeenT]):
    """One way to go on: tokens after the written ones.

    logprobs: of each token. attention: of the row that chose each token, and of the rows after
    them, which tell where the last one ends. ended: nothing follows.
    total: sum of the log probabilities of everything that was chosen.
    """

    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    attention: tuple[SeenT, ...] = ()
    total: float = 0.0
    ended: bool = False

    @property
    def score(self) -> float:
        """Mean log probability, which does not favour short texts."""
        return self.total / max(1, len(self.tokens) + self.ended)

    def grown(self, token: int, logprob: float, attention: SeenT) -> "Path[SeenT]":
        """With one more token."""
        return Path(
            (*self.tokens, token),
            (*self.logprobs, logprob),
            (*self.attention, attention),
            self.total + logprob,
        )

    def closed(self, logprob: float, attention: SeenT) -> "Path[SeenT]":
        """With the end of text."""
        return Path(
            self.tokens, self.logprobs, (*self.attention, attention), self.total + logprob, True
        )

    def cut(self, length: int) -> "Path[SeenT]":
        """Only the first tokens, as a text that ends there; what it attended to is kept."""
        logprobs = self.logprobs[:length]
        return Path(self.tokens[:length], logprobs, self.attention, sum(logprobs), True)


@dataclass(frozen=True, slots=True)
class Doubt(Generic[SeenT]):
    """A path that repeats something. again: stretches of the text, written tokens included, that
    say again what stands before them; none holds the newest token."""

    path: Path[SeenT]
    again: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A token that may follow a path, and its log probability."""

    token: int
    logprob: float


@dataclass(slots=True)
class Search(Generic[SeenT]):
    """Texts followed side by side.

    written: forced text tokens. budget: text tokens that may still come. width: most paths side by
    side. alive, ended: paths; the alive ones best first.
    """

    written: Sequence[int]
    budget: int
    width: int
    alive: list[Path[SeenT]] = field(default_factory=lambda: [Path()])
    ended: list[Path[SeenT]] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether nothing is left to look for: nothing alive is likely to overtake what ended."""
        if not self.alive or self.budget <= 0 or len(self.ended) >= self.width:
            return True
        best = max((path.score for path in self.ended), default=-math.inf)
        return best > max(path.score for path in self.alive)

    @property
    def best(self) -> Path[SeenT]:
        """The best text that ended; while none has, the best of those that go on."""
        return max(self.ended or self.alive[:1], key=lambda path: path.score)

    def advance(
        self,
        choices: Sequence[Sequence[Choice]],
        attention: Sequence[SeenT],
        end: int,
    ) -> Generator[Doubt[SeenT], int, list[int]]:
        """Follow the best of what may come next; gives the places that the paths then alive grew
        from. Asks of a path that repeats something how many of the stretches that do so were really
        said: it ends with those.

        choices: for each path alive, best first. attention: of the rows that gave them.
        end: the end-of-text token.
        """
        ranked = sorted(
            ((path.total + choice.logprob, place, choice)
             for place, (path, row) in enumerate(zip(self.alive, choices, strict=True))
             for choice in row),
            key=lambda one: -one[0],
        )  # fmt: skip
        grown: list[Path[SeenT]] = []
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
            if doubtful := again(text):
                said = 0 if is_endless(text) else (yield Doubt(path, doubtful))
                if said < len(doubtful):
                    kept = doubtful[said].start - len(self.written)
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


def told(advance: Generator[Doubt[SeenT], int, list[int]], *, heard: bool) -> list[int]:
    """What a step of a search gives where every repetition was said, or none was."""
    try:
        doubt = next(advance)
        while True:
            doubt = advance.send(len(doubt.again) if heard else 0)
    except StopIteration as done:
        places: list[int] = done.value
        return places
