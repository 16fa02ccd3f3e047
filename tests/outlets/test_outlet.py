"""Several outlets at once: each takes everything, and all are closed."""

import pytest

from interp.core.events import Event, MarkerReached
from interp.outlets.outlet import opened

EVENTS = [MarkerReached("a", 0), MarkerReached("b", 10)]


class Place:
    """Keeps what comes; tells a common log when it is opened and closed."""

    def __init__(self, name: str, log: list[str], *, broken: bool = False) -> None:
        self.name, self.log, self.broken = name, log, broken
        self.taken: list[Event] = []

    def __enter__(self) -> "Place":
        if self.broken:
            raise OSError(f"{self.name} cannot be opened")
        self.log.append(f"open {self.name}")
        return self

    def __exit__(self, *_: object) -> None:
        self.log.append(f"close {self.name}")

    def take(self, event: Event) -> None:
        self.taken.append(event)


def test_each_takes_every_event_in_order() -> None:
    places = [Place("one", []), Place("two", [])]
    with opened(places) as take:
        for event in EVENTS:
            take(event)
    assert [place.taken for place in places] == [EVENTS, EVENTS]


def test_all_are_closed_the_last_opened_first() -> None:
    log: list[str] = []
    with opened([Place("one", log), Place("two", log)]):
        assert log == ["open one", "open two"]
    assert log[2:] == ["close two", "close one"]


def test_all_are_closed_when_the_session_fails() -> None:
    log: list[str] = []
    with pytest.raises(KeyboardInterrupt), opened([Place("one", log), Place("two", log)]):
        raise KeyboardInterrupt
    assert log[2:] == ["close two", "close one"]


def test_one_that_cannot_be_opened_leaves_none_open() -> None:
    log: list[str] = []
    places = [Place("one", log), Place("two", log, broken=True), Place("three", log)]
    with pytest.raises(OSError, match="two cannot be opened"), opened(places):
        pytest.fail("there is nothing to take events")
    assert log == ["open one", "close one"]


def test_without_any_events_go_nowhere() -> None:
    with opened([]) as take:
        take(EVENTS[0])
