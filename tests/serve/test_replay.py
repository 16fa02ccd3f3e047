"""A session whose replica is lost decides again as it did: nothing is lost, nothing said twice.

Sessions run on a virtual clock. How late each was, before and after, is drawn by hypothesis.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import (
    Audio,
    End,
    Event,
    Input,
    Numbered,
    Output,
    PolicyAction,
    SessionEnded,
    SkipBacklog,
    TargetText,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.engine.pace import LATE_MS as DECIDES_LATE_MS
from interp.engine.session import Session
from interp.serve.journal import Journal
from interp.serve.once import Once
from tests.engine.stage import pause, session, speech
from tests.fakes.translator import ScriptTranslator

CHUNK = 1600
CHUNK_MS = 100
TALK = np.concatenate([speech(6000), pause(1500), speech(4000)])
CHUNKS = -(-TALK.size // CHUNK)
CONFIG = SessionConfig(
    "fr",
    "en",
    frozenset({Output.TEXT, Output.SOURCE_TEXT, Output.ACTIONS}),
    "waitk:k=1,unit_ms=400",
)
LATE_MS = 8000


@dataclass
class Line:
    """A gateway's part: what it keeps, what it has told."""

    journal: Journal = field(default_factory=lambda: Journal(10**9))
    once: Once = field(default_factory=Once)
    told: list[Event] = field(default_factory=list)
    worked_samples: int = 0

    def take(self, replica: "Replica") -> None:
        """A tick."""
        for item in replica.session.take():
            if not isinstance(item, Numbered):
                self.journal.note(item)
            elif self.once.admit(item):
                self.told.append(item.event)
        self.worked_samples = max(self.worked_samples, replica.session.worked_ms * 16)


class Replica:
    """One session and its clock. late: the chunks at which it is behind."""

    def __init__(self, line: Line, late: set[int], late_ms: int = LATE_MS) -> None:
        self.clock, self.late, self.late_ms = VirtualClock(), late, late_ms
        self.session: Session = session(
            ScriptTranslator(),
            "",
            config=CONFIG,
            clock=self.clock,
            checkpoint=line.journal.checkpoint,
            catch_up_ms=6000,
        )

    def hear(self, item: Input, chunk: int) -> None:
        """Take an input in and work through it."""
        behind_ms = self.late_ms if chunk in self.late else 0
        self.clock.time_ms = (chunk + 1) * CHUNK_MS + behind_ms
        self.session.feed(item)

    def work(self) -> None:
        while (work := self.session.advance()) is not None:
            (answer,) = self.session.models.run([work])
            self.session.complete(answer)

    def work_for(self, budget_ms: float, cost_ms: float) -> None:
        """Work for so long; each piece of work takes its time, and what is not done waits."""
        until_ms = self.clock.time_ms + budget_ms
        while self.clock.time_ms + cost_ms <= until_ms and (work := self.session.advance()):
            self.clock.advance(cost_ms)
            (answer,) = self.session.models.run([work])
            self.session.complete(answer)
        self.clock.time_ms = until_ms


def talk() -> list[Input]:
    chunks = [TALK[i * CHUNK : (i + 1) * CHUNK] for i in range(CHUNKS)]
    return [*(Audio(c, float((i + 1) * CHUNK_MS)) for i, c in enumerate(chunks)), End()]


def told(
    kills: Iterable[int], late: set[int], skips: Iterable[int] = (), late_ms: int = LATE_MS
) -> list[Event]:
    """What the client hears if the replica dies after these chunks. Every other replica is late."""
    line = Line()
    kills, skips = set(kills), set(skips)
    replica = Replica(line, late, late_ms)
    deaths = 0
    for chunk, item in enumerate(talk()):
        line.journal.record(item)
        replica.hear(item, chunk)
        if chunk in skips:
            line.journal.record(SkipBacklog())
            replica.hear(SkipBacklog(), chunk)
        replica.work()
        if chunk % 2:  # the gateway asks less often than the session says something
            line.take(replica)
        if chunk in kills:
            deaths += 1
            other = late if deaths % 2 == 0 else set(range(CHUNKS)) - late
            replica = Replica(line, other, late_ms)
            for again in line.journal.replay(line.worked_samples):
                replica.hear(again, chunk)
                replica.work()
    line.take(replica)
    return line.told


def assert_whole(events: list[Event]) -> None:
    """Every segment's words are there once, in order, and as many as were written."""
    by_segment: dict[int, list[str]] = {}
    for event in events:
        if isinstance(event, TargetText):
            by_segment.setdefault(event.segment, []).extend(w.text for w in event.words)
    for said in by_segment.values():
        assert said == [f" w{number}" for number in range(len(said))]
    (ended,) = [event for event in events if isinstance(event, SessionEnded)]
    assert ended.totals.words == sum(map(len, by_segment.values()))


