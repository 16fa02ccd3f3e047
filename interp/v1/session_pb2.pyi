import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AudioEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIO_ENCODING_UNSPECIFIED: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_PCM_S16LE: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_PCM_F32LE: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_FLAC: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_OGG_OPUS: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_WEBM_OPUS: _ClassVar[AudioEncoding]
    AUDIO_ENCODING_OPUS_PACKETS: _ClassVar[AudioEncoding]

class SpeechEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPEECH_ENCODING_UNSPECIFIED: _ClassVar[SpeechEncoding]
    SPEECH_ENCODING_PCM_S16LE: _ClassVar[SpeechEncoding]
    SPEECH_ENCODING_SNAC_CODES: _ClassVar[SpeechEncoding]
    SPEECH_ENCODING_OPUS_PACKETS: _ClassVar[SpeechEncoding]

class Output(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTPUT_UNSPECIFIED: _ClassVar[Output]
    OUTPUT_TEXT: _ClassVar[Output]
    OUTPUT_SPEECH: _ClassVar[Output]
    OUTPUT_SOURCE_TEXT: _ClassVar[Output]
    OUTPUT_ACTIONS: _ClassVar[Output]
AUDIO_ENCODING_UNSPECIFIED: AudioEncoding
AUDIO_ENCODING_PCM_S16LE: AudioEncoding
AUDIO_ENCODING_PCM_F32LE: AudioEncoding
AUDIO_ENCODING_FLAC: AudioEncoding
AUDIO_ENCODING_OGG_OPUS: AudioEncoding
AUDIO_ENCODING_WEBM_OPUS: AudioEncoding
AUDIO_ENCODING_OPUS_PACKETS: AudioEncoding
SPEECH_ENCODING_UNSPECIFIED: SpeechEncoding
SPEECH_ENCODING_PCM_S16LE: SpeechEncoding
SPEECH_ENCODING_SNAC_CODES: SpeechEncoding
SPEECH_ENCODING_OPUS_PACKETS: SpeechEncoding
OUTPUT_UNSPECIFIED: Output
OUTPUT_TEXT: Output
OUTPUT_SPEECH: Output
OUTPUT_SOURCE_TEXT: Output
OUTPUT_ACTIONS: Output

class AudioFormat(_message.Message):
    __slots__ = ("encoding", "sample_rate_hertz", "channel_count", "channel", "read_picture")
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    READ_PICTURE_FIELD_NUMBER: _ClassVar[int]
    encoding: AudioEncoding
    sample_rate_hertz: int
    channel_count: int
    channel: int
    read_picture: bool
    def __init__(self, encoding: _Optional[_Union[AudioEncoding, str]] = ..., sample_rate_hertz: _Optional[int] = ..., channel_count: _Optional[int] = ..., channel: _Optional[int] = ..., read_picture: _Optional[bool] = ...) -> None: ...

class SessionConfig(_message.Message):
    __slots__ = ("source_language_code", "target_language_code", "audio_format", "outputs", "policy", "voice", "speech_encoding", "resume_window", "resume", "glossary", "more_targets", "expected")
    SOURCE_LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TARGET_LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    SPEECH_ENCODING_FIELD_NUMBER: _ClassVar[int]
    RESUME_WINDOW_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    GLOSSARY_FIELD_NUMBER: _ClassVar[int]
    MORE_TARGETS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    source_language_code: str
    target_language_code: str
    audio_format: AudioFormat
    outputs: _containers.RepeatedScalarFieldContainer[Output]
    policy: str
    voice: str
    speech_encoding: SpeechEncoding
    resume_window: _duration_pb2.Duration
    resume: Resume
    glossary: _containers.RepeatedCompositeFieldContainer[GlossaryTerm]
    more_targets: _containers.RepeatedCompositeFieldContainer[MoreTarget]
    expected: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, source_language_code: _Optional[str] = ..., target_language_code: _Optional[str] = ..., audio_format: _Optional[_Union[AudioFormat, _Mapping]] = ..., outputs: _Optional[_Iterable[_Union[Output, str]]] = ..., policy: _Optional[str] = ..., voice: _Optional[str] = ..., speech_encoding: _Optional[_Union[SpeechEncoding, str]] = ..., resume_window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resume: _Optional[_Union[Resume, _Mapping]] = ..., glossary: _Optional[_Iterable[_Union[GlossaryTerm, _Mapping]]] = ..., more_targets: _Optional[_Iterable[_Union[MoreTarget, _Mapping]]] = ..., expected: _Optional[_Iterable[str]] = ...) -> None: ...

class MoreTarget(_message.Message):
    __slots__ = ("language_code", "outputs", "policy", "voice")
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    language_code: str
    outputs: _containers.RepeatedScalarFieldContainer[Output]
    policy: str
    voice: str
    def __init__(self, language_code: _Optional[str] = ..., outputs: _Optional[_Iterable[_Union[Output, str]]] = ..., policy: _Optional[str] = ..., voice: _Optional[str] = ...) -> None: ...

class GlossaryTerm(_message.Message):
    __slots__ = ("source", "target", "spoken")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    SPOKEN_FIELD_NUMBER: _ClassVar[int]
    source: str
    target: str
    spoken: str
    def __init__(self, source: _Optional[str] = ..., target: _Optional[str] = ..., spoken: _Optional[str] = ...) -> None: ...

class Resume(_message.Message):
    __slots__ = ("resume_token", "received_sequence")
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    resume_token: str
    received_sequence: int
    def __init__(self, resume_token: _Optional[str] = ..., received_sequence: _Optional[int] = ...) -> None: ...

class SessionStarted(_message.Message):
    __slots__ = ("session_id", "resume_token", "accepted_config", "resumed", "received")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_CONFIG_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    resume_token: str
    accepted_config: SessionConfig
    resumed: bool
    received: AudioAck
    def __init__(self, session_id: _Optional[str] = ..., resume_token: _Optional[str] = ..., accepted_config: _Optional[_Union[SessionConfig, _Mapping]] = ..., resumed: _Optional[bool] = ..., received: _Optional[_Union[AudioAck, _Mapping]] = ...) -> None: ...

class GoingAway(_message.Message):
    __slots__ = ("deadline", "resume_token")
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    deadline: _duration_pb2.Duration
    resume_token: str
    def __init__(self, deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resume_token: _Optional[str] = ...) -> None: ...

class SessionEnded(_message.Message):
    __slots__ = ("totals",)
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    totals: Totals
    def __init__(self, totals: _Optional[_Union[Totals, _Mapping]] = ...) -> None: ...

class Totals(_message.Message):
    __slots__ = ("heard", "voiced", "segments", "words", "speech", "compute")
    HEARD_FIELD_NUMBER: _ClassVar[int]
    VOICED_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    SPEECH_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_FIELD_NUMBER: _ClassVar[int]
    heard: _duration_pb2.Duration
    voiced: _duration_pb2.Duration
    segments: int
    words: int
    speech: _duration_pb2.Duration
    compute: _duration_pb2.Duration
    def __init__(self, heard: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., voiced: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., segments: _Optional[int] = ..., words: _Optional[int] = ..., speech: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., compute: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class AudioAck(_message.Message):
    __slots__ = ("audio_sequence", "received")
    AUDIO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    audio_sequence: int
    received: _duration_pb2.Duration
    def __init__(self, audio_sequence: _Optional[int] = ..., received: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
