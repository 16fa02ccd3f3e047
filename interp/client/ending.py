"""How a client's call ended, when grpc.aio has forgotten it.

A write that fails because the server has just ended the call overwrites the server's status with
INTERNAL (https://github.com/grpc/grpc/issues/36066). The first status told is the true one.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import grpc

ValueT = TypeVar("ValueT")

_OVERWRITTEN = "Internal error from Core"
_SETTLE_TRIES, _SETTLE_S = 100, 0.01


class Ending:
    """Watches a call from its start. Takes a grpc.aio call of any kind."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._error: grpc.aio.AioRpcError | None = None
        call.add_done_callback(self._note)

    async def error(self) -> grpc.aio.AioRpcError:
        """The status of the ended call, as an error even if it is OK."""
        for _ in range(_SETTLE_TRIES):  # the write may also fail before the status is there
            self._note(self._call)
            if self._error and self._error.details() != _OVERWRITTEN:
                break
            await asyncio.sleep(_SETTLE_S)
        assert self._error is not None, "the call has not ended"
        return self._error

    def _note(self, call: Any) -> None:
        if self._error and self._error.details() != _OVERWRITTEN:
            return
        self._error = grpc.aio.AioRpcError(
            _now(call.code()),
            _now(call.initial_metadata()),
            _now(call.trailing_metadata()),
            _now(call.details()),
        )


def is_overwritten(error: grpc.aio.AioRpcError) -> bool:
    """Whether the true status never came: the line broke under a write."""
    return error.details() == _OVERWRITTEN


def _now(answer: Coroutine[Any, Any, ValueT]) -> ValueT:
    """The result of a coroutine that has nothing to wait for, as those of an ended call."""
    try:
        answer.send(None)
    except StopIteration as done:
        value: ValueT = done.value
        return value
    raise AssertionError("the call has not ended")
