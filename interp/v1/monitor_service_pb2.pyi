import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from interp.v1 import monitor_pb2 as _monitor_pb2
from interp.v1 import people_pb2 as _people_pb2
from interp.v1 import session_pb2 as _session_pb2
from interp.v1 import source_pb2 as _source_pb2
from interp.v1 import target_pb2 as _target_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListSessionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSessionsResponse(_message.Message):
    __slots__ = ("sessions", "next_page_token")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[_monitor_pb2.MonitoredSession]
    next_page_token: str
    def __init__(self, sessions: _Optional[_Iterable[_Union[_monitor_pb2.MonitoredSession, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class WatchSessionsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchSessionsResponse(_message.Message):
    __slots__ = ("sessions", "gone")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[_monitor_pb2.MonitoredSession]
    gone: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sessions: _Optional[_Iterable[_Union[_monitor_pb2.MonitoredSession, _Mapping]]] = ..., gone: _Optional[_Iterable[str]] = ...) -> None: ...

class WatchSessionRequest(_message.Message):
    __slots__ = ("name", "last_event_id", "audience_target")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_TARGET_FIELD_NUMBER: _ClassVar[int]
    name: str
    last_event_id: str
    audience_target: int
    def __init__(self, name: _Optional[str] = ..., last_event_id: _Optional[str] = ..., audience_target: _Optional[int] = ...) -> None: ...

class WatchSessionResponse(_message.Message):
    __slots__ = ("event_id", "snapshot", "session", "source_text", "target_text", "policy_action", "correction", "note", "terms", "countdown", "ended")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_TEXT_FIELD_NUMBER: _ClassVar[int]
    TARGET_TEXT_FIELD_NUMBER: _ClassVar[int]
    POLICY_ACTION_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    snapshot: _monitor_pb2.SessionSnapshot
    session: _monitor_pb2.MonitoredSession
    source_text: _target_pb2.SourceText
    target_text: _target_pb2.TargetText
    policy_action: _target_pb2.PolicyAction
    correction: _people_pb2.Correction
    note: _monitor_pb2.Note
    terms: _monitor_pb2.Terms
    countdown: _monitor_pb2.Countdown
    ended: _monitor_pb2.WatchEnded
    def __init__(self, event_id: _Optional[str] = ..., snapshot: _Optional[_Union[_monitor_pb2.SessionSnapshot, _Mapping]] = ..., session: _Optional[_Union[_monitor_pb2.MonitoredSession, _Mapping]] = ..., source_text: _Optional[_Union[_target_pb2.SourceText, _Mapping]] = ..., target_text: _Optional[_Union[_target_pb2.TargetText, _Mapping]] = ..., policy_action: _Optional[_Union[_target_pb2.PolicyAction, _Mapping]] = ..., correction: _Optional[_Union[_people_pb2.Correction, _Mapping]] = ..., note: _Optional[_Union[_monitor_pb2.Note, _Mapping]] = ..., terms: _Optional[_Union[_monitor_pb2.Terms, _Mapping]] = ..., countdown: _Optional[_Union[_monitor_pb2.Countdown, _Mapping]] = ..., ended: _Optional[_Union[_monitor_pb2.WatchEnded, _Mapping]] = ...) -> None: ...

class SteerSessionRequest(_message.Message):
    __slots__ = ("name", "mute_speech", "interrupt", "skip_backlog", "repeat_speech", "set_policy", "set_outputs", "set_glossary", "add_term", "correct", "take_over", "hand_back", "ask_slower", "message")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MUTE_SPEECH_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    SKIP_BACKLOG_FIELD_NUMBER: _ClassVar[int]
    REPEAT_SPEECH_FIELD_NUMBER: _ClassVar[int]
    SET_POLICY_FIELD_NUMBER: _ClassVar[int]
    SET_OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    SET_GLOSSARY_FIELD_NUMBER: _ClassVar[int]
    ADD_TERM_FIELD_NUMBER: _ClassVar[int]
    CORRECT_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_FIELD_NUMBER: _ClassVar[int]
    HAND_BACK_FIELD_NUMBER: _ClassVar[int]
    ASK_SLOWER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    mute_speech: _source_pb2.MuteSpeech
    interrupt: _source_pb2.Interrupt
    skip_backlog: _source_pb2.SkipBacklog
    repeat_speech: _source_pb2.RepeatSpeech
    set_policy: _source_pb2.SetPolicy
    set_outputs: _source_pb2.SetOutputs
    set_glossary: _source_pb2.SetGlossary
    add_term: _session_pb2.GlossaryTerm
    correct: _monitor_pb2.Correct
    take_over: _monitor_pb2.TakeOver
    hand_back: _monitor_pb2.HandBack
    ask_slower: _monitor_pb2.AskSlower
    message: _monitor_pb2.BoothMessage
    def __init__(self, name: _Optional[str] = ..., mute_speech: _Optional[_Union[_source_pb2.MuteSpeech, _Mapping]] = ..., interrupt: _Optional[_Union[_source_pb2.Interrupt, _Mapping]] = ..., skip_backlog: _Optional[_Union[_source_pb2.SkipBacklog, _Mapping]] = ..., repeat_speech: _Optional[_Union[_source_pb2.RepeatSpeech, _Mapping]] = ..., set_policy: _Optional[_Union[_source_pb2.SetPolicy, _Mapping]] = ..., set_outputs: _Optional[_Union[_source_pb2.SetOutputs, _Mapping]] = ..., set_glossary: _Optional[_Union[_source_pb2.SetGlossary, _Mapping]] = ..., add_term: _Optional[_Union[_session_pb2.GlossaryTerm, _Mapping]] = ..., correct: _Optional[_Union[_monitor_pb2.Correct, _Mapping]] = ..., take_over: _Optional[_Union[_monitor_pb2.TakeOver, _Mapping]] = ..., hand_back: _Optional[_Union[_monitor_pb2.HandBack, _Mapping]] = ..., ask_slower: _Optional[_Union[_monitor_pb2.AskSlower, _Mapping]] = ..., message: _Optional[_Union[_monitor_pb2.BoothMessage, _Mapping]] = ...) -> None: ...

class SteerSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListenSessionRequest(_message.Message):
    __slots__ = ("name", "source", "target")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    name: str
    source: bool
    target: int
    def __init__(self, name: _Optional[str] = ..., source: _Optional[bool] = ..., target: _Optional[int] = ...) -> None: ...

class ListenSessionResponse(_message.Message):
    __slots__ = ("pcm_s16le", "sample_rate_hertz")
    PCM_S16LE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    pcm_s16le: bytes
    sample_rate_hertz: int
    def __init__(self, pcm_s16le: _Optional[bytes] = ..., sample_rate_hertz: _Optional[int] = ...) -> None: ...

class SpeakSessionRequest(_message.Message):
    __slots__ = ("name", "target", "pcm_s16le")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    PCM_S16LE_FIELD_NUMBER: _ClassVar[int]
    name: str
    target: int
    pcm_s16le: bytes
    def __init__(self, name: _Optional[str] = ..., target: _Optional[int] = ..., pcm_s16le: _Optional[bytes] = ...) -> None: ...

class SpeakSessionResponse(_message.Message):
    __slots__ = ("spoken",)
    SPOKEN_FIELD_NUMBER: _ClassVar[int]
    spoken: _duration_pb2.Duration
    def __init__(self, spoken: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ExportCaptionsRequest(_message.Message):
    __slots__ = ("name", "format", "target", "bilingual")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    BILINGUAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    format: str
    target: int
    bilingual: bool
    def __init__(self, name: _Optional[str] = ..., format: _Optional[str] = ..., target: _Optional[int] = ..., bilingual: _Optional[bool] = ...) -> None: ...

class ExportCaptionsResponse(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: str
    def __init__(self, content: _Optional[str] = ...) -> None: ...

class PushCaptionsRequest(_message.Message):
    __slots__ = ("name", "place", "uri", "secret", "target")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    name: str
    place: str
    uri: str
    secret: str
    target: int
    def __init__(self, name: _Optional[str] = ..., place: _Optional[str] = ..., uri: _Optional[str] = ..., secret: _Optional[str] = ..., target: _Optional[int] = ...) -> None: ...

class PushCaptionsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteSessionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
