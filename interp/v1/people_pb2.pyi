from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NoticeCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_CODE_UNSPECIFIED: _ClassVar[NoticeCode]
    NOTICE_CODE_SLOW_DOWN: _ClassVar[NoticeCode]
    NOTICE_CODE_TAKEN_OVER: _ClassVar[NoticeCode]
    NOTICE_CODE_HANDED_BACK: _ClassVar[NoticeCode]
NOTICE_CODE_UNSPECIFIED: NoticeCode
NOTICE_CODE_SLOW_DOWN: NoticeCode
NOTICE_CODE_TAKEN_OVER: NoticeCode
NOTICE_CODE_HANDED_BACK: NoticeCode

class Correction(_message.Message):
    __slots__ = ("segment", "text", "author", "target")
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    segment: int
    text: str
    author: str
    target: int
    def __init__(self, segment: _Optional[int] = ..., text: _Optional[str] = ..., author: _Optional[str] = ..., target: _Optional[int] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("code", "author")
    CODE_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    code: NoticeCode
    author: str
    def __init__(self, code: _Optional[_Union[NoticeCode, str]] = ..., author: _Optional[str] = ...) -> None: ...
