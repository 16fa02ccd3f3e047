"""What a gateway lets people do with the sessions that it has: the same behind both doors."""

from collections.abc import AsyncIterator
from typing import Protocol

from interp.monitor.access import Person
from interp.monitor.told import Told
from interp.wire.monitoring import (
    DeleteSessionRequest,
    ExportCaptionsRequest,
    ListenSessionRequest,
    ListenSessionResponse,
    MonitoredSession,
    PushCaptionsRequest,
    SpeakSessionRequest,
    SteerSessionRequest,
    WatchSessionRequest,
)


class Monitor(Protocol):
    """The calls of MonitorService about one session, for one person. Each raises InterpError.

    Longer than a protocol should be: it is the service, and there are two who do it, the gateway
    that has the session and the one that asks it to.
    """

    def watch(self, request: WatchSessionRequest, person: Person) -> AsyncIterator[Told]:
        """A snapshot, or what was missed, then changes to the end."""

    async def steer(self, request: SteerSessionRequest, person: Person) -> None:
        """Do what is ordered."""

    def listen(
        self, request: ListenSessionRequest, person: Person
    ) -> AsyncIterator[ListenSessionResponse]:
        """One side as it is said."""

    async def speak(self, pieces: AsyncIterator[SpeakSessionRequest], person: Person) -> int:
        """A person's voice, until handed back; how much went out, ms."""

    async def export(self, request: ExportCaptionsRequest, person: Person) -> str:
        """A file of captions."""

    async def push(self, request: PushCaptionsRequest, person: Person) -> None:
        """Captions to a place, from now on."""

    async def delete(self, request: DeleteSessionRequest, person: Person) -> None:
        """What was kept of an ended session."""


class House(Protocol):
    """All sessions that can be seen from here."""

    def rows(self) -> list[MonitoredSession]:
        """How they are now, ordered by name."""

    def of(self, name: str) -> Monitor:
        """Who has the session. Raises InvalidRequest, NotServed, Unavailable."""
