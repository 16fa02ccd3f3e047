"""What one lane has to say, and where in it the speech stands: a strictly forward pointer.

The text is a list of symbol ids. In every frame the pointer rests on the symbol that sounds when
the frame begins and moves on by `advance` symbols until it ends: none is skipped or said twice.
A pad stands for silence: before the first word, after a sentence, and where words are awaited.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

LONGEST_HOLD_FRAMES = 10
"""A symbol lasts no longer; a guard against a model that never moves on."""
LONGEST_REST_FRAMES = 1
"""How long a slow voice stays between words or on a mark, after the first frame."""
SLOWEST_TAUGHT = 0.9
"""The slowest pace that a network is taught; below it the pointer is held back."""


@dataclass(slots=True)
class Script:
    """The symbols of one lane.

    rests: ids that part words: the blank and the marks. symbols: ids so far, of which old ones are
    dropped. words: for each symbol, how many words are wholly said before it. written: words in
    all. at, advance: the pointer, and its move during this frame. rest: silent frames before the
    pointer may leave a pad. silent: frames spoken on a pad. held: frames spoken on this symbol.
    starved: the last pad stands for words that were late. pace: wished tempo, 1 is the voice's own.
    owed: part of a symbol that was held back. pause_frames: silence after a sentence whose
    successor is already written.
    """

    pad: int
    unseen: int
    rests: frozenset[int] = frozenset()
    symbols: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    written: int = 0
    at: int = 0
    advance: int = 0
    rest: int = 0
    silent: int = 0
    held: int = 0
    starved: bool = False
    pace: float = 1.0
    owed: float = 0.0
    pause_frames: int = 3

    def __post_init__(self) -> None:
        self.symbols.append(self.pad)
        self.words.append(0)

    def write(self, symbols: Sequence[int], blank: int, ends_sentence: bool) -> None:
        """Add a word. blank: the symbol between words. Without symbols it only counts as a word,
        said with the one before it."""
        if not symbols:
            self.written += 1
            if self.symbols[-1] == self.pad:
                self.words[-1] = self.written
            return
        if self.symbols[-1] != self.pad:
            self._add(blank)
        for symbol in symbols:
            self._add(symbol)
        self.written += 1
        if ends_sentence:
            self._add(self.pad)

    def _add(self, symbol: int) -> None:
        self.symbols.append(symbol)
        self.words.append(self.written)

    @property
    def resting(self) -> bool:
        """The pointer is on a pad."""
        return self.symbols[self.at] == self.pad

    @property
    def exhausted(self) -> bool:
        """All that was written has been said."""
        return self.resting and self.at == len(self.symbols) - 1

    def settle(self, predicted: int) -> None:
        """Decide this frame's advance, with all words that have come by now.

        predicted: what the model would do; it binds where the pointer is on a sound.
        """
        if self.resting:
            self.advance = int(not self.exhausted and self.rest <= 1)
            return
        if self.pace < SLOWEST_TAUGHT:
            predicted = self._slowed(predicted)
        if self.held >= LONGEST_HOLD_FRAMES:
            predicted = max(predicted, 1)
        if self.at + predicted >= len(self.symbols) and self.symbols[-1] != self.pad:
            self._add(self.pad)
            self.starved = True
        self.advance = 0
        while self.advance < predicted and self.symbols[self.at + self.advance] != self.pad:
            self.advance += 1

    def _slowed(self, predicted: int) -> int:
        """Fewer symbols than the model would move by, as it is to be slower than it can; but what
        is slow is the sound, not the pauses in it."""
        if self.symbols[self.at] in self.rests:
            return max(predicted, int(self.held >= LONGEST_REST_FRAMES))
        self.owed += predicted * self.pace / SLOWEST_TAUGHT
        moves = int(self.owed)
        self.owed -= moves
        return moves

    def window(self, behind: int, ahead: int) -> list[int]:
        """Ids of the symbols around the pointer, behind + 1 + ahead of them."""
        start, stop = self.at - behind, self.at + ahead + 1
        seen = self.symbols[max(start, 0) : stop]
        return (
            [self.pad] * -min(start, 0) + seen + [self.unseen] * (stop - max(start, 0) - len(seen))
        )

    @property
    def words_said(self) -> int:
        """Words that are wholly said once this frame has sounded."""
        return self.words[self.at + self.advance]

    def move(self, keep: int) -> None:
        """The frame was spoken: move on. keep: how many symbols behind the pointer are still of
        use."""
        was_resting = self.resting
        self.held = 0 if self.advance else self.held + 1
        self.at += self.advance
        if not self.resting:
            self.silent = 0
        elif was_resting:
            self.silent += 1
            self.rest -= 1
        else:
            self.silent = 0
            self.rest = 1 if self.starved else self.pause_frames
            self.starved = False
        if drop := max(self.at - 2 * keep, 0) // keep * keep:
            del self.symbols[:drop], self.words[:drop]
            self.at -= drop
