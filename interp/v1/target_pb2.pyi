import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from interp.v1 import session_pb2 as _session_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WarningCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WARNING_CODE_UNSPECIFIED: _ClassVar[WarningCode]
    WARNING_CODE_GAP_FILLED: _ClassVar[WarningCode]
    WARNING_CODE_GAP_RESET: _ClassVar[WarningCode]
    WARNING_CODE_DUPLICATE_DROPPED: _ClassVar[WarningCode]
    WARNING_CODE_AUDIO_CLIPPED: _ClassVar[WarningCode]
    WARNING_CODE_AUDIO_OFFSET: _ClassVar[WarningCode]
    WARNING_CODE_CATCHING_UP: _ClassVar[WarningCode]
    WARNING_CODE_SPEECH_SKIPPED: _ClassVar[WarningCode]
    WARNING_CODE_OUTPUT_DROPPED: _ClassVar[WarningCode]
    WARNING_CODE_REPLICA_REPLACED: _ClassVar[WarningCode]
    WARNING_CODE_OTHER_LANGUAGE: _ClassVar[WarningCode]
    WARNING_CODE_TERMS_NOT_TAKEN: _ClassVar[WarningCode]
WARNING_CODE_UNSPECIFIED: WarningCode
WARNING_CODE_GAP_FILLED: WarningCode
WARNING_CODE_GAP_RESET: WarningCode
WARNING_CODE_DUPLICATE_DROPPED: WarningCode
WARNING_CODE_AUDIO_CLIPPED: WarningCode
WARNING_CODE_AUDIO_OFFSET: WarningCode
WARNING_CODE_CATCHING_UP: WarningCode
WARNING_CODE_SPEECH_SKIPPED: WarningCode
WARNING_CODE_OUTPUT_DROPPED: WarningCode
WARNING_CODE_REPLICA_REPLACED: WarningCode
WARNING_CODE_OTHER_LANGUAGE: WarningCode
WARNING_CODE_TERMS_NOT_TAKEN: WarningCode

class Word(_message.Message):
    __slots__ = ("text", "delay", "elapsed", "source_start", "source_end", "probability")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    SOURCE_START_FIELD_NUMBER: _ClassVar[int]
    SOURCE_END_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    text: str
    delay: _duration_pb2.Duration
    elapsed: _duration_pb2.Duration
    source_start: _duration_pb2.Duration
    source_end: _duration_pb2.Duration
    probability: float
    def __init__(self, text: _Optional[str] = ..., delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., source_start: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., source_end: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., probability: _Optional[float] = ...) -> None: ...

class TargetText(_message.Message):
    __slots__ = ("segment", "words", "tentative", "segment_ended", "target")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    TENTATIVE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ENDED_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    segment: int
    words: _containers.RepeatedCompositeFieldContainer[Word]
    tentative: str
    segment_ended: bool
    target: int
    def __init__(self, segment: _Optional[int] = ..., words: _Optional[_Iterable[_Union[Word, _Mapping]]] = ..., tentative: _Optional[str] = ..., segment_ended: _Optional[bool] = ..., target: _Optional[int] = ...) -> None: ...

class SourceText(_message.Message):
    __slots__ = ("segment", "words", "tentative", "segment_ended")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    TENTATIVE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ENDED_FIELD_NUMBER: _ClassVar[int]
    segment: int
    words: _containers.RepeatedCompositeFieldContainer[Word]
    tentative: str
    segment_ended: bool
    def __init__(self, segment: _Optional[int] = ..., words: _Optional[_Iterable[_Union[Word, _Mapping]]] = ..., tentative: _Optional[str] = ..., segment_ended: _Optional[bool] = ...) -> None: ...

