"""`interp eval`: policies over a manifest, here or against a server: logs, scores and a report."""

import argparse
import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from interp import app, environment, inventory
from interp.client.client import ClientTls
from interp.commands import live
from interp.core.config import DEFAULT_POLICY
from interp.core.languages import language_of
from interp.core.translator import Pair
from interp.evaluate.record import run_folder
from interp.evaluate.record.corpora import cut, read_recordings
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.manifest import Clip
from interp.evaluate.record.run_folder import Resolved
from interp.evaluate.record.sweep import STANDARD, operating_points
from interp.evaluate.record.timelines import LatencyUnit
from interp.evaluate.report.conclude import conclude
from interp.evaluate.report.table import groups
from interp.evaluate.run.recognise import EngineTranscriber, Listener
from interp.evaluate.run.runner import Fleet, Point, run_points
from interp.evaluate.run.study import Study
from interp.evaluate.run.voiced import voiced
from interp.evaluate.run.worker import EngineSystem, System
from interp.evaluate.score.quality import Comet, MissingModel
from interp.evaluate.score.scores import ScoreConfig
from interp.evaluate.score.summary import Row
from interp.evaluate.score.terms import read_terms
from interp.models.catalog import CATALOGUE
from interp.models.precision import Precision
from interp.models.settings import ModelSettings
from interp.policies import parse
from interp.policies.registry import load_file

MAX_SILENCE_MS = 60_000


def run(args: argparse.Namespace) -> int:
    """Run what is missing, then score and report."""
    console = wide_console()
    try:
        if not args.score_only:
            _measure(args)
        how = how_scored(args)
        judges = [Comet(args.comet)] if args.comet else []
        show_rows(console, conclude(args.out, how, judges, args.export, _listener(args)))
    except (EvaluationError, MissingModel) as error:
        print(f"interp eval: {error}", file=sys.stderr)
        return 1
    console.print(f"{args.out / 'report.html'}")
    return 0


def how_scored(args: argparse.Namespace) -> ScoreConfig:
    """What `add_scoring` asked for."""
    terms = read_terms(args.terms) if args.terms else ()
    return ScoreConfig(LatencyUnit(args.unit), args.tokenizer, terms=terms)


def _listener(args: argparse.Namespace) -> Listener | None:
    if not args.asr_bleu:
        return None
    system = build_system(ModelSettings(args.model, device=args.device))
    return Listener(args.out, EngineTranscriber(args.model, system, args.target))


def _measure(args: argparse.Namespace) -> None:
    clips = read_clips(args)
    policies = _policies(args)
    study = study_of(args)
    points = [
        study.point(policy, count, silence_ms)
        for policy in policies
        for count in _sessions(args)
        for silence_ms in _silences_ms(args)
    ]
    record(args, study, points, clips)
    with progress_bar() as progress:
        if args.server:
            hear = partial(voiced, app.detector())
            asyncio.run(live.run(_server(args), points, clips, hear, progress))
        else:
            run_points(points, clips, fleet_of(args), progress)


def _server(args: argparse.Namespace) -> live.Server:
    given = ClientTls(args.tls_authority, args.tls_certificate, args.tls_key)
    return live.Server(
        address=args.server,
        key=environment.api_key() if args.key is None else args.key,
        tls=None if given == ClientTls() else given,
        paced=not args.unpaced,
    )


def _sessions(args: argparse.Namespace) -> list[int]:
    try:
        counts = [int(count) for count in args.sessions.split(",")]
    except ValueError as error:
        raise EvaluationError("--sessions is a number, or several as 1,2,4") from error
    if min(counts) < 1:
        raise EvaluationError("--sessions counts from 1")
    if not args.server and (args.speech or counts != [1]):
        raise EvaluationError("--sessions and --speech need --server")
    return counts


def _silences_ms(args: argparse.Namespace) -> list[int]:
    try:
        found = [round(1000 * float(seconds)) for seconds in args.lead_silence.split(",")]
    except ValueError as error:
        raise EvaluationError("--lead-silence is seconds, or several as 0,2,5,10") from error
    if not all(0 <= silence_ms <= MAX_SILENCE_MS for silence_ms in found):
        raise EvaluationError(f"--lead-silence is from 0 to {MAX_SILENCE_MS // 1000} seconds")
    return found


