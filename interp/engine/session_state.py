"""How a session is set, and where it is between two segments."""

from dataclasses import dataclass, field

from interp.core.events import Totals
from interp.engine.gate import GateState
from interp.engine.mouth import SpeechSettings
from interp.engine.target import TargetState
from interp.engine.tongue import TongueState


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """catch_up_ms: when decisions come this late, the client is told and speech is left out until
    in time (None: never, and each decision is made where it is due, however late).

    speech: how what is written is said.
    """

    catch_up_ms: int | None = None
    speech: SpeechSettings = field(default_factory=SpeechSettings)


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a checkpoint holds beside its position: enough to go on from between two segments."""

    gate: GateState
    targets: tuple[TargetState, ...]
    segments: int = 0
    totals: Totals = field(default_factory=Totals)
    tongue: TongueState | None = None