class SourceLanguage(_message.Message):
    __slots__ = ("language_code", "probability")
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    language_code: str
    probability: float
    def __init__(self, language_code: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class TargetSpeech(_message.Message):
    __slots__ = ("segment", "pcm_s16le", "snac_codes", "opus_packets", "sample_rate_hertz", "offset", "text", "source_start", "source_end", "delay", "elapsed", "human", "target", "repeated_speech")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    PCM_S16LE_FIELD_NUMBER: _ClassVar[int]
    SNAC_CODES_FIELD_NUMBER: _ClassVar[int]
    OPUS_PACKETS_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_START_FIELD_NUMBER: _ClassVar[int]
    SOURCE_END_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    HUMAN_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REPEATED_SPEECH_FIELD_NUMBER: _ClassVar[int]
    segment: int
    pcm_s16le: bytes
    snac_codes: SnacCodes
    opus_packets: OpusPackets
    sample_rate_hertz: int
    offset: _duration_pb2.Duration
    text: str
    source_start: _duration_pb2.Duration
    source_end: _duration_pb2.Duration
    delay: _duration_pb2.Duration
    elapsed: _duration_pb2.Duration
    human: bool
    target: int
    repeated_speech: bool
    def __init__(self, segment: _Optional[int] = ..., pcm_s16le: _Optional[bytes] = ..., snac_codes: _Optional[_Union[SnacCodes, _Mapping]] = ..., opus_packets: _Optional[_Union[OpusPackets, _Mapping]] = ..., sample_rate_hertz: _Optional[int] = ..., offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., text: _Optional[str] = ..., source_start: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., source_end: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., human: _Optional[bool] = ..., target: _Optional[int] = ..., repeated_speech: _Optional[bool] = ...) -> None: ...

class OpusPackets(_message.Message):
    __slots__ = ("packets",)
    PACKETS_FIELD_NUMBER: _ClassVar[int]
    packets: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, packets: _Optional[_Iterable[bytes]] = ...) -> None: ...

class SnacCodes(_message.Message):
    __slots__ = ("codes",)
    CODES_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, codes: _Optional[_Iterable[int]] = ...) -> None: ...

class PolicyAction(_message.Message):
    __slots__ = ("segment", "units", "position", "words", "compute", "target", "guarded")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    GUARDED_FIELD_NUMBER: _ClassVar[int]
    segment: int
    units: int
    position: _duration_pb2.Duration
    words: int
    compute: _duration_pb2.Duration
    target: int
    guarded: bool
    def __init__(self, segment: _Optional[int] = ..., units: _Optional[int] = ..., position: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., words: _Optional[int] = ..., compute: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., target: _Optional[int] = ..., guarded: _Optional[bool] = ...) -> None: ...

class Lag(_message.Message):
    __slots__ = ("received", "backlog", "word_age")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    BACKLOG_FIELD_NUMBER: _ClassVar[int]
    WORD_AGE_FIELD_NUMBER: _ClassVar[int]
    received: _duration_pb2.Duration
    backlog: _duration_pb2.Duration
    word_age: _duration_pb2.Duration
    def __init__(self, received: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., backlog: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., word_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Warning(_message.Message):
    __slots__ = ("code", "amount", "language_code", "target")
    CODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    code: WarningCode
    amount: _duration_pb2.Duration
    language_code: str
    target: int
    def __init__(self, code: _Optional[_Union[WarningCode, str]] = ..., amount: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., language_code: _Optional[str] = ..., target: _Optional[int] = ...) -> None: ...

class SlideRead(_message.Message):
    __slots__ = ("expected", "proposed", "pages", "problem")
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_FIELD_NUMBER: _ClassVar[int]
    PAGES_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    expected: _containers.RepeatedScalarFieldContainer[str]
    proposed: _containers.RepeatedCompositeFieldContainer[_session_pb2.GlossaryTerm]
    pages: int
    problem: str
    def __init__(self, expected: _Optional[_Iterable[str]] = ..., proposed: _Optional[_Iterable[_Union[_session_pb2.GlossaryTerm, _Mapping]]] = ..., pages: _Optional[int] = ..., problem: _Optional[str] = ...) -> None: ...

class MarkerReached(_message.Message):
    __slots__ = ("marker_id", "position")
    MARKER_ID_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    marker_id: str
    position: _duration_pb2.Duration
    def __init__(self, marker_id: _Optional[str] = ..., position: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
