import pytest

from interp.core.clock import VirtualClock
from interp.core.errors import InvalidRequest, Reason, SessionLimit
from interp.core.events import Warned, WarningCode
from interp.intake.format import IntakeLimits
from interp.intake.ledger import Ledger, Placement

RATE_HZ = 8000
LIMITS = IntakeLimits(tolerance_ms=10, max_gap_ms=5000, reset_ms=1000, max_ahead_ms=30_000)


def ledger(clock: VirtualClock | None = None) -> Ledger:
    return Ledger(RATE_HZ, LIMITS, clock or VirtualClock())


def after_one_second() -> Ledger:
    book = ledger()
    book.count(RATE_HZ)
    return book


def test_a_message_sent_again_is_not_admitted() -> None:
    book = ledger()
    admitted = [n for n in (1, 2, 2, 1, 3, 3) if book.admit(n, contiguous=True)]
    assert admitted == [1, 2, 3]


def test_messages_without_numbers_are_all_admitted() -> None:
    book = ledger()
    assert all(book.admit(0, contiguous=True) for _ in range(3))


def test_a_hole_in_the_sequence_is_refused_only_where_messages_must_follow() -> None:
    book = ledger()
    assert book.admit(1, contiguous=False)
    assert book.admit(5, contiguous=False)
    with pytest.raises(InvalidRequest, match="missing") as error:
        book.admit(7, contiguous=True)
    assert error.value.reason is Reason.MALFORMED_MESSAGE


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="sequence"):
        ledger().admit(-1, contiguous=False)
    with pytest.raises(InvalidRequest, match="offsets"):
        ledger().place(-1, 10)


@pytest.mark.parametrize("offset_ms", [None, 990, 1000, 1010])
def test_audio_that_follows_on_within_rounding_is_left_alone(offset_ms: int | None) -> None:
    assert after_one_second().place(offset_ms, 800) == Placement()


@pytest.mark.parametrize("gap_ms", [11, 250, 5000])
def test_a_gap_is_filled_with_its_length_of_silence(gap_ms: int) -> None:
    placement = after_one_second().place(1000 + gap_ms, 800)
    assert placement == Placement(gap_ms * 8, 0, Warned(WarningCode.GAP_FILLED, gap_ms))


def test_a_longer_gap_resets_and_later_offsets_follow_on() -> None:
    book = after_one_second()
    placement = book.place(61_000, 800)
    assert placement == Placement(8000, 0, Warned(WarningCode.GAP_RESET, 60_000))
    book.count(placement.silence_samples + 800)
    assert book.place(61_100, 800) == Placement()
    assert book.place(61_350, 800) == Placement(2000, 0, Warned(WarningCode.GAP_FILLED, 250))
    assert book.received_ms == 2100


def test_an_overlap_is_cut_off() -> None:
    placement = after_one_second().place(950, 800)
    assert placement == Placement(0, 400, Warned(WarningCode.DUPLICATE_DROPPED, 50))


def test_a_message_that_lies_in_the_past_is_cut_off_whole() -> None:
    placement = after_one_second().place(0, 800)
    assert placement == Placement(0, 800, Warned(WarningCode.DUPLICATE_DROPPED, 100))


def test_received_counts_whole_milliseconds() -> None:
    book = ledger()
    book.count(15)
    assert (book.received_samples, book.received_ms) == (15, 1)


def test_audio_at_real_time_is_never_too_far_ahead() -> None:
    clock = VirtualClock()
    book = ledger(clock)
    for _ in range(600):
        book.count(RATE_HZ)
        clock.advance(1000)
    assert book.received_ms == 600_000


def test_a_flood_is_refused_at_the_limit() -> None:
    book = ledger()
    book.count(30 * RATE_HZ)
    with pytest.raises(SessionLimit) as error:
        book.count(1)
    assert error.value.reason is Reason.TOO_FAR_AHEAD
    assert book.received_ms == 30_000


def test_a_pause_in_sending_earns_no_credit() -> None:
    clock = VirtualClock()
    book = ledger(clock)
    book.count(RATE_HZ)
    clock.advance(600_000)
    book.count(29 * RATE_HZ)
    with pytest.raises(SessionLimit):
        book.count(2 * RATE_HZ)
