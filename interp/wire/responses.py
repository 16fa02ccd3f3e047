"""Responses: our values to protobuf and back."""

from typing import Any, assert_never

import numpy as np
from google.protobuf.message import Message

from interp.core.audio import TARGET_RATE_HZ, from_pcm16, to_pcm16
from interp.core.events import (
    MarkerReached,
    PolicyAction,
    SessionEnded,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    Totals,
    Warned,
    WarningCode,
)
from interp.v1 import interpretation_service_pb2 as service_pb
from interp.v1 import people_pb2, session_pb2, target_pb2
from interp.wire.messages import (
    AudioAck,
    Body,
    Correction,
    GoingAway,
    Lag,
    Notice,
    NoticeCode,
    Response,
    SessionStarted,
    SlideRead,
    SpeechEncoding,
    StreamConfig,
)
from interp.wire.requests import (
    config_from_proto,
    config_to_proto,
    duration,
    milliseconds,
    terms_from_proto,
    terms_to_proto,
)
from interp.wire.words import words_from_proto, words_to_proto

CODES_A_FRAME = 7

WARNING_NAMES = {code: f"WARNING_CODE_{code.value}" for code in WarningCode}
NOTICE_NAMES = {code: f"NOTICE_CODE_{code.value}" for code in NoticeCode}
_FIELD_OF = {
    field.message_type.full_name: field.name
    for field in service_pb.InterpretResponse.DESCRIPTOR.oneofs_by_name["streaming_response"].fields
    if field.message_type
}
_NOTICE_FROM_PROTO = {
    people_pb2.NoticeCode.Value(name): code for code, name in NOTICE_NAMES.items()
}
_WARNING_FROM_PROTO = {
    target_pb2.WarningCode.Value(name): code for code, name in WARNING_NAMES.items()
}


def response_to_proto(response: Response, speech: SpeechEncoding) -> service_pb.InterpretResponse:
    """A response as a message, with target speech in the encoding that the session asked for."""
    body = _body_to_proto(response.body, speech)
    part: dict[str, Any] = {_FIELD_OF[body.DESCRIPTOR.full_name]: body}
    return service_pb.InterpretResponse(sequence=response.sequence, **part)


def _body_to_proto(  # noqa: C901, PLR0912  one case a kind
    body: Body, speech: SpeechEncoding
) -> Message:
    match body:
        case SessionStarted():
            return _started_to_proto(body)
        case AudioAck():
            return _ack_to_proto(body)
        case SourceText():
            return target_pb2.SourceText(**_text(body))
        case TargetText():
            return target_pb2.TargetText(**_text(body), target=body.target)
        case TargetSpeech():
            return _speech_to_proto(body, speech)
        case PolicyAction():
            return _action_to_proto(body)
        case Lag():
            return _lag_to_proto(body)
        case SourceLanguage(language, probability):
            return target_pb2.SourceLanguage(language_code=language, probability=probability)
        case Warned():
            return _warning_to_proto(body)
        case MarkerReached(marker_id, position_ms):
            return target_pb2.MarkerReached(marker_id=marker_id, position=duration(position_ms))
        case GoingAway(deadline_ms, token):
            return session_pb2.GoingAway(deadline=duration(deadline_ms), resume_token=token)
        case SessionEnded(totals):
            return session_pb2.SessionEnded(totals=_totals_to_proto(totals))
        case Correction(segment, text, author, target):
            return people_pb2.Correction(segment=segment, text=text, author=author, target=target)
        case Notice(code, author):
            return people_pb2.Notice(code=NOTICE_NAMES[code], author=author)
        case SlideRead():
            return _slide_to_proto(body)
        case _:
            assert_never(body)


def _text(text: SourceText | TargetText) -> dict[str, Any]:
    return {
        "segment": text.segment,
        "words": words_to_proto(text.words),
        "tentative": text.tentative,
        "segment_ended": text.segment_ended,
    }


def _slide_to_proto(read: SlideRead) -> target_pb2.SlideRead:
    return target_pb2.SlideRead(
        expected=read.expected,
        proposed=terms_to_proto(read.proposed),
        pages=read.pages,
        problem=read.problem,
    )


def response_from_proto(message: service_pb.InterpretResponse) -> Response | None:
    """A response, or None for a kind that this version does not know."""
    body = _body_from_proto(message)
    return None if body is None else Response(message.sequence, body)


def _body_from_proto(  # noqa: C901, PLR0912  one case a kind
    message: service_pb.InterpretResponse,
) -> Body | None:
    match message.WhichOneof("streaming_response"):
        case "session_started":
            return _started_from_proto(message.session_started)
        case "audio_ack":
            return _ack_from_proto(message.audio_ack)
        case "source_text":
            heard = message.source_text
            words = words_from_proto(heard.words)
            return SourceText(heard.segment, words, heard.tentative, heard.segment_ended)
        case "target_text":
            text = message.target_text
            words = words_from_proto(text.words)
            return TargetText(text.segment, words, text.tentative, text.segment_ended, text.target)
        case "target_speech":
            return _speech_from_proto(message.target_speech)
        case "policy_action":
            return _action_from_proto(message.policy_action)
        case "lag":
            return _lag_from_proto(message.lag)
        case "warning":
            return _warning_from_proto(message.warning)
        case "source_language":
            found = message.source_language
            return SourceLanguage(found.language_code, found.probability)
        case "marker_reached":
            reached = message.marker_reached
            return MarkerReached(reached.marker_id, milliseconds(reached.position))
        case "going_away":
            away = message.going_away
            return GoingAway(milliseconds(away.deadline), away.resume_token)
        case "session_ended":
            return SessionEnded(_totals_from_proto(message.session_ended.totals))
        case "correction":
            said = message.correction
            return Correction(said.segment, said.text, said.author, said.target)
        case "notice":
            told = _NOTICE_FROM_PROTO.get(message.notice.code)
            return Notice(told, message.notice.author) if told else None
        case "slide_read":
            read = message.slide_read
            proposed = terms_from_proto(read.proposed)
            return SlideRead(tuple(read.expected), proposed, read.pages, read.problem)
        case _:
            return None


