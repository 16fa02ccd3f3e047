"""What a client may say its audio is, and the limits it is held to."""

from dataclasses import dataclass
from enum import StrEnum

from interp.core.audio import PCM16_BYTES
from interp.core.errors import InvalidRequest, Reason

MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 48_000
MOST_CHANNELS = 8


class Encoding(StrEnum):
    """Raw samples (little endian), a container that tells the rest, or packets without one."""

    PCM16 = "pcm16"
    FLOAT32 = "float32"
    FLAC = "flac"
    OGG_OPUS = "ogg_opus"
    WEBM_OPUS = "webm_opus"
    OPUS_PACKETS = "opus_packets"

    @property
    def is_raw(self) -> bool:
        """Whether bytes are samples, so that a message's length is its duration."""
        return self in (Encoding.PCM16, Encoding.FLOAT32)


SAMPLE_BYTES = {Encoding.PCM16: PCM16_BYTES, Encoding.FLOAT32: 4}
"""Of one sample of one channel, where bytes are samples."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Encoding and, for raw samples, their rate and channels; what else carries its own is used.

    channels: interleaved. channel: the one to hear, from 0; None: the mean of all. picture: the
    slides in the picture beside the audio are to be read.
    Raises InvalidRequest(BAD_ENCODING) for a raw rate outside 8-48 kHz, for channels that are not
    there, and for a picture where there can be none.
    """

    encoding: Encoding
    rate_hz: int = 16_000
    channels: int = 1
    channel: int | None = None
    picture: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.channels <= MOST_CHANNELS:
            raise InvalidRequest(Reason.BAD_ENCODING, f"there are 1 to {MOST_CHANNELS} channels")
        if self.encoding.is_raw:
            check_rate(self.rate_hz)
        most = self.channels if self.encoding.is_raw else 2
        if self.channel is not None and not 0 <= self.channel < most:
            raise InvalidRequest(Reason.BAD_ENCODING, "the audio has no such channel")
        if self.picture and self.encoding is not Encoding.WEBM_OPUS:
            raise InvalidRequest(Reason.BAD_ENCODING, "only a WebM stream has a picture to be read")


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How far a client's audio may stray.

    tolerance_ms: offsets this close to the count of samples are rounding, not gaps. max_gap_ms: a
    longer gap is not filled but reset. reset_ms: the silence that a reset puts in its place, long
    enough to end a segment. max_ahead_ms: audio received faster than real time.
    """

    tolerance_ms: int = 10
    max_gap_ms: int = 5_000
    reset_ms: int = 1_000
    max_ahead_ms: int = 30_000


def check_rate(rate_hz: int) -> None:
    """Raises InvalidRequest(BAD_ENCODING) unless the rate can be served."""
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise InvalidRequest(Reason.BAD_ENCODING, "the sample rate must be 8 to 48 kHz")
