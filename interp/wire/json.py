"""The same messages as JSON, for doors that carry text: proto3's own JSON mapping; other JSON.

Sound goes beside it as bytes: base64 would cost a third more.
"""

import json
from typing import Any

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import Message

from interp.core.errors import InvalidRequest, Reason
from interp.v1 import interpretation_service_pb2 as service_pb
from interp.wire.messages import Request, Response, SpeechEncoding
from interp.wire.requests import request_from_proto
from interp.wire.responses import response_to_proto

MOST_DETAIL = 160
"""Characters of what is told of a message that is wrong: the field comes first."""


def request_from_json(text: str) -> Request:
    """An InterpretRequest. Raises InvalidRequest, which names the field that is wrong."""
    message = service_pb.InterpretRequest()
    read_json(text, message, "message")
    if message.WhichOneof("streaming_request") == "audio":
        _check_base64(json.loads(text)["audio"], len(message.audio.content))
    return request_from_proto(message)


def read_json(text: str | bytes, message: Message, what: str) -> None:
    """Read proto3's JSON into a message. Raises InvalidRequest, which names `what` it was read
    from, and the field that is wrong."""
    if text.lstrip()[:1] not in ("{", b"{"):
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"the {what} is a JSON object")
    try:
        Parse(text, message)
    except (ParseError, UnicodeDecodeError) as error:
        kind = message.DESCRIPTOR.name
        detail = str(error).partition("\n")[0].strip(" .")[:MOST_DETAIL]
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, f"the {what} is not a valid {kind} in JSON: {detail}"
        ) from error


def _check_base64(audio: dict[str, Any], found_bytes: int) -> None:
    """A decoder leaves out what is no base64, and the rest would be other sound."""
    if len(audio.get("content", "").rstrip("=")) * 3 // 4 != found_bytes:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "audio.content is base64")


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
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"{what} is JSON") from error
    if not isinstance(said, dict):
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"{what} is a JSON object")
    return said