def read_clips(args: argparse.Namespace) -> list[tuple[int, Clip]]:
    """The manifest's recordings with their index in it, as far as --limit."""
    manifest = args.manifest or args.source_list
    if manifest is None:
        raise EvaluationError("name a manifest, or a list of audio with --source")
    pair = Pair(language_of(args.source), language_of(args.target))
    clips = read_recordings(manifest, args.target_list, pair)
    return list(enumerate(cut(clips) if args.cut else clips))[: args.limit]


def _policies(args: argparse.Namespace) -> tuple[str, ...]:
    given = [*args.policy, *(STANDARD if args.standard else ())]
    if not given and not args.sweep:
        given = [DEFAULT_POLICY]
    policies = operating_points(given, args.sweep)
    # A server may know policies that we do not.
    return policies if args.server else known_policies(policies, args.policy_file)


def known_policies(policies: Sequence[str], files: Sequence[Path]) -> tuple[str, ...]:
    """The same, once all of them parse. Raises NotServed, InvalidRequest."""
    for path in files:
        load_file(path)
    for policy in policies:
        parse(policy)
    return tuple(policies)


def study_of(args: argparse.Namespace) -> Study:
    """What all points of this command share."""
    settings: dict[str, str | bool] = {"commit": run_folder.commit()}
    if args.server:
        settings |= {"server": args.server, "paced": not args.unpaced}
    else:
        settings |= {"model_sha256": model_sha256(args.model)}
        settings |= {"precision": _models(args).whisper.precision}
    return Study(
        out=args.out,
        system=args.server or args.model,
        data=str(args.manifest or args.source_list),
        source=args.source,
        target=args.target,
        speech=args.speech,
        settings=settings,
    )


def model_sha256(name: str) -> str:
    """Hash of the weights of a named model, or of an OmniLM; empty for a name we do not know."""
    if weights := inventory.omni_weights(name):
        with weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return next((m.files[0].sha256 for m in CATALOGUE if m.name == name), "")


def record(
    args: argparse.Namespace,
    study: Study,
    points: Sequence[Point],
    clips: Sequence[tuple[int, Clip]],
) -> None:
    """Write config.json: what is about to be run, and on what machine."""
    resolved = Resolved(
        manifest=study.data,
        clips=len(clips),
        policies=tuple(point.run.policy for point in points),
        logs=tuple(str(point.log.relative_to(study.out)) for point in points),
        source_language=study.source,
        target_language=study.target,
        model=study.system,
        model_sha256=str(study.settings.get("model_sha256", "")),
        server=str(study.settings.get("server", "")),
        sessions=tuple(point.sessions for point in points),
        workers=args.workers,
        environment=run_folder.environment(),
    )
    run_folder.write_config(study.out, resolved)


def fleet_of(args: argparse.Namespace) -> Fleet:
    """Worker processes with the model, one thread each. Raises WeightsError where it is absent."""
    if not any(s.present for s in environment.store().list() if s.model.name == args.model):
        inventory.check_translator(ModelSettings(args.model))  # says what would bring it
    return Fleet(partial(build_system, _models(args)), args.workers, tuple(args.policy_file))


def _models(args: argparse.Namespace) -> ModelSettings:
    models = ModelSettings(args.model, threads=1, device=args.device)
    return app.settled(models, Precision(args.precision) if args.precision else None)


def build_system(models: ModelSettings) -> System:
    """The session engine on the named model; called in a worker process."""
    return EngineSystem(app.detector(), app.translator(models))


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Called with jobs done and jobs in all."""
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*shown, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("recordings by points", total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count)


def wide_console() -> Console:
    """Standard output; into a file a table is as wide as it needs."""
    return Console(width=None if sys.stdout.isatty() else 160)


def show_rows(console: Console, rows: Sequence[Row]) -> None:
    """The main figures of every point."""
    shown = [column for group in groups(rows) for column in group.columns if column.short]
    table = Table(box=box.SIMPLE)
    table.add_column("policy", overflow="fold")
    for column in shown:
        table.add_column(column.title, justify="right")
    for row in rows:
        table.add_row(row.name, *(column.cell(row) for column in shown))
    console.print(table)
