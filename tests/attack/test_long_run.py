from tests.attack.long_run import long_session, short_sessions


async def test_a_session_outlives_whatever_happens() -> None:
    words, leaks = await long_session(hours=0.1, each=2)
    assert words.holds, words
    assert leaks.holds, leaks


async def test_short_sessions_leave_nothing() -> None:
    row = await short_sessions(200)
    assert row.holds, row
