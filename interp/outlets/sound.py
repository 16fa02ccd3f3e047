"""Target speech as a WAV file on the target timeline: the gaps are silence, or the original."""

import wave
from pathlib import Path

from interp.core.audio import PCM16_BYTES, TARGET_RATE_HZ, Samples, silence, to_pcm16
from interp.core.events import Event, TargetSpeech
from interp.outlets.under import Underlay

SAMPLES_PER_MS = TARGET_RATE_HZ // 1000


class SpeechFile:
    """Writes speech as it comes: mono, 24 kHz, 16 bits. Use as `with`.

    original: what was spoken, to be heard under it, to its end.
    """

    def __init__(self, path: Path, original: Underlay | None = None) -> None:
        self._original = original
        self._file = wave.open(str(path), "wb")  # noqa: SIM115  closed by __exit__
        self._file.setnchannels(1)
        self._file.setsampwidth(PCM16_BYTES)
        self._file.setframerate(TARGET_RATE_HZ)
        self._samples = 0
        self.spoken: list[tuple[int, int]] = []
        """From where to where speech sounds, samples at 24 kHz."""

    def __enter__(self) -> "SpeechFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._original:
            self._pause(self._original.length - self._samples)
        self._file.close()

    def take(self, event: Event) -> None:
        """Put target speech in its place; other events pass by."""
        if not isinstance(event, TargetSpeech):
            return
        gap = event.offset_ms * SAMPLES_PER_MS - self._samples
        if gap > SAMPLES_PER_MS:  # offsets are rounded down to the ms: less is no gap
            self._pause(gap)
        heard = event.samples
        self._note(heard.size)
        self.append(self._original.under(heard, self._samples) if self._original else heard)

    def _pause(self, size: int) -> None:
        if size <= 0:
            return
        if self._original:
            self.append(self._original.between(size, self._samples))
        else:
            self.append(silence(size))

    def _note(self, size: int) -> None:
        start, end = self._samples, self._samples + size
        if self.spoken and self.spoken[-1][1] == start:
            start = self.spoken.pop()[0]
        self.spoken.append((start, end))

    def append(self, samples: Samples) -> None:
        """Write samples at 24 kHz [sample]."""
        self._file.writeframes(to_pcm16(samples))
        self._samples += samples.size
