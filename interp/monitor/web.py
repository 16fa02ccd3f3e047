"""The page over HTTP: its files, who comes in, and the doors that share its port."""

from collections.abc import Awaitable, Callable

import segno
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from interp.core.errors import InvalidRequest, Reason
from interp.doors.simulstream import SimulstreamDoor
from interp.doors.websocket import WebSocketDoor
from interp.monitor import answers
from interp.monitor.access import COOKIE, COOKIE_S, Access, Person, same_origin
from interp.monitor.answers import Handler, answered, fields_of, plain_json
from interp.monitor.contract import House
from interp.monitor.microphone import Microphone
from interp.monitor.rest import Rest
from interp.monitor.settings import Role
from interp.serve.conversation import Entry, Metadata
from interp.wire.monitoring import name_of

PAGES = {
    "/": "overview.html",
    "/session/{id}": "session.html",
    "/read/{token}": "audience.html",
    "/obs/{token}": "obs.html",
    "/try": "try.html",
}


def app(house: House, access: Access, entry: Entry, tenant_key: str) -> Starlette:
    """The ASGI application. tenant_key: as PageSettings."""
    front = Front(house, access, tenant_key)
    routes = [Route(path, _page(name)) for path, name in PAGES.items()]
    calls = [*front.calls(), *Rest(house, access).calls()]
    routes += [Route(path, answered(handler), methods=[how]) for path, handler, how in calls]
    sockets = (
        WebSocketRoute("/v1/sessions/{id}:speak", _Endpoint(Microphone(house, access))),
        WebSocketRoute("/v1/interpret", _Endpoint(WebSocketDoor(entry, front.metadata))),
        WebSocketRoute("/simulstream", _Endpoint(SimulstreamDoor(entry))),
    )
    return Starlette(routes=[*routes, *sockets])


class Front:
    """Who comes in, and links for those who need not."""

    def __init__(self, house: House, access: Access, tenant_key: str) -> None:
        self._house, self._access, self._tenant_key = house, access, tenant_key

    def calls(self) -> list[tuple[str, Handler, str]]:
        """Path, handler and method of each."""
        return [
            ("/static/{name}", self._static, "GET"),
            ("/v1/me", self._me, "GET"),
            ("/v1/me:signIn", self._sign_in, "POST"),
            ("/v1/sessions/{id}:share", self._share, "POST"),
        ]

    def metadata(self, socket: WebSocket) -> Metadata:
        """Of a socket without a key: from the page itself, by somebody who may steer."""
        same_origin(socket)
        person = self._access.person_of(socket.headers, socket.cookies)
        person.needs(Role.INTERPRETER)
        return (("authorization", f"Bearer {self._tenant_key}"),)

    async def _static(self, request: Request) -> Response:
        return answers.file(request.path_params["name"])

    async def _me(self, request: Request) -> Response:
        person = self._person(request)
        return plain_json({"name": person.name, "role": person.role.name.lower()})

    async def _sign_in(self, request: Request) -> Response:
        same_origin(request)
        order = await fields_of(request)
        response = plain_json({})
        response.set_cookie(
            COOKIE,
            self._access.sign_in(str(order.get("key", ""))),
            max_age=COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def _share(self, request: Request) -> Response:
        """A link that reads one target, and its QR code."""
        same_origin(request)
        self._person(request).needs(Role.INTERPRETER)
        name = name_of(request.path_params["id"])
        self._house.of(name)
        target = (await fields_of(request)).get("target", 0)
        if not isinstance(target, int):
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a target is a number")
        token = self._access.link(name, target)
        code = segno.make(f"{request.base_url}read/{token}")
        return plain_json({"token": token, "code": code.svg_data_uri(scale=4)})

    def _person(self, request: Request) -> Person:
        return self._access.person_of(request.headers, request.cookies)


class _Endpoint:
    """A door as the ASGI application that a route wants."""

    def __init__(self, door: Callable[[WebSocket], Awaitable[None]]) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door(WebSocket(scope, receive, send))


def _page(name: str) -> Handler:
    async def page(request: Request) -> Response:
        return answers.file(name)

    return page
