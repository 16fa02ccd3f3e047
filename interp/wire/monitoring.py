"""MonitorService as its doors know it: its messages, and what a session says as one of them.

The messages are the contract of both doors: gRPC carries them, HTTP carries their JSON.
"""

import re

import grpc
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message

from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Event
from interp.v1 import (
    monitor_service_pb2,
    monitor_service_pb2_grpc,
    source_pb2,
)
from interp.v1.monitor_pb2 import (
    Countdown,
    MonitoredSession,
    MonitoredTarget,
    Note,
    SegmentLine,
    SessionSnapshot,
    SessionState,
    Terms,
    WatchEnded,
)
from interp.v1.monitor_service_pb2 import (
    DeleteSessionRequest,
    DeleteSessionResponse,
    ExportCaptionsRequest,
    ExportCaptionsResponse,
    ListenSessionRequest,
    ListenSessionResponse,
    ListSessionsRequest,
    ListSessionsResponse,
    PushCaptionsRequest,
    PushCaptionsResponse,
    SpeakSessionRequest,
    SpeakSessionResponse,
    SteerSessionRequest,
    SteerSessionResponse,
    WatchSessionRequest,
    WatchSessionResponse,
    WatchSessionsRequest,
    WatchSessionsResponse,
)
from interp.v1.monitor_service_pb2_grpc import MonitorServiceServicer, MonitorServiceStub
from interp.v1.target_pb2 import SourceText as SourceTextMessage
from interp.v1.target_pb2 import TargetText as TargetTextMessage
from interp.wire.messages import Control, Correction, Response, ShowSlide, SpeechEncoding
from interp.wire.requests import control_from_proto
from interp.wire.responses import response_to_proto
from interp.wire.words import words_from_proto

__all__ = [
    "Countdown",
    "DeleteSessionRequest",
    "DeleteSessionResponse",
    "ExportCaptionsRequest",
    "ExportCaptionsResponse",
    "ListSessionsRequest",
    "ListSessionsResponse",
    "ListenSessionRequest",
    "ListenSessionResponse",
    "MonitorServiceServicer",
    "MonitorServiceStub",
    "MonitoredSession",
    "MonitoredTarget",
    "Note",
    "PushCaptionsRequest",
    "PushCaptionsResponse",
    "SegmentLine",
    "SessionSnapshot",
    "SessionState",
    "SourceTextMessage",
    "SpeakSessionRequest",
    "SpeakSessionResponse",
    "SteerSessionRequest",
    "SteerSessionResponse",
    "TargetTextMessage",
    "Terms",
    "WatchEnded",
    "WatchSessionRequest",
    "WatchSessionResponse",
    "WatchSessionsRequest",
    "WatchSessionsResponse",
    "change_of",
    "control_of",
    "id_of",
    "monitor_stub",
    "name_of",
    "register_monitor",
    "to_json",
    "words_from_proto",
]

CONTROLS = frozenset(field.name for field in source_pb2.Control.DESCRIPTOR.fields).intersection(
    field.name for field in SteerSessionRequest.DESCRIPTOR.fields
)
"""Orders that any client may give its own session."""


def monitor_stub(channel: grpc.aio.Channel) -> MonitorServiceStub:
    """Calls over a channel."""
    return MonitorServiceStub(channel)  # type: ignore[no-untyped-call]


def register_monitor(server: grpc.aio.Server, servicer: MonitorServiceServicer) -> str:
    """Have a server offer the service; gives its full name."""
    monitor_service_pb2_grpc.add_MonitorServiceServicer_to_server(servicer, server)  # type: ignore[no-untyped-call]
    return monitor_service_pb2.DESCRIPTOR.services_by_name["MonitorService"].full_name


def name_of(session_id: str) -> str:
    """The resource name of a session."""
    return f"sessions/{session_id}"


def id_of(name: str) -> str:
    """The session of a resource name. Raises InvalidRequest."""
    if not re.fullmatch(r"sessions/[0-9A-Za-z_-]{1,64}", name):
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a session's name is sessions/{session}")
    return name.partition("/")[2]


def to_json(message: Message) -> bytes:
    """proto3's JSON, on one line."""
    return MessageToJson(message, indent=None, ensure_ascii=False).encode()


def change_of(body: Event | Correction) -> WatchSessionResponse:
    """What the client was told as a change, without a place among the others yet; none is set for
    what those who look on are told otherwise."""
    message = response_to_proto(Response(0, body), SpeechEncoding.PCM_S16LE)
    kind = message.WhichOneof("streaming_response")
    change = WatchSessionResponse()
    if kind in ("source_text", "target_text", "policy_action", "correction"):
        getattr(change, kind).CopyFrom(getattr(message, kind))
    return change


def control_of(request: SteerSessionRequest) -> Control | None:
    """The control that an order is; None for what only a person on the page can order.

    Raises InvalidRequest.
    """
    kind = request.WhichOneof("order")
    if kind is None:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "an order must set one of its fields")
    if kind not in CONTROLS:
        return None
    control = control_from_proto(source_pb2.Control(**{kind: getattr(request, kind)}))
    assert not isinstance(control, ShowSlide), "a slide is no order"
    return control
