"""A person's microphone: a WebSocket from the page, PCM16 at 24 kHz as binary frames."""

from collections.abc import AsyncIterator

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from interp.core.errors import InterpError
from interp.monitor.access import Access, Person, same_origin
from interp.monitor.contract import House
from interp.monitor.settings import Role
from interp.wire.monitoring import SpeakSessionRequest, name_of

POLICY_VIOLATION = 1008  # close code of RFC 6455


class Microphone:
    """The door, for as long as its owner has taken over."""

    def __init__(self, house: House, access: Access) -> None:
        self._house, self._access = house, access

    async def __call__(self, socket: WebSocket) -> None:
        """Sound in, until handed back."""
        try:
            person = self._person(socket)
            monitor = self._house.of(name_of(socket.path_params["id"]))
        except InterpError:
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        try:
            await monitor.speak(_pieces(socket), person)
            if socket.client_state is WebSocketState.CONNECTED:
                await socket.close()
        except InterpError as error:
            await socket.close(POLICY_VIOLATION, error.message)

    def _person(self, socket: WebSocket) -> Person:
        same_origin(socket)
        person = self._access.person_of(socket.headers, socket.cookies)
        person.needs(Role.INTERPRETER)
        return person


async def _pieces(socket: WebSocket) -> AsyncIterator[SpeakSessionRequest]:
    said = socket.query_params.get("target", "0")
    target = int(said) if said.isdecimal() and len(said) < 4 else -1
    name = name_of(socket.path_params["id"])
    yield SpeakSessionRequest(name=name, target=target)
    try:
        while True:
            yield SpeakSessionRequest(pcm_s16le=await socket.receive_bytes())
    except WebSocketDisconnect:
        return
