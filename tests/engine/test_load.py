from interp.engine.load import FIRST_SHARE, WINDOW_MS, Load, LoadMeter


def worked(meter: LoadMeter, seconds: int, *, share: float, sessions: int, late_ms: float) -> float:
    """So many seconds with a round each; when they are over."""
    for second in range(seconds):
        start_ms = second * 1000.0
        meter.add(start_ms, start_ms + share * 1000, sessions, late_ms)
    return seconds * 1000.0


def test_one_that_did_nothing_is_idle() -> None:
    assert LoadMeter().load(5000, 0, 8) == Load(0, 8, 0.0, 0.0)


def test_busy_is_the_share_of_the_window_that_was_worked() -> None:
    meter = LoadMeter()
    now_ms = worked(meter, 10, share=0.6, sessions=3, late_ms=100)
    assert round(meter.load(now_ms, 3, 8).busy, 2) == 0.6


def test_what_was_before_the_window_does_not_count() -> None:
    meter = LoadMeter()
    now_ms = worked(meter, 10, share=1.0, sessions=3, late_ms=900)
    assert meter.load(now_ms + WINDOW_MS + 1, 1, 8).lag_ms == 0


def test_a_session_that_came_since_counts_as_much_as_the_others() -> None:
    meter = LoadMeter()
    now_ms = worked(meter, 10, share=0.6, sessions=3, late_ms=100)
    assert round(meter.load(now_ms, 4, 8).busy, 2) == 0.8
    assert LoadMeter().load(0, 2, 8).busy == 2 * FIRST_SHARE


def test_lag_is_that_of_one_session_more() -> None:
    meter = LoadMeter()
    now_ms = worked(meter, 10, share=0.9, sessions=4, late_ms=1000)
    assert meter.load(now_ms, 4, 8).lag_ms == 1250
    assert meter.load(now_ms, 7, 8).lag_ms == 2000, "all that came at once count"


def test_full_is_said_before_it_is_late_and_never_by_an_idle_one() -> None:
    assert Load(4, 4, 1.0, lag_ms=1250).full(1200)
    assert not Load(4, 4, 1.0, lag_ms=1100).full(1200)
    assert not Load(2, 6, 0.6, lag_ms=1250).full(1200), "it has time for more"
    assert not Load(0, 8, 1.0, lag_ms=9000).full(1200)


def test_rounds_without_words_say_nothing_of_lag() -> None:
    meter = LoadMeter()
    meter.add(0, 100, 1, None)
    meter.add(100, 200, 1, 300.0)
    assert meter.load(1000, 1, 8).lag_ms == 600
