"""What the caller of a replica makes of its answers."""

import asyncio
import time

import pytest

from interp.core.errors import AtCapacity, Reason, Unavailable
from interp.engine.replica import answer_of


async def after(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "answer"


async def failing(error: Exception) -> str:
    raise error


async def test_an_answer_in_time_is_the_answer() -> None:
    assert await answer_of(after(0.05), 1.0) == "answer"


async def test_no_answer_in_time_is_a_loss() -> None:
    with pytest.raises(Unavailable) as lost:
        await answer_of(after(5), 0.1)
    assert lost.value.reason is Reason.REPLICA_LOST
    assert lost.value.retry_after_ms is not None


async def test_an_error_of_ours_comes_as_it_is_and_any_other_is_a_loss() -> None:
    full = AtCapacity(Reason.NO_LANE, "full")
    with pytest.raises(AtCapacity) as refused:
        await answer_of(failing(full), 1.0)
    assert refused.value is full
    with pytest.raises(Unavailable):
        await answer_of(failing(ZeroDivisionError()), 1.0)


async def test_a_stall_of_this_process_is_not_taken_for_a_loss() -> None:
    call = asyncio.ensure_future(answer_of(after(0.6), 0.5))
    await asyncio.sleep(0.02)
    time.sleep(0.55)  # noqa: ASYNC251  the process stands still past the deadline
    assert await call == "answer"
