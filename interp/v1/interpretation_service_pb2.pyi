from interp.v1 import people_pb2 as _people_pb2
from interp.v1 import session_pb2 as _session_pb2
from interp.v1 import source_pb2 as _source_pb2
from interp.v1 import target_pb2 as _target_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class InterpretRequest(_message.Message):
    __slots__ = ("config", "audio", "silence", "control")
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    config: _session_pb2.SessionConfig
    audio: _source_pb2.Audio
    silence: _source_pb2.Silence
    control: _source_pb2.Control
    def __init__(self, config: _Optional[_Union[_session_pb2.SessionConfig, _Mapping]] = ..., audio: _Optional[_Union[_source_pb2.Audio, _Mapping]] = ..., silence: _Optional[_Union[_source_pb2.Silence, _Mapping]] = ..., control: _Optional[_Union[_source_pb2.Control, _Mapping]] = ...) -> None: ...

class InterpretResponse(_message.Message):
    __slots__ = ("sequence", "session_started", "audio_ack", "source_text", "target_text", "target_speech", "policy_action", "lag", "warning", "marker_reached", "going_away", "session_ended", "correction", "notice", "source_language", "slide_read")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SESSION_STARTED_FIELD_NUMBER: _ClassVar[int]
    AUDIO_ACK_FIELD_NUMBER: _ClassVar[int]
    SOURCE_TEXT_FIELD_NUMBER: _ClassVar[int]
    TARGET_TEXT_FIELD_NUMBER: _ClassVar[int]
    TARGET_SPEECH_FIELD_NUMBER: _ClassVar[int]
    POLICY_ACTION_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    MARKER_REACHED_FIELD_NUMBER: _ClassVar[int]
    GOING_AWAY_FIELD_NUMBER: _ClassVar[int]
    SESSION_ENDED_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SLIDE_READ_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    session_started: _session_pb2.SessionStarted
    audio_ack: _session_pb2.AudioAck
    source_text: _target_pb2.SourceText
    target_text: _target_pb2.TargetText
    target_speech: _target_pb2.TargetSpeech
    policy_action: _target_pb2.PolicyAction
    lag: _target_pb2.Lag
    warning: _target_pb2.Warning
    marker_reached: _target_pb2.MarkerReached
    going_away: _session_pb2.GoingAway
    session_ended: _session_pb2.SessionEnded
    correction: _people_pb2.Correction
    notice: _people_pb2.Notice
    source_language: _target_pb2.SourceLanguage
    slide_read: _target_pb2.SlideRead
    def __init__(self, sequence: _Optional[int] = ..., session_started: _Optional[_Union[_session_pb2.SessionStarted, _Mapping]] = ..., audio_ack: _Optional[_Union[_session_pb2.AudioAck, _Mapping]] = ..., source_text: _Optional[_Union[_target_pb2.SourceText, _Mapping]] = ..., target_text: _Optional[_Union[_target_pb2.TargetText, _Mapping]] = ..., target_speech: _Optional[_Union[_target_pb2.TargetSpeech, _Mapping]] = ..., policy_action: _Optional[_Union[_target_pb2.PolicyAction, _Mapping]] = ..., lag: _Optional[_Union[_target_pb2.Lag, _Mapping]] = ..., warning: _Optional[_Union[_target_pb2.Warning, _Mapping]] = ..., marker_reached: _Optional[_Union[_target_pb2.MarkerReached, _Mapping]] = ..., going_away: _Optional[_Union[_session_pb2.GoingAway, _Mapping]] = ..., session_ended: _Optional[_Union[_session_pb2.SessionEnded, _Mapping]] = ..., correction: _Optional[_Union[_people_pb2.Correction, _Mapping]] = ..., notice: _Optional[_Union[_people_pb2.Notice, _Mapping]] = ..., source_language: _Optional[_Union[_target_pb2.SourceLanguage, _Mapping]] = ..., slide_read: _Optional[_Union[_target_pb2.SlideRead, _Mapping]] = ...) -> None: ...
