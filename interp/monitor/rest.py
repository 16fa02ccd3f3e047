"""MonitorService over HTTP: its messages in proto3's JSON, streams as Server-Sent Events."""

from collections.abc import AsyncIterator
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ
from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.monitor.access import Access, Person, same_origin
from interp.monitor.answers import (
    Handler,
    events,
    message_json,
    order_of,
    plain_json,
    stream,
    text,
)
from interp.monitor.contract import House
from interp.monitor.lists import changes, listed
from interp.monitor.settings import Role
from interp.monitor.told import Told
from interp.wire.monitoring import (
    DeleteSessionRequest,
    ExportCaptionsRequest,
    ListenSessionRequest,
    ListenSessionResponse,
    ListSessionsRequest,
    PushCaptionsRequest,
    SteerSessionRequest,
    WatchSessionRequest,
    name_of,
    to_json,
)

OrderT = TypeVar("OrderT", SteerSessionRequest, PushCaptionsRequest)

AUDIENCE = Person("audience", Role.AUDIENCE)


class Rest:
    """The calls over one house."""

    def __init__(self, house: House, access: Access) -> None:
        self._house, self._access = house, access

    def calls(self) -> list[tuple[str, Handler, str]]:
        """Path, handler and method of each."""
        return [
            ("/v1/sessions", self._list, "GET"),
            ("/v1/sessions:watch", self._watch_list, "GET"),
            ("/v1/sessions/{id}:watch", self._watch, "GET"),
            ("/v1/sessions/{id}:steer", self._steer, "POST"),
            ("/v1/sessions/{id}:push", self._push, "POST"),
            ("/v1/sessions/{id}/sound/{side}", self._sound, "GET"),
            ("/v1/sessions/{id}/captions.{format}", self._captions, "GET"),
            ("/v1/sessions/{id}", self._delete, "DELETE"),
            ("/v1/links/{token}:watch", self._watch_linked, "GET"),
            ("/v1/links/{token}/sound", self._sound_linked, "GET"),
        ]

    async def _list(self, request: Request) -> Response:
        self._person(request).needs(Role.VIEWER)
        size, token = _number(request, "pageSize"), request.query_params.get("pageToken", "")
        return message_json(
            listed(self._house, ListSessionsRequest(page_size=size, page_token=token))
        )

    async def _watch_list(self, request: Request) -> Response:
        self._person(request).needs(Role.VIEWER)
        return events(_list_events(self._house))

    async def _watch(self, request: Request) -> Response:
        wanted = WatchSessionRequest(name=_name(request), last_event_id=_last_event_id(request))
        return self._watched(wanted, self._person(request))

    async def _watch_linked(self, request: Request) -> Response:
        name, target = self._access.linked(request.path_params["token"])
        last = _last_event_id(request)
        wanted = WatchSessionRequest(name=name, last_event_id=last, audience_target=target)
        return self._watched(wanted, AUDIENCE)

    async def _steer(self, request: Request) -> Response:
        order, person = await self._ordered(request, SteerSessionRequest())
        await self._house.of(order.name).steer(order, person)
        return plain_json({})

    async def _push(self, request: Request) -> Response:
        order, person = await self._ordered(request, PushCaptionsRequest())
        await self._house.of(order.name).push(order, person)
        return plain_json({})

    async def _sound(self, request: Request) -> Response:
        side, target = request.path_params["side"], _number(request, "target")
        wanted = ListenSessionRequest(name=_name(request))
        if side == "source":
            wanted.source = True
        elif side == "target":
            wanted.target = target
        else:
            raise NotServed(Reason.VOICE_NOT_SERVED, "a side is source or target")
        return await self._sounding(wanted, self._person(request))

    async def _sound_linked(self, request: Request) -> Response:
        name, target = self._access.linked(request.path_params["token"])
        return await self._sounding(ListenSessionRequest(name=name, target=target), AUDIENCE)

    async def _captions(self, request: Request) -> Response:
        wanted = ExportCaptionsRequest(
            name=_name(request),
            format=request.path_params["format"],
            target=_number(request, "target"),
            bilingual=request.query_params.get("bilingual", "") == "true",
        )
        person = self._person(request)
        return text(await self._house.of(wanted.name).export(wanted, person))

    async def _delete(self, request: Request) -> Response:
        same_origin(request)
        person = self._person(request)
        wanted = DeleteSessionRequest(name=_name(request))
        await self._house.of(wanted.name).delete(wanted, person)
        return plain_json({})

    def _watched(self, wanted: WatchSessionRequest, person: Person) -> Response:
        if not wanted.HasField("audience_target"):
            person.needs(Role.VIEWER)
        return events(_change_events(self._house.of(wanted.name).watch(wanted, person)))

    async def _sounding(self, wanted: ListenSessionRequest, person: Person) -> Response:
        if wanted.source:
            person.needs(Role.VIEWER)
        pieces = self._house.of(wanted.name).listen(wanted, person)
        rate_hz = SOURCE_RATE_HZ if wanted.source else TARGET_RATE_HZ
        return stream(_sound(pieces), "application/octet-stream", x_sample_rate=str(rate_hz))

    async def _ordered(self, request: Request, order: OrderT) -> tuple[OrderT, Person]:
        """What the body says, to the session of the path, and who says it."""
        same_origin(request)
        person = self._person(request)
        await order_of(request, order)
        order.name = _name(request)
        return order, person

    def _person(self, request: Request) -> Person:
        return self._access.person_of(request.headers, request.cookies)


def _name(request: Request) -> str:
    return name_of(request.path_params["id"])


def _last_event_id(request: Request) -> str:
    return request.headers.get("last-event-id", "")


def _number(request: Request, key: str) -> int:
    """A number of the query; 0 where it is not there. Raises InvalidRequest."""
    said = request.query_params.get(key, "0")
    if not said.isdecimal() or len(said) > 6:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"{key} is a number")
    return int(said)


async def _list_events(house: House) -> AsyncIterator[bytes]:
    async for change in changes(house):
        yield b"data: %s\n\n" % to_json(change)


async def _change_events(changes: AsyncIterator[Told]) -> AsyncIterator[bytes]:
    async for told in changes:
        yield b"id: %s\ndata: %s\n\n" % (told.message.event_id.encode(), await told.json())


async def _sound(pieces: AsyncIterator[ListenSessionResponse]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece.pcm_s16le
