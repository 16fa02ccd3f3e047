"""Target speech as Opus packets of 20 ms, for clients that pass it on over RTP."""

import asyncio
from dataclasses import dataclass, field, replace

import av
import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples, exact_div, target_samples_to_ms, to_pcm16
from interp.core.events import TargetSpeech
from interp.wire.messages import Response, SpeechEncoding

PACKET_SAMPLES = exact_div(TARGET_RATE_HZ, 50)  # 20 ms
BIT_RATE = 32_000
_ROUNDED_MS = 1  # offsets are rounded down


class OpusSpeech:
    """Of one call: an encoder for each of its targets."""

    def __init__(self) -> None:
        self._voices: dict[int, _Voice] = {}

    async def encoded(self, response: Response, speech: SpeechEncoding) -> Response:
        """The response, its speech as packets where the client asked for them; in a thread."""
        sound = response.body
        if speech is not SpeechEncoding.OPUS_PACKETS or not isinstance(sound, TargetSpeech):
            return response
        voice = self._voices.setdefault(sound.target, _Voice())
        return replace(response, body=await asyncio.to_thread(voice.encoded, sound))


@dataclass(slots=True)
class _Voice:
    """encoder: started with the first sound. left: samples that do not fill a packet yet.

    begin_ms: where on the target timeline an unbroken stretch began, of which so many samples were
    packed.
    """

    encoder: av.AudioCodecContext | None = None
    left: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    begin_ms: int = 0
    packed: int = 0

    def encoded(self, sound: TargetSpeech) -> TargetSpeech:
        """What fills packets by now. After a gap what was left, less than a packet, is dropped: it
        belongs to the pause that an utterance ends with."""
        end_ms = self.begin_ms + target_samples_to_ms(self.packed + self.left.size)
        if abs(sound.offset_ms - end_ms) > _ROUNDED_MS:
            self.left, self.begin_ms, self.packed = self.left[:0], sound.offset_ms, 0
        offset_ms = self.begin_ms + target_samples_to_ms(self.packed)
        samples = np.concatenate([self.left, sound.samples])
        count = samples.size // PACKET_SAMPLES
        self.left = samples[count * PACKET_SAMPLES :]
        self.packed += count * PACKET_SAMPLES
        whole = samples[: count * PACKET_SAMPLES].reshape(count, PACKET_SAMPLES)
        packets = tuple(packet for each in whole for packet in self._packed(each))
        return replace(sound, offset_ms=offset_ms, packets=packets)

    def _packed(self, samples: Samples) -> list[bytes]:
        self.encoder = self.encoder or _encoder()
        block = np.frombuffer(to_pcm16(samples), np.int16)[None]
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate = TARGET_RATE_HZ
        return [bytes(packet) for packet in self.encoder.encode(frame)]


def _encoder() -> av.AudioCodecContext:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = TARGET_RATE_HZ, "mono", "s16"
    encoder.bit_rate, encoder.thread_count = BIT_RATE, 1
    encoder.options = {"application": "audio", "frame_duration": "20"}
    return encoder
