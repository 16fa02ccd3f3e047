"""Sessions of this gateway: who may do what with them, and how it is done."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ
from interp.core.errors import InvalidRequest, Reason, SessionLimit
from interp.monitor.access import Person
from interp.monitor.board import Board
from interp.monitor.booth import Booth
from interp.monitor.captions import exported
from interp.monitor.floor import Floor
from interp.monitor.settings import Role
from interp.monitor.steer import steer
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

PIECE_S = 10.0
"""A microphone that says nothing for so long, not even silence, is gone."""


class Here:
    """A House and the Monitor of all its sessions."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def rows(self) -> list[MonitoredSession]:
        """As House."""
        return self._board.rows()

    def of(self, name: str) -> "Here":
        """As House."""
        self._board.booth(name)
        return self

    async def watch(self, request: WatchSessionRequest, person: Person) -> AsyncIterator[Told]:
        """As Monitor; SessionLimit for a reader that does not keep up."""
        booth = self._board.booth(request.name)
        audience = request.audience_target if request.HasField("audience_target") else None
        if audience is None:
            person.needs(Role.VIEWER)
        else:
            _check_target(booth, audience)
        reader, missed = booth.join(request.last_event_id, audience)
        try:
            for told in missed:
                yield told
            async for told in reader:
                yield told
        finally:
            booth.leave(reader)
        if reader.dropped:
            raise SessionLimit(Reason.READER_TOO_SLOW, "changes are not read; begin anew")

    async def steer(self, request: SteerSessionRequest, person: Person) -> None:
        """As Monitor."""
        await steer(self._board.booth(request.name), person, request)

    async def listen(
        self, request: ListenSessionRequest, person: Person
    ) -> AsyncIterator[ListenSessionResponse]:
        """As Monitor."""
        booth = self._board.booth(request.name)
        if request.WhichOneof("side") == "source":
            person.needs(Role.VIEWER)
            readers, rate_hz = booth.source_sound, SOURCE_RATE_HZ
        else:
            _check_target(booth, request.target)
            readers, rate_hz = booth.target_sounds[request.target], TARGET_RATE_HZ
        reader, _ = readers.join()
        try:
            async for piece in reader:
                yield ListenSessionResponse(pcm_s16le=piece, sample_rate_hertz=rate_hz)
        finally:
            readers.leave(reader)

    async def speak(self, pieces: AsyncIterator[SpeakSessionRequest], person: Person) -> int:
        """As Monitor."""
        person.needs(Role.INTERPRETER)
        first = await first_piece(pieces)
        booth = self._board.booth(first.name)
        _check_target(booth, first.target)
        floor = Floor(booth, person, first.target)
        if first.pcm_s16le:
            floor.say(first.pcm_s16le)
        while (piece := await _next(pieces)) and floor.held:
            floor.say(piece.pcm_s16le)
        return floor.spoken_ms

    async def export(self, request: ExportCaptionsRequest, person: Person) -> str:
        """As Monitor; the division into cues is worked out beside the event loop."""
        person.needs(Role.VIEWER)
        booth = self._board.booth(request.name)
        _check_target(booth, request.target)
        source = booth.view.source or booth.relay.config.session.source
        session = replace(booth.relay.wishes.targets[request.target], source=source)
        return await asyncio.to_thread(exported, booth.text, session, request)

    async def push(self, request: PushCaptionsRequest, person: Person) -> None:
        """As Monitor."""
        person.needs(Role.OPERATOR)
        booth = self._board.booth(request.name)
        _check_target(booth, request.target)
        await self._board.push(booth, request)
        booth.tell(booth.view.note("PUSHED", by=person.name, text=request.place))

    async def delete(self, request: DeleteSessionRequest, person: Person) -> None:
        """As Monitor."""
        person.needs(Role.ADMIN)
        self._board.forget(self._board.booth(request.name))


async def first_piece(pieces: AsyncIterator[SpeakSessionRequest]) -> SpeakSessionRequest:
    """What says where somebody speaks. Raises InvalidRequest where it does not come."""
    first = await _next(pieces)
    if first is None:
        raise InvalidRequest(Reason.CONFIG_MISSING, "say at once where you speak")
    return first


async def _next(pieces: AsyncIterator[SpeakSessionRequest]) -> SpeakSessionRequest | None:
    """None at the end, which a microphone that is gone has come to as well."""
    try:
        async with asyncio.timeout(PIECE_S):
            return await anext(pieces)
    except (StopAsyncIteration, TimeoutError):
        return None


def _check_target(booth: Booth, target: int) -> None:
    if not 0 <= target < len(booth.target_sounds):
        raise InvalidRequest(Reason.BAD_CONFIG, "the session has no such target")
