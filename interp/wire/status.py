"""The one table from our errors to gRPC statuses, and back for the client."""

from collections.abc import Iterator

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from interp.core.errors import (
    AtCapacity,
    EngineFailed,
    Forbidden,
    InterpError,
    InvalidRequest,
    NotServed,
    OutOfOrder,
    Reason,
    SessionLimit,
    TakenOver,
    Unauthenticated,
    Unavailable,
)

DOMAIN = "interp"
STATUS_OF: dict[type[InterpError], grpc.StatusCode] = {
    InvalidRequest: grpc.StatusCode.INVALID_ARGUMENT,
    NotServed: grpc.StatusCode.NOT_FOUND,
    OutOfOrder: grpc.StatusCode.FAILED_PRECONDITION,
    SessionLimit: grpc.StatusCode.OUT_OF_RANGE,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    Forbidden: grpc.StatusCode.PERMISSION_DENIED,
    AtCapacity: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    TakenOver: grpc.StatusCode.ABORTED,
    EngineFailed: grpc.StatusCode.INTERNAL,
}
ERROR_OF = {code: error for error, code in STATUS_OF.items()}


def our_error(error: BaseException) -> InterpError:
    """The first error of ours in it, looking into groups; anything unknown is EngineFailed."""
    known = next((each for each in _leaves(error) if isinstance(each, InterpError)), None)
    return known or EngineFailed(Reason.ENGINE_FAILED, "internal error")


def rich_status(error: InterpError) -> grpc.Status:
    """Code, message, ErrorInfo and, where trying again helps, RetryInfo."""
    code = STATUS_OF.get(type(error), grpc.StatusCode.INTERNAL)
    info = error_details_pb2.ErrorInfo(reason=error.reason.value, domain=DOMAIN)
    status = status_pb2.Status(code=code.value[0], message=error.message, details=[_packed(info)])
    if error.retry_after_ms is not None:
        delay = Duration()
        delay.FromMilliseconds(error.retry_after_ms)
        status.details.append(_packed(error_details_pb2.RetryInfo(retry_delay=delay)))
    sent: grpc.Status = rpc_status.to_status(status)
    return sent


def error_of(call: grpc.aio.AioRpcError) -> InterpError:
    """Our error as a server of ours sent it.

    What it did not send itself (no connection, deadline) comes as the nearest of ours: a lost
    connection is Unavailable(REPLICA_LOST).
    """
    reason: Reason | None = None
    retry_after_ms: int | None = None
    status = rpc_status.from_call(call)
    for detail in status.details if status else ():
        info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
        if detail.Unpack(info) and info.domain == DOMAIN:
            reason = Reason(info.reason)
        elif detail.Unpack(retry):
            retry_after_ms = retry.retry_delay.ToMilliseconds()
    if reason is None:
        return _foreign(call)
    return ERROR_OF[call.code()](reason, call.details() or "", retry_after_ms)


def is_ours(call: grpc.aio.AioRpcError) -> bool:
    """Whether the status was sent by a server of ours, not made up on the way."""
    status = rpc_status.from_call(call)
    return any(
        detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR)
        for detail in (status.details if status else ())
    )


def _foreign(call: grpc.aio.AioRpcError) -> InterpError:
    match call.code():
        case grpc.StatusCode.UNAVAILABLE | grpc.StatusCode.CANCELLED:
            return Unavailable(Reason.REPLICA_LOST, "the connection to the server was lost")
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return AtCapacity(
                Reason.MESSAGE_TOO_LARGE, "the message is larger than the server takes"
            )
        case _:
            return EngineFailed(Reason.ENGINE_FAILED, "the call failed")


def _packed(message: error_details_pb2.ErrorInfo | error_details_pb2.RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error
