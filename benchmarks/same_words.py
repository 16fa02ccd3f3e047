"""Did a change leave every word and delay as it was? Two runs of `interp eval`, compared.

`python -m benchmarks.same_words BEFORE AFTER [--most-ratio 1.03]`: run folders. For each policy of
both, over the recordings of both: how many differ in their words or delays, and compute per second
of speech. Exit status 1 where any differs, or compute grew beyond the ratio (0: whatever it is).
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from interp.evaluate.record.log import Instance, read_log


@dataclass(frozen=True, slots=True)
class Comparison:
    """One policy. before, after: compute time per time of speech. differing: names of sources."""

    policy: str
    recordings: int
    words: int
    differing: tuple[str, ...]
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """Compute after to before."""
        return self.after / self.before if self.before else float("nan")


def compared(policy: str, before: Iterable[Instance], after: Iterable[Instance]) -> Comparison:
    """What became of a policy, over the sources that both runs have."""
    old = {instance.source: instance for instance in before}
    new = {instance.source: instance for instance in after if instance.source in old}
    differing = [name for name, one in new.items() if said(one) != said(old[name])]
    shared = [old[name] for name in new]
    return Comparison(
        policy,
        recordings=len(new),
        words=sum(len(one.words) for one in shared),
        differing=tuple(differing),
        before=real_time_factor(shared),
        after=real_time_factor(new.values()),
    )


def said(instance: Instance) -> list[tuple[str, float, int]]:
    """What must stay as it was: each word, its delay, its segment."""
    return [(word.text, word.delay_ms, word.segment) for word in instance.words]


def real_time_factor(instances: Iterable[Instance]) -> float:
    """Compute time over time of speech, all recordings together."""
    listed = list(instances)
    compute_ms = sum(step.compute_ms for one in listed for step in one.steps)
    return compute_ms / (sum(one.source_length_ms for one in listed) or float("nan"))


def logs(folder: Path) -> Mapping[str, Path]:
    """The logs of a run folder, by policy."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return {
        policy: folder / log for policy, log in zip(config["policies"], config["logs"], strict=True)
    }


def main() -> int:
    """Print a line per policy and a JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--most-ratio", type=float, default=0.0)
    args = parser.parse_args()
    before, after = logs(args.before), logs(args.after)
    rows = [
        compared(policy, read_log(before[policy]).instances, read_log(path).instances)
        for policy, path in after.items()
        if policy in before
    ]
    for row in rows:
        print(
            f"{row.policy:45} {row.recordings:4} recordings {row.words:6} words  "
            f"{len(row.differing):3} differ  {row.before:.3f} -> {row.after:.3f} ({row.ratio:.3f})"
        )
    print(json.dumps({"benchmark": "same_words", "policies": [asdict(row) for row in rows]}))
    grown = bool(args.most_ratio) and any(row.ratio > args.most_ratio for row in rows)
    return int(not rows or grown or any(row.differing for row in rows))


if __name__ == "__main__":
    sys.exit(main())
