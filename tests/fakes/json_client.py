"""Messages as a client of the WebSocket writes and reads them: the other side of `wire.json`."""

from google.protobuf.json_format import MessageToJson, Parse

from interp.v1 import interpretation_service_pb2 as service_pb
from interp.wire.messages import Request, Response
from interp.wire.requests import request_to_proto
from interp.wire.responses import response_from_proto


def request_to_json(request: Request) -> str:
    """As the server reads it."""
    return MessageToJson(request_to_proto(request), indent=None)


def response_from_json(text: str, sound: bytes = b"") -> Response | None:
    """As the server gave it, with the sound that followed."""
    message = Parse(text, service_pb.InterpretResponse(), ignore_unknown_fields=True)
    if sound:
        message.target_speech.pcm_s16le = sound
    return response_from_proto(message)


def has_sound(text: str) -> bool:
    """Whether bytes follow this response."""
    message = Parse(text, service_pb.InterpretResponse(), ignore_unknown_fields=True)
    speech = message.target_speech
    return message.HasField("target_speech") and speech.WhichOneof("content") is None
