"""Target speech on this machine's loudspeaker. The one file that imports `sounddevice`."""

import importlib
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from interp.core.audio import PCM16_BYTES, TARGET_RATE_HZ, to_pcm16
from interp.core.events import Event, TargetSpeech

DRAIN_S = 0.05

Fill = Callable[[Any, int, Any, Any], None]
"""Called by the sound card with the buffer to fill and its length in samples."""


class Stream(Protocol):
    """What plays."""

    def start(self) -> None:
        """Begin to ask for sound."""

    def close(self) -> None:
        """Ask for no more."""


class NoLoudspeaker(OSError):
    """Sound cannot be played here."""


def sound_card(fill: Fill) -> Stream:
    """The default output of this machine, mono 16 bits at 24 kHz. Raises NoLoudspeaker."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:  # OSError: without the PortAudio library
        raise NoLoudspeaker(
            "--play needs the sounddevice package and PortAudio: pip install 'interp[play]'"
        ) from error
    try:
        stream: Stream = sounddevice.RawOutputStream(
            samplerate=TARGET_RATE_HZ, channels=1, dtype="int16", callback=fill
        )
    except sounddevice.PortAudioError as error:
        raise NoLoudspeaker(f"there is no loudspeaker to play on: {error}") from error
    return stream


class Loudspeaker:
    """Plays speech as it comes, silence between. Use as `with`: leaving it plays the rest.

    open_stream: `sound_card`, or another that asks for its bytes in the same way.
    """

    def __init__(self, open_stream: Callable[[Fill], Stream]) -> None:
        self._waiting = bytearray()
        self._lock = threading.Lock()
        self._stream = open_stream(self._fill)

    def __enter__(self) -> "Loudspeaker":
        self._stream.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        while self._waiting and kind is None:
            time.sleep(DRAIN_S)
        self._stream.close()

    def take(self, event: Event) -> None:
        """Play target speech after what waits; other events pass by."""
        if isinstance(event, TargetSpeech):
            with self._lock:
                self._waiting += to_pcm16(event.samples)

    def _fill(self, out: Any, samples: int, when: Any, status: Any) -> None:
        with self._lock:
            played = bytes(self._waiting[: samples * PCM16_BYTES])
            del self._waiting[: len(played)]
        out[:] = played.ljust(samples * PCM16_BYTES, b"\0")
