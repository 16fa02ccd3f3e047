"""Where a session is between two segments."""

from dataclasses import dataclass, field

from interp.core.events import Totals
from interp.engine.gate import GateState
from interp.engine.target import TargetState
from interp.engine.tongue import TongueState


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a checkpoint holds beside its position: enough to go on from between two segments."""

    gate: GateState
    targets: tuple[TargetState, ...]
    segments: int = 0
    totals: Totals = field(default_factory=Totals)
    tongue: TongueState | None = None
