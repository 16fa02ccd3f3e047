"""One text at a time, each token the best.

What was guessed last time after the words now written is run along with them as a draft, as in
`interp.models.whisper.translator`: as far as the model still chooses the same tokens, one pass
gives them all.
"""

from collections.abc import Sequence

from torch import Tensor

from interp.models.marian.decoder import Fed, Feed
from interp.models.marian.lane import Opened, Reading, Written
from interp.models.marian.outlook import Outlook
from interp.models.marian.writing import Chooser, Preference

DRAFT_TOKENS = 24
"""A draft is at most this long: what comes later of a guess seldom stays."""


class GreedyLane:
    """A `Lane` that follows the best token."""

    def __init__(self, opened: Opened, chooser: Chooser) -> None:
        self._opened, self._chooser = opened, chooser
        self._cells, self._run = opened.cells, opened.run
        self._pending, self._trial = opened.pending, opened.likely[:DRAFT_TOKENS]

    @property
    def width(self) -> int:
        """As Lane has it."""
        return 1

    @property
    def preference(self) -> Preference | None:
        """As Lane has it."""
        return self._opened.draft.preference

    @property
    def reading(self) -> Reading:
        """As Lane has it."""
        return self._opened.reading

    @property
    def stopped(self) -> bool:
        """As Lane has it."""
        return self._opened.draft.stopped

    def feeds(self) -> list[Feed]:
        """The pending tokens, and the trial behind them."""
        tokens = self._pending + self._trial
        return [Feed(tokens, self._run, self._cells, self.reading.memory)]

    def choosing(self, fed: Sequence[Fed]) -> tuple[Tensor, Tensor]:
        """Those of the last pending token and of the trial."""
        first = -1 - len(self._trial)
        return fed[0].hidden[first:], fed[0].attention[first:]

    def take(self, fed: Sequence[Fed], outlooks: Sequence[Outlook]) -> None:
        """Take tokens as long as they are those of the trial, and one more."""
        (one,), draft, row = fed, self._opened.draft, len(self._pending) - 1
        self._opened.settle(one)
        token = self._chooser.take(draft, outlooks[0])
        for tried, outlook in zip(self._trial, outlooks[1:], strict=True):
            if draft.stopped or token != tried:
                break
            row += 1
            token = self._chooser.take(draft, outlook)
        self._cells, self._run = one.cells[row], self._run + row + 1
        self._pending, self._trial = [token], []

    def close(self) -> Written:
        """As Lane has it."""
        return self._opened.closed()
