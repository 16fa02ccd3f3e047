import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from interp.v1 import session_pb2 as _session_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Audio(_message.Message):
    __slots__ = ("sequence", "offset", "content", "rtp")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    RTP_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    offset: _duration_pb2.Duration
    content: bytes
    rtp: RtpStamp
    def __init__(self, sequence: _Optional[int] = ..., offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., content: _Optional[bytes] = ..., rtp: _Optional[_Union[RtpStamp, _Mapping]] = ...) -> None: ...

class RtpStamp(_message.Message):
    __slots__ = ("sequence_number", "timestamp")
    SEQUENCE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    sequence_number: int
    timestamp: int
    def __init__(self, sequence_number: _Optional[int] = ..., timestamp: _Optional[int] = ...) -> None: ...

class Silence(_message.Message):
    __slots__ = ("sequence", "duration")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    duration: _duration_pb2.Duration
    def __init__(self, sequence: _Optional[int] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Control(_message.Message):
    __slots__ = ("mute_speech", "interrupt", "skip_backlog", "set_policy", "set_outputs", "marker", "set_glossary", "expect", "show_slide", "repeat_speech")
    MUTE_SPEECH_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    SKIP_BACKLOG_FIELD_NUMBER: _ClassVar[int]
    SET_POLICY_FIELD_NUMBER: _ClassVar[int]
    SET_OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    MARKER_FIELD_NUMBER: _ClassVar[int]
    SET_GLOSSARY_FIELD_NUMBER: _ClassVar[int]
    EXPECT_FIELD_NUMBER: _ClassVar[int]
    SHOW_SLIDE_FIELD_NUMBER: _ClassVar[int]
    REPEAT_SPEECH_FIELD_NUMBER: _ClassVar[int]
    mute_speech: MuteSpeech
    interrupt: Interrupt
    skip_backlog: SkipBacklog
    set_policy: SetPolicy
    set_outputs: SetOutputs
    marker: Marker
    set_glossary: SetGlossary
    expect: Expect
    show_slide: ShowSlide
    repeat_speech: RepeatSpeech
    def __init__(self, mute_speech: _Optional[_Union[MuteSpeech, _Mapping]] = ..., interrupt: _Optional[_Union[Interrupt, _Mapping]] = ..., skip_backlog: _Optional[_Union[SkipBacklog, _Mapping]] = ..., set_policy: _Optional[_Union[SetPolicy, _Mapping]] = ..., set_outputs: _Optional[_Union[SetOutputs, _Mapping]] = ..., marker: _Optional[_Union[Marker, _Mapping]] = ..., set_glossary: _Optional[_Union[SetGlossary, _Mapping]] = ..., expect: _Optional[_Union[Expect, _Mapping]] = ..., show_slide: _Optional[_Union[ShowSlide, _Mapping]] = ..., repeat_speech: _Optional[_Union[RepeatSpeech, _Mapping]] = ...) -> None: ...

class MuteSpeech(_message.Message):
    __slots__ = ("muted",)
    MUTED_FIELD_NUMBER: _ClassVar[int]
    muted: bool
    def __init__(self, muted: _Optional[bool] = ...) -> None: ...

class Interrupt(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SkipBacklog(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetPolicy(_message.Message):
    __slots__ = ("policy", "target")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    policy: str
    target: int
    def __init__(self, policy: _Optional[str] = ..., target: _Optional[int] = ...) -> None: ...

class SetOutputs(_message.Message):
    __slots__ = ("outputs", "target")
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    outputs: _containers.RepeatedScalarFieldContainer[_session_pb2.Output]
    target: int
    def __init__(self, outputs: _Optional[_Iterable[_Union[_session_pb2.Output, str]]] = ..., target: _Optional[int] = ...) -> None: ...

class SetGlossary(_message.Message):
    __slots__ = ("terms",)
    TERMS_FIELD_NUMBER: _ClassVar[int]
    terms: _containers.RepeatedCompositeFieldContainer[_session_pb2.GlossaryTerm]
    def __init__(self, terms: _Optional[_Iterable[_Union[_session_pb2.GlossaryTerm, _Mapping]]] = ...) -> None: ...

class RepeatSpeech(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: int
    def __init__(self, target: _Optional[int] = ...) -> None: ...

class Expect(_message.Message):
    __slots__ = ("words",)
    WORDS_FIELD_NUMBER: _ClassVar[int]
    words: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, words: _Optional[_Iterable[str]] = ...) -> None: ...

class ShowSlide(_message.Message):
    __slots__ = ("content", "more", "page")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    more: bool
    page: int
    def __init__(self, content: _Optional[bytes] = ..., more: _Optional[bool] = ..., page: _Optional[int] = ...) -> None: ...

class Marker(_message.Message):
    __slots__ = ("marker_id",)
    MARKER_ID_FIELD_NUMBER: _ClassVar[int]
    marker_id: str
    def __init__(self, marker_id: _Optional[str] = ...) -> None: ...
