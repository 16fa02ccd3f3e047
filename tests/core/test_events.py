import pickle
from typing import get_args

import numpy as np
import pytest

from interp.core.events import (
    Checkpoint,
    Event,
    MarkerReached,
    Numbered,
    Output,
    PassedOver,
    PolicyAction,
    SessionEnded,
    Skipped,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)

WORD = WrittenWord(" so", 100, 120, 0, 90)
COUNTED: list[Event] = [
    TargetText(0, (WORD,), " it", segment_ended=False),
    SourceText(0, (WORD,)),
    SourceLanguage("it", 0.9),
    PolicyAction(0, 1, 100, 0, 2.5),
    MarkerReached("m", 100),
    SessionEnded(Totals(heard_ms=100, words=1)),
]
UNCOUNTED: list[Event] = [
    TargetSpeech(0, np.zeros(2, np.float32), None, 0, " so", 0, 90, 100, 120),
    *(Warned(code, 10) for code in WarningCode),
]


def test_every_kind_of_event_is_here() -> None:
    assert {type(event) for event in COUNTED + UNCOUNTED} == set(get_args(Event))


@pytest.mark.parametrize("event", COUNTED, ids=lambda event: type(event).__name__)
def test_what_is_sure_to_come_again_counts(event: Event) -> None:
    assert Numbered(3, event).counts


@pytest.mark.parametrize("event", UNCOUNTED, ids=lambda event: type(event).__name__)
def test_speech_and_warnings_do_not_count(event: Event) -> None:
    assert not Numbered(3, event).counts


@pytest.mark.parametrize(
    "note", [Checkpoint(512, 3, {"any": "state"}), PassedOver(512), Skipped(0, 512)]
)
def test_what_a_replica_says_comes_through_another_process_whole(note: object) -> None:
    for said in (note, *(Numbered(1, event) for event in COUNTED)):
        assert pickle.loads(pickle.dumps(said)) == said


def test_a_checkpoint_does_not_show_the_state_it_holds() -> None:
    assert "secret" not in repr(Checkpoint(512, 3, "a secret transcript"))


def test_events_cannot_be_changed_once_said() -> None:
    for event in COUNTED + UNCOUNTED:
        name = next(iter(type(event).__dataclass_fields__))
        with pytest.raises((AttributeError, TypeError)):
            setattr(event, name, None)


def test_outputs_and_warnings_are_known_by_stable_names() -> None:
    assert {output.value for output in Output} == {"text", "speech", "source_text", "actions"}
    assert all(code.value == code.name for code in WarningCode)
