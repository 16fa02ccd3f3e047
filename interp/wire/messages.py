"""What the wire carries, as our own values. Conversions are in wire_requests and wire_responses.

Events of the engine travel as they are; the gateway adds the messages below.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from interp.core.config import SessionConfig
from interp.core.events import (
    Event,
    Marker,
    Steering,
)
from interp.core.glossary import Term
from interp.intake.format import AudioFormat
from interp.intake.rtp import RtpStamp


class SpeechEncoding(StrEnum):
    """How target speech is written."""

    PCM_S16LE = "pcm_s16le"
    SNAC_CODES = "snac_codes"
    OPUS_PACKETS = "opus_packets"


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """A session as asked for or as accepted. resume_window_s: how long to keep it when detached."""

    session: SessionConfig
    audio: AudioFormat
    speech: SpeechEncoding = SpeechEncoding.PCM_S16LE
    resume_window_s: float = 0.0

    @property
    def resumable(self) -> bool:
        """Whether the session outlives its stream."""
        return self.resume_window_s > 0


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue a session; received_sequence: of the last response received, 0 for none."""

    token: str
    received_sequence: int


@dataclass(frozen=True, slots=True)
class AudioMessage:
    """The next bytes of source audio. sequence: from 1, or 0: not numbered. offset_ms: where they
    begin, or None: after the last. rtp: of an Opus packet that came over RTP."""

    sequence: int
    offset_ms: int | None
    content: bytes
    rtp: RtpStamp | None = None

    @property
    def says_something(self) -> bool:
        """Whether it holds any audio; the others do not keep a session from idling."""
        return bool(self.content)


@dataclass(frozen=True, slots=True)
class SilenceMessage:
    """Silence in place of bytes, in the same count as AudioMessage."""

    sequence: int
    duration_ms: int

    @property
    def says_something(self) -> bool:
        """As AudioMessage's."""
        return self.duration_ms > 0


@dataclass(frozen=True, slots=True)
class ShowSlide:
    """Bytes of a document, and the page of it that is up (0: all); without either nothing is up.

    more: the next one holds more bytes of the same document.
    """

    content: bytes = b""
    page: int = 0
    more: bool = False


Control: TypeAlias = Steering | Marker
Request: TypeAlias = StreamConfig | Resume | AudioMessage | SilenceMessage | ShowSlide | Control


@dataclass(frozen=True, slots=True)
class AudioAck:
    """Source audio received. audio_sequence: of the newest message taken, 0 before the first."""

    audio_sequence: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """First on every stream of a session. resume_token is empty if it cannot be resumed."""

    session_id: str
    resume_token: str
    accepted: StreamConfig
    resumed: bool
    received: AudioAck


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the session is behind. word_age_ms: of the source of the newest word when written."""

    received_ms: int
    backlog_ms: int
    word_age_ms: int | None


@dataclass(frozen=True, slots=True)
class GoingAway:
    """The server ends the session in deadline_ms."""

    deadline_ms: int
    resume_token: str


class NoticeCode(StrEnum):
    """What somebody who watches did that the client should show."""

    SLOW_DOWN = "SLOW_DOWN"
    TAKEN_OVER = "TAKEN_OVER"
    HANDED_BACK = "HANDED_BACK"


@dataclass(frozen=True, slots=True)
class Notice:
    """A person did something. author: who."""

    code: NoticeCode
    author: str


@dataclass(frozen=True, slots=True)
class Correction:
    """How a person says that a segment should read; what was written stays. target: its place."""

    segment: int
    text: str
    author: str
    target: int = 0


@dataclass(frozen=True, slots=True)
class SlideRead:
    """What is expected now that a slide was read, and terms that a glossary may be given for it.

    pages: of the document. problem: why it could not be read; empty: it was.
    """

    expected: tuple[str, ...] = ()
    proposed: tuple[Term, ...] = ()
    pages: int = 0
    problem: str = ""


Body: TypeAlias = (
    SessionStarted | AudioAck | Lag | GoingAway | Correction | Notice | SlideRead | Event
)


@dataclass(frozen=True, slots=True)
class Response:
    """A response with its place in the session's output: SessionStarted is 0, the rest count on."""

    sequence: int
    body: Body
