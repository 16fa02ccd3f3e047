"""`interp tune`: the policy string with the best quality under a lag bound."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from interp.commands.evaluate import (
    fleet_of,
    how_scored,
    known_policies,
    progress_bar,
    read_clips,
    record,
    show_rows,
    study_of,
    wide_console,
)
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.report.conclude import conclude
from interp.evaluate.run.runner import read_points, run_points
from interp.evaluate.run.tune import Bound, Tuned, candidates, lag_ms, tune
from interp.evaluate.score.quality import MissingModel
from interp.evaluate.score.scores import Scores, score


def run(args: argparse.Namespace) -> int:
    """Search; 0 when a policy keeps the bound."""
    console = wide_console()
    try:
        found = _search(args)
        conclude(args.out, how_scored(args), exports=args.export)
    except (EvaluationError, MissingModel) as error:
        print(f"interp tune: {error}", file=sys.stderr)
        return 1
    show_rows(console, found.front)
    if found.chosen is None:
        print(f"no policy keeps {args.metric} within {args.max_lag} s", file=sys.stderr)
        return 1
    console.print(f"policy: {found.chosen.name}")
    for line in doubts(found):
        console.print(line)
    return 0


def doubts(found: Tuned) -> list[str]:
    """What is to be said of a choice that is no better than others, as far as can be told."""
    if not found.rivals:
        return []
    rivals = [
        f"  {rival.row.name}: {rival.quality.value:+.1f} "
        f"({rival.quality.low:+.1f} to {rival.quality.high:+.1f}), "
        f"p = {rival.quality.p_value:.2f}, lag {rival.row.lag_ms.value / 1000:.2f} s"
        for rival in found.rivals
    ]
    return ["not significantly better than (quality less the chosen one's):", *rivals]


def _search(args: argparse.Namespace) -> Tuned:
    clips = read_clips(args)
    policies = known_policies(candidates(args.sweep), args.policy_file)
    bound = Bound(1000 * args.max_lag, args.metric.upper(), args.computation_aware)
    study, fleet, how = study_of(args), fleet_of(args), how_scored(args)

    def measure(some: Sequence[str], indices: Sequence[int]) -> list[Scores]:
        points = [study.point(policy) for policy in some]
        wanted = set(indices)
        with progress_bar() as progress:
            run_points(points, [clip for clip in clips if clip[0] in wanted], fleet, progress)
        return [score(log, how) for log in read_points([p.log for p in points], indices)]

    found = tune(policies, len(clips), bound, measure)
    finalists = [study.point(row.name) for row in found.rungs[-1].rows]
    record(args, study, finalists, clips)
    _write(args.out, bound, found)
    return found


def _write(out: Path, bound: Bound, found: Tuned) -> None:
    """tune.json: every rung; policy.txt: the policy to use."""
    rungs = [
        {
            "clips": rung.clips,
            "kept": rung.kept,
            "points": [
                {"policy": r.name, "lag_ms": lag_ms(r, bound), "quality": r.quality.value}
                for r in rung.rows
            ],
        }
        for rung in found.rungs
    ]
    chosen = found.chosen.name if found.chosen else None
    front = [row.name for row in found.front]
    content = {
        "bound_ms": bound.max_lag_ms,
        "policy": chosen,
        "not_told_apart": [
            {"policy": rival.row.name, **asdict(rival.quality)} for rival in found.rivals
        ],
        "front": front,
        "rungs": rungs,
    }
    (out / "tune.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    if chosen:
        (out / "policy.txt").write_text(chosen + "\n", "utf-8")
