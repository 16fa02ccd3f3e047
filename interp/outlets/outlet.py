"""Where the events of a session go: several places at once, closed together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol

from interp.core.events import Event


class Outlet(AbstractContextManager[Any], Protocol):
    """One place, such as a report, a file or a loudspeaker."""

    def take(self, event: Event) -> None:
        """Take one event, in the order of the session."""


@contextmanager
def opened(outlets: Sequence[Outlet]) -> Iterator[Callable[[Event], None]]:
    """Gives the function that hands an event to each."""
    with ExitStack() as stack:
        for outlet in outlets:
            stack.enter_context(outlet)

        def take(event: Event) -> None:
            for outlet in outlets:
                outlet.take(event)

        yield take
