"""A session in the list."""

from google.protobuf.timestamp_pb2 import Timestamp

from interp.core.config import SessionConfig
from interp.monitor.view import TargetView, View
from interp.serve.relay import Relay
from interp.wire.monitoring import MonitoredSession, MonitoredTarget, SessionState, name_of
from interp.wire.requests import duration, outputs_to_proto

CATCHING_UP_MS = 3_000
LANE_SHOWN = 8
"""Characters of a lane's name."""


def row_of(relay: Relay, view: View, *, began_s: float, readers: int) -> MonitoredSession:
    """How the session is now."""
    began = Timestamp()
    began.FromMilliseconds(round(began_s * 1000))
    wishes = relay.wishes
    return MonitoredSession(
        name=name_of(relay.session_id),
        source_language_code=view.source or relay.config.session.source,
        targets=[_target(view.targets[number], each) for number, each in enumerate(wishes.targets)],
        speaker=relay.tenant.name,
        state=state_of(relay, view),
        create_time=began,
        received=duration(view.received_ms),
        backlog=duration(view.backlog_ms),
        input_dbfs=view.input_db,
        muted=wishes.muted,
        note_count=view.noted,
        newest_note=view.text.notes[-1].code if view.text.notes else "",
        replica=relay.replica,
        lane=relay.lane[-LANE_SHOWN:],
        readers=readers,
    )


def state_of(relay: Relay, view: View) -> SessionState:
    """The first that holds."""
    holds = {
        SessionState.SESSION_STATE_ENDED: view.ended,
        SessionState.SESSION_STATE_TAKEN_OVER: any(t.taken_over_by for t in view.targets),
        SessionState.SESSION_STATE_MUTED: relay.wishes.muted,
        SessionState.SESSION_STATE_RECONNECTING: relay.stream is None,
        SessionState.SESSION_STATE_DEGRADED: view.leaving,
        SessionState.SESSION_STATE_CATCHING_UP: view.backlog_ms > CATCHING_UP_MS,
        SessionState.SESSION_STATE_LIVE: True,
    }
    return next(state for state, here in holds.items() if here)


def _target(view: TargetView, wished: SessionConfig) -> MonitoredTarget:
    return MonitoredTarget(
        language_code=wished.target,
        policy=wished.policy,
        outputs=outputs_to_proto(wished.outputs),
        word_age=None if view.age_ms is None else duration(view.age_ms),
        word_age_p95=None if view.age_p95_ms is None else duration(view.age_p95_ms),
        output_dbfs=view.output_db,
        taken_over_by=view.taken_over_by,
    )
