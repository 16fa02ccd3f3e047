from tests.attack.long_run import cut_and_killed, short_sessions


async def test_a_session_outlives_cuts_and_losses() -> None:
    row = await cut_and_killed(hours=0.1, cuts=4, kills=4)
    assert row.holds, row


async def test_short_sessions_leave_nothing() -> None:
    row = await short_sessions(200)
    assert row.holds, row
