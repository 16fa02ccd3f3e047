from interp.engine.load import MOST_DUE, SESSION_SHARE, WINDOW_MS, Load, LoadMeter


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


def test_a_session_that_came_lately_counts_as_what_one_costs_until_it_has_cost_it() -> None:
    meter = LoadMeter(each=0.2)
    now_ms = worked(meter, 10, share=0.6, sessions=3, late_ms=100)
    fresh = meter.fresh(now_ms, [(0.0, 1), (now_ms, 2), (now_ms - WINDOW_MS / 4, 1)])
    assert fresh == 2 + 0.75
    assert round(meter.load(now_ms, 3, 8, fresh).busy, 2) == 0.6 + 0.55
    assert LoadMeter().load(0, 2, 8, 2.0).busy == 2 * SESSION_SHARE


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


def test_what_comes_at_once_is_let_in_as_far_as_there_is_time_for_it() -> None:
    idle = Load(0, 16, each=0.25)
    room = round(MOST_DUE / idle.each)
    assert [idle.full(400, since=since) for since in (room - 1, room)] == [False, True]
    assert [idle.full(400, more=2, since=since) for since in (room - 2, room - 1)] == [False, True]
    assert not Load(0, 16, each=9.0).full(400), "an idle one takes one, however slow it is"


def test_what_is_heard_already_is_full_by_being_late_alone() -> None:
    assert not Load(12, 4, 1.0, lag_ms=300, each=0.5).full(400)
    assert Load(12, 4, 1.0, lag_ms=300, fresh=0.5, each=0.5).full(400)
