import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Input,
    Marker,
    SkipBacklog,
)
from interp.serve.journal import MAX_CONTROLS, Journal


def audio(first: int, count: int) -> Audio:
    """Samples that name their own position."""
    return Audio(np.arange(first, first + count, dtype=np.float32), 0.0)


def heard(inputs: list[Input]) -> list[float]:
    return [float(x) for item in inputs if isinstance(item, Audio) for x in item.samples]


def checkpoint(position: int) -> Checkpoint:
    return Checkpoint(position, 0, None)


@given(
    sizes=st.lists(st.integers(1, 50), max_size=20),
    cuts=st.lists(st.integers(0, 1000), max_size=5),
)
def test_replay_gives_every_sample_since_the_checkpoint_once(
    sizes: list[int], cuts: list[int]
) -> None:
    journal = Journal(10_000)
    position = 0
    for size in sizes:
        journal.record(audio(position, size), 0)
        position += size
    for cut in sorted(min(cut, position) for cut in cuts):
        journal.trim(checkpoint(cut))
        assert heard(journal.replay()) == list(range(cut, position))


def test_controls_keep_their_place_and_go_with_the_audio_before_them() -> None:
    journal = Journal(10_000)
    items: list[Input] = [audio(0, 10), Marker("a"), audio(10, 10), Marker("b"), audio(20, 10)]
    for item in items:
        journal.record(item, 0)
    journal.record(End(), 0)
    journal.trim(checkpoint(20))
    replay = journal.replay()
    assert [replay[0], replay[2]] == [Marker("b"), End()], "one exactly at a checkpoint follows it"
    journal.trim(checkpoint(21))
    assert Marker("b") not in journal.replay()


def test_too_much_audio_makes_a_session_unreplayable_until_a_checkpoint_passes_it() -> None:
    journal = Journal(100)
    for start in range(0, 150, 10):
        journal.record(audio(start, 10), 0)
    assert not journal.replayable
    journal.trim(checkpoint(40))
    assert not journal.replayable
    journal.trim(checkpoint(50))
    assert journal.replayable
    assert heard(journal.replay()) == list(range(50, 150))


def test_controls_are_bounded_as_well() -> None:
    journal = Journal(100)
    for number in range(MAX_CONTROLS):
        journal.record(Marker(str(number)), 0)
    assert journal.replayable
    journal.record(Marker("one more"), 0)
    assert not journal.replayable
    assert len(journal._entries) == MAX_CONTROLS


def test_a_skipped_backlog_is_kept_as_silence_after_what_was_worked_through() -> None:
    journal = Journal(1000)
    journal.record(audio(1, 10), 0)
    journal.record(audio(11, 10), 0)
    journal.record(SkipBacklog(), worked_samples=5)
    journal.record(audio(21, 5), 5)
    assert heard(journal.replay()) == [1, 2, 3, 4, 5] + [0] * 15 + [21, 22, 23, 24, 25]
