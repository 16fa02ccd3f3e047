"""What a gateway holds each session to."""

from dataclasses import dataclass, field

from interp.serve.outbox import OutboxSettings


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Limits of a session.

    idle_s: without audio while the stream is open. read_s: without a response taken while some
    wait. max_duration_s: of the whole session. resume_s:
    the most a detached session is kept. stall_s: without progress by the replica while it has
    work. journal_s: audio kept for a replay. ack_ms, lag_ms: between two AudioAck, two Lag.
    """

    idle_s: float = 60.0
    read_s: float = 15.0
    max_duration_s: float = 6 * 3600.0
    resume_s: float = 60.0
    stall_s: float = 60.0
    journal_s: float = 90.0
    ack_ms: int = 250
    lag_ms: int = 1000
    outbox: OutboxSettings = field(default_factory=OutboxSettings)
