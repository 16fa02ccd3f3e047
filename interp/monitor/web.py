"""The page over HTTP: files, lists, streams of changes, sound, and orders."""

import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from typing import Any, TypeAlias

import segno
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from interp.core.errors import (
    AtCapacity,
    Forbidden,
    InterpError,
    InvalidRequest,
    NotServed,
    OutOfOrder,
    Reason,
    Unauthenticated,
    Unavailable,
)
from interp.core.languages import language_of
from interp.doors.simulstream import SimulstreamDoor
from interp.doors.websocket import WebSocketDoor
from interp.monitor.access import COOKIE, COOKIE_S, Access, Person, same_origin
from interp.monitor.board import Board
from interp.monitor.booth import SOUND_RATES_HZ, Booth
from interp.monitor.captions import exported
from interp.monitor.floor import Microphone
from interp.monitor.listing import Listing
from interp.monitor.settings import Role
from interp.monitor.steer import steer
from interp.monitor.stream import events, sound
from interp.serve.conversation import Entry, Metadata
from interp.wire.json import json_object

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
MOST_ORDER_BYTES = 16_384
STATUS: tuple[tuple[type[InterpError], int], ...] = (
    (InvalidRequest, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotServed, 404),
    (OutOfOrder, 409),
    (AtCapacity, 429),
    (Unavailable, 503),
)


class Web:
    """The routes over one board, and the doors that share its port.

    tenant_key: as PageSettings.
    """

    def __init__(self, board: Board, access: Access, entry: Entry, tenant_key: str) -> None:
        self._board, self._access = board, access
        self._entry, self._tenant_key = entry, tenant_key
        self._listing = Listing(board)

    def app(self) -> Starlette:
        """The ASGI application."""
        pages = {
            "/": "overview.html",
            "/session/{id}": "session.html",
            "/read/{token}": "audience.html",
            "/obs/{token}": "obs.html",
            "/try": "try.html",
        }
        routes = [Route(path, _page(name)) for path, name in pages.items()]
        api: list[tuple[str, Handler, str]] = [
            ("/static/{name}", self._static, "GET"),
            ("/v1/me", self._me, "GET"),
            ("/v1/me:signIn", self._sign_in, "POST"),
            ("/v1/sessions", self._list, "GET"),
            ("/v1/sessions:watch", self._watch_list, "GET"),
            ("/v1/sessions/{id}:watch", self._watch, "GET"),
            ("/v1/sessions/{id}:steer", self._steer, "POST"),
            ("/v1/sessions/{id}:share", self._share, "POST"),
            ("/v1/sessions/{id}:push", self._push, "POST"),
            ("/v1/sessions/{id}/sound/{side}", self._sound, "GET"),
            ("/v1/sessions/{id}/captions{suffix}", self._captions, "GET"),
            ("/v1/sessions/{id}", self._forget, "DELETE"),
            ("/v1/links/{token}:watch", self._watch_linked, "GET"),
            ("/v1/links/{token}/sound", self._sound_linked, "GET"),
        ]
        routes += [Route(path, _answered(handler), methods=[how]) for path, handler, how in api]
        sockets = (
            WebSocketRoute(
                "/v1/sessions/{id}:speak",
                _Endpoint(Microphone(self._board.booth, self._access)),
            ),
            WebSocketRoute("/v1/interpret", _Endpoint(WebSocketDoor(self._entry, self._metadata))),
            WebSocketRoute("/simulstream", _Endpoint(SimulstreamDoor(self._entry))),
        )
        return Starlette(routes=[*routes, *sockets])

    async def _static(self, request: Request) -> Response:
        return _file(request.path_params["name"])

    async def _me(self, request: Request) -> Response:
        person = self._person(request)
        return _json({"name": person.name, "role": person.role.name.lower()})

    async def _sign_in(self, request: Request) -> Response:
        same_origin(request)
        order = await _order(request)
        response = _json({})
        cookie = self._access.sign_in(str(order.get("key", "")))
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def _list(self, request: Request) -> Response:
        self._person(request)
        return _json({"sessions": self._board.rows()})

    async def _watch_list(self, request: Request) -> Response:
        self._person(request)
        return _stream(self._listing.changes(), "text/event-stream")

    async def _watch(self, request: Request) -> Response:
        self._person(request)
        return _watching(self._board.booth(request.path_params["id"]), request, audience=False)

    async def _watch_linked(self, request: Request) -> Response:
        return _watching(self._linked(request), request, audience=True)

    async def _steer(self, request: Request) -> Response:
        same_origin(request)
        person = self._person(request)
        await steer(self._board.booth(request.path_params["id"]), person, await _order(request))
        return _json({})

    async def _share(self, request: Request) -> Response:
        same_origin(request)
        self._person(request).needs(Role.INTERPRETER)
        booth = self._board.booth(request.path_params["id"])
        token = self._access.link(booth.session_id)
        code = segno.make(f"{request.base_url}read/{token}")
        return _json({"token": token, "code": code.svg_data_uri(scale=4)})

    async def _push(self, request: Request) -> Response:
        same_origin(request)
        self._person(request).needs(Role.OPERATOR)
        order = await _order(request)
        place, url, secret = (str(order.get(key, "")) for key in ("place", "url", "secret"))
        await self._board.push(self._board.booth(request.path_params["id"]), place, url, secret)
        return _json({})

    async def _sound(self, request: Request) -> Response:
        self._person(request)
        side = request.path_params["side"]
        if side not in SOUND_RATES_HZ:
            raise NotServed(Reason.VOICE_NOT_SERVED, "a side is source or target")
        return _sounding(self._board.booth(request.path_params["id"]), side)

    async def _sound_linked(self, request: Request) -> Response:
        return _sounding(self._linked(request), "target")

    async def _captions(self, request: Request) -> Response:
        self._person(request)
        booth = self._board.booth(request.path_params["id"])
        language = language_of(booth.relay.config.session.target)
        text = exported(booth.view, request.path_params["suffix"], language)
        return Response(text, media_type="text/plain; charset=utf-8", headers=HEADERS)

    async def _forget(self, request: Request) -> Response:
        same_origin(request)
        self._person(request).needs(Role.ADMIN)
        self._board.forget(request.path_params["id"])
        return _json({})

    def _metadata(self, socket: WebSocket) -> Metadata:
        """Of a socket without a key: from the page itself, by somebody who may steer."""
        same_origin(socket)
        self._person(socket).needs(Role.INTERPRETER)
        return (("authorization", f"Bearer {self._tenant_key}"),)

    def _person(self, connection: HTTPConnection) -> Person:
        return self._access.person_of(connection.headers, connection.cookies)

    def _linked(self, request: Request) -> Booth:
        return self._board.booth(self._access.linked(request.path_params["token"]))


