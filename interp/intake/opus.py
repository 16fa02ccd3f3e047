"""What an Opus packet says of itself (RFC 6716, section 3.1): its length, and if it is empty."""

RATE_HZ = 48_000
"""Of Opus' clock, and of RTP's for it (RFC 7587), whatever the encoder heard."""
MOST_SAMPLES = 5_760
"""120 ms, the longest packet."""
MOST_BYTES = 48 * 1277
"""48 frames of the most that a frame takes, with their lengths."""

_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)


def packet_samples(packet: bytes) -> int | None:
    """Its length in samples at 48 kHz; None for what is no packet."""
    if not packet or len(packet) > MOST_BYTES:
        return None
    config, count = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = _SILK[config & 3]
    elif config < 16:
        frame = _HYBRID[config & 1]
    else:
        frame = _CELT[config & 3]
    if count == 3:
        if len(packet) < 2:
            return None
        frames = packet[1] & 0x3F
    else:
        frames = (1, 2, 2)[count]
    return frame * frames if 0 < frame * frames <= MOST_SAMPLES else None


def lost_frame(packet: bytes) -> tuple[bytes, int]:
    """A packet that holds nothing where a frame like those of this one is missing (section 2.1.7 of
    RFC 6716: its decoder conceals it then), and that frame's length in samples at 48 kHz."""
    header = bytes([packet[0] & ~3])
    samples = packet_samples(header)
    assert samples, "a header alone is one frame"
    return header, samples


def is_pause(packet: bytes) -> bool:
    """Whether it only says that nothing is sent for now (DTX): a header and no sound."""
    return len(packet) <= 2
