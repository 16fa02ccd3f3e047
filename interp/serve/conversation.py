"""One call of a client, whatever carries it: config, then audio and controls in, responses out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from interp.core.errors import InterpError, InvalidRequest, OutOfOrder, Reason, SessionLimit
from interp.serve.auth import Keys, Tenant
from interp.serve.metrics import Metrics
from interp.serve.opus_speech import OpusSpeech
from interp.serve.picture import Picture
from interp.serve.relay import Relay
from interp.serve.sessions import Sessions
from interp.serve.slides import Listener, SlideShow
from interp.serve.stream import Stream
from interp.wire.messages import (
    AudioMessage,
    Request,
    Response,
    Resume,
    ShowSlide,
    SilenceMessage,
    SpeechEncoding,
    StreamConfig,
)

FIRST_REQUEST_S = 10.0

Metadata: TypeAlias = Iterable[tuple[str, str | bytes]] | None
"""Of a call, as grpc has it; `authorization` says who calls."""


class Line(Protocol):
    """What carries the responses of one call."""

    async def accept(self) -> None:
        """The session is there; nothing was sent so far."""

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """One response; waits while the client does not read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What every door leads to: the sessions of a gateway, and who may have one."""

    sessions: Sessions
    keys: Keys
    metrics: Metrics

    async def converse(
        self, metadata: Metadata, requests: AsyncIterator[Request], line: Line
    ) -> None:
        """One call from its first request to its end. Raises InterpError."""
        try:
            tenant = self.keys.tenant_of(metadata)
            relay, resumed = await _open(self.sessions, tenant, requests)
        except InterpError as error:
            self.metrics.refused.labels(error.reason.value).inc()
            raise
        await _carry(self.sessions, relay, requests, line, resumed=resumed)


async def _open(
    sessions: Sessions, tenant: Tenant, requests: AsyncIterator[Request]
) -> tuple[Relay, bool]:
    """The session that the first request asks for, and whether it is resumed.

    Raises InterpError.
    """
    match await _first(requests):
        case StreamConfig() as config:
            return await sessions.start(tenant, config), False
        case Resume() as resume:
            return await sessions.resume(tenant, resume), True
        case _:
            raise OutOfOrder(
                Reason.AUDIO_BEFORE_CONFIG, "the first request must be a config, not audio"
            )


async def _carry(
    sessions: Sessions,
    relay: Relay,
    requests: AsyncIterator[Request],
    line: Line,
    *,
    resumed: bool,
) -> None:
    """Carry a session to its end, or until another call takes it over. Raises InterpError."""
    async with sessions.carried(relay) as stream:
        await line.accept()
        started = relay.started(resumed=resumed)
        listener = Listener(relay.control, relay.notify)
        slides = SlideShow(sessions.slides, listener)
        picture = None
        if relay.config.audio.picture and not resumed:  # a container is read from its head on
            picture = Picture(sessions.pictures, listener)
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(_hear(requests, relay, stream, slides, picture)),
                group.create_task(_show(relay, slides.run)),
                group.create_task(stream.until_cut()),
            ]
            if picture:
                beside.append(group.create_task(_show(relay, picture.run)))
            await _speak(Response(0, started), relay, stream, line)
            for task in beside:
                task.cancel()


async def _show(relay: Relay, read: Callable[[], Awaitable[None]]) -> None:
    """Read what is shown as it comes."""
    try:
        await read()
    except InterpError as error:
        relay.fail(error)


async def _hear(
    requests: AsyncIterator[Request],
    relay: Relay,
    stream: Stream,
    slides: SlideShow,
    picture: Picture | None,
) -> None:
    """Take everything in until half-close; a wrong request ends this session."""
    try:
        async for request in requests:
            if not stream.current or relay.ended:
                return
            relay.tokens.confirm()
            match request:
                case AudioMessage() | SilenceMessage():
                    await relay.hear(request)
                    if picture and isinstance(request, AudioMessage):
                        picture.feed(request)
                case ShowSlide():
                    slides.show(request)
                case StreamConfig() | Resume():
                    raise OutOfOrder(Reason.CONFIG_TWICE, "the config comes once, first")
                case _:
                    relay.control(request)
        if stream.current:
            relay.tokens.confirm()
            await relay.end_input()
    except InterpError as error:
        relay.fail(error)


async def _speak(first: Response, relay: Relay, stream: Stream, line: Line) -> None:
    """Send everything there is to say until the session's end."""
    response: Response | None = first
    voice, speech = OpusSpeech(), relay.config.speech
    while response:
        response = await voice.encoded(response, speech)
        try:
            async with asyncio.timeout(relay.read_s):
                await line.send(response, speech)
        except TimeoutError as error:
            raise SessionLimit(
                Reason.READER_TOO_SLOW, "responses are not read; the session ended"
            ) from error
        response = await stream.next()


async def _first(requests: AsyncIterator[Request]) -> Request:
    try:
        async with asyncio.timeout(FIRST_REQUEST_S):
            return await anext(requests)
    except (StopAsyncIteration, TimeoutError) as error:
        raise InvalidRequest(
            Reason.CONFIG_MISSING, "the call must begin with a config, and at once"
        ) from error