class _Endpoint:
    """A door as the ASGI application that a route wants."""

    def __init__(self, door: Callable[[WebSocket], Awaitable[None]]) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door(WebSocket(scope, receive, send))


def _answered(handler: Handler) -> Handler:
    """The handler, with our errors as JSON, in the shape that AIP-193 gives them."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except InterpError as error:
            status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
            said = {"code": status, "reason": error.reason.value, "message": str(error)}
            return _json({"error": said}, status)

    return answered


async def _order(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "an order is application/json")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_ORDER_BYTES:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "an order is short")
    return json_object(body, "an order")


def _watching(booth: Booth, request: Request, *, audience: bool) -> Response:
    last = request.headers.get("last-event-id", "")
    changes = events(booth, int(last) if last.isdigit() else None, audience=audience)
    return _stream(changes, "text/event-stream")


def _sounding(booth: Booth, side: str) -> Response:
    response = _stream(sound(booth.sounds[side]), "application/octet-stream")
    response.headers["x-sample-rate"] = str(SOUND_RATES_HZ[side])
    return response


def _stream(pieces: AsyncIterator[bytes], kind: str) -> Response:
    return StreamingResponse(pieces, media_type=kind, headers=HEADERS)


def _json(what: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(what, status, headers=HEADERS)


def _page(name: str) -> Handler:
    async def page(request: Request) -> Response:
        return _file(name)

    return page


def _file(name: str) -> Response:
    path = resources.files("interp.monitor") / "static" / name
    if "/" in name or not path.is_file():
        raise NotServed(Reason.SESSION_UNKNOWN, "no such file")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers=HEADERS)
