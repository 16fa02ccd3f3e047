import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Input,
    Marker,
    PassedOver,
    Replay,
    SkipBacklog,
    Skipped,
)
from interp.serve.journal import MAX_CONTROLS, Journal


def audio(first: int, count: int) -> Audio:
    """Samples that name their own position."""
    return Audio(np.arange(first, first + count, dtype=np.float32), 0.0)


def heard(inputs: list[Input]) -> list[float]:
    return [float(x) for item in inputs if isinstance(item, Audio) for x in item.samples]


def checkpoint(position: int) -> Checkpoint:
    return Checkpoint(position, 0, None)


def inputs(journal: Journal, worked: int = 0) -> list[Input]:
    known, *rest = journal.replay(worked)
    assert isinstance(known, Replay)
    return rest


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
        journal.record(audio(position, size))
        position += size
    for cut in sorted(min(cut, position) for cut in cuts):
        journal.trim(checkpoint(cut))
        assert heard(inputs(journal)) == list(range(cut, position))


def test_controls_keep_their_place_and_go_with_the_audio_before_them() -> None:
    journal = Journal(10_000)
    items: list[Input] = [audio(0, 10), Marker("a"), audio(10, 10), Marker("b"), audio(20, 10)]
    for item in items:
        journal.record(item)
    journal.record(End())
    journal.trim(checkpoint(20))
    replay = inputs(journal)
    assert [replay[0], replay[2]] == [Marker("b"), End()], "one exactly at a checkpoint follows it"
    journal.trim(checkpoint(21))
    assert Marker("b") not in inputs(journal)


def test_too_much_audio_makes_a_session_unreplayable_until_a_checkpoint_passes_it() -> None:
    journal = Journal(100)
    for start in range(0, 150, 10):
        journal.record(audio(start, 10))
    assert not journal.replayable
    journal.trim(checkpoint(40))
    assert not journal.replayable
    journal.trim(checkpoint(50))
    assert journal.replayable
    assert heard(inputs(journal)) == list(range(50, 150))


def test_controls_are_bounded_as_well() -> None:
    journal = Journal(100)
    for number in range(MAX_CONTROLS):
        journal.record(Marker(str(number)))
    assert journal.replayable
    journal.record(Marker("one more"))
    assert not journal.replayable
    assert len(journal._entries) == MAX_CONTROLS


def test_a_skipped_backlog_is_the_silence_that_the_replica_made_of_it() -> None:
    journal = Journal(1000)
    for item in (audio(1, 10), SkipBacklog(), audio(11, 10), SkipBacklog(), audio(21, 5)):
        journal.record(item)
    journal.skipped(Skipped(5, 10))
    journal.skipped(Skipped(18, 20))
    silent = [*range(1, 6), *[0] * 5, *range(11, 19), 0, 0, *range(21, 26)]
    assert heard(inputs(journal)) == silent


def test_a_backlog_nobody_told_of_skipping_is_silent_after_what_was_told() -> None:
    journal = Journal(1000)
    for item in (audio(1, 10), audio(11, 10), SkipBacklog(), audio(21, 5)):
        journal.record(item)
    expected = [*range(1, 6), *[0] * 15, *range(21, 26)]
    assert heard(inputs(journal, worked=5)) == expected
    assert SkipBacklog() not in inputs(journal, worked=12)
    assert heard(inputs(journal, worked=12)) == expected, "what was replayed once stays"


def test_a_replay_is_told_where_decisions_were_passed_over() -> None:
    journal = Journal(1000)
    journal.record(audio(0, 100))
    for position in (20, 60):
        journal.passed_over(PassedOver(position))
    assert journal.replay(80)[0] == Replay(80, frozenset({20, 60}))
    journal.trim(checkpoint(40))
    assert journal.replay(80)[0] == Replay(80, frozenset({60}))
