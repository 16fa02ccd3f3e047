import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import Audio, End, Input, Marker, SkipBacklog, Skipped
from interp.engine.backlog import Backlog


def audio(samples: int) -> Audio:
    return Audio(np.full(samples, 0.5, np.float32), 0.0)


def popped(backlog: Backlog) -> list[Input]:
    found = []
    while backlog:
        found.append(backlog.pop())
    return found


def test_inputs_come_in_order() -> None:
    backlog = Backlog(0)
    items: list[Input] = [audio(10), Marker("m"), audio(5), End()]
    assert [backlog.put(item) for item in items] == [None] * 4
    assert popped(backlog) == items
    assert not backlog


def test_a_skip_makes_silence_of_what_waits_and_of_nothing_else() -> None:
    backlog = Backlog(1000)
    backlog.put(audio(40))
    backlog.pop()
    backlog.put(audio(10))
    backlog.put(Marker("m"))
    backlog.put(audio(20))
    assert backlog.put(SkipBacklog()) == Skipped(1040, 1070)
    backlog.put(audio(5))
    first, marker, second, after = popped(backlog)
    assert marker == Marker("m")
    for item, loud in ((first, False), (second, False), (after, True)):
        assert isinstance(item, Audio)
        assert item.samples.any() == loud
    assert isinstance(first, Audio)
    assert first.samples.size == 10


def test_with_nothing_waiting_nothing_is_skipped() -> None:
    backlog = Backlog(512)
    assert backlog.put(SkipBacklog()) == Skipped(512, 512)


@given(st.lists(st.one_of(st.integers(1, 50), st.just("skip"), st.just("pop")), max_size=30))
def test_skipped_stretches_are_the_samples_that_turned_silent(plan: list[int | str]) -> None:
    backlog, heard = Backlog(0), list[float]()
    silent: set[int] = set()

    def take() -> None:
        item = backlog.pop()
        assert isinstance(item, Audio)
        heard.extend(item.samples.tolist())

    for step in plan:
        match step:
            case int(samples):
                backlog.put(audio(samples))
            case "skip":
                skipped = backlog.put(SkipBacklog())
                assert skipped is not None
                silent |= set(range(skipped.start_samples, skipped.end_samples))
            case _:
                if backlog:
                    take()
    while backlog:
        take()
    assert silent == {place for place, value in enumerate(heard) if value == 0}
    runs = [key for key, _ in itertools.groupby(heard)]
    assert set(runs) <= {0.0, 0.5}
