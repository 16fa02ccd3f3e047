"""What is made of the logs of a run when they are done: scores, the report, exports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from interp.evaluate.record.exports import write_omnisteval, write_simuleval, write_simulstream
from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.run_folder import Resolved, read_config, write_metrics
from interp.evaluate.report.page import write_report
from interp.evaluate.run.recognise import Listener
from interp.evaluate.run.runner import read_points
from interp.evaluate.score.quality import SentenceJudge
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import Row, rows

EXPORTS: Mapping[str, Callable[[EmissionLog, Path], None]] = {
    "simuleval": write_simuleval,
    "omnisteval": write_omnisteval,
    "simulstream": write_simulstream,
}


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
