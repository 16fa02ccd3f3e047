"""Requests: protobuf to our values and back. What a client may not send is refused here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar, assert_never

from google.protobuf.duration_pb2 import Duration

from interp.core.config import DEFAULT_POLICY, Also, SessionConfig, targets_of
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import (
    Expect,
    Interrupt,
    Marker,
    MuteSpeech,
    Output,
    RepeatSpeech,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
)
from interp.core.glossary import Glossary, Term, expected_of, glossary_of
from interp.intake.format import AudioFormat, Encoding
from interp.intake.rtp import RtpStamp
from interp.v1 import interpretation_service_pb2 as service_pb
from interp.v1 import session_pb2, source_pb2
from interp.wire.messages import (
    AudioMessage,
    Control,
    Request,
    Resume,
    ShowSlide,
    SilenceMessage,
    SpeechEncoding,
    StreamConfig,
)

ValueT = TypeVar("ValueT")

MAX_MARKER_CHARS = 128
MAX_POLICY_CHARS = 512
MAX_TAG_CHARS = 64
MAX_VOICE_CHARS = 128
MAX_TOKEN_CHARS = 128

ENCODINGS = {
    session_pb2.AUDIO_ENCODING_PCM_S16LE: Encoding.PCM16,
    session_pb2.AUDIO_ENCODING_PCM_F32LE: Encoding.FLOAT32,
    session_pb2.AUDIO_ENCODING_FLAC: Encoding.FLAC,
    session_pb2.AUDIO_ENCODING_OGG_OPUS: Encoding.OGG_OPUS,
    session_pb2.AUDIO_ENCODING_WEBM_OPUS: Encoding.WEBM_OPUS,
    session_pb2.AUDIO_ENCODING_OPUS_PACKETS: Encoding.OPUS_PACKETS,
}
SPEECH_ENCODINGS = {
    session_pb2.SPEECH_ENCODING_PCM_S16LE: SpeechEncoding.PCM_S16LE,
    session_pb2.SPEECH_ENCODING_SNAC_CODES: SpeechEncoding.SNAC_CODES,
    session_pb2.SPEECH_ENCODING_OPUS_PACKETS: SpeechEncoding.OPUS_PACKETS,
}
OUTPUTS = {
    session_pb2.OUTPUT_TEXT: Output.TEXT,
    session_pb2.OUTPUT_SPEECH: Output.SPEECH,
    session_pb2.OUTPUT_SOURCE_TEXT: Output.SOURCE_TEXT,
    session_pb2.OUTPUT_ACTIONS: Output.ACTIONS,
}
_ENCODING_TO_PROTO = {ours: proto for proto, ours in ENCODINGS.items()}
_SPEECH_TO_PROTO = {ours: proto for proto, ours in SPEECH_ENCODINGS.items()}
_OUTPUT_TO_PROTO = {ours: proto for proto, ours in OUTPUTS.items()}


def duration(ms: float) -> Duration:
    """Milliseconds as a Duration, to the microsecond."""
    message = Duration()
    message.FromMicroseconds(round(ms * 1000))
    return message


def milliseconds(message: Duration) -> int:
    """A Duration as whole milliseconds, rounded down. Raises InvalidRequest if it is negative."""
    if message.seconds < 0 or not 0 <= message.nanos < 1_000_000_000:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a duration is negative or not normal")
    return message.seconds * 1000 + message.nanos // 1_000_000


def request_from_proto(message: service_pb.InterpretRequest) -> Request:
    """Raises InvalidRequest."""
    match message.WhichOneof("streaming_request"):
        case "config":
            return config_from_proto(message.config)
        case "audio":
            audio = message.audio
            offset_ms = milliseconds(audio.offset) if audio.HasField("offset") else None
            return AudioMessage(audio.sequence, offset_ms, audio.content, _stamp_from_proto(audio))
        case "silence":
            silence = message.silence
            return SilenceMessage(silence.sequence, milliseconds(silence.duration))
        case "control":
            return control_from_proto(message.control)
        case _:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a request must set one of its fields")


def config_from_proto(config: session_pb2.SessionConfig) -> StreamConfig | Resume:
    """The session asked for, with the protocol's defaults filled in. Raises InvalidRequest."""
    if config.HasField("resume"):
        token = _short(config.resume.resume_token, MAX_TOKEN_CHARS, Reason.MALFORMED_MESSAGE)
        return Resume(token, config.resume.received_sequence)
    session = SessionConfig(
        source=_short(config.source_language_code, MAX_TAG_CHARS, Reason.BAD_LANGUAGE),
        target=_short(config.target_language_code, MAX_TAG_CHARS, Reason.BAD_LANGUAGE),
        outputs=_outputs_from_proto(config.outputs) or frozenset({Output.TEXT}),
        policy=_policy(config.policy) or DEFAULT_POLICY,
        voice=_short(config.voice, MAX_VOICE_CHARS, Reason.BAD_CONFIG),
        glossary=replace(
            glossary_from_proto(config.glossary), expected=expected_of(config.expected)
        ),
        also=tuple(_also_from_proto(more) for more in config.more_targets),
    )
    targets_of(session)
    speech = config.speech_encoding or session_pb2.SPEECH_ENCODING_PCM_S16LE
    if speech not in SPEECH_ENCODINGS:
        raise InvalidRequest(Reason.BAD_ENCODING, "this speech encoding is not known here")
    window_s = milliseconds(config.resume_window) / 1000
    audio = _format_from_proto(config.audio_format)
    return StreamConfig(session, audio, SPEECH_ENCODINGS[speech], window_s)


