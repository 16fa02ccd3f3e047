from interp.cluster.offset import RECENT_PINGS, ClockOffset


def test_without_a_ping_clocks_are_taken_for_one() -> None:
    assert ClockOffset().offset_ms == 0.0


def test_a_clock_within_half_a_round_trip_is_taken_for_the_same() -> None:
    offset = ClockOffset()
    offset.observe(sent_ms=1000, there_ms=1003.9, received_ms=1004)
    assert offset.offset_ms == 0.0


def test_the_tightest_ping_tells_the_offset() -> None:
    offset = ClockOffset()
    offset.observe(sent_ms=1000, there_ms=51_000, received_ms=1900)
    offset.observe(sent_ms=2000, there_ms=52_001, received_ms=2002)
    offset.observe(sent_ms=3000, there_ms=53_400, received_ms=3800)
    assert offset.offset_ms == 50_000


def test_old_pings_are_forgotten_so_that_drift_is_followed() -> None:
    offset = ClockOffset()
    offset.observe(sent_ms=0, there_ms=9000.5, received_ms=1)
    for i in range(RECENT_PINGS):
        offset.observe(sent_ms=1000 * i, there_ms=1000 * i + 9101, received_ms=1000 * i + 2)
    assert offset.offset_ms == 9100
