"""A person's microphone in the voice's place: PCM16 at 24 kHz onto the target timeline."""

from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from interp.core.audio import TARGET_RATE_HZ, from_pcm16, target_samples_to_ms
from interp.core.errors import InterpError, InvalidRequest, OutOfOrder, Reason
from interp.core.events import TargetSpeech
from interp.monitor.access import Access, Person, same_origin
from interp.monitor.booth import Booth
from interp.monitor.settings import Role
from interp.serve.relay import Relay
from interp.wire.messages import SpeechEncoding

POLICY_VIOLATION, BAD_DATA = 1008, 1003  # close codes of RFC 6455
MOST_BYTES = TARGET_RATE_HZ * 2
"""A second of sound in one message; a microphone sends fiftieths."""


class Floor:
    """What one person says to one session's listeners, piece by piece."""

    def __init__(self, booth: Booth, person: Person) -> None:
        """Raises OutOfOrder for who has not taken over, InvalidRequest for a client of codes."""
        if booth.view.taken_over_by != person.name:
            raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "take over first")
        if booth.relay.config.speech is SpeechEncoding.SNAC_CODES:
            raise InvalidRequest(Reason.BAD_ENCODING, "this client takes codes, not sound")
        self._booth, self._person = booth, person
        self._end_ms = 0

    @property
    def held(self) -> bool:
        """Whether the person still speaks in the voice's place."""
        view = self._booth.view
        return view.taken_over_by == self._person.name and not view.ended

    def say(self, pcm: bytes) -> None:
        """One piece; passed over once handed back. Raises InvalidRequest."""
        if len(pcm) % 2 or len(pcm) > MOST_BYTES:
            raise InvalidRequest(Reason.BAD_ENCODING, "sound is PCM16, at most a second a message")
        if not self.held:
            return
        samples = from_pcm16(pcm)
        now_ms = self._booth.view.received_ms
        offset_ms = max(self._end_ms, now_ms)
        self._end_ms = offset_ms + target_samples_to_ms(samples.size)
        self._relay.notify(
            TargetSpeech(
                segment=max(self._booth.view.lines, default=0),
                samples=samples,
                codes=None,
                offset_ms=offset_ms,
                text="",
                source_start_ms=now_ms,
                source_end_ms=now_ms,
                delay_ms=now_ms,
                elapsed_ms=now_ms,
                human=True,
            )
        )

    @property
    def _relay(self) -> Relay:
        return self._booth.relay


class Microphone:
    """The WebSocket of one, for as long as its owner has taken over.

    booth_of: a session by its name; may raise NotServed.
    """

    def __init__(self, booth_of: Callable[[str], Booth], access: Access) -> None:
        self._booth_of, self._access = booth_of, access

    async def __call__(self, socket: WebSocket) -> None:
        """PCM16 pieces as binary frames."""
        try:
            floor = self._floor(socket)
        except InterpError:
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        try:
            while floor.held:
                floor.say(await socket.receive_bytes())
            await socket.close()
        except WebSocketDisconnect:
            return
        except InterpError as error:
            await socket.close(BAD_DATA, error.message)

    def _floor(self, socket: WebSocket) -> Floor:
        same_origin(socket)
        person = self._access.person_of(socket.headers, socket.cookies)
        person.needs(Role.INTERPRETER)
        return Floor(self._booth_of(socket.path_params["id"]), person)
