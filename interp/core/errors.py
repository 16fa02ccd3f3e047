"""Every error a caller can meet.

InterpError
├── InvalidRequest      wrong whatever the state: config, encoding, language, message
├── NotServed           a pair, voice or policy this deployment does not have
├── OutOfOrder          right message, wrong moment: audio before config, resume too late
├── SessionLimit        idle, too far ahead of real time, too long, not read
├── Unauthenticated     no key, or a wrong one
├── Forbidden           a key that may not do this
├── AtCapacity          no lane or quota now; try again after `retry_after_ms`
├── Unavailable         draining, or the replica was lost; try again after `retry_after_ms`
├── TakenOver           another stream resumed this session
└── EngineFailed        ours; detail goes to the log, never to the client

A message is fixed text chosen where the error is raised; it never quotes audio, text or exceptions.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Machine-readable cause, sent as `google.rpc.ErrorInfo.reason`."""

    CONFIG_MISSING = "CONFIG_MISSING"
    BAD_CONFIG = "BAD_CONFIG"
    BAD_ENCODING = "BAD_ENCODING"
    BAD_LANGUAGE = "BAD_LANGUAGE"
    BAD_POLICY = "BAD_POLICY"
    BAD_GLOSSARY = "BAD_GLOSSARY"
    BAD_SLIDE = "BAD_SLIDE"
    MALFORMED_MESSAGE = "MALFORMED_MESSAGE"
    PAIR_NOT_SERVED = "PAIR_NOT_SERVED"
    VOICE_NOT_SERVED = "VOICE_NOT_SERVED"
    POLICY_UNKNOWN = "POLICY_UNKNOWN"
    SESSION_UNKNOWN = "SESSION_UNKNOWN"
    AUDIO_BEFORE_CONFIG = "AUDIO_BEFORE_CONFIG"
    CONFIG_TWICE = "CONFIG_TWICE"
    RESUME_EXPIRED = "RESUME_EXPIRED"
    IDLE_TIMEOUT = "IDLE_TIMEOUT"
    TOO_FAR_AHEAD = "TOO_FAR_AHEAD"
    MAX_DURATION = "MAX_DURATION"
    READER_TOO_SLOW = "READER_TOO_SLOW"
    KEY_MISSING = "KEY_MISSING"
    KEY_INVALID = "KEY_INVALID"
    TENANT_FORBIDDEN = "TENANT_FORBIDDEN"
    NO_LANE = "NO_LANE"
    QUOTA = "QUOTA"
    MESSAGE_TOO_LARGE = "MESSAGE_TOO_LARGE"
    DRAINING = "DRAINING"
    REPLICA_LOST = "REPLICA_LOST"
    SESSION_TAKEN_OVER = "SESSION_TAKEN_OVER"
    ENGINE_FAILED = "ENGINE_FAILED"


class InterpError(Exception):
    """Base of all our errors. message is safe to send; retry_after_ms says when to try again."""

    def __init__(self, reason: Reason, message: str, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_after_ms = retry_after_ms

    def __reduce__(self) -> tuple[type["InterpError"], tuple[Reason, str, int | None]]:
        return type(self), (self.reason, self.message, self.retry_after_ms)


class InvalidRequest(InterpError):
    """The request is wrong whatever the state of the session."""


class NotServed(InterpError):
    """This deployment does not have what was asked for."""


class OutOfOrder(InterpError):
    """The message is right but the session is not in a state to take it."""


class SessionLimit(InterpError):
    """The session passed one of its limits."""


class Unauthenticated(InterpError):
    """No valid key came with the call."""


class Forbidden(InterpError):
    """The key is valid but may not do this."""


class AtCapacity(InterpError):
    """No room now."""


class Unavailable(InterpError):
    """The server, or the replica behind it, cannot go on with this session now."""


class TakenOver(InterpError):
    """Another stream presented this session's resume token."""


class EngineFailed(InterpError):
    """A fault of ours."""
