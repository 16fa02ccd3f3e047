"""Sound of a session that sends its speech as Opus packets, for clients that play it themselves."""

from collections.abc import Iterable

import av
import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.core.events import TargetSpeech

DECODED_RATE_HZ = 2 * TARGET_RATE_HZ  # Opus' own


class OpusSound:
    """Of one target: packets in order, as they came."""

    def __init__(self) -> None:
        decoder = av.CodecContext.create("libopus", "r")
        assert isinstance(decoder, av.AudioCodecContext)
        decoder.layout, decoder.sample_rate = "mono", DECODED_RATE_HZ
        self._decoder = decoder

    def heard(self, speech: TargetSpeech) -> Samples:
        """Its sound [sample] at 48 kHz, 20 ms a packet."""
        return self._samples(speech.packets or ())

    def _samples(self, packets: Iterable[bytes]) -> Samples:
        frames = [
            np.asarray(frame.to_ndarray(), np.float32)
            for packet in packets
            for frame in self._decoder.decode(av.Packet(packet))
        ]
        sound = np.concatenate([np.zeros((1, 0), np.float32), *frames], axis=1)[0]
        scale = 1.0 if self._decoder.format.name.startswith("flt") else 2.0**-15
        return np.asarray(sound * scale, np.float32)
