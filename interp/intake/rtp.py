"""Packets of RTP put back in order, and where each belongs on the client's clock.

A network loses packets, doubles them and lets one overtake another. What is missing is waited for
while no more than a little came after it; then it is lost, and leaves a hole in the time stamps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from interp.intake.opus import RATE_HZ

MOST_WAITING = 12
"""So many packets that came after a missing one say that it is lost: 240 ms of 20 ms each."""
MOST_WAITING_TICKS = RATE_HZ // 4
"""The same by their time stamps, however long they are."""
MOST_AHEAD, MOST_BACK = 3_000, 100
"""RFC 3550, appendix A.1: a number further away than this is of a sender that began anew."""


@dataclass(frozen=True, slots=True)
class RtpStamp:
    """Of one packet: number of 16 bits and time stamp of 32 bits, in 1/48000 s; both wrap."""

    sequence: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Packet:
    """samples: its length, at 48 kHz."""

    stamp: RtpStamp
    data: bytes
    samples: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """A packet whose turn it is. at_ticks: where it begins, counted from the first packet. lost:
    others are missing before it."""

    packet: Packet
    at_ticks: int
    lost: bool


class Reorder:
    """Of one stream."""

    def __init__(self) -> None:
        self._number: int | None = None  # of the next packet; counts on where stamps wrap
        self._timestamp = self._at_ticks = self._end_ticks = 0  # of the packet before it
        self._waiting: dict[int, Packet] = {}

    def push(self, packet: Packet) -> list[Ordered] | None:
        """The packets whose turn it is by now; None: this one comes too late, or again."""
        ready: list[Ordered] = []
        sequence = packet.stamp.sequence
        if self._number is None:
            self._begin(packet)
        assert self._number is not None, "the first packet begins the count"
        ahead = _signed(sequence - self._number, 16)
        if not -MOST_BACK <= ahead <= MOST_AHEAD:
            ready += self.flush()
            self._begin(packet)
            ahead = 0
        number = self._number + ahead
        if ahead < 0 or number in self._waiting:
            return None
        self._waiting[number] = packet
        return [*ready, *self._in_turn()]

    def flush(self) -> list[Ordered]:
        """Everything that waits: nothing missing will come."""
        return [self._given(number) for number in sorted(self._waiting)]

    def _begin(self, packet: Packet) -> None:
        """A sender begins, or begins anew: right after what went before."""
        self._number, self._timestamp = packet.stamp.sequence, packet.stamp.timestamp
        self._at_ticks = self._end_ticks

    def _in_turn(self) -> Iterator[Ordered]:
        while self._waiting:
            first = min(self._waiting)
            if first != self._number and not self._given_up(first):
                return
            yield self._given(first)

    def _given_up(self, first: int) -> bool:
        newest = self._waiting[max(self._waiting)].stamp.timestamp
        span_ticks = _signed(newest - self._waiting[first].stamp.timestamp, 32)
        return len(self._waiting) > MOST_WAITING or span_ticks > MOST_WAITING_TICKS

    def _given(self, number: int) -> Ordered:
        packet = self._waiting.pop(number)
        lost, self._number = number != self._number, number + 1
        passed = _signed(packet.stamp.timestamp - self._timestamp, 32)
        self._timestamp = packet.stamp.timestamp
        self._at_ticks = max(0, self._at_ticks + passed)
        self._end_ticks = self._at_ticks + packet.samples
        return Ordered(packet, self._at_ticks, lost)


def _signed(difference: int, bits: int) -> int:
    """A difference of numbers that wrap, as the shorter way round."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half
