"""The same messages as JSON, for doors that carry text: proto3's own JSON mapping; other JSON.

Sound goes beside it as bytes: base64 would cost a third more.
"""

import json
from typing import Any

from google.protobuf.json_format import MessageToJson, Parse, ParseError

from interp.core.errors import InvalidRequest, Reason
from interp.v1 import interpretation_service_pb2 as service_pb
from interp.wire.messages import Request, Response, SpeechEncoding
from interp.wire.requests import request_from_proto
from interp.wire.responses import response_to_proto


def request_from_json(text: str) -> Request:
    """An InterpretRequest. Raises InvalidRequest."""
    try:
        return request_from_proto(Parse(text, service_pb.InterpretRequest()))
    except ParseError as error:
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, "the message is not an InterpretRequest in JSON"
        ) from error


def response_to_json(response: Response, speech: SpeechEncoding) -> tuple[str, bytes]:
    """An InterpretResponse without its sound, and the sound."""
    message = response_to_proto(response, speech)
    sound = message.target_speech.pcm_s16le
    if sound:
        message.target_speech.ClearField("pcm_s16le")
    return MessageToJson(message, indent=None), sound


def json_object(content: str | bytes, what: str) -> dict[str, Any]:
    """An object that a client sent. Raises InvalidRequest, which names what it was to be."""
    try:
        said = json.loads(content)
    except ValueError as error:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"{what} is JSON") from error
    if not isinstance(said, dict):
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"{what} is a JSON object")
    return said
