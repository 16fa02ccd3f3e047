"""What the operating points of one run share, and what is made of their logs when they are done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interp.core.config import SessionConfig
from interp.core.events import Output
from interp.evaluate.exports import write_omnisteval, write_simuleval, write_simulstream
from interp.evaluate.folder import Resolved, log_path, read_config, write_metrics
from interp.evaluate.log import EmissionLog, RunConfig, TargetType
from interp.evaluate.quality import SentenceJudge
from interp.evaluate.recognise import Listener
from interp.evaluate.report import write_report
from interp.evaluate.runner import Point, read_points
from interp.evaluate.score import ScoreConfig, score
from interp.evaluate.summary import Row, rows

EXPORTS: Mapping[str, Callable[[EmissionLog, Path], None]] = {
    "simuleval": write_simuleval,
    "omnisteval": write_omnisteval,
    "simulstream": write_simulstream,
}


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

    def point(self, policy: str, sessions: int = 1) -> Point:
        """An operating point of this run. sessions: how many are open at a time."""
        load = {} if sessions == 1 else {"sessions": sessions}
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
                settings={**self.settings, **load},
            ),
            log_path(self.out, policy if sessions == 1 else f"{policy} sessions={sessions}"),
        )


def conclude(
    out: Path,
    how: ScoreConfig,
    judges: Sequence[SentenceJudge] = (),
    exports: Iterable[str] = (),
    listener: Listener | None = None,
) -> tuple[Row, ...]:
    """Score the logs of a run folder; write metrics.json, the report and exports.

    No model is needed but those of the judges and the listener, who hears target speech. Raises
    EvaluationError where the folder holds no run.
    """
    resolved = read_config(out)
    logs = _logs(out, resolved)
    for name in exports:
        for path, log in zip(resolved.logs, logs, strict=True):
            EXPORTS[name](log, out / "exports" / name / Path(path).stem)
    heard = [listener.measure(log) if listener else () for log in logs]
    scored = rows([score(log, how, judges, h) for log, h in zip(logs, heard, strict=True)])
    write_metrics(out, [row.scores.to_json() for row in scored])
    write_report(out, resolved, logs, scored)
    return scored


def _logs(out: Path, resolved: Resolved) -> list[EmissionLog]:
    return read_points([out / path for path in resolved.logs], range(resolved.clips))
