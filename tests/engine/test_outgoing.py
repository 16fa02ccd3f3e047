import numpy as np

from interp.core.events import (
    Checkpoint,
    MarkerReached,
    Numbered,
    PassedOver,
    PolicyAction,
    Skipped,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.engine.outgoing import Outgoing

WORD = WrittenWord(" so", 100, 120, 0, 90)
TEXT = TargetText(0, (WORD,))
ACTION = PolicyAction(0, 1, 100, 1, 5.0)
MARKER = MarkerReached("m", 100)
LATE = Warned(WarningCode.CATCHING_UP, 900)
SOUND = TargetSpeech(0, np.zeros(4, np.float32), None, 0, "", 0, 90, 100, 120)


def test_what_counts_is_numbered_without_holes() -> None:
    outgoing = Outgoing(7)
    for event in (TEXT, ACTION, MARKER):
        outgoing.tell(event)
    assert outgoing.take() == [Numbered(7, TEXT), Numbered(8, ACTION), Numbered(9, MARKER)]


def test_what_does_not_count_has_the_number_of_what_follows() -> None:
    outgoing = Outgoing(0)
    outgoing.tell(TEXT)
    outgoing.tell_uncounted([LATE, SOUND])
    outgoing.tell(MARKER)
    said = outgoing.take()
    assert said == [Numbered(0, TEXT), Numbered(1, LATE), Numbered(1, SOUND), Numbered(1, MARKER)]
    assert [item.counts for item in said if isinstance(item, Numbered)] == [
        True,
        False,
        False,
        True,
    ]


def test_a_checkpoint_goes_on_with_the_next_number_and_notes_have_none() -> None:
    outgoing = Outgoing(3)
    outgoing.tell(MARKER)
    outgoing.note(PassedOver(512))
    outgoing.checkpoint(1024, "state")
    outgoing.note(Skipped(0, 512))
    outgoing.tell(MARKER)
    assert outgoing.take() == [
        Numbered(3, MARKER),
        PassedOver(512),
        Checkpoint(1024, 4, "state"),
        Skipped(0, 512),
        Numbered(4, MARKER),
    ]


def test_what_was_taken_is_not_given_again() -> None:
    outgoing = Outgoing(0)
    outgoing.tell(MARKER)
    assert len(outgoing.take()) == 1
    assert outgoing.take() == []