@pytest.mark.parametrize("late", [set(), set(range(20, 60)), set(range(CHUNKS))])
@pytest.mark.parametrize("kills", [{45}, {45, 46}, {30, 90, 91}])
def test_late_before_or_after_a_loss_no_word_is_lost_or_doubled(
    late: set[int], kills: set[int]
) -> None:
    assert_whole(told(kills, late))


@settings(max_examples=80, deadline=None)
@given(
    kills=st.sets(st.integers(0, CHUNKS - 1), max_size=4),
    late=st.sets(st.integers(0, CHUNKS - 1)),
    skips=st.sets(st.integers(0, CHUNKS - 1), max_size=2),
    late_ms=st.sampled_from([LATE_MS, DECIDES_LATE_MS + 500]),
)
def test_whenever_it_is_lost_no_word_is_lost_or_doubled(
    kills: set[int], late: set[int], skips: set[int], late_ms: int
) -> None:
    assert_whole(told(kills, late, skips, late_ms))


@pytest.mark.parametrize("kills", [{45}, {30, 31, 90}])
def test_decisions_made_where_the_speaker_was_are_so_again_after_a_loss(kills: set[int]) -> None:
    late = set(range(0, CHUNKS, 2))
    original, replayed = told([], late, late_ms=1500), told(kills, late, late_ms=1500)
    unloaded = told([], set())
    assert positions(original) != positions(unloaded)
    assert [w.text for e in texts(original) for w in e.words] == [
        w.text for e in texts(unloaded) for w in e.words
    ]
    before = [each for each in positions(original) if each <= min(kills) * CHUNK_MS]
    assert positions(replayed)[: len(before)] == before
    assert not any(isinstance(event, Warned) for event in original)


def after_outage(from_chunk: int, chunks: int, again_after: int | None = None) -> list[Event]:
    """What the client hears if for so many chunks there is no replica, and the next one takes 80 ms
    for each piece of work. again_after: chunks later that one is lost too, and is back at once."""
    line = Line()
    replica = Replica(line, set())
    lost = range(from_chunk, from_chunk + chunks)
    for chunk in range(CHUNKS * 3):
        item = talk()[chunk] if chunk <= CHUNKS else None
        if item:
            line.journal.record(item)
        if chunk in lost:
            continue
        comes_back = chunk == lost.stop or (again_after and chunk == lost.stop + again_after)
        if comes_back:
            replica = Replica(line, set())
        replica.clock.time_ms = max(replica.clock.time_ms, (chunk + 1) * CHUNK_MS)
        for each in line.journal.replay(line.worked_samples) if comes_back else [item]:
            if each:
                replica.session.feed(each)
        replica.work_for(CHUNK_MS, cost_ms=80)
        line.take(replica)
    return line.told


@pytest.mark.parametrize("again_after", [None, 5])
@pytest.mark.parametrize(("from_chunk", "chunks"), [(20, 30), (30, 80), (5, 100)])
def test_after_an_outage_of_any_length_every_word_is_the_same(
    from_chunk: int, chunks: int, again_after: int | None
) -> None:
    events = after_outage(from_chunk, chunks, again_after)
    assert_whole(events)
    expected = [event.words for event in texts(told([], set()))]
    assert [_untimed(event.words) for event in texts(events)] == [*map(_untimed, expected)]
    assert not any(isinstance(event, Warned) for event in events)


def _untimed(words: Iterable[WrittenWord]) -> list[tuple[str, int]]:
    return [(word.text, word.delay_ms) for word in words]


def test_a_replica_in_time_writes_what_one_that_was_late_had_passed_over_no_more() -> None:
    late = set(range(20, 60))
    original = told([], late)
    replayed = told([65], late)  # the other is in time exactly there
    before = [event for event in texts(original) if event.words[-1].delay_ms <= 6500]
    assert [w.text for e in texts(replayed)[: len(before)] for w in e.words] == [
        w.text for e in before for w in e.words
    ]
    assert Warned(WarningCode.CATCHING_UP, LATE_MS) in original


def positions(events: list[Event]) -> list[int]:
    """Where decisions were made, ms."""
    return [event.position_ms for event in events if isinstance(event, PolicyAction)]


def texts(events: list[Event]) -> list[TargetText]:
    return [event for event in events if isinstance(event, TargetText) and event.words]
