"""The same messages as JSON, for doors that carry text: proto3's own JSON mapping.

Sound goes beside it as bytes: base64 would cost a third more.
"""

from google.protobuf.json_format import MessageToJson, Parse, ParseError

from interp.core.errors import InvalidRequest, Reason
from interp.v1 import interpretation_service_pb2 as service_pb
from interp.wire.messages import Request, Response, SpeechEncoding
from interp.wire.requests import request_from_proto, request_to_proto
from interp.wire.responses import response_from_proto, response_to_proto


def request_from_json(text: str) -> Request:
    """An InterpretRequest. Raises InvalidRequest."""
    try:
        return request_from_proto(Parse(text, service_pb.InterpretRequest()))
    except ParseError as error:
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, "the message is not an InterpretRequest in JSON"
        ) from error


def request_to_json(request: Request) -> str:
    """As request_from_json reads it."""
    return MessageToJson(request_to_proto(request), indent=None)


def response_to_json(response: Response, speech: SpeechEncoding) -> tuple[str, bytes]:
    """An InterpretResponse without its sound, and the sound."""
    message = response_to_proto(response, speech)
    sound = message.target_speech.pcm_s16le
    if sound:
        message.target_speech.ClearField("pcm_s16le")
    return MessageToJson(message, indent=None), sound


def response_from_json(text: str, sound: bytes = b"") -> Response | None:
    """As response_to_json gave it; None for a kind that this version does not know."""
    message = Parse(text, service_pb.InterpretResponse(), ignore_unknown_fields=True)
    if sound:
        message.target_speech.pcm_s16le = sound
    return response_from_proto(message)


def has_sound(text: str) -> bool:
    """Whether bytes follow this response."""
    message = Parse(text, service_pb.InterpretResponse(), ignore_unknown_fields=True)
    speech = message.target_speech
    return message.HasField("target_speech") and speech.WhichOneof("content") is None