def _warning_to_proto(warned: Warned) -> target_pb2.Warning:
    return target_pb2.Warning(
        code=WARNING_NAMES[warned.code],
        amount=duration(warned.amount_ms),
        language_code=warned.language,
        target=warned.target,
    )


def _warning_from_proto(message: target_pb2.Warning) -> Warned | None:
    code = _WARNING_FROM_PROTO.get(message.code)
    if not code:
        return None
    amount_ms = milliseconds(message.amount)
    return Warned(code, amount_ms, message.language_code, message.target)


def _started_to_proto(started: SessionStarted) -> session_pb2.SessionStarted:
    return session_pb2.SessionStarted(
        session_id=started.session_id,
        resume_token=started.resume_token,
        accepted_config=config_to_proto(started.accepted),
        resumed=started.resumed,
        received=_ack_to_proto(started.received),
    )


def _started_from_proto(message: session_pb2.SessionStarted) -> SessionStarted:
    accepted = config_from_proto(message.accepted_config)
    assert isinstance(accepted, StreamConfig), "an accepted config is never a resume"
    return SessionStarted(
        message.session_id,
        message.resume_token,
        accepted,
        message.resumed,
        _ack_from_proto(message.received),
    )


def _ack_to_proto(ack: AudioAck) -> session_pb2.AudioAck:
    return session_pb2.AudioAck(
        audio_sequence=ack.audio_sequence, received=duration(ack.received_ms)
    )


def _ack_from_proto(message: session_pb2.AudioAck) -> AudioAck:
    return AudioAck(message.audio_sequence, milliseconds(message.received))


def _speech_to_proto(sound: TargetSpeech, speech: SpeechEncoding) -> target_pb2.TargetSpeech:
    message = target_pb2.TargetSpeech(
        segment=sound.segment,
        sample_rate_hertz=TARGET_RATE_HZ,
        offset=duration(sound.offset_ms),
        text=sound.text,
        source_start=duration(sound.source_start_ms),
        source_end=duration(sound.source_end_ms),
        delay=duration(sound.delay_ms),
        elapsed=duration(sound.elapsed_ms),
        human=sound.human,
        target=sound.target,
        repeated_speech=sound.repeated,
    )
    if speech is SpeechEncoding.SNAC_CODES and sound.codes is not None:
        message.snac_codes.codes.extend(int(code) for code in np.ravel(sound.codes))
    elif sound.packets is not None:
        message.opus_packets.SetInParent()
        message.opus_packets.packets.extend(sound.packets)
    else:
        message.pcm_s16le = to_pcm16(sound.samples)
    return message


def _speech_from_proto(message: target_pb2.TargetSpeech) -> TargetSpeech:
    """samples are empty when codes or packets were sent; the client decodes them."""
    has_codes = message.HasField("snac_codes")
    codes = np.array(message.snac_codes.codes, np.int64).reshape(-1, CODES_A_FRAME)
    return TargetSpeech(
        segment=message.segment,
        samples=from_pcm16(message.pcm_s16le),
        codes=codes if has_codes else None,
        offset_ms=milliseconds(message.offset),
        text=message.text,
        source_start_ms=milliseconds(message.source_start),
        source_end_ms=milliseconds(message.source_end),
        delay_ms=milliseconds(message.delay),
        elapsed_ms=milliseconds(message.elapsed),
        human=message.human,
        target=message.target,
        repeated=message.repeated_speech,
        packets=tuple(message.opus_packets.packets) if message.HasField("opus_packets") else None,
    )


def _action_to_proto(action: PolicyAction) -> target_pb2.PolicyAction:
    return target_pb2.PolicyAction(
        segment=action.segment,
        units=action.units,
        position=duration(action.position_ms),
        words=action.words,
        compute=duration(action.compute_ms),
        target=action.target,
        guarded=action.guarded,
    )


def _action_from_proto(message: target_pb2.PolicyAction) -> PolicyAction:
    return PolicyAction(
        message.segment,
        message.units,
        milliseconds(message.position),
        message.words,
        message.compute.ToMicroseconds() / 1000,
        message.target,
        message.guarded,
    )


def _lag_to_proto(lag: Lag) -> target_pb2.Lag:
    return target_pb2.Lag(
        received=duration(lag.received_ms),
        backlog=duration(lag.backlog_ms),
        word_age=None if lag.word_age_ms is None else duration(lag.word_age_ms),
    )


def _lag_from_proto(message: target_pb2.Lag) -> Lag:
    age_ms = milliseconds(message.word_age) if message.HasField("word_age") else None
    return Lag(milliseconds(message.received), milliseconds(message.backlog), age_ms)


def _totals_to_proto(totals: Totals) -> session_pb2.Totals:
    return session_pb2.Totals(
        heard=duration(totals.heard_ms),
        voiced=duration(totals.voiced_ms),
        segments=totals.segments,
        words=totals.words,
        speech=duration(totals.speech_ms),
        compute=duration(totals.compute_ms),
    )


def _totals_from_proto(message: session_pb2.Totals) -> Totals:
    return Totals(
        milliseconds(message.heard),
        milliseconds(message.voiced),
        message.segments,
        message.words,
        milliseconds(message.speech),
        message.compute.ToMicroseconds() / 1000,
    )
