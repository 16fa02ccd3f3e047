"""Calls of a replica and their answers as bytes, so that who only carries them loads nothing."""

import logging
import pickle
from functools import partial
from typing import Any

from interp.core.errors import EngineFailed, InterpError, Reason
from interp.core.logs import described
from interp.engine.work import Failed, attempt

log = logging.getLogger(__name__)


def asked(method: str, arguments: tuple[object, ...]) -> bytes:
    """A call."""
    return pickle.dumps((method, arguments), protocol=5)


def answered(hosted: object, request: bytes) -> bytes:
    """Make the call; the answer, or the error of ours that it raised. Of others only the type is
    logged, and the caller is told that the replica failed."""
    method, arguments = pickle.loads(request)
    answer = attempt(partial(getattr(hosted, method), *arguments))
    if isinstance(answer, Failed):
        answer = _told(answer.error)
    return pickle.dumps(answer, protocol=5)


def answer_in(data: bytes) -> Any:
    """What the call gave. Raises the error of ours that it raised."""
    answer = pickle.loads(data)
    if isinstance(answer, InterpError):
        raise answer
    return answer


def _told(error: Exception) -> InterpError:
    if isinstance(error, InterpError):
        return error
    log.error("call failed", extra=described(error))
    return EngineFailed(Reason.ENGINE_FAILED, "the replica failed; try again")