def config_to_proto(config: StreamConfig) -> session_pb2.SessionConfig:
    """The config as a message."""
    session = config.session
    return session_pb2.SessionConfig(
        source_language_code=session.source,
        target_language_code=session.target,
        audio_format=session_pb2.AudioFormat(
            encoding=_ENCODING_TO_PROTO[config.audio.encoding],
            sample_rate_hertz=config.audio.rate_hz,
            channel_count=config.audio.channels,
            channel=config.audio.channel,
            read_picture=config.audio.picture,
        ),
        outputs=outputs_to_proto(session.outputs),
        policy=session.policy,
        voice=session.voice,
        glossary=terms_to_proto(session.glossary.terms),
        speech_encoding=_SPEECH_TO_PROTO[config.speech],
        resume_window=duration(config.resume_window_s * 1000),
        more_targets=[_also_to_proto(also) for also in session.also],
        expected=session.glossary.expected,
    )


def request_to_proto(request: Request) -> service_pb.InterpretRequest:
    """A request as a message."""
    match request:
        case StreamConfig():
            return service_pb.InterpretRequest(config=config_to_proto(request))
        case Resume(token, sequence):
            resume = session_pb2.Resume(resume_token=token, received_sequence=sequence)
            return service_pb.InterpretRequest(config=session_pb2.SessionConfig(resume=resume))
        case AudioMessage(sequence, offset_ms, content, rtp):
            offset = None if offset_ms is None else duration(offset_ms)
            audio = source_pb2.Audio(sequence=sequence, offset=offset, content=content)
            if rtp:
                audio.rtp.sequence_number, audio.rtp.timestamp = rtp.sequence, rtp.timestamp
            return service_pb.InterpretRequest(audio=audio)
        case SilenceMessage(sequence, duration_ms):
            silence = source_pb2.Silence(sequence=sequence, duration=duration(duration_ms))
            return service_pb.InterpretRequest(silence=silence)
        case _:
            return service_pb.InterpretRequest(control=_control_to_proto(request))


def _also_from_proto(more: session_pb2.MoreTarget) -> Also:
    return Also(
        target=_short(more.language_code, MAX_TAG_CHARS, Reason.BAD_LANGUAGE),
        outputs=_outputs_from_proto(more.outputs) or None,
        policy=_policy(more.policy),
        voice=_short(more.voice, MAX_VOICE_CHARS, Reason.BAD_CONFIG),
    )


def _also_to_proto(also: Also) -> session_pb2.MoreTarget:
    return session_pb2.MoreTarget(
        language_code=also.target,
        outputs=outputs_to_proto(also.outputs or ()),
        policy=also.policy,
        voice=also.voice,
    )


def _place(
    control: source_pb2.SetPolicy | source_pb2.SetOutputs | source_pb2.RepeatSpeech,
) -> int | None:
    return control.target if control.HasField("target") else None


def glossary_from_proto(terms: Iterable[session_pb2.GlossaryTerm]) -> Glossary:
    """Raises InvalidRequest."""
    return glossary_of(terms_from_proto(terms))


def terms_to_proto(terms: Iterable[Term]) -> list[session_pb2.GlossaryTerm]:
    """Terms as messages."""
    return [
        session_pb2.GlossaryTerm(source=term.source, target=term.target, spoken=term.spoken)
        for term in terms
    ]


def terms_from_proto(terms: Iterable[session_pb2.GlossaryTerm]) -> tuple[Term, ...]:
    """Terms as they came."""
    return tuple(Term(term.source, term.target, term.spoken) for term in terms)


