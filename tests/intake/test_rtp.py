"""The order of packets, whatever a network made of it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from interp.intake.rtp import MOST_WAITING, Ordered, Packet, Reorder, RtpStamp

LENGTH = 960


def packet(number: int, at: int | None = None) -> Packet:
    """Number 0 has stamps just before they wrap; at: its place in packets, if not the number."""
    place = number if at is None else at
    stamp = RtpStamp((65_534 + number) % 2**16, (2**32 - 500 + place * LENGTH) % 2**32)
    return Packet(stamp, str(number).encode(), LENGTH)


def given_back(packets: list[Packet]) -> list[Ordered]:
    order = Reorder()
    ready = [each for one in packets for each in order.push(one) or ()]
    return ready + order.flush()


def numbers(ready: list[Ordered]) -> list[int]:
    return [int(each.packet.data) for each in ready]


def test_packets_in_order_are_given_at_once() -> None:
    order = Reorder()
    for number in range(70_000):
        (one,) = order.push(packet(number)) or []
        assert (one.at_ticks, one.lost) == (number * LENGTH, False)


@given(seed=st.integers(0, 2**32), distance=st.integers(0, 6))
def test_what_was_overtaken_comes_in_its_place(seed: int, distance: int) -> None:
    dice = random.Random(seed)
    late = sorted(range(1, 60), key=lambda n: n + dice.uniform(0, distance))
    ready = given_back([packet(0), *map(packet, late)])
    assert numbers(ready) == list(range(60))
    assert [each.at_ticks for each in ready] == [n * LENGTH for n in range(60)]
    assert not any(each.lost for each in ready)


def test_what_is_lost_is_waited_for_a_little_and_leaves_a_hole() -> None:
    order = Reorder()
    order.push(packet(0))
    waited = [order.push(packet(number)) for number in range(2, MOST_WAITING + 3)]
    assert not any(waited[:-1])
    ready = waited[-1] or []
    assert numbers(ready) == list(range(2, MOST_WAITING + 3))
    assert [each.lost for each in ready] == [True] + [False] * MOST_WAITING
    assert ready[0].at_ticks == 2 * LENGTH
    assert order.push(packet(1)) is None, "it comes too late"


def test_what_comes_twice_is_given_once() -> None:
    order = Reorder()
    assert order.push(packet(0))
    assert order.push(packet(0)) is None
    assert order.push(packet(2)) == []
    assert order.push(packet(2)) is None


def test_a_pause_in_sending_is_no_loss() -> None:
    before, after = given_back([packet(0), packet(1, at=50)])
    assert (after.at_ticks, after.lost) == (50 * LENGTH, False)
    assert not before.lost


def test_a_sender_that_begins_anew_follows_what_was_there() -> None:
    other = Packet(RtpStamp(30_000, 77), b"9", LENGTH)
    ready = given_back([packet(0), packet(1), packet(3), other])
    assert numbers(ready) == [0, 1, 3, 9]
    assert [each.at_ticks for each in ready] == [n * LENGTH for n in (0, 1, 3, 4)]


@given(
    stamps=st.lists(
        st.tuples(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)), min_size=1, max_size=40
    )
)
def test_whatever_stamps_say_every_packet_is_given_at_most_once_and_little_waits(
    stamps: list[tuple[int, int]],
) -> None:
    order, ready = Reorder(), list[Ordered]()
    for number, (sequence, timestamp) in enumerate(stamps):
        one = Packet(RtpStamp(sequence, timestamp), str(number).encode(), LENGTH)
        ready += order.push(one) or []
    rest = order.flush()
    assert len(rest) <= MOST_WAITING
    assert len(set(numbers(ready + rest))) == len(ready + rest)
    assert all(each.at_ticks >= 0 for each in ready + rest)
