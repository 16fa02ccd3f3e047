import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import Audio, End, Input, Marker, SkipBacklog, Skipped
from interp.engine.waiting import Waiting


def audio(samples: int) -> Audio:
    return Audio(np.full(samples, 0.5, np.float32), 0.0)


def popped(waiting: Waiting) -> list[Input]:
    found = []
    while waiting:
        found.append(waiting.pop())
    return found


def test_inputs_come_in_order() -> None:
    waiting = Waiting(0)
    items: list[Input] = [audio(10), Marker("m"), audio(5), End()]
    assert [waiting.put(item) for item in items] == [None] * 4
    assert popped(waiting) == items
    assert not waiting


def test_a_skip_makes_silence_of_what_waits_and_of_nothing_else() -> None:
    waiting = Waiting(1000)
    waiting.put(audio(40))
    waiting.pop()
    waiting.put(audio(10))
    waiting.put(Marker("m"))
    waiting.put(audio(20))
    assert waiting.put(SkipBacklog()) == Skipped(1040, 1070)
    waiting.put(audio(5))
    first, marker, second, after = popped(waiting)
    assert marker == Marker("m")
    for item, loud in ((first, False), (second, False), (after, True)):
        assert isinstance(item, Audio)
        assert item.samples.any() == loud
    assert isinstance(first, Audio)
    assert first.samples.size == 10


def test_with_nothing_waiting_nothing_is_skipped() -> None:
    waiting = Waiting(512)
    assert waiting.put(SkipBacklog()) == Skipped(512, 512)


@given(st.lists(st.one_of(st.integers(1, 50), st.just("skip"), st.just("pop")), max_size=30))
def test_skipped_stretches_are_the_samples_that_turned_silent(plan: list[int | str]) -> None:
    waiting, heard = Waiting(0), list[float]()
    silent: set[int] = set()

    def take() -> None:
        item = waiting.pop()
        assert isinstance(item, Audio)
        heard.extend(item.samples.tolist())

    for step in plan:
        match step:
            case int(samples):
                waiting.put(audio(samples))
            case "skip":
                skipped = waiting.put(SkipBacklog())
                assert skipped is not None
                silent |= set(range(skipped.start_samples, skipped.end_samples))
            case _:
                if waiting:
                    take()
    while waiting:
        take()
    assert silent == {place for place, value in enumerate(heard) if value == 0}
    runs = [key for key, _ in itertools.groupby(heard)]
    assert set(runs) <= {0.0, 0.5}
