import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from interp.v1 import people_pb2 as _people_pb2
from interp.v1 import session_pb2 as _session_pb2
from interp.v1 import target_pb2 as _target_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_STATE_UNSPECIFIED: _ClassVar[SessionState]
    SESSION_STATE_LIVE: _ClassVar[SessionState]
    SESSION_STATE_CATCHING_UP: _ClassVar[SessionState]
    SESSION_STATE_MUTED: _ClassVar[SessionState]
    SESSION_STATE_TAKEN_OVER: _ClassVar[SessionState]
    SESSION_STATE_RECONNECTING: _ClassVar[SessionState]
    SESSION_STATE_DEGRADED: _ClassVar[SessionState]
    SESSION_STATE_ENDED: _ClassVar[SessionState]
SESSION_STATE_UNSPECIFIED: SessionState
SESSION_STATE_LIVE: SessionState
SESSION_STATE_CATCHING_UP: SessionState
SESSION_STATE_MUTED: SessionState
SESSION_STATE_TAKEN_OVER: SessionState
SESSION_STATE_RECONNECTING: SessionState
SESSION_STATE_DEGRADED: SessionState
SESSION_STATE_ENDED: SessionState

class MonitoredSession(_message.Message):
    __slots__ = ("name", "source_language_code", "targets", "speaker", "state", "create_time", "received", "backlog", "input_dbfs", "muted", "note_count", "newest_note", "replica", "lane", "gateway", "readers")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    BACKLOG_FIELD_NUMBER: _ClassVar[int]
    INPUT_DBFS_FIELD_NUMBER: _ClassVar[int]
    MUTED_FIELD_NUMBER: _ClassVar[int]
    NOTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    NEWEST_NOTE_FIELD_NUMBER: _ClassVar[int]
    REPLICA_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    GATEWAY_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    source_language_code: str
    targets: _containers.RepeatedCompositeFieldContainer[MonitoredTarget]
    speaker: str
    state: SessionState
    create_time: _timestamp_pb2.Timestamp
    received: _duration_pb2.Duration
    backlog: _duration_pb2.Duration
    input_dbfs: float
    muted: bool
    note_count: int
    newest_note: str
    replica: str
    lane: str
    gateway: str
    readers: int
    def __init__(self, name: _Optional[str] = ..., source_language_code: _Optional[str] = ..., targets: _Optional[_Iterable[_Union[MonitoredTarget, _Mapping]]] = ..., speaker: _Optional[str] = ..., state: _Optional[_Union[SessionState, str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., received: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., backlog: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., input_dbfs: _Optional[float] = ..., muted: _Optional[bool] = ..., note_count: _Optional[int] = ..., newest_note: _Optional[str] = ..., replica: _Optional[str] = ..., lane: _Optional[str] = ..., gateway: _Optional[str] = ..., readers: _Optional[int] = ...) -> None: ...

class MonitoredTarget(_message.Message):
    __slots__ = ("language_code", "policy", "outputs", "word_age", "word_age_p95", "output_dbfs", "taken_over_by")
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    WORD_AGE_FIELD_NUMBER: _ClassVar[int]
    WORD_AGE_P95_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DBFS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_OVER_BY_FIELD_NUMBER: _ClassVar[int]
    language_code: str
    policy: str
    outputs: _containers.RepeatedScalarFieldContainer[_session_pb2.Output]
    word_age: _duration_pb2.Duration
    word_age_p95: _duration_pb2.Duration
    output_dbfs: float
    taken_over_by: str
    def __init__(self, language_code: _Optional[str] = ..., policy: _Optional[str] = ..., outputs: _Optional[_Iterable[_Union[_session_pb2.Output, str]]] = ..., word_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., word_age_p95: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., output_dbfs: _Optional[float] = ..., taken_over_by: _Optional[str] = ...) -> None: ...

class SessionSnapshot(_message.Message):
    __slots__ = ("session", "lines", "notes", "glossary")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    GLOSSARY_FIELD_NUMBER: _ClassVar[int]
    session: MonitoredSession
    lines: _containers.RepeatedCompositeFieldContainer[SegmentLine]
    notes: _containers.RepeatedCompositeFieldContainer[Note]
    glossary: _containers.RepeatedCompositeFieldContainer[_session_pb2.GlossaryTerm]
    def __init__(self, session: _Optional[_Union[MonitoredSession, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[SegmentLine, _Mapping]]] = ..., notes: _Optional[_Iterable[_Union[Note, _Mapping]]] = ..., glossary: _Optional[_Iterable[_Union[_session_pb2.GlossaryTerm, _Mapping]]] = ...) -> None: ...

class SegmentLine(_message.Message):
    __slots__ = ("segment", "source", "targets", "corrections")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    segment: int
    source: _target_pb2.SourceText
    targets: _containers.RepeatedCompositeFieldContainer[_target_pb2.TargetText]
    corrections: _containers.RepeatedCompositeFieldContainer[_people_pb2.Correction]
    def __init__(self, segment: _Optional[int] = ..., source: _Optional[_Union[_target_pb2.SourceText, _Mapping]] = ..., targets: _Optional[_Iterable[_Union[_target_pb2.TargetText, _Mapping]]] = ..., corrections: _Optional[_Iterable[_Union[_people_pb2.Correction, _Mapping]]] = ...) -> None: ...

class Note(_message.Message):
    __slots__ = ("code", "position", "amount", "author", "text", "time")
    CODE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    code: str
    position: _duration_pb2.Duration
    amount: _duration_pb2.Duration
    author: str
    text: str
    time: _timestamp_pb2.Timestamp
    def __init__(self, code: _Optional[str] = ..., position: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., amount: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., author: _Optional[str] = ..., text: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Terms(_message.Message):
    __slots__ = ("terms",)
    TERMS_FIELD_NUMBER: _ClassVar[int]
    terms: _containers.RepeatedCompositeFieldContainer[_session_pb2.GlossaryTerm]
    def __init__(self, terms: _Optional[_Iterable[_Union[_session_pb2.GlossaryTerm, _Mapping]]] = ...) -> None: ...

class Countdown(_message.Message):
    __slots__ = ("left", "target")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    left: _duration_pb2.Duration
    target: int
    def __init__(self, left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., target: _Optional[int] = ...) -> None: ...

class WatchEnded(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class Correct(_message.Message):
    __slots__ = ("segment", "text", "target")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    segment: int
    text: str
    target: int
    def __init__(self, segment: _Optional[int] = ..., text: _Optional[str] = ..., target: _Optional[int] = ...) -> None: ...

class TakeOver(_message.Message):
    __slots__ = ("target", "without_text")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_TEXT_FIELD_NUMBER: _ClassVar[int]
    target: int
    without_text: bool
    def __init__(self, target: _Optional[int] = ..., without_text: _Optional[bool] = ...) -> None: ...

class HandBack(_message.Message):
    __slots__ = ("target", "delay")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    target: int
    delay: _duration_pb2.Duration
    def __init__(self, target: _Optional[int] = ..., delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class AskSlower(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BoothMessage(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...
