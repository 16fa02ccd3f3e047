"""What the operating points of one run share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interp.core.config import SessionConfig
from interp.core.events import Output
from interp.evaluate.record.log import RunConfig, TargetType
from interp.evaluate.record.run_folder import log_path
from interp.evaluate.run.runner import Point


@dataclass(frozen=True, slots=True)
class Study:
    """One run folder. settings: what else the logs' headers record, the commit among them."""

    out: Path
    system: str
    data: str
    source: str
    target: str
    speech: bool = False
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def point(self, policy: str, sessions: int = 1, lead_silence_ms: int = 0) -> Point:
        """An operating point of this run. sessions: how many are open at a time.

        lead_silence_ms: heard before each recording.
        """
        special = {} if sessions == 1 else {"sessions": sessions}
        special |= {"lead_silence_ms": lead_silence_ms} if lead_silence_ms else {}
        name = " ".join([policy, *(f"{key}={value}" for key, value in special.items())])
        outputs = {Output.TEXT, Output.ACTIONS} | ({Output.SPEECH} if self.speech else set())
        return Point(
            SessionConfig(self.source, self.target, frozenset(outputs), policy),
            RunConfig(
                system=self.system,
                policy=policy,
                data=self.data,
                source_language=self.source,
                target_language=self.target,
                target_type=TargetType.SPEECH if self.speech else TargetType.TEXT,
                settings={**self.settings, **special},
            ),
            log_path(self.out, name),
            sessions,
            lead_silence_ms,
        )
