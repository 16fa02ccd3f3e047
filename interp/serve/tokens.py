"""The resume tokens of a session: each is good once, and using a spent one gives it away.

A token is spent when its successor has arrived: a client whose line breaks again before the answer
to its resume came has nothing but the old one.
"""

import secrets
from collections import deque
from dataclasses import dataclass

REMEMBERED = 16
"""Spent tokens that are still known for what they were."""


@dataclass(frozen=True, slots=True)
class TokenState:
    """current, before: good ones; before may be empty. spent: good once."""

    current: str
    before: str
    spent: tuple[str, ...]

    def good(self, token: str) -> bool:
        """Whether it resumes the session."""
        return bool(token) and token in (self.current, self.before)


class Tokens:
    """current: what the next resume is to present. resumable: whether the session is."""

    def __init__(self, state: TokenState | None = None, *, resumable: bool) -> None:
        self._resumable = resumable
        self.current = state.current if state else secrets.token_urlsafe(24)
        self._before = state.before if state else ""
        self._spent = deque(state.spent if state else (), maxlen=REMEMBERED)

    @property
    def state(self) -> TokenState:
        """All of them."""
        return TokenState(self.current, self._before, tuple(self._spent))

    @property
    def offered(self) -> str:
        """The current one as the client may know it: empty if the session cannot be resumed."""
        return self.current if self._resumable else ""

    def turn(self) -> None:
        """One was presented: give out another."""
        self._before = self._before or self.current
        self.current = secrets.token_urlsafe(24)

    def confirm(self) -> None:
        """The client has the current one."""
        if self._before:
            self._spent.append(self._before)
            self._before = ""

    def good(self, token: str) -> bool:
        """Whether it resumes the session."""
        return self.state.good(token)

    def spent(self, token: str) -> bool:
        """Whether it did once: whoever presents it again is not the one who had the answer."""
        return token in self._spent