def control_from_proto(  # noqa: C901  one case a kind
    control: source_pb2.Control,
) -> Control | ShowSlide:
    """Raises InvalidRequest."""
    match control.WhichOneof("control"):
        case "mute_speech":
            return MuteSpeech(control.mute_speech.muted)
        case "interrupt":
            return Interrupt()
        case "skip_backlog":
            return SkipBacklog()
        case "repeat_speech":
            return RepeatSpeech(_place(control.repeat_speech))
        case "set_policy":
            policy = _given(_policy(control.set_policy.policy), Reason.BAD_POLICY)
            return SetPolicy(policy, _place(control.set_policy))
        case "set_glossary":
            return SetGlossary(glossary_from_proto(control.set_glossary.terms))
        case "expect":
            return Expect(expected_of(control.expect.words))
        case "show_slide":
            shown = control.show_slide
            return ShowSlide(shown.content, shown.page, shown.more)
        case "set_outputs":
            outputs = _outputs_from_proto(control.set_outputs.outputs)
            return SetOutputs(_given(outputs, Reason.BAD_CONFIG), _place(control.set_outputs))
        case "marker":
            return Marker(_marker_id(control.marker.marker_id))
        case _:
            raise InvalidRequest(Reason.MALFORMED_MESSAGE, "a control must set one of its fields")


def _control_to_proto(  # noqa: C901  one case a kind
    control: Control | ShowSlide,
) -> source_pb2.Control:
    match control:
        case MuteSpeech(muted):
            return source_pb2.Control(mute_speech=source_pb2.MuteSpeech(muted=muted))
        case Interrupt():
            return source_pb2.Control(interrupt=source_pb2.Interrupt())
        case SkipBacklog():
            return source_pb2.Control(skip_backlog=source_pb2.SkipBacklog())
        case RepeatSpeech(target):
            return source_pb2.Control(repeat_speech=source_pb2.RepeatSpeech(target=target))
        case SetPolicy(policy, target):
            chosen_policy = source_pb2.SetPolicy(policy=policy, target=target)
            return source_pb2.Control(set_policy=chosen_policy)
        case SetGlossary(glossary):
            terms = terms_to_proto(glossary.terms)
            return source_pb2.Control(set_glossary=source_pb2.SetGlossary(terms=terms))
        case Expect(words):
            return source_pb2.Control(expect=source_pb2.Expect(words=words))
        case ShowSlide(content, page, more):
            shown = source_pb2.ShowSlide(content=content, page=page, more=more)
            return source_pb2.Control(show_slide=shown)
        case SetOutputs(outputs, target):
            chosen = outputs_to_proto(outputs)
            return source_pb2.Control(
                set_outputs=source_pb2.SetOutputs(outputs=chosen, target=target)
            )
        case Marker(marker_id):
            return source_pb2.Control(marker=source_pb2.Marker(marker_id=marker_id))
        case _:
            assert_never(control)


def _format_from_proto(audio: session_pb2.AudioFormat) -> AudioFormat:
    if audio.encoding not in ENCODINGS:
        raise InvalidRequest(Reason.BAD_ENCODING, "audio_format.encoding is missing or not known")
    channel = audio.channel if audio.HasField("channel") else None
    channels = audio.channel_count or 1
    return AudioFormat(
        ENCODINGS[audio.encoding], audio.sample_rate_hertz, channels, channel, audio.read_picture
    )


def _stamp_from_proto(audio: source_pb2.Audio) -> RtpStamp | None:
    """Raises InvalidRequest."""
    if not audio.HasField("rtp"):
        return None
    if audio.rtp.sequence_number >= 2**16:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "RTP's sequence numbers have 16 bits")
    return RtpStamp(audio.rtp.sequence_number, audio.rtp.timestamp)


def _outputs_from_proto(outputs: Iterable[session_pb2.Output]) -> frozenset[Output]:
    chosen = set(outputs)
    if not chosen <= OUTPUTS.keys():
        raise InvalidRequest(Reason.BAD_CONFIG, "an output is not known here")
    return frozenset(OUTPUTS[output] for output in chosen)


def outputs_to_proto(outputs: Iterable[Output]) -> list[session_pb2.Output]:
    """In the order of their numbers."""
    return sorted(_OUTPUT_TO_PROTO[output] for output in outputs)


def _given(value: ValueT, reason: Reason) -> ValueT:
    if not value:
        raise InvalidRequest(reason, "a control that sets something must say to what")
    return value


def _policy(text: str) -> str:
    return _short(text, MAX_POLICY_CHARS, Reason.BAD_POLICY)


def _marker_id(text: str) -> str:
    return _short(text, MAX_MARKER_CHARS, Reason.MALFORMED_MESSAGE)


def _short(text: str, most: int, reason: Reason) -> str:
    if len(text) > most:
        raise InvalidRequest(reason, f"a text is too long: at most {most} characters here")
    return text
