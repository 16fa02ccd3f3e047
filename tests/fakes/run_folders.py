"""Run folders as `interp eval` leaves them before scoring, from made-up runs."""

from dataclasses import replace
from pathlib import Path

from interp.evaluate.record.log import EmissionLog, write_log
from interp.evaluate.record.run_folder import Resolved, environment, log_path, write_config
from interp.evaluate.score.scores import ScoreConfig
from tests.fakes.runs import made_run

QUICK = ScoreConfig(resamples=20)


def named(log: EmissionLog, policy: str, **settings: int) -> EmissionLog:
    """The same run under another policy string."""
    config = replace(log.config, policy=policy, settings={**log.config.settings, **settings})
    return replace(log, config=config)


def save(out: Path, *logs: EmissionLog) -> None:
    """Write a folder with these points."""
    paths = [log_path(out, f"{n} {log.config.policy}") for n, log in enumerate(logs)]
    for path, log in zip(paths, logs, strict=True):
        write_log(path, log)
    write_config(
        out,
        Resolved(
            manifest="made up",
            clips=len(logs[0].instances),
            policies=tuple(log.config.policy for log in logs),
            logs=tuple(str(path.relative_to(out)) for path in paths),
            source_language="fr",
            target_language="en",
            model="fake",
            model_sha256="",
            server="",
            sessions=(1,) * len(logs),
            workers=1,
            environment=environment(),
        ),
    )


def short_runs() -> list[EmissionLog]:
    """Three points over the same sentences."""
    return [
        named(made_run(3, 20, accuracy=0.9), "offline"),
        named(made_run(3, 20, accuracy=0.4), "waitk:k=1"),
        named(made_run(3, 20, accuracy=0.7), "waitk:k=3"),
    ]
