"""A session's responses on their way to a reader that may be slow, gone, or back again.

Bounded in count and bytes. When the bound is passed, the trace of actions goes first, then speech,
oldest first; text is never dropped: if text alone passes the bound, the session has to end. What
was sent is kept for a resume; where that is too much, a warning keeps the place of old speech.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from interp.core.audio import target_samples_to_ms
from interp.core.clock import Clock
from interp.core.errors import OutOfOrder, Reason, SessionLimit
from interp.core.events import (
    MarkerReached,
    PolicyAction,
    SourceText,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
)
from interp.wire.messages import AudioAck, Body, Lag, Response

READS_MS = 1000
"""A reader that took something so lately goes on reading."""

Droppable: TypeAlias = PolicyAction | TargetSpeech
DROPPABLE: tuple[type[Droppable], ...] = (PolicyAction, TargetSpeech)


@dataclass(frozen=True, slots=True)
class _Queued:
    """before: events of the session that were put before it."""

    body: Body
    before: int


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """max_items, max_bytes: responses not yet sent. burst_bytes: in place of max_bytes while the
    reader goes on reading, for what is said at once. kept_bytes: responses sent, kept for resume.
    """

    max_items: int = 4096
    max_bytes: int = 256 * 1024
    burst_bytes: int = 2_000_000
    kept_bytes: int = 256 * 1024


class Outbox:
    """One writer, one reader at a time; both on the event loop."""

    def __init__(self, settings: OutboxSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._read_at_ms = clock.now_ms()
        self._waiting: deque[_Queued] = deque()
        self._put = 0
        self._waiting_bytes = 0
        self._latest: dict[type[AudioAck] | type[Lag], AudioAck | Lag] = {}
        self._dropped_ms: dict[int, int] = {}  # by target
        self._again: deque[Response] = deque()
        self._sent: deque[Response] = deque()
        self._sent_bytes = 0
        self._sequence = 0
        self._ready = asyncio.Event()

    def __len__(self) -> int:
        """Responses not yet taken."""
        coalesced = len(self._latest) + len(self._dropped_ms)
        return len(self._again) + coalesced + len(self._waiting)

    @property
    def dropped(self) -> bool:
        """Whether something was dropped that the reader has not been told of."""
        return bool(self._dropped_ms)

    @property
    def told(self) -> int:
        """Events that were taken or dropped, with all before them."""
        return self._waiting[0].before if self._waiting else self._put

    def put(self, body: Body, *, event: bool = False) -> None:
        """Queue a response. event: it is one of those that are counted.

        Raises SessionLimit if text alone passes the bound.
        """
        if isinstance(body, AudioAck | Lag):
            self._latest[type(body)] = body  # only the newest is of use
        else:
            if not self._waiting:
                self._read_at_ms = self._clock.now_ms()
            self._waiting.append(_Queued(body, self._put))
            self._put += event
            self._waiting_bytes += size_of(body)
            self._shed()
        self._ready.set()

    def drop_speech(self) -> None:
        """Forget queued speech, as an interrupt asks for."""
        self._waiting = deque(w for w in self._waiting if not isinstance(w.body, TargetSpeech))
        self._waiting_bytes = sum(size_of(w.body) for w in self._waiting)

    def take(self) -> Response | None:
        """The next response, or None if there is none now."""
        response = self._next()
        if response is None:
            self._ready.clear()
            return None
        self._read_at_ms = self._clock.now_ms()
        self._sent.append(response)
        self._sent_bytes += size_of(response.body)
        self._keep_less()
        return response

    async def wait(self) -> None:
        """Until there may be something to take."""
        await self._ready.wait()

    def wake(self) -> None:
        """Let the reader look up although nothing was put."""
        self._ready.set()

    def restore(self, responses: Iterable[Response], told: int) -> None:
        """Go on after these were sent elsewhere."""
        for response in responses:
            self._sent.append(response)
            self._sent_bytes += size_of(response.body)
            self._sequence = response.sequence
        self._put = told
        self._keep_less()

    def rewind(self, received_sequence: int) -> None:
        """Send again what follows `received_sequence`. Raises OutOfOrder if that is gone."""
        kept = [*self._sent, *self._again]
        first = kept[0].sequence if kept else self._sequence + 1
        if not first - 1 <= received_sequence <= self._sequence:
            raise OutOfOrder(
                Reason.RESUME_EXPIRED, "responses since then are no longer kept; start a session"
            )
        while self._sent and self._sent[-1].sequence > received_sequence:
            response = self._sent.pop()
            self._sent_bytes -= size_of(response.body)
            self._again.appendleft(response)
        while self._again and self._again[0].sequence <= received_sequence:
            self._again.popleft()
        self._ready.set()

    def _next(self) -> Response | None:
        if self._again:
            return self._again.popleft()
        body = self._next_body()
        if body is None:
            return None
        self._sequence += 1
        return Response(self._sequence, body)

    def _next_body(self) -> Body | None:
        if self._dropped_ms:
            target = next(iter(self._dropped_ms))
            amount_ms = self._dropped_ms.pop(target)
            return Warned(WarningCode.OUTPUT_DROPPED, amount_ms, target=target)
        if self._latest:
            return self._latest.pop(next(iter(self._latest)))
        if self._waiting:
            body = self._waiting.popleft().body
            self._waiting_bytes -= size_of(body)
            return body
        return None

    def _keep_less(self) -> None:
        most = self._settings.kept_bytes
        for index in range(len(self._sent) - 1):
            if self._sent_bytes <= most:
                return
            old = self._sent[index]
            if isinstance(old.body, TargetSpeech):
                amount_ms, target = _speech_ms(old.body), old.body.target
                dropped = Warned(WarningCode.OUTPUT_DROPPED, amount_ms, target=target)
                self._sent[index] = Response(old.sequence, dropped)
                self._sent_bytes -= size_of(old.body) - size_of(dropped)
        while self._sent_bytes > most and len(self._sent) > 1:
            self._sent_bytes -= size_of(self._sent.popleft().body)

    def _over(self) -> bool:
        settings = self._settings
        reads = self._clock.now_ms() - self._read_at_ms < READS_MS
        most_bytes = max(settings.max_bytes, settings.burst_bytes if reads else 0)
        return len(self._waiting) > settings.max_items or self._waiting_bytes > most_bytes

    def _shed(self) -> None:
        for kind in DROPPABLE:
            while self._over() and self._drop_oldest(kind):
                pass
        if self._over():
            raise SessionLimit(Reason.READER_TOO_SLOW, "responses are not read; the session ended")

    def _drop_oldest(self, kind: type[Droppable]) -> bool:
        for index, waiting in enumerate(self._waiting):
            body = waiting.body
            if isinstance(body, kind):
                del self._waiting[index]
                self._waiting_bytes -= size_of(body)
                dropped_ms = self._dropped_ms.get(body.target, 0)
                self._dropped_ms[body.target] = dropped_ms + _speech_ms(body)
                return True
        return False


def _speech_ms(body: Body) -> int:
    return target_samples_to_ms(body.samples.size) if isinstance(body, TargetSpeech) else 0


def size_of(body: Body) -> int:
    """About how many bytes a response takes on the wire."""
    match body:
        case TargetSpeech():
            return 128 + 2 * int(body.samples.size) + len(body.text)
        case TargetText() | SourceText():
            return 32 + len(body.tentative) + sum(48 + len(w.text) for w in body.words)
        case MarkerReached(marker_id):
            return 32 + len(marker_id)
        case _:
            return 48
