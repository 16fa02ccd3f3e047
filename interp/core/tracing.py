"""Who may follow the work from outside: stretches of it, their names and counts, never words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeAlias

Attribute: TypeAlias = str | int | float | bool
"""Never of what was said or written."""


class Span(Protocol):
    """A stretch of time that has begun."""

    def end(self, **attributes: Attribute) -> None:
        """It is over; what is known of it now."""


class Tracing(Protocol):
    """Told of the work of a process; costs nothing where nobody follows it."""

    def span(
        self, name: str, sessions: Sequence[str] = (), **attributes: Attribute
    ) -> AbstractContextManager[None]:
        """Work of this thread or task; what begins inside it is part of it. sessions: whose."""

    def session(self, session_id: str, *, resumed: bool, **attributes: Attribute) -> Span:
        """A session begins at this gateway; resumed: one that another gateway had."""

    def close(self) -> None:
        """Hand on what is left."""


class _UnseenSpan:
    def end(self, **attributes: Attribute) -> None:
        """Nobody looks."""


class _Unseen:
    def span(
        self, name: str, sessions: Sequence[str] = (), **attributes: Attribute
    ) -> AbstractContextManager[None]:
        """As Tracing."""
        return _NOWHERE

    def session(self, session_id: str, *, resumed: bool, **attributes: Attribute) -> Span:
        """As Tracing."""
        return UNSEEN_SPAN

    def close(self) -> None:
        """As Tracing."""


_NOWHERE = nullcontext()
UNSEEN_SPAN: Span = _UnseenSpan()
UNSEEN: Tracing = _Unseen()
