"""MonitorService over gRPC: one call each, told as the protocol tells it."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import grpc

from interp.monitor.access import Metadata, Person
from interp.monitor.contract import House
from interp.monitor.here import first_piece
from interp.monitor.lists import changes, listed
from interp.monitor.settings import Role
from interp.serve.servicer import answered
from interp.wire.monitoring import (
    DeleteSessionRequest,
    DeleteSessionResponse,
    ExportCaptionsRequest,
    ExportCaptionsResponse,
    ListenSessionRequest,
    ListenSessionResponse,
    ListSessionsRequest,
    ListSessionsResponse,
    MonitorServiceServicer,
    PushCaptionsRequest,
    PushCaptionsResponse,
    SpeakSessionRequest,
    SpeakSessionResponse,
    SteerSessionRequest,
    SteerSessionResponse,
    WatchSessionRequest,
    WatchSessionResponse,
    WatchSessionsRequest,
    WatchSessionsResponse,
)
from interp.wire.requests import duration

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


class MonitorServicer(MonitorServiceServicer):
    """house: what there is to see. caller_of: who calls; raises Unauthenticated."""

    def __init__(self, house: House, caller_of: Callable[[Metadata], Person]) -> None:
        self._house, self._caller_of = house, caller_of

    async def ListSessions(
        self,
        request: ListSessionsRequest,
        context: grpc.aio.ServicerContext[ListSessionsRequest, ListSessionsResponse],
    ) -> ListSessionsResponse:
        """As in monitor_service.proto, like all that follow."""

        async def call() -> ListSessionsResponse:
            self._person(context).needs(Role.VIEWER)
            return listed(self._house, request)

        return await answered(call(), context)

    async def WatchSessions(
        self,
        request: WatchSessionsRequest,
        context: grpc.aio.ServicerContext[WatchSessionsRequest, WatchSessionsResponse],
    ) -> None:
        """The list as it changes."""

        async def call() -> None:
            self._person(context).needs(Role.VIEWER)
            await _write(changes(self._house), context)

        await answered(call(), context)

    async def WatchSession(
        self,
        request: WatchSessionRequest,
        context: grpc.aio.ServicerContext[WatchSessionRequest, WatchSessionResponse],
    ) -> None:
        """One session as it changes."""

        async def call() -> None:
            person = self._person(context)
            async for told in self._house.of(request.name).watch(request, person):
                await context.write(told.message)

        await answered(call(), context)

    async def SteerSession(
        self,
        request: SteerSessionRequest,
        context: grpc.aio.ServicerContext[SteerSessionRequest, SteerSessionResponse],
    ) -> SteerSessionResponse:
        """An order."""

        async def call() -> SteerSessionResponse:
            person = self._person(context)
            await self._house.of(request.name).steer(request, person)
            return SteerSessionResponse()

        return await answered(call(), context)

    async def ListenSession(
        self,
        request: ListenSessionRequest,
        context: grpc.aio.ServicerContext[ListenSessionRequest, ListenSessionResponse],
    ) -> None:
        """Sound, one side."""

        async def call() -> None:
            person = self._person(context)
            await _write(self._house.of(request.name).listen(request, person), context)

        await answered(call(), context)

    async def SpeakSession(
        self,
        request_iterator: AsyncIterator[SpeakSessionRequest],
        context: grpc.aio.ServicerContext[SpeakSessionRequest, SpeakSessionResponse],
    ) -> SpeakSessionResponse:
        """A person's voice."""

        async def call() -> SpeakSessionResponse:
            person = self._person(context)
            first = await first_piece(request_iterator)
            monitor = self._house.of(first.name)
            spoken_ms = await monitor.speak(_after(first, request_iterator), person)
            return SpeakSessionResponse(spoken=duration(spoken_ms))

        return await answered(call(), context)

    async def ExportCaptions(
        self,
        request: ExportCaptionsRequest,
        context: grpc.aio.ServicerContext[ExportCaptionsRequest, ExportCaptionsResponse],
    ) -> ExportCaptionsResponse:
        """A file."""

        async def call() -> ExportCaptionsResponse:
            person = self._person(context)
            content = await self._house.of(request.name).export(request, person)
            return ExportCaptionsResponse(content=content)

        return await answered(call(), context)

    async def PushCaptions(
        self,
        request: PushCaptionsRequest,
        context: grpc.aio.ServicerContext[PushCaptionsRequest, PushCaptionsResponse],
    ) -> PushCaptionsResponse:
        """To Zoom, YouTube, OBS."""

        async def call() -> PushCaptionsResponse:
            person = self._person(context)
            await self._house.of(request.name).push(request, person)
            return PushCaptionsResponse()

        return await answered(call(), context)

    async def DeleteSession(
        self,
        request: DeleteSessionRequest,
        context: grpc.aio.ServicerContext[DeleteSessionRequest, DeleteSessionResponse],
    ) -> DeleteSessionResponse:
        """What was kept."""

        async def call() -> DeleteSessionResponse:
            person = self._person(context)
            await self._house.of(request.name).delete(request, person)
            return DeleteSessionResponse()

        return await answered(call(), context)

    def _person(self, context: grpc.aio.ServicerContext[RequestT, ResponseT]) -> Person:
        return self._caller_of(context.invocation_metadata())


async def _write(
    pieces: AsyncIterator[ResponseT], context: grpc.aio.ServicerContext[RequestT, ResponseT]
) -> None:
    async for piece in pieces:
        await context.write(piece)


async def _after(
    first: SpeakSessionRequest, rest: AsyncIterator[SpeakSessionRequest]
) -> AsyncIterator[SpeakSessionRequest]:
    yield first
    async for piece in rest:
        yield piece
